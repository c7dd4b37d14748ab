//! Members: signing in and out, newsletters, and their own data.

mod account;
mod graphql;
mod newsletters;
mod sessions;
mod sign_in;

use masthead_tests::postbox::{Postbox, Received};
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Answer, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

/// A server and the postbox that it sends to.
pub(crate) struct Stage {
    pub(crate) server: TestServer,
    pub(crate) post: Postbox,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) member: String,
}

impl SignedIn {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let body = answer.json();
        let text = |name: &str| body[name].as_str().expect(name).to_owned();
        Self { access: text("accessToken"), refresh: text("refreshToken"), member: text("member") }
    }
}

pub(crate) const WORDING: &str = "2026-11/en";

impl Stage {
    pub(crate) async fn set(backend: Backend) -> Self {
        Self::with(backend, Postbox::start().await).await
    }

    pub(crate) async fn with(backend: Backend, post: Postbox) -> Self {
        let url = post.url();
        let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
            config.mail.smtp = Some(url.into());
            config.mail.from = Some("The Paper <hello@paper.example>".into());
            config.site.name = "The Paper".into();
        })
        .await;
        Self { server, post }
    }

    pub(crate) async fn send(&self, method: Method, token: Option<&str>, path: &str, body: Value) -> Answer {
        let headers = [("content-type", "application/json"), ("user-agent", "a test")];
        self.server.send(token, method, path, &headers, Some(body.to_string())).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, None, path, body).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.server.send(Some(token), Method::GET, path, &[], None).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Answer {
        self.server.send(Some(token), Method::DELETE, path, &[], None).await
    }

    /// Asks for a mail, and waits for it.
    pub(crate) async fn start(&self, email: &str, newsletters: &[&str]) -> (String, Received) {
        let wish = json!({ "email": email, "newsletters": newsletters, "wording": WORDING });
        let answer = self.post("/v1/auth/start", wish).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        let attempt = answer.json()["attempt"].as_str().expect("an attempt").to_owned();
        (attempt, self.post.next().await)
    }

    /// Signs somebody in.
    pub(crate) async fn sign_in(&self, email: &str, newsletters: &[&str]) -> SignedIn {
        let (attempt, mail) = self.start(email, newsletters).await;
        let proof = json!({ "attempt": attempt, "code": mail.code() });
        SignedIn::of(&self.post("/v1/auth/finish", proof).await)
    }
}

pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, &answer.json()["code"]), (status, &code.into()), "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
}
