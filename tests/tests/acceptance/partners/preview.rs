//! What a licence would deliver before it is granted, and what was used of a quota.

use super::{enter, everything, now, partner_id, tag_id};
use masthead_domain::article::ArticleParts;
use masthead_domain::viewer::Licence;
use masthead_tests::publication::{World, another};
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(a_draft_shows_what_it_would_deliver, usage_is_told_by_the_day);

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
    server.stop().await;
}
