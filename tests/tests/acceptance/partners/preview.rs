//! What a licence would deliver before it is granted, and what was used of a quota.

use super::{all_within_a_second, enter, everything, now, partner_id, tag_id};
use crate::feeds::FORMATS;
use masthead_domain::article::ArticleParts;
use masthead_domain::viewer::Licence;
use masthead_tests::publication::{World, another};
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_draft_shows_what_it_would_deliver,
    a_sample_is_the_feed_that_the_licence_would_have,
    usage_is_told_by_the_day,
);

fn draft(tags: Value, extent: &str) -> Value {
    json!({ "sections": null, "tags": tags, "languages": null, "extent": extent, "sourceLinks": false })
}

async fn a_draft_shows_what_it_would_deliver(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let tag = tag_id(1);
    let key = enter(&server, Licence { tags: Some([tag].into()), ..everything() }).await;
    let article = |number: u8, hours: i64, tagged: bool| {
        another(number, &format!("fresh-{number}"), |parts: &mut ArticleParts| {
            parts.tags = if tagged { vec![tag] } else { vec![] };
            parts.published = Some(now().plus_seconds(-3_600 * hours));
            parts.updated = now().plus_seconds(-3_600 * hours);
        })
    };
    let mut work = server.store.begin(now()).await.expect("begun");
    // One of them is older than a week.
    let fresh =
        [article(90, 1, true), article(91, 2, false), article(92, 3, false), article(93, 24 * 8, true)];
    work.put_articles(&fresh).await.expect("put");
    work.commit().await.expect("committed");
    let staff = server.token(Asker::Staff).expect("a token").to_owned();
    let path = format!("/v1/partners/{}/licence/preview", partner_id());
    let ask = async |path: &str, draft: &Value| {
        let answer = server.post(Some(&staff), path, draft).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let numbers = |preview: &Value| json!([preview["count"], preview["adds"], preview["loses"]]);

    let all = ask(&format!("{path}?body=text"), &draft(Value::Null, "full_text")).await;
    assert_eq!(numbers(&all), json!([3, 2, 0]));
    let slugs: Vec<_> = all["data"].as_array().expect("articles").iter().map(|row| &row["slug"]).collect();
    assert_eq!(slugs, ["fresh-90", "fresh-91", "fresh-92"]);
    assert!(all["data"].as_array().expect("articles").iter().all(|row| row["bodyText"].is_string()));
    let nothing = ask(&path, &draft(json!([]), "full_text")).await;
    assert_eq!(numbers(&nothing), json!([0, 0, 1]));
    let headline = ask(&format!("{path}?body=text"), &draft(json!([tag]), "headline")).await;
    assert_eq!(numbers(&headline), json!([1, 0, 0]));
    assert_eq!(
        (&headline["data"][0]["words"], &headline["data"][0]["standfirst"]),
        (&json!(0), &Value::Null)
    );
    let mut delayed = draft(Value::Null, "teaser");
    delayed["delaySeconds"] = json!(9_000);
    assert_eq!(numbers(&ask(&path, &delayed).await), json!([1, 1, 1]));
    let anybody = ask("/v1/licences/preview?limit=2", &draft(Value::Null, "full_text")).await;
    assert_eq!(numbers(&anybody), json!([3, 3, 0]));
    let next = anybody["page"]["next"].as_str().expect("a cursor").to_owned();
    let rest =
        ask(&format!("/v1/licences/preview?limit=2&cursor={next}"), &draft(Value::Null, "full_text")).await;
    assert_eq!(rest["data"][0]["slug"], "fresh-92");

    let query = "query($partner: ID, $licence: LicenceInput!) { licencePreview(partner: $partner, licence: $licence, first: 2) {
        publishedSince count adds loses articles { nodes { slug bodyText } pageInfo { hasNextPage } } } }";
    let draft_over_graphql = json!({ "sections": null, "tags": null, "languages": null, "extent": "FULL_TEXT", "sourceLinks": false });
    let asked = json!({
        "query": query, "variables": { "partner": partner_id().to_string(), "licence": draft_over_graphql }
    });
    let over_graphql = server.graphql_with(Asker::Staff, &asked).await.json();
    let told = &over_graphql["data"]["licencePreview"];
    assert_eq!(numbers(told), json!([3, 2, 0]), "{over_graphql}");
    for (node, row) in told["articles"]["nodes"].as_array().expect("articles").iter().zip(0..2) {
        let shown = &all["data"][row];
        assert_eq!((&node["slug"], &node["bodyText"]), (&shown["slug"], &shown["bodyText"]));
    }
    assert_eq!(told["articles"]["pageInfo"]["hasNextPage"], true);
    for (asker, code) in [(Asker::Anonymous, "AUTHENTICATION_REQUIRED"), (Asker::Patron, "INSUFFICIENT_ROLE")]
    {
        let refused = server.graphql_with(asker, &asked).await.json();
        assert_eq!(refused["data"]["licencePreview"], Value::Null);
        assert_eq!(refused["errors"][0]["extensions"]["code"], code, "{refused}");
    }

    let before = server.get_as(&key, "/v1/articles/fresh-91").await;
    assert_eq!(before.status, 404, "nothing was granted");
    let noted = server.get(Asker::Staff, &format!("/v1/partners/{}/deliveries", partner_id())).await.json();
    assert_eq!(noted["data"], json!([]), "and nothing went out");
    for (draft, field) in [
        (draft(json!(["tag_0199a17d4e0071018101010101010199"]), "full_text"), "licence.tags"),
        (draft(json!(["nothing"]), "full_text"), "licence.tags"),
    ] {
        let answer = server.post(Some(&staff), &path, &draft).await;
        assert_eq!(answer.status, 400);
        let parameter = answer.json()["parameter"].as_str().unwrap_or_default().to_owned();
        assert!(parameter.starts_with(field), "{answer:?}");
    }
    for (token, status) in [(None, 401), (Some(key.as_str()), 403), (server.token(Asker::Patron), 403)] {
        for path in [path.as_str(), "/v1/licences/preview"] {
            assert_eq!(
                server.post(token, path, &draft(Value::Null, "headline")).await.status,
                status,
                "{path}"
            );
        }
    }
    server.stop().await;
}

async fn a_sample_is_the_feed_that_the_licence_would_have(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let key = enter(&server, everything()).await;
    let staff = server.token(Asker::Staff).expect("a token").to_owned();
    let path = format!("/v1/partners/{}/licence", partner_id());
    for draft in [
        draft(Value::Null, "teaser"),
        draft(json!([tag_id(1)]), "headline"),
        draft(Value::Null, "full_text"),
        draft(json!([]), "full_text"),
    ] {
        let mut samples = Vec::new();
        for format in FORMATS {
            let sample = server
                .post(Some(&staff), &format!("{path}/preview/articles.{format}?limit=100"), &draft)
                .await;
            assert_eq!(sample.status, 200, "{sample:?}");
            assert_eq!(sample.header("cache-control"), "no-store");
            let anybody = format!("/v1/licences/preview/articles.{format}?limit=100");
            assert_eq!(server.post(Some(&staff), &anybody, &draft).await.body, sample.body);
            samples.push(sample);
        }
        let headers = [("content-type", "application/json"), ("if-match", "*")];
        let put = server.send(Some(&staff), Method::PUT, &path, &headers, Some(draft.to_string())).await;
        assert_eq!(put.status, 200, "{put:?}");
        for (format, sample) in FORMATS.into_iter().zip(samples) {
            let feed = format!("/feeds/articles.{format}?limit=100");
            all_within_a_second(&[&server], &key, &feed, |answer| answer.body == sample.body).await;
        }
    }
    let noted = server.get(Asker::Staff, &format!("/v1/partners/{}/deliveries", partner_id())).await.json();
    assert_ne!(noted["data"], json!([]), "what was read is noted");

    let path = format!("{path}/preview/articles");
    let whole = draft(Value::Null, "full_text");
    for (token, format, status) in [
        (None, "atom", 401),
        (Some(key.as_str()), "atom", 403),
        (server.token(Asker::Patron), "atom", 403),
        (Some(staff.as_str()), "xml", 404),
        (Some(staff.as_str()), "atom?nothing=1", 400),
    ] {
        assert_eq!(server.post(token, &format!("{path}.{format}"), &whole).await.status, status, "{format}");
    }
    server.stop().await;
}

async fn usage_is_told_by_the_day(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let key = enter(&server, Licence { daily_quota: Some(100), ..everything() }).await;
    let path = format!("/v1/partners/{}/usage", partner_id());
    assert_eq!(server.get(Asker::Staff, &path).await.json(), json!({ "data": [] }));
    let today = server.now().seconds().div_euclid(86_400);
    for (days, times) in [(0, 2), (5, 1), (30, 4), (31, 3)] {
        for _ in 0..times {
            server.store.count_request(partner_id(), today - days, 100).await.expect("counted");
        }
    }
    let used = server.get(Asker::Staff, &path).await.json()["data"].take();
    let requests: Vec<_> = used.as_array().expect("days").iter().map(|day| &day["requests"]).collect();
    assert_eq!(requests, [2, 1, 4], "31 days, and none before");
    assert_eq!(server.get(Asker::Anonymous, &path).await.status, 401);
    assert_eq!(server.get_as(&key, &path).await.status, 403);
    let asked = format!("{{ partnerUsage(partner: \"{}\") {{ day requests }} }}", partner_id());
    let over_graphql = server.graphql(Asker::Staff, &asked).await.json();
    assert_eq!(over_graphql["data"]["partnerUsage"], used, "{over_graphql}");
    let refused = server.graphql(Asker::Patron, &asked).await.json();
    assert_eq!(
        (&refused["data"]["partnerUsage"], &refused["errors"][0]["extensions"]["code"]),
        (&Value::Null, &json!("INSUFFICIENT_ROLE"))
    );
    server.stop().await;
}
