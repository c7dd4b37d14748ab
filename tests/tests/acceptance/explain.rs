//! Why a lock is open or shut, and which viewers see the same.

use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(
    an_explanation_is_what_the_viewer_sees_and_what_lies_behind,
    only_editors_are_told,
    classes_are_equal_when_the_answers_are,
);

async fn explain(server: &TestServer, asker: Asker, request: &Value) -> Answer {
    server.post(server.token(asker), "/v1/access/explain", request).await
}

async fn an_explanation_is_what_the_viewer_sees_and_what_lies_behind(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server
        .hold_to(json!({
            "rules": [{ "name": "fillers", "when": [{ "kind": "author", "id": author(&server, "the-newsroom").await }],
                "requires": { "anyOf": ["member", "tier:patron"] } }],
        }))
        .await;
    for asker in Asker::ALL {
        for slug in [LOCKS, "whole-for-members", "filler-01", "a-draft-of-both-worlds"] {
            let request = match server.token(asker) {
                Some(token) => json!({ "article": slug, "token": token }),
                None => json!({ "article": slug, "viewer": { "kind": "anonymous" } }),
            };
            let answer = explain(&server, Asker::Staff, &request).await;
            assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
            let explained = answer.json();
            let seen = server.get(asker, &format!("/v1/articles/{slug}")).await;
            assert_eq!(explained["exists"], seen.status == 200, "{asker:?} {slug}");
            let locks = explained["locks"].as_array().expect("locks");
            let same: Vec<_> =
                locks.iter().map(|lock| json!({ "id": lock["id"], "access": lock["access"] })).collect();
            let shown = if seen.status == 200 { seen.json()["locks"].clone() } else { json!([]) };
            assert_eq!(json!(same), shown, "{asker:?} {slug}");
            for lock in locks {
                let rule = if slug == "filler-01" { json!("fillers") } else { Value::Null };
                assert_eq!(lock["rule"], rule, "{asker:?} {slug}");
                let entitled = lock["access"]["reason"] == "entitled";
                assert_eq!(lock["by"].is_string(), entitled, "{asker:?} {slug} {lock}");
            }
        }
    }
    let described = json!({ "article": "filler-01", "viewer": { "kind": "member", "tiers": ["patron"] } });
    let explained = explain(&server, Asker::Staff, &described).await.json();
    assert_eq!(explained["entitlements"], json!(["member", "tier:patron"]));
    assert_eq!(explained["locks"][0]["by"], "member");
    for (kind, held) in
        [("account", json!([])), ("subscriber", json!(["subscriber"])), ("member", json!(["member"]))]
    {
        let described = json!({ "article": "filler-01", "viewer": { "kind": kind } });
        let explained = explain(&server, Asker::Staff, &described).await.json();
        assert_eq!((&explained["entitlements"], &explained["kind"]), (&held, &json!("member")), "{kind}");
    }
    server.stop().await;
}

async fn author(server: &TestServer, slug: &str) -> Value {
    server.get(Asker::Anonymous, &format!("/v1/authors/{slug}")).await.json()["id"].clone()
}

async fn only_editors_are_told(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let request = json!({ "article": LOCKS, "viewer": { "kind": "anonymous" } });
    assert_eq!(explain(&server, Asker::Anonymous, &request).await.status, 401);
    assert_eq!(explain(&server, Asker::Patron, &request).await.status, 403);
    for (request, status, place) in [
        (json!({ "article": LOCKS }), 400, json!("viewer")),
        (json!({ "article": LOCKS, "token": "x", "viewer": { "kind": "staff" } }), 400, json!("viewer")),
        (json!({ "article": LOCKS, "token": "x" }), 400, json!("token")),
        (json!({ "article": LOCKS, "viewer": { "kind": "robot" } }), 400, json!("viewer.kind")),
        (
            json!({ "article": LOCKS, "viewer": { "kind": "member", "entitlements": ["staff"] } }),
            400,
            json!("entitlements[0]"),
        ),
        (
            json!({ "article": LOCKS, "viewer": { "kind": "member", "tiers": ["none"] } }),
            400,
            json!("tiers[0]"),
        ),
        (
            json!({ "article": LOCKS, "viewer": { "kind": "subscriber", "tiers": ["patron"] } }),
            400,
            json!("tiers"),
        ),
        (
            json!({ "article": LOCKS, "viewer": { "kind": "anonymous", "entitlements": ["member"] } }),
            400,
            json!("entitlements"),
        ),
        (json!({ "article": "nothing", "viewer": { "kind": "anonymous" } }), 404, Value::Null),
    ] {
        let answer = explain(&server, Asker::Staff, &request).await;
        assert_eq!(
            (answer.status, &answer.json()["parameter"]),
            (status, &place),
            "{request} {}",
            answer.body
        );
    }
    server.stop().await;
}

async fn classes_are_equal_when_the_answers_are(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let slugs = [LOCKS, "whole-for-members", "free-to-read", "a-draft-of-both-worlds"];
    let urls = slugs.map(|slug| format!("https://paper.example/{slug}")).join(",");
    let mut seen: Vec<(usize, Value, String)> = Vec::new();
    for asker in Asker::ALL {
        let answer = server.get(asker, &format!("/v1/access?url={urls}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        for (at, slug) in slugs.iter().enumerate() {
            let class = answer.json()["data"][at]["class"].clone();
            let shown = server.get(asker, &format!("/v1/articles/{slug}")).await;
            assert_eq!(class.is_null(), shown.status == 404, "{asker:?} {slug}");
            if !class.is_null() {
                seen.push((at, class, shown.body));
            }
        }
    }
    for (at, class, body) in &seen {
        for (other_at, other_class, other_body) in seen.iter().filter(|other| other.0 == *at) {
            assert_eq!(class == other_class, body == other_body, "{at} {other_at}");
        }
    }
    for wrong in ["/v1/access", "/v1/access?url=a&x=1"] {
        assert_eq!(server.get(Asker::Member, wrong).await.status, 400, "{wrong}");
    }
    let many = vec!["a"; 21].join(",");
    assert_eq!(server.get(Asker::Member, &format!("/v1/access?url={many}")).await.status, 400);
    server.stop().await;
}
