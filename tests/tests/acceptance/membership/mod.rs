//! Members as the publisher's staff looks after them.

mod comps;
mod desk;
mod graphql;
mod lists;
mod roles;
mod table;

use masthead_tests::server::{Answer, Asker, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

/// Sends JSON as the staff.
pub(crate) async fn send(server: &TestServer, method: Method, path: &str, body: Value) -> Answer {
    let headers = [("content-type", "application/json")];
    server.ask(method, Asker::Staff, path, &headers, Some(body.to_string())).await
}

pub(crate) async fn delete(server: &TestServer, path: &str) -> Answer {
    server.ask(Method::DELETE, Asker::Staff, path, &[], None).await
}

/// Enters a member and gives what is answered.
pub(crate) async fn entered(server: &TestServer, body: Value) -> Value {
    let answer = send(server, Method::POST, "/v1/members", body).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    answer.json()
}

pub(crate) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}

/// The addresses on a page.
pub(crate) fn emails(page: &Value) -> Vec<&str> {
    page["data"].as_array().expect("rows").iter().map(|row| text(row, "email")).collect()
}

/// What the staff has done, the newest first: the action and its subject.
pub(crate) async fn deeds(server: &TestServer) -> Vec<(String, String)> {
    let page = server.get(Asker::Staff, "/v1/audit?limit=100").await.json();
    let rows = page["data"].as_array().expect("rows");
    rows.iter().map(|deed| (text(deed, "action").to_owned(), text(deed, "subject").to_owned())).collect()
}

pub(crate) async fn import(server: &TestServer, query: &str, file: &str) -> Answer {
    let headers = [("content-type", "text/csv")];
    let path = format!("/v1/members/import{query}");
    server.ask(Method::POST, Asker::Staff, &path, &headers, Some(file.to_owned())).await
}

pub(crate) async fn exported(server: &TestServer) -> String {
    let answer = server.get(Asker::Staff, "/v1/members.csv").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

pub(crate) fn counts(answer: &Answer) -> [u64; 5] {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let summary = answer.json();
    ["rows", "created", "changed", "unchanged", "skipped"]
        .map(|name| summary[name].as_u64().expect("a number"))
}

pub(crate) fn anybody(number: usize) -> Value {
    json!({ "email": format!("reader-{number}@paper.example") })
}
