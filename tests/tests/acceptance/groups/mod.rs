//! Groups over HTTP: what publishers and owners do with them, how members come to seats, and what a seat opens.

mod desk;
mod graphql;
mod invitations;
mod leaks;
mod seats;

use crate::members::{SignedIn, Stage};
use masthead_tests::server::{Answer, Asker};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) fn faculty() -> Value {
    json!({ "name": "The faculty", "tier": "patron", "seats": 3, "domains": ["faculty.example"] })
}

pub(super) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}

impl Stage {
    /// Sends JSON as the staff.
    pub(super) async fn by_staff(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, self.server.token(Asker::Staff), path, body).await
    }

    /// Enters a group and gives its path.
    pub(super) async fn group(&self, body: Value) -> String {
        let answer = self.by_staff(Method::POST, "/v1/groups", body).await;
        assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
        format!("/v1/groups/{}", text(&answer.json(), "id"))
    }

    /// Enters a group with an owner, who is signed in, and gives its path.
    pub(super) async fn owned_group(&self, email: &str, body: Value) -> (SignedIn, String) {
        let owner = self.sign_in(email, &[]).await;
        let mut body = body;
        body["owners"] = json!([owner.member]);
        (owner, self.group(body).await)
    }

    /// Invites an address and gives the code of the letter.
    pub(super) async fn invited(&self, token: &str, group: &str, email: &str) -> String {
        let invite = json!({ "emails": [email] });
        let answer = self.send(Method::POST, Some(token), &format!("{group}/invitations"), invite).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        let letter = self.post.next().await;
        assert_eq!(letter.to, [email]);
        letter.link_secret()
    }

    pub(super) async fn accept(&self, token: &str, code: &str) -> Answer {
        let body = json!({ "code": code });
        self.send(Method::POST, Some(token), "/v1/groups/invitations/accept", body).await
    }

    /// Takes a seat by the domain of the member's address.
    pub(super) async fn take_seat(&self, token: &str) -> Answer {
        self.server.send(Some(token), Method::POST, "/v1/me/group", &[], None).await
    }

    pub(super) async fn entitlements(&self, token: &str) -> Value {
        self.get(token, "/v1/me").await.json()["entitlements"].take()
    }

    /// What has been recorded, the newest first: who did what.
    pub(super) async fn deeds(&self) -> Vec<(String, String)> {
        let page = self.server.get(Asker::Staff, "/v1/audit?limit=100").await.json();
        let rows = page["data"].as_array().expect("rows").clone();
        rows.iter().map(|deed| (text(deed, "by").to_owned(), text(deed, "action").to_owned())).collect()
    }
}

/// The rows of a page.
pub(super) fn rows(answer: &Answer) -> Vec<Value> {
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
    answer.json()["data"].as_array().expect("rows").clone()
}
