//! What was delivered to whom, noted on every surface.

use super::{enter, everything, partner_id};
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    every_surface_notes_what_goes_out,
    what_search_engines_and_feeds_carry_away_is_noted,
    a_narrow_licence_is_noted_as_what_it_is,
    what_is_kept_ready_is_noted_for_each_partner,
    deliveries_are_for_publishers,
);

/// What is noted of an article: how much, whether with links, how many editions, by which surface.
async fn noted(server: &TestServer, slug: &str) -> Value {
    let list = server.get(Asker::Staff, &format!("/v1/articles/{slug}/deliveries")).await.json();
    match list["data"].as_array().expect("deliveries").as_slice() {
        [] => Value::Null,
        [one] => json!([one["extent"], one["sourceLinks"], one["editions"], one["surface"]]),
        more => panic!("{more:?}"),
    }
}

async fn ask(server: &TestServer, key: &str, query: &str) {
    let answer = server.post(Some(key), "/graphql", &json!({ "query": query })).await.json();
    assert!(answer["errors"].is_null(), "{answer}");
}

async fn every_surface_notes_what_goes_out(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let key = enter(&server, everything()).await;
    let get = async |path: &str| assert_eq!(server.get_as(&key, path).await.status, 200, "{path}");
    get("/v1/me").await;
    get("/v1/tags").await;
    get(&format!("/v1/access?url={LOCKS}")).await;
    let has_it = [("if-none-match", "*")];
    for path in [format!("/v1/articles/{LOCKS}"), "/feeds/articles.rss".into()] {
        let answer = server.send(Some(&key), Method::GET, &path, &has_it, None).await;
        assert_eq!(answer.status, 304, "{path}");
        assert_eq!(server.send(Some(&key), Method::HEAD, &path, &[], None).await.status, 200, "{path}");
    }
    assert_eq!(noted(&server, LOCKS).await, Value::Null, "nothing went out");
    get("/v1/articles?limit=100").await;
    assert_eq!(noted(&server, LOCKS).await, json!(["teaser", false, 1, "rest"]));
    ask(&server, &key, &format!("{{ article(slug: \"{LOCKS}\") {{ title access {{ granted }} }} }}")).await;
    assert_eq!(noted(&server, LOCKS).await, json!(["teaser", false, 1, "rest"]), "no more than before");
    get(&format!("/v1/articles/{LOCKS}/sources")).await;
    assert_eq!(noted(&server, LOCKS).await, json!(["teaser", true, 1, "rest"]));
    ask(&server, &key, &format!("{{ article(slug: \"{LOCKS}\") {{ bodyMarkdown }} }}")).await;
    assert_eq!(noted(&server, LOCKS).await, json!(["full_text", true, 1, "graphql"]));
    get("/v1/articles/free-to-read?body=none").await;
    assert_eq!(noted(&server, "free-to-read").await[0], "teaser");
    get("/v1/articles?limit=100&body=text").await;
    assert_eq!(noted(&server, "free-to-read").await[0], "full_text");
    ask(&server, &key, "{ articles(first: 20) { nodes { related(first: 5) { body { __typename } } } } }")
        .await;
    get("/v1/changes?limit=100&body=html").await;
    let to =
        server.get(Asker::Staff, &format!("/v1/partners/{}/deliveries?limit=100", partner_id())).await.json();
    let listed = server.get_as(&key, "/v1/articles?limit=100").await.json();
    let ids = |list: &Value, name: &str| -> Vec<String> {
        let rows = list["data"].as_array().expect("rows");
        let mut ids: Vec<_> = rows.iter().map(|row| row[name].as_str().expect("an id").to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&to, "article"), ids(&listed, "id"));
    assert!(to["data"].as_array().expect("rows").iter().all(|row| row["editions"] == 1));
    server.stop().await;
}

async fn what_search_engines_and_feeds_carry_away_is_noted(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let key = enter(&server, everything()).await;
    ask(&server, &key, &format!("{{ article(slug: \"{LOCKS}\") {{ jsonLd }} }}")).await;
    assert_eq!(noted(&server, LOCKS).await, json!(["teaser", true, 1, "graphql"]), "links and no text");
    let server_of_rest = TestServer::start(backend, World::HOME).await;
    let its_key = enter(&server_of_rest, everything()).await;
    let path = format!("/v1/articles/{LOCKS}/json-ld");
    assert_eq!(server_of_rest.get_as(&its_key, &path).await.status, 200);
    assert_eq!(noted(&server_of_rest, LOCKS).await, json!(["teaser", true, 1, "rest"]));
    assert_eq!(server.get_as(&key, "/feeds/articles.rss").await.status, 200);
    assert_eq!(noted(&server, LOCKS).await, json!(["full_text", true, 1, "feed"]));
    server_of_rest.stop().await;
    server.stop().await;
}

async fn a_narrow_licence_is_noted_as_what_it_is(backend: Backend) {
    for (extent, code) in [(Extent::Headline, "headline"), (Extent::Teaser, "teaser")] {
        let server = TestServer::start(backend, World::HOME).await;
        let key = enter(&server, Licence { extent, source_links: false, ..everything() }).await;
        for path in [format!("/v1/articles/{LOCKS}?body=html"), "/v1/changes?limit=100&body=text".into()] {
            assert_eq!(server.get_as(&key, &path).await.status, 200);
        }
        ask(
            &server,
            &key,
            &format!("{{ article(slug: \"{LOCKS}\") {{ bodyHtml sources {{ nodes {{ url }} }} }} }}"),
        )
        .await;
        let noted = noted(&server, LOCKS).await;
        assert_eq!((&noted[0], &noted[1]), (&json!(code), &json!(false)), "{noted}");
        server.stop().await;
    }
}

async fn what_is_kept_ready_is_noted_for_each_partner(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let first = enter(&server, everything()).await;
    let other = super::changes::another_partner(&server, 2).await;
    let path = format!("/v1/articles/{LOCKS}");
    let query = "{ article(slug: \"free-to-read\") { bodyText } }";
    // A condition says nothing where the whole answer is sent.
    let headers = [("content-type", "application/json"), ("if-none-match", "*")];
    for key in [&first, &other] {
        for _ in 0..2 {
            assert_eq!(server.get_as(key, &path).await.status, 200);
            let asked = Some(json!({ "query": query }).to_string());
            let answer = server.send(Some(key), Method::POST, "/graphql", &headers, asked).await;
            assert!(answer.json()["data"]["article"]["bodyText"].is_string(), "{answer:?}");
        }
    }
    for slug in [LOCKS, "free-to-read"] {
        let path = format!("/v1/articles/{slug}/deliveries");
        let rows = server.get(Asker::Staff, &path).await.json()["data"].take();
        assert_eq!(rows.as_array().expect("rows").len(), 2, "{slug}: {rows}");
        let digests: Vec<_> = rows.as_array().expect("rows").iter().map(|row| &row["digest"]).collect();
        assert_eq!(digests[0], digests[1], "both got the same");
        let (mut seen, mut next) = (0, format!("{path}?limit=1"));
        loop {
            let page = server.get(Asker::Staff, &next).await.json();
            seen += page["data"].as_array().expect("rows").len();
            match page["page"]["next"].as_str() {
                Some(cursor) => next = format!("{path}?limit=1&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, 2);
    }
    server.stop().await;
}

async fn deliveries_are_for_publishers(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let key = enter(&server, everything()).await;
    server.get_as(&key, &format!("/v1/articles/{LOCKS}?body=text")).await;
    let id = partner_id();
    for path in [format!("/v1/partners/{id}/deliveries"), format!("/v1/articles/{LOCKS}/deliveries")] {
        assert_eq!(server.get(Asker::Anonymous, &path).await.status, 401, "{path}");
        assert_eq!(server.get(Asker::Patron, &path).await.status, 403, "{path}");
        assert_eq!(server.get_as(&key, &path).await.status, 403, "{path}");
        let answer = server.get(Asker::Staff, &path).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{path}");
    }
    let other = "par_0199a17d4e0071018101010101010109";
    assert_eq!(server.get(Asker::Staff, &format!("/v1/partners/{other}/deliveries")).await.status, 404);
    assert_eq!(server.get(Asker::Staff, "/v1/articles/no-such-article/deliveries").await.status, 404);
    let query = format!(
        "{{ deliveriesToPartner(partner: \"{id}\", first: 5) {{ nodes {{ extent editions surface }} }}
            deliveriesOfArticle(article: \"{LOCKS}\", first: 5) {{ nodes {{ partner sourceLinks }} }} }}"
    );
    let answer = server.graphql(Asker::Staff, &query).await.json();
    let one = json!({ "extent": "FULL_TEXT", "editions": 1, "surface": "rest" });
    assert_eq!(answer["data"]["deliveriesToPartner"]["nodes"], json!([one]));
    let one = json!({ "partner": id.to_string(), "sourceLinks": true });
    assert_eq!(answer["data"]["deliveriesOfArticle"]["nodes"], json!([one]));
    server.stop().await;
}
