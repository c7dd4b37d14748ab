//! What keeps a member signed in, and how that ends.

use super::{SignedIn, Stage, assert_refused};
use masthead_tests::server::{Asker, Backend};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

masthead_tests::on_both!(
    a_refresh_token_is_good_once,
    a_refresh_token_that_comes_again_ends_its_session,
    signing_out_ends_the_session,
    sessions_are_listed_and_ended_one_by_one,
    a_session_ends_when_it_is_not_used,
    only_members_have_an_account,
);

async fn refresh(stage: &Stage, token: &str) -> masthead_tests::server::Answer {
    stage.post("/v1/auth/refresh", json!({ "refreshToken": token })).await
}

async fn a_refresh_token_is_good_once(backend: Backend) {
    let stage = Stage::set(backend).await;
    let first = stage.sign_in("reader@paper.example", &[]).await;
    let second = SignedIn::of(&refresh(&stage, &first.refresh).await);
    let third = SignedIn::of(&refresh(&stage, &second.refresh).await);
    assert!(first.refresh != second.refresh && second.refresh != third.refresh);
    for access in [&first.access, &third.access] {
        assert_eq!(stage.get(access, "/v1/me/profile").await.status, 200);
    }
    for nonsense in ["", "mh_rt_", "mh_rt_AAAA", &third.access, &third.refresh[..40]] {
        assert_refused(&refresh(&stage, nonsense).await, 400, "invalid_grant");
    }
    assert_eq!(stage.get(&third.access, "/v1/me/profile").await.status, 200, "nonsense ends nothing");
    // Access tokens last a quarter of an hour; the session goes on.
    stage.server.later(15 * 60 + 1);
    assert_refused(&stage.get(&third.access, "/v1/me/profile").await, 401, "invalid_token");
    SignedIn::of(&refresh(&stage, &third.refresh).await);
    stage.server.stop().await;
}

async fn a_refresh_token_that_comes_again_ends_its_session(backend: Backend) {
    let stage = Stage::set(backend).await;
    let first = stage.sign_in("reader@paper.example", &[]).await;
    let elsewhere = stage.sign_in("reader@paper.example", &[]).await;
    let second = SignedIn::of(&refresh(&stage, &first.refresh).await);
    let third = SignedIn::of(&refresh(&stage, &second.refresh).await);
    assert_refused(&refresh(&stage, &first.refresh).await, 400, "invalid_grant");
    assert_refused(&refresh(&stage, &third.refresh).await, 400, "invalid_grant");
    for access in [&first.access, &third.access] {
        assert_refused(&stage.get(access, "/v1/me").await, 401, "invalid_token");
    }
    assert_eq!(stage.get(&elsewhere.access, "/v1/me").await.status, 200, "another session goes on");

    // Two at once: one of them is late, and nobody can say which was the thief.
    let (one, other) = tokio::join!(refresh(&stage, &elsewhere.refresh), refresh(&stage, &elsewhere.refresh));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_refused(&stage.get(&elsewhere.access, "/v1/me").await, 401, "invalid_token");
    stage.server.stop().await;
}

async fn signing_out_ends_the_session(backend: Backend) {
    let stage = Stage::set(backend).await;
    let here = stage.sign_in("reader@paper.example", &[]).await;
    let there = stage.sign_in("reader@paper.example", &[]).await;
    let out = stage.send(Method::POST, Some(&here.access), "/v1/auth/sign-out", json!({})).await;
    assert_eq!((out.status, out.body.as_str()), (204, ""));
    assert_refused(&stage.get(&here.access, "/v1/me").await, 401, "invalid_token");
    assert_refused(&refresh(&stage, &here.refresh).await, 400, "invalid_grant");
    assert_eq!(stage.get(&there.access, "/v1/me").await.status, 200);
    for _ in 0..2 {
        let out = stage.post("/v1/auth/sign-out", json!({ "refreshToken": there.refresh })).await;
        assert_eq!(out.status, 204, "{}", out.body);
    }
    assert_refused(&stage.get(&there.access, "/v1/me").await, 401, "invalid_token");
    assert_refused(&stage.post("/v1/auth/sign-out", json!({})).await, 401, "authentication_required");
    assert_eq!(stage.post("/v1/auth/sign-out", json!({ "refreshToken": "x" })).await.status, 204);
    stage.server.stop().await;
}

async fn sessions_are_listed_and_ended_one_by_one(backend: Backend) {
    let stage = Stage::set(backend).await;
    let old = stage.sign_in("reader@paper.example", &[]).await;
    let new = stage.sign_in("reader@paper.example", &[]).await;
    let other = stage.sign_in("other@paper.example", &[]).await;
    let list = stage.get(&new.access, "/v1/me/sessions").await;
    assert_eq!(list.header("cache-control"), "no-store");
    let list = list.json();
    let sessions = list["data"].as_array().expect("a list");
    let current: Vec<_> =
        sessions.iter().map(|session| session["current"].as_bool().expect("a bool")).collect();
    assert_eq!(current, [true, false]);
    assert_eq!(sessions[0]["label"], "a test");
    let id = sessions[1]["id"].as_str().expect("an id");
    let path = format!("/v1/me/sessions/{id}");
    assert_refused(&stage.delete(&other.access, &path).await, 404, "not_found");
    assert_eq!(stage.delete(&new.access, &path).await.status, 204);
    assert_refused(&stage.delete(&new.access, &path).await, 404, "not_found");
    assert_refused(&stage.get(&old.access, "/v1/me").await, 401, "invalid_token");
    assert_eq!(stage.get(&new.access, "/v1/me").await.status, 200);
    assert_refused(&stage.delete(&new.access, "/v1/me/sessions/nonsense").await, 404, "not_found");

    // What another node ends holds here within a second.
    let id: masthead_domain::id::SessionId =
        sessions[0]["id"].as_str().expect("an id").parse().expect("an id");
    let mut work = stage.server.store.begin(stage.server.now()).await.expect("a unit of work");
    work.end_session(id).await.expect("ended");
    work.commit().await.expect("committed");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_refused(&stage.get(&new.access, "/v1/me").await, 401, "invalid_token");
    stage.server.stop().await;
}

async fn a_session_ends_when_it_is_not_used(backend: Backend) {
    let stage = Stage::set(backend).await;
    let first = stage.sign_in("reader@paper.example", &[]).await;
    stage.server.later(89 * 24 * 3_600);
    let second = SignedIn::of(&refresh(&stage, &first.refresh).await);
    stage.server.later(90 * 24 * 3_600 + 1);
    assert_refused(&refresh(&stage, &second.refresh).await, 400, "invalid_grant");
    stage.server.stop().await;
}

async fn only_members_have_an_account(backend: Backend) {
    let stage = Stage::set(backend).await;
    let signed = stage.sign_in("reader@paper.example", &[]).await;
    let routes = [
        (Method::GET, "/v1/me/profile"),
        (Method::PATCH, "/v1/me/profile"),
        (Method::GET, "/v1/me/sessions"),
        (Method::GET, "/v1/me/export"),
        (Method::DELETE, "/v1/me"),
        (Method::DELETE, "/v1/me/newsletters/weekly"),
        (Method::PUT, "/v1/me/newsletters/weekly"),
    ];
    for (method, path) in routes {
        let body = match method.as_str() {
            "PUT" => json!({ "wording": "x" }),
            _ => json!({ "name": "x" }),
        };
        let anonymous = stage.send(method.clone(), None, path, body.clone()).await;
        assert_refused(&anonymous, 401, "authentication_required");
        assert_eq!(anonymous.header("www-authenticate"), "Bearer realm=\"masthead\"", "{method} {path}");
        for asker in [Asker::Member, Asker::Staff] {
            let token = stage.server.token(asker);
            let described = stage.send(method.clone(), token, path, body.clone()).await;
            assert_refused(&described, 403, "member_required");
        }
    }
    // A token that the publisher made is the member's, without a session.
    let token = stage.server.token_of(signed.member.parse().expect("an id"));
    assert_eq!(stage.get(&token, "/v1/me/profile").await.json()["email"], "reader@paper.example");
    let out = stage.send(Method::POST, Some(&token), "/v1/auth/sign-out", json!({})).await;
    assert_refused(&out, 403, "member_required");
    stage.server.stop().await;
}
