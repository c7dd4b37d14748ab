//! A day's requests for articles.

use super::{add_key, enter, everything, key, key_text};
use crate::limits::members;
use masthead_domain::partner::{ApiKey, Holder, KeyScope};
use masthead_domain::viewer::{Licence, Role};
use masthead_tests::publication::World;
use masthead_tests::server::{Answer, Backend, TestServer};

masthead_tests::on_both!(a_day_has_so_many_requests_on_all_nodes, who_has_no_quota_is_not_counted);

/// The quota of the answer's header: how many are left, and for how many seconds.
fn told(answer: &Answer, limit: i64) -> (i64, i64) {
    let policy = &members(answer, "ratelimit-policy")["daily"];
    assert_eq!((policy["q"], policy["w"]), (limit, 86_400), "{answer:?}");
    let daily = &members(answer, "ratelimit")["daily"];
    (daily["r"], daily["t"])
}

/// Whether the answer tells a quota.
fn has_a_quota(answer: &Answer) -> bool {
    members(answer, "ratelimit").contains_key("daily")
}

async fn a_day_has_so_many_requests_on_all_nodes(backend: Backend) {
    let seconds = super::now().seconds();
    if seconds.rem_euclid(86_400) > 86_340 {
        tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    }
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, Licence { daily_quota: Some(8), ..everything() }).await;
    let other = server.twin().await;
    let get = async |node: &TestServer, path: &str, headers: &[(&str, &str)]| {
        node.send(Some(&text), reqwest::Method::GET, path, headers, None).await
    };
    let first = get(&server, "/v1/articles?limit=100", &[]).await;
    assert_eq!((first.status, told(&first, 8).0), (200, 7), "a list of any length is one request");
    let second = get(&other, "/v1/articles/free-to-read", &[]).await;
    assert_eq!((second.status, told(&second, 8).0), (200, 6), "whichever node it is");
    let third = get(&server, "/v1/articles/free-to-read", &[("if-none-match", second.header("etag"))]).await;
    assert_eq!((third.status, told(&third, 8).0), (304, 5), "to ask whether it has changed is a request");
    let fourth = get(&server, "/v1/articles/no-such-thing", &[]).await;
    assert_eq!((fourth.status, told(&fourth, 8).0), (404, 4), "and so is to ask for what is not there");
    let fifth = get(&server, "/v1/articles/free-to-read/related", &[]).await;
    assert_eq!((fifth.status, told(&fifth, 8).0), (200, 3));
    for path in ["/v1/tags", "/v1/sections", "/v1/me"] {
        let answer = get(&server, path, &[]).await;
        assert_eq!((answer.status, has_a_quota(&answer)), (200, false), "{path} is no request for articles");
    }
    let body = serde_json::json!({ "query": "{ articles(first: 1) { nodes { id } } tags(first: 1) { nodes { id } } }" });
    let headers = [("content-type", "application/json")];
    let post = reqwest::Method::POST;
    let sixth = server.send(Some(&text), post.clone(), "/graphql", &headers, Some(body.to_string())).await;
    assert_eq!((sixth.status, told(&sixth, 8).0), (200, 2), "a GraphQL request is one");
    let me = get(&other, "/v1/me", &[]).await.json();
    assert_eq!(me["kind"], "partner");
    assert_eq!((&me["partner"]["quota"]["limit"], &me["partner"]["quota"]["left"]), (&8.into(), &2.into()));
    assert_eq!(me["partner"]["licence"]["extent"], "full_text");

    let own =
        "{ viewer { kind licence { extent sourceLinks delaySeconds attribution quota { limit left } } } }";
    let own = serde_json::json!({ "query": own }).to_string();
    let own = other.send(Some(&text), post.clone(), "/graphql", &headers, Some(own)).await.json();
    assert_eq!(
        own["data"]["viewer"],
        serde_json::json!({ "kind": "PARTNER", "licence": { "extent": "FULL_TEXT", "sourceLinks": true,
            "delaySeconds": 0, "attribution": "First in The Paper.", "quota": { "limit": 8, "left": 1 } } })
    );

    let many = (0..6).map(|_| get(&server, "/v1/articles?limit=1", &[]));
    let answers = futures_util::future::join_all(many).await;
    let good = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(good, 1, "no more than are left, however many come together");
    let over = answers.iter().find(|answer| answer.status == 429).expect("the others");
    assert_eq!(over.json()["code"], "rate_limited");
    let (left, seconds) = told(over, 8);
    assert_eq!(left, 0);
    assert!((1..=86_400).contains(&seconds));
    assert_eq!(over.header("retry-after"), seconds.to_string());
    let over = other.send(Some(&text), post, "/graphql", &headers, Some(body.to_string())).await;
    assert_eq!(over.status, 429);
    assert_eq!(get(&other, "/v1/tags", &[]).await.status, 200);
    server.stop().await;
}

async fn who_has_no_quota_is_not_counted(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let answer = server.get_as(&text, "/v1/articles").await;
    assert_eq!((answer.status, has_a_quota(&answer)), (200, false));
    assert!(server.get_as(&text, "/v1/me").await.json()["partner"]["quota"].is_null());

    let program = ApiKey { holder: Holder::Service(Role::Editor), scopes: [KeyScope::Read].into(), ..key(9) };
    add_key(&server, 9, program).await;
    let answer = server.get_as(&key_text(9), "/v1/articles/a-draft-of-both-worlds").await;
    assert_eq!(
        (answer.status, has_a_quota(&answer)),
        (200, false),
        "a program of the publisher's reads drafts"
    );
    let me = server.get_as(&key_text(9), "/v1/me").await.json();
    assert_eq!((&me["kind"], &me["partner"]), (&"staff".into(), &serde_json::Value::Null));
    server.stop().await;
}
