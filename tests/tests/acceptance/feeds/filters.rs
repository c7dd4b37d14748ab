//! Saved filters: the feeds of a partner's own.

use super::{FORMATS, get, parsed};
use crate::partners::{add_key, enter, everything, key, key_text, partner_id, section_id};
use masthead_domain::clock::Clock;
use masthead_domain::id::PartnerId;
use masthead_domain::partner::{ApiKey, Holder, Partner, PartnerStatus};
use masthead_domain::viewer::Licence;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{World, day};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_filter_is_read_by_its_partner_and_by_the_staff,
    the_licence_still_decides,
    a_filter_names_what_there_is,
    a_partner_has_fifty_filters,
    a_filter_goes_with_its_partner,
    graphql_saves_filters,
);

async fn save(server: &TestServer, filter: &Value) -> Answer {
    let path = format!("/v1/partners/{}/filters", partner_id());
    server.post(server.token(Asker::Staff), &path, filter).await
}

async fn saved(server: &TestServer, filter: &Value) -> String {
    let answer = save(server, filter).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

/// The ids of what a feed holds.
fn entries(answer: &Answer) -> Vec<String> {
    parsed(answer).entries.into_iter().map(|entry| entry.id).collect()
}

/// Another partner, who may take as much.
async fn enter_another(server: &TestServer) -> String {
    let id = PartnerId::new(day(1), [2; 10]);
    let partner = Partner {
        id,
        name: "Another".into(),
        contact: None,
        status: PartnerStatus::Active,
        created: day(1),
        licence: Some(everything()),
    };
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.put_partner(&partner).await.expect("put");
    work.commit().await.expect("committed");
    add_key(server, 2, ApiKey { holder: Holder::Partner(id), ..key(2) }).await;
    key_text(2)
}

async fn a_filter_is_read_by_its_partner_and_by_the_staff(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let own = enter(&server, everything()).await;
    let other = enter_another(&server).await;
    let id = saved(&server, &json!({ "name": "Ports in English", "tag": "ports", "language": "en" })).await;
    for format in FORMATS {
        let path = format!("/feeds/filters/{id}.{format}");
        let answer = get(&server, Some(&own), &path).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.header("link").starts_with(&format!("<https://paper.example{path}>; rel=\"self\"")));
        assert_eq!(server.get(Asker::Staff, &path).await.status, 200);
        for token in [None, Some(other.as_str()), server.token(Asker::Member)] {
            let answer = get(&server, token, &path).await;
            assert_eq!((answer.status, &answer.json()["code"]), (404, &"not_found".into()));
        }
        let headers = [("if-none-match", answer.header("etag"))];
        let again = server.send(Some(&own), Method::GET, &path, &headers, None).await;
        assert_eq!(again.status, 304);
    }
    let atom = get(&server, Some(&own), &format!("/feeds/filters/{id}.atom")).await;
    let feed = parsed(&atom);
    assert!(feed.title.expect("a title").content.ends_with(": Ports in English"));
    let by_tag = entries(&get(&server, Some(&own), "/feeds/tags/ports.atom").await);
    let found = entries(&atom);
    assert!(!found.is_empty() && found.iter().all(|entry| by_tag.contains(entry)));

    let path = format!("/v1/partners/{}/filters", partner_id());
    let list = server.get(Asker::Staff, &path).await.json();
    assert_eq!((&list["data"][0]["id"], &list["data"][0]["kind"]), (&json!(id), &json!("article")));
    assert!(list["data"][0]["tag"].as_str().expect("an id").starts_with("tag_"), "{list}");
    let gone = server.ask(Method::DELETE, Asker::Staff, &format!("{path}/{id}"), &[], None).await;
    assert_eq!(gone.status, 204);
    for token in [Some(own.as_str()), server.token(Asker::Staff)] {
        let headers = [("if-none-match", atom.header("etag"))];
        let path = format!("/feeds/filters/{id}.atom");
        assert_eq!(server.send(token, Method::GET, &path, &headers, None).await.status, 404, "at once");
    }
    let again = server.ask(Method::DELETE, Asker::Staff, &format!("{path}/{id}"), &[], None).await;
    assert_eq!(again.status, 404);
    server.stop().await;
}

async fn the_licence_still_decides(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let money = Licence { sections: Some([section_id(3)].into()), ..everything() };
    let text = enter(&server, money).await;
    let elsewhere = saved(&server, &json!({ "name": "The world", "section": "world" })).await;
    let all = saved(&server, &json!({ "name": "Everything" })).await;
    let feed = async |id: &str| get(&server, Some(&text), &format!("/feeds/filters/{id}.atom")).await;
    assert_eq!(entries(&feed(&elsewhere).await), Vec::<String>::new(), "a filter widens nothing");
    let licensed = entries(&get(&server, Some(&text), "/feeds/articles.atom").await);
    assert!(!licensed.is_empty());
    assert_eq!(entries(&feed(&all).await), licensed);
    server.stop().await;
}

async fn a_filter_names_what_there_is(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    enter(&server, everything()).await;
    for (filter, parameter) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x", "section": "nothing" }), "section"),
        (json!({ "name": "x", "author": "nobody" }), "author"),
        (json!({ "name": "x", "tag": "nothing" }), "tag"),
        (json!({ "name": "x", "source": "src_0199a17d4e0071018101010101010101" }), "source"),
        (json!({ "name": "x", "source": "nonsense" }), "source"),
        (json!({ "name": "x", "language": "not a language" }), "language"),
        (json!({ "name": "x", "kind": "letter" }), "kind"),
        (json!({ "name": "x", "sectionAlone": true }), "sectionAlone"),
    ] {
        let answer = save(&server, &filter).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()), "{filter}");
    }
    for filter in [json!({ "name": "x", "order": "updated" }), json!({ "name": "x", "tag": null }), json!({})]
    {
        assert_eq!(save(&server, &filter).await.status, 400, "{filter}");
    }
    let path = format!("/v1/partners/{}/filters", partner_id());
    for (token, status) in [(None, 401), (server.token(Asker::Member), 403), (Some(&*key_text(1)), 403)] {
        assert_eq!(server.post(token, &path, &json!({ "name": "x" })).await.status, status);
    }
    let nobody = "/v1/partners/par_0199a17d4e0071018101010101010101/filters";
    assert_eq!(server.post(server.token(Asker::Staff), nobody, &json!({ "name": "x" })).await.status, 404);
    server.stop().await;
}

async fn a_partner_has_fifty_filters(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    enter(&server, everything()).await;
    for number in 0..50 {
        saved(&server, &json!({ "name": format!("Filter {number}") })).await;
    }
    let refused = save(&server, &json!({ "name": "One more" })).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &"conflict".into()));
    server.stop().await;
}

async fn a_filter_goes_with_its_partner(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    enter(&server, everything()).await;
    let id = saved(&server, &json!({ "name": "Everything" })).await;
    let path = format!("/feeds/filters/{id}.json");
    assert_eq!(server.get(Asker::Staff, &path).await.status, 200);
    let partner = format!("/v1/partners/{}", partner_id());
    assert_eq!(server.ask(Method::DELETE, Asker::Staff, &partner, &[], None).await.status, 204);
    assert_eq!(server.get(Asker::Staff, &path).await.status, 404);
    let left = server.store.registry().filters_of_partners(&[partner_id()]).await.expect("read");
    assert!(left.is_empty());
    server.stop().await;
}

async fn graphql_saves_filters(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let partner = partner_id();
    let query = format!(
        r#"mutation {{ createSavedFilter(partner: "{partner}", filter: {{ name: "Ports", tag: "ports" }}) {{ id url tag }} }}"#
    );
    let answer = server.graphql(Asker::Staff, &query).await.json();
    let id =
        answer["data"]["createSavedFilter"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    assert_eq!(get(&server, Some(&text), &format!("/feeds/filters/{id}.rss")).await.status, 200);
    let query = format!(r#"{{ partner(id: "{partner}") {{ filters {{ id name }} }} }}"#);
    let listed = server.graphql(Asker::Staff, &query).await.json();
    assert_eq!(listed["data"]["partner"]["filters"], json!([{ "id": id, "name": "Ports" }]), "{listed}");
    let null = format!(
        r#"mutation {{ createSavedFilter(partner: "{partner}", filter: {{ name: "x", tag: null }}) {{ id }} }}"#
    );
    let refused = server.graphql(Asker::Staff, &null).await.json();
    assert_eq!(refused["errors"][0]["extensions"]["parameter"], "filter.tag", "{refused}");
    let delete = format!(r#"mutation {{ deleteSavedFilter(partner: "{partner}", filter: "{id}") }}"#);
    assert_eq!(server.graphql(Asker::Staff, &delete).await.json()["data"]["deleteSavedFilter"], true);
    assert_eq!(get(&server, Some(&text), &format!("/feeds/filters/{id}.rss")).await.status, 404);
    server.stop().await;
}
