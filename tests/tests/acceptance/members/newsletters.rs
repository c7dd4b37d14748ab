//! Getting newsletters or not, and what that opens.

use super::{Stage, WORDING, assert_refused};
use masthead_tests::publication::LOCKS;
use masthead_tests::server::{Answer, Asker, Backend};
use reqwest::Method;
use serde_json::json;

masthead_tests::on_both!(
    a_newsletter_makes_a_subscriber_with_the_same_token,
    one_click_leaves_without_signing_in,
    the_list_is_of_what_is_offered,
);

async fn a_newsletter_makes_a_subscriber_with_the_same_token(backend: Backend) {
    let stage = Stage::set(backend).await;
    let reader = stage.sign_in("reader@paper.example", &[]).await;
    let subscriber = stage.server.get(Asker::Subscriber, &format!("/v1/articles/{LOCKS}")).await;
    let nobody = stage.server.get(Asker::Nobody, &format!("/v1/articles/{LOCKS}")).await;
    assert_ne!(subscriber.body, nobody.body, "the test of the test");
    let read = async || stage.get(&reader.access, &format!("/v1/articles/{LOCKS}")).await.body;
    assert_eq!(read().await, nobody.body);
    let put = async |slug: &str| {
        let path = format!("/v1/me/newsletters/{slug}");
        stage.send(Method::PUT, Some(&reader.access), &path, json!({ "wording": WORDING })).await
    };
    assert_eq!(put("notes").await.status, 204);
    assert_eq!(read().await, nobody.body, "this one opens nothing");
    for _ in 0..2 {
        assert_eq!(put("weekly").await.status, 204);
        assert_eq!(read().await, subscriber.body);
    }
    assert_refused(&put("old").await, 404, "not_found");
    assert_refused(&put("nothing").await, 404, "not_found");
    let export = stage.get(&reader.access, "/v1/me/export").await.json();
    let consents = export["consents"].as_array().expect("a list");
    let purposes: Vec<_> = consents.iter().filter_map(|consent| consent["purpose"].as_str()).collect();
    assert_eq!(purposes.len(), 3, "one consent each, however often it is put: {purposes:?}");

    for _ in 0..2 {
        assert_eq!(stage.delete(&reader.access, "/v1/me/newsletters/weekly").await.status, 204);
        assert_eq!(read().await, nobody.body);
    }
    let export = stage.get(&reader.access, "/v1/me/export").await.json();
    let consents = export["consents"].as_array().expect("a list");
    let weekly = consents.iter().find(|one| one["purpose"] == "newsletter:weekly").expect("a consent");
    assert!(weekly["withdrawn"].is_string(), "{weekly}");
    stage.server.stop().await;
}

async fn one_click(stage: &Stage, path: &str, media: &str, form: &str) -> Answer {
    let headers = [("content-type", media)];
    stage.server.send(None, Method::POST, path, &headers, Some(form.to_owned())).await
}

async fn one_click_leaves_without_signing_in(backend: Backend) {
    const FORM: &str = "application/x-www-form-urlencoded";
    let stage = Stage::set(backend).await;
    let reader = stage.sign_in("reader@paper.example", &["weekly", "notes"]).await;
    let profile = async || stage.get(&reader.access, "/v1/me/profile").await.json();
    let before = profile().await;
    let weekly = before["newsletters"].as_array().expect("a list");
    let weekly = weekly.iter().find(|one| one["newsletter"]["slug"] == "weekly").expect("subscribed");
    let path = weekly["unsubscribe"].as_str().expect("a path");

    for method in [Method::GET, Method::HEAD] {
        let looked = stage.server.send(None, method, path, &[], None).await;
        assert_eq!((looked.status, looked.header("allow")), (405, "POST"));
    }
    assert_refused(&one_click(&stage, path, FORM, "").await, 400, "invalid_parameter");
    assert_refused(&one_click(&stage, path, "application/json", "{}").await, 415, "unsupported_media_type");
    let forged = format!("{}A", &path[..path.len() - 1]);
    let forged = if forged == path { format!("{}B", &path[..path.len() - 1]) } else { forged };
    assert_refused(&one_click(&stage, &forged, FORM, "List-Unsubscribe=One-Click").await, 404, "not_found");
    assert_eq!(profile().await, before, "none of these did anything");

    for _ in 0..2 {
        assert_eq!(one_click(&stage, path, FORM, "List-Unsubscribe=One-Click").await.status, 204);
    }
    let left = profile().await;
    let left: Vec<_> = left["newsletters"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["newsletter"]["slug"])
        .collect();
    assert_eq!(left, ["notes"]);
    let me = stage.get(&reader.access, "/v1/me").await.json();
    assert_eq!(me["entitlements"], json!([]));
    stage.server.stop().await;
}

async fn the_list_is_of_what_is_offered(backend: Backend) {
    let stage = Stage::set(backend).await;
    for asker in [Asker::Anonymous, Asker::Staff] {
        let list = stage.server.get(asker, "/v1/newsletters").await.json();
        let slugs: Vec<_> = list["data"].as_array().expect("a list").iter().map(|one| &one["slug"]).collect();
        assert_eq!(slugs, ["notes", "weekly"], "{asker:?}");
    }
    let wrong = stage.server.get(Asker::Anonymous, "/v1/newsletters?limit=1").await;
    assert_refused(&wrong, 400, "unknown_parameter");
    stage.server.stop().await;
}
