//! A payment provider's events: believed by their signature, kept, and folded in any order.

use aws_lc_rs::hmac;
use masthead_domain::clock::Clock;
use masthead_domain::viewer::Bearer;
use masthead_gateway::clock::SystemClock;
use masthead_gateway::config::{Config, StripeConfig};
use masthead_tests::people::member;
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

masthead_tests::on_both!(
    every_order_of_events_ends_in_the_same,
    what_is_not_signed_changes_nothing,
    without_a_provider_there_is_no_such_route,
);

const SECRET: &str = "whsec_of_the_tests";

fn with_stripe(config: &mut Config) {
    config.payments.contribution_days = 30;
    config.payments.stripe = Some(StripeConfig {
        api_key: "sk_test_of_the_tests".to_owned().into(),
        signing_secrets: vec![SECRET.to_owned().into()],
        prices: BTreeMap::from([("price_patron".to_owned(), "patron.month".to_owned())]),
        api_url: "http://127.0.0.1:9".to_owned(),
    });
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
    let answer = send(server, &body, &signature(SECRET, SystemClock.now().seconds(), &body)).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
}

fn event(id: &str, kind: &str, created: i64, mut object: Value) -> Value {
    object["customer"] = "cus_1".into();
    json!({"id": id, "object": "event", "type": kind, "created": created, "data": {"object": object}})
}

/// A member becomes a patron, cancels, and gives a contribution.
fn story(reader: &str, now: i64) -> Vec<Value> {
    let subscription = |status: &str, ended: Value| {
        json!({
            "id": "sub_1", "status": status, "start_date": now - 1_000, "ended_at": ended,
            "items": {"data": [{
                "price": {"id": "price_patron"},
                "current_period_start": now - 1_000, "current_period_end": now + 100_000,
            }]},
        })
    };
    vec![
        event("evt_1", "checkout.session.completed", now - 1_000, json!({"client_reference_id": reader})),
        event("evt_9", "customer.subscription.created", now - 1_000, subscription("incomplete", Value::Null)),
        event("evt_2", "customer.subscription.updated", now - 1_000, subscription("active", Value::Null)),
        event("evt_3", "invoice.paid", now - 999, json!({"id": "in_1"})),
        event(
            "evt_4",
            "payment_intent.succeeded",
            now - 500,
            json!({"id": "pi_1", "amount_received": 900, "currency": "eur", "metadata": {"masthead": "contribution"}}),
        ),
    ]
}

async fn held(server: &TestServer, reader: u8) -> Value {
    let bearer = Bearer::Member { member: member(reader).id, session: None };
    server.get_as(&server.issue(&bearer), "/v1/me").await.json()["entitlements"].clone()
}

async fn every_order_of_events_ends_in_the_same(backend: Backend) {
    let orders: [&[usize]; 4] =
        [&[0, 1, 2, 3, 4], &[4, 3, 2, 1, 0], &[2, 0, 4, 1, 2, 0, 3], &[1, 4, 2, 3, 0, 1]];
    for order in orders {
        let server = TestServer::start_tuned(backend, &publication(World::HOME), with_stripe).await;
        let mut work = server.store.begin(SystemClock.now()).await.expect("work");
        work.put_members(&[member(1)]).await.expect("put");
        work.commit().await.expect("committed");
        let now = SystemClock.now().seconds();
        let story = story(&member(1).id.to_string(), now);
        for place in order {
            deliver(&server, &story[*place]).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(held(&server, 1).await, json!(["member", "tier:patron"]), "{order:?}");

        let over = json!({
            "id": "sub_1", "status": "canceled", "start_date": now - 1_000, "ended_at": now - 1,
            "items": {"data": [{"price": {"id": "price_patron"}, "current_period_end": now + 100_000}]},
        });
        deliver(&server, &event("evt_5", "customer.subscription.deleted", now - 1, over)).await;
        deliver(&server, &story[2]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(held(&server, 1).await, json!(["member"]), "the contribution makes a member: {order:?}");

        let refund = json!({"id": "ch_1", "payment_intent": "pi_1", "refunded": true});
        deliver(&server, &event("evt_6", "charge.refunded", now, refund)).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(held(&server, 1).await, json!([]), "{order:?}");
        server.stop().await;
    }
}

async fn what_is_not_signed_changes_nothing(backend: Backend) {
    let server = TestServer::start_tuned(backend, &publication(World::HOME), with_stripe).await;
    let mut work = server.store.begin(SystemClock.now()).await.expect("work");
    work.put_members(&[member(1)]).await.expect("put");
    work.commit().await.expect("committed");
    let now = SystemClock.now().seconds();
    for event in story(&member(1).id.to_string(), now) {
        let body = event.to_string();
        let changed = body.replace("cus_1", "cus_2");
        for (body, signature) in [
            (&body, String::new()),
            (&body, signature("whsec_of_somebody_else", now, &body)),
            (&body, signature(SECRET, now - 3_600, &body)),
            (&changed, signature(SECRET, now, &body)),
        ] {
            let answer = send(&server, body, &signature).await;
            assert_eq!((answer.status, &answer.json()["code"]), (400, &"invalid_request".into()));
            assert!(!answer.body.contains(SECRET));
        }
    }
    let garbage = "[]";
    let answer = send(&server, garbage, &signature(SECRET, now, garbage)).await;
    assert_eq!(answer.status, 400);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(held(&server, 1).await, json!([]));
    server.stop().await;
}

async fn without_a_provider_there_is_no_such_route(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    assert_eq!(send(&server, "{}", "t=1,v1=00").await.status, 404);
    server.stop().await;
}
