//! Writes that are sent again with their `Idempotency-Key`, over REST and GraphQL.

mod graphql;
mod keys;
mod secrets;
mod twice;

use masthead_tests::server::{Answer, Asker, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) const KEY: &str = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";

/// Sends JSON with a token and a key.
pub(crate) async fn send(server: &TestServer, token: &str, key: &str, path: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    server.send(Some(token), Method::POST, path, &headers, Some(body.to_string())).await
}

async fn by_staff(server: &TestServer, key: &str, path: &str, body: &Value) -> Answer {
    send(server, server.token(Asker::Staff).expect("a token"), key, path, body).await
}

/// An answer without what is left of a limit, which is of the moment.
pub(crate) fn lasting(mut answer: Answer) -> Answer {
    answer.headers.retain(|(name, _)| !name.starts_with("ratelimit"));
    answer
}

fn agency() -> Value {
    json!({ "name": "The Agency" })
}

/// How many partners there are.
async fn partners(server: &TestServer) -> usize {
    let page = server.get(Asker::Staff, "/v1/partners?limit=100").await.json();
    page["data"].as_array().expect("rows").len()
}

pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, &answer.json()["code"]), (status, &code.into()), "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
}

pub(crate) fn assert_refused_for_its_key(answer: &Answer, status: u16, code: &str) {
    assert_refused(answer, status, code);
    assert_eq!(answer.json()["parameter"], "Idempotency-Key", "{}", answer.body);
}
