//! Paying: the checkout, the provider's events, and gift subscriptions.

mod checkout;
mod events;
mod gifts;
mod letters;
mod recipients;
mod returned;
mod sent_again;
mod shut_out;
mod stripe;

use aws_lc_rs::hmac;
use masthead_domain::viewer::Bearer;
use masthead_gateway::config::{Config, StripeConfig};
use masthead_tests::people::member;
use masthead_tests::server::{Answer, Asker, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SECRET: &str = "whsec_of_the_tests";
const API_KEY: &str = "sk_test_of_the_tests";

/// The settings of a publication that takes payments through Stripe at this address.
fn with_stripe(api_url: &str) -> impl FnOnce(&mut Config) {
    let api_url = api_url.to_owned();
    move |config| {
        config.payments.contribution_days = 30;
        config.payments.stripe = Some(StripeConfig {
            api_key: API_KEY.to_owned().into(),
            signing_secrets: vec![SECRET.to_owned().into()],
            prices: BTreeMap::from([("price_patron".to_owned(), "patron.month".to_owned())]),
            api_url,
            timeout_seconds: std::num::NonZeroU8::new(1).expect("not zero"),
        });
    }
}

fn signature(secret: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

async fn send(server: &TestServer, body: &str, signature: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("stripe-signature", signature)];
    server.ask(Method::POST, Asker::Anonymous, "/v1/webhooks/stripe", &headers, Some(body.to_owned())).await
}

async fn deliver(server: &TestServer, event: &Value) {
    let body = event.to_string();
    let answer = send(server, &body, &signature(SECRET, server.now().seconds(), &body)).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
}

fn event(customer: &str, id: &str, kind: &str, created: i64, mut object: Value) -> Value {
    object["customer"] = customer.into();
    json!({"id": id, "object": "event", "type": kind, "created": created, "data": {"object": object}})
}

async fn held(server: &TestServer, reader: u8) -> Value {
    let bearer = Bearer::Member { member: member(reader).id, session: None };
    server.get_as(&server.issue(&bearer), "/v1/me").await.json()["entitlements"].clone()
}
