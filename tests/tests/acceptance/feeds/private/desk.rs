//! How members, the staff and the database hold private feeds.

use super::super::{get, one_article};
use super::{is_not_found, made, new_feed, place, reader, secret};
use crate::limits::members;
use crate::partners::desk::dump;
use masthead_domain::id::MemberId;
use masthead_gateway::config::PerMinute;
use masthead_tests::publication::World;
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    an_address_is_shown_once_and_to_its_member,
    the_database_has_no_address,
    a_member_has_ten_feeds,
    a_feed_counts_for_its_member,
    the_staff_sees_and_revokes_feeds,
    graphql_does_the_same,
);

async fn an_address_is_shown_once_and_to_its_member(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &[]).await;
    let (other, _) = reader(&server, 2, &[]).await;
    let send = async |key: &str, body: Value| {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        server.send(Some(&token), Method::POST, "/v1/me/feeds", &headers, Some(body.to_string())).await
    };
    let first = send("\"a-key\"", json!({ "name": "Phone" })).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(send("\"a-key\"", json!({ "name": "Phone" })).await.body, first.body, "the same, not another");
    let place = place(&first.json());
    let list = server.get_as(&token, "/v1/me/feeds").await;
    let feeds = list.json()["data"].clone();
    assert_eq!(feeds.as_array().map(Vec::len), Some(1));
    assert_eq!((&feeds[0]["name"], &feeds[0]["revoked"]), (&json!("Phone"), &Value::Null));
    assert!(secret(&place).starts_with(feeds[0]["prefix"].as_str().expect("a prefix")));
    let export = server.get_as(&token, "/v1/me/export").await;
    assert_eq!(export.json()["feeds"], feeds);
    for answer in [&list, &export] {
        assert!(!answer.body.contains(secret(&place)));
    }
    assert_eq!(server.get_as(&other, "/v1/me/feeds").await.json()["data"], json!([]));
    let path = format!("/v1/me/feeds/{}", feeds[0]["id"].as_str().expect("an id"));
    let others = server.send(Some(&other), Method::DELETE, &path, &[], None).await;
    assert!(is_not_found(&others), "another's is not there");
    for (body, parameter) in [(json!({ "name": "" }), "name"), (json!({ "name": "a\nb" }), "name")] {
        let answer = server.post(Some(&token), "/v1/me/feeds", &body).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()));
    }
    assert_eq!(server.post(None, "/v1/me/feeds", &json!({})).await.status, 401);
    let staff = server.post(server.token(Asker::Staff), "/v1/me/feeds", &json!({})).await;
    assert_eq!((staff.status, &staff.json()["code"]), (403, &"member_required".into()));
    server.stop().await;
}

async fn the_database_has_no_address(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &[]).await;
    let made = made(&server, &token, &json!({ "name": "On the phone" })).await;
    let place = place(&made);
    assert_eq!(get(&server, None, &format!("{place}/articles.rss")).await.status, 200);
    within_a_second("the use is noted", async || {
        !server.get_as(&token, "/v1/me/feeds").await.json()["data"][0]["lastUsed"].is_null()
    })
    .await;
    let prefix = made["prefix"].as_str().expect("a prefix");
    let all = dump(&server, backend).await;
    assert!(all.contains("On the phone") && all.contains(prefix), "the dump is one");
    assert!(!all.contains(&secret(&place)[prefix.len()..]), "the secret is not stored");
    server.stop().await;
}

async fn a_member_has_ten_feeds(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &[]).await;
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(new_feed(&server, &token).await.1);
    }
    let refused = server.post(Some(&token), "/v1/me/feeds", &json!({})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &"conflict".into()), "{}", refused.body);
    server.send(Some(&token), Method::DELETE, &format!("/v1/me/feeds/{}", ids[3]), &[], None).await;
    new_feed(&server, &token).await;
    let list = server.get_as(&token, "/v1/me/feeds").await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(11), "the revoked one is still listed");
    server.stop().await;
}

async fn a_feed_counts_for_its_member(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.stop_the_clock();
    let (token, _) = reader(&server, 1, &[]).await;
    let (place, _) = new_feed(&server, &token).await;
    let left = |answer: &Answer| members(answer, "ratelimit")["requests"]["r"];
    let by_token = left(&server.get_as(&token, "/v1/me").await);
    let by_feed = get(&server, None, &format!("{place}/articles.rss")).await;
    assert_eq!(left(&by_feed), by_token - 1, "one account");
    assert_eq!(left(&server.get_as(&token, "/v1/me").await), by_token - 2);
    // Whoever guesses pays from what the address may try, and in the end finds nothing, not even what is there.
    let tight = TestServer::start_tuned(backend, &one_article(), |config| {
        config.limits.anonymous_per_minute = PerMinute::new(2).expect("it can be set");
    })
    .await;
    tight.stop_the_clock();
    let guess = async |number: u8| {
        get(&tight, None, &format!("/feeds/private/mh_fd_{number:043}/articles.rss")).await.status
    };
    assert_eq!([guess(1).await, guess(2).await, guess(3).await], [404, 404, 429]);
    assert_eq!(get(&tight, None, "/feeds/articles.rss").await.status, 200, "its requests are another share");
    tight.stop().await;
    server.stop().await;
}

async fn the_staff_sees_and_revokes_feeds(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, member) = reader(&server, 1, &[]).await;
    let (other, elsewhere) = reader(&server, 2, &[]).await;
    let (place, id) = new_feed(&server, &token).await;
    let path = format!("/v1/members/{member}/feeds");
    let list = server.get(Asker::Staff, &path).await;
    assert_eq!((list.status, &list.json()["data"][0]["id"]), (200, &json!(id)));
    assert!(!list.body.contains(secret(&place)));
    for (asker, status) in [(Asker::Anonymous, 401), (Asker::Member, 403)] {
        assert_eq!(server.get(asker, &path).await.status, status);
    }
    assert_eq!(server.get_as(&other, &path).await.status, 403);
    let revoke = async |member: MemberId| {
        let path = format!("/v1/members/{member}/feeds/{id}");
        server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await
    };
    assert!(is_not_found(&revoke(elsewhere).await), "it is not theirs");
    assert_eq!(revoke(member).await.status, 204);
    within_a_second("shut", async || {
        is_not_found(&get(&server, None, &format!("{place}/articles.rss")).await)
    })
    .await;
    let deeds = server.get(Asker::Staff, "/v1/audit").await;
    assert_eq!(deeds.json()["data"][0]["action"], "feed.revoked");
    assert_eq!(deeds.json()["data"][0]["subject"], json!(id));
    assert!(!deeds.body.contains("mh_fd_"));
    server.stop().await;
}

async fn graphql_does_the_same(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, member) = reader(&server, 1, &["patron"]).await;
    let ask = async |token: Option<&str>, query: String| {
        server.post(token, "/graphql", &json!({ "query": query })).await.json()
    };
    let query = r#"mutation { createPrivateFeed(name: "Desk") { url feed { id name prefix lastUsed } } }"#;
    let answer = ask(Some(&token), query.to_owned()).await;
    let made = &answer["data"]["createPrivateFeed"];
    let place = place(made);
    assert_eq!(made["feed"]["name"], "Desk", "{answer}");
    let feed = get(&server, None, &format!("{place}/articles.atom")).await;
    assert!(feed.body.contains("Hidden for patron"));
    let id = made["feed"]["id"].as_str().expect("an id").to_owned();
    let own = ask(Some(&token), "{ viewer { feeds { id prefix } } }".to_owned()).await;
    assert_eq!(own["data"]["viewer"]["feeds"][0]["id"], json!(id), "{own}");
    let nobody = ask(None, "{ viewer { feeds { id } } }".to_owned()).await;
    assert_eq!(nobody["data"]["viewer"]["feeds"], Value::Null);
    let staff = server.token(Asker::Staff);
    let seen = ask(staff, format!(r#"{{ member(id: "{member}") {{ feeds {{ id name }} }} }}"#)).await;
    assert_eq!(seen["data"]["member"]["feeds"][0]["name"], "Desk", "{seen}");
    let revoke = format!(r#"mutation {{ revokeMemberFeed(member: "{member}", feed: "{id}") }}"#);
    assert_eq!(
        ask(Some(&token), revoke.clone()).await["errors"][0]["extensions"]["code"],
        "INSUFFICIENT_ROLE"
    );
    assert_eq!(ask(staff, revoke).await["data"]["revokeMemberFeed"], true);
    let again = ask(Some(&token), format!(r#"mutation {{ revokePrivateFeed(feed: "{id}") }}"#)).await;
    assert_eq!(again["data"]["revokePrivateFeed"], true, "{again}");
    let revoked = ask(Some(&token), "{ viewer { feeds { revoked } } }".to_owned()).await;
    assert!(revoked["data"]["viewer"]["feeds"][0]["revoked"].is_string(), "{revoked}");
    server.stop().await;
}
