//! Going to pay with an `Idempotency-Key`: while the provider thinks, when it fails, and when the client goes away.

use super::checkout::Shop;
use super::stripe::{Mood, PAGE};
use crate::idempotency::{KEY, assert_refused, assert_refused_for_its_key, lasting, send};
use masthead_tests::server::{Answer, Backend, within_a_second};
use serde_json::{Value, json};
use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

masthead_tests::on_both!(
    a_page_to_pay_on_is_made_once,
    as_long_as_the_provider_thinks_the_request_is_under_way,
    who_goes_away_is_answered_when_they_come_back,
    what_failed_before_anything_was_done_is_tried_again,
    what_the_provider_failed_in_may_be_tried_again,
);

fn tier() -> Value {
    json!({ "tier": "patron", "interval": "month" })
}

fn gift() -> Value {
    json!({ "gift": { "tier": "patron", "months": 3 } })
}

/// A shop whose provider may take its time.
async fn patient(backend: Backend) -> (Shop, Arc<Semaphore>) {
    let shop = Shop::with(backend, |config| {
        let stripe = config.payments.stripe.as_mut().expect("set up");
        stripe.timeout_seconds = NonZeroU8::new(20).expect("not zero");
    })
    .await;
    let may_answer = Arc::new(Semaphore::new(0));
    shop.stripe.feel(Mood::Waits(Arc::clone(&may_answer)));
    (shop, may_answer)
}

impl Shop {
    async fn checkout_with_key(&self, wish: &Value) -> Answer {
        send(&self.server, &self.token, KEY, "/v1/checkout", wish).await
    }

    async fn was_asked(&self, times: usize) {
        within_a_second("the provider is asked", async || self.stripe.count() == times).await;
    }
}

async fn a_page_to_pay_on_is_made_once(backend: Backend) {
    let shop = Shop::open(backend).await;
    let first = lasting(shop.checkout_with_key(&gift()).await);
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(first.json()["url"], PAGE);
    assert!(first.json()["gift"]["code"].is_string(), "the code is shown once");
    assert_eq!(lasting(shop.checkout_with_key(&gift()).await), first);
    assert_eq!(shop.stripe.count(), 1);
    assert_refused_for_its_key(&shop.checkout_with_key(&tier()).await, 422, "idempotency_mismatch");
    // Somebody else with the same key goes to pay for themselves.
    let other = shop.server.issue(&shop.server.member(2, &[]).await);
    let theirs = send(&shop.server, &other, KEY, "/v1/checkout", &gift()).await;
    assert_ne!(theirs.json()["gift"]["code"], first.json()["gift"]["code"]);
    assert_eq!(shop.stripe.count(), 2);
    shop.server.stop().await;
}

async fn as_long_as_the_provider_thinks_the_request_is_under_way(backend: Backend) {
    let (shop, may_answer) = patient(backend).await;
    for wish in [gift(), tier()] {
        let key = wish.to_string().replace(['"', ','], "");
        let checkout = async || send(&shop.server, &shop.token, &key, "/v1/checkout", &wish).await;
        let asked = shop.stripe.count() + 1;
        let meanwhile = async {
            shop.was_asked(asked).await;
            for _ in 0..3 {
                let second = checkout().await;
                assert_refused_for_its_key(&second, 409, "idempotency_in_flight");
                assert_eq!(second.header("retry-after"), "1");
            }
            may_answer.add_permits(1);
        };
        let (first, ()) = tokio::join!(checkout(), meanwhile);
        assert_eq!(first.status, 201, "{}", first.body);
        assert_eq!(lasting(checkout().await), lasting(first));
        assert_eq!(shop.stripe.count(), asked);
    }
    shop.server.stop().await;
}

async fn who_goes_away_is_answered_when_they_come_back(backend: Backend) {
    let (shop, may_answer) = patient(backend).await;
    let mut connection =
        TcpStream::connect(shop.server.base.trim_start_matches("http://")).await.expect("there");
    let (token, body) = (&shop.token, gift().to_string());
    let request = format!(
        "POST /v1/checkout HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\nidempotency-key: {KEY}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.expect("sent");
    shop.was_asked(1).await;
    drop(connection);
    // As long as the server takes to see that nobody is there any more.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_refused(&shop.checkout_with_key(&gift()).await, 409, "idempotency_in_flight");
    may_answer.add_permits(1);
    within_a_second("it is answered", async || shop.checkout_with_key(&gift()).await.status == 201).await;
    let answer = shop.checkout_with_key(&gift()).await.json();
    assert!(answer["gift"]["code"].is_string(), "{answer}");
    assert_eq!(shop.stripe.count(), 1, "it was done once");
    shop.server.stop().await;
}

async fn what_failed_before_anything_was_done_is_tried_again(backend: Backend) {
    let shop = Shop::open(backend).await;
    shop.stripe.feel(Mood::Answers("500 Internal Server Error", "{}".into()));
    for _ in 0..2 {
        assert_refused(&shop.checkout_with_key(&tier()).await, 502, "payment_provider_failed");
    }
    let may_answer = Arc::new(Semaphore::new(1));
    shop.stripe.feel(Mood::Waits(may_answer));
    assert_eq!(shop.checkout_with_key(&tier()).await.status, 201);
    assert_eq!(shop.stripe.count(), 3);
    shop.server.stop().await;
}

/// The gift is in the database before the provider is asked.
async fn what_the_provider_failed_in_may_be_tried_again(backend: Backend) {
    let shop = Shop::open(backend).await;
    let well = shop.stripe.mood();
    shop.stripe.feel(Mood::Answers("500 Internal Server Error", "{}".into()));
    assert_refused(&shop.checkout_with_key(&gift()).await, 502, "payment_provider_failed");
    shop.stripe.feel(well);
    let again = shop.checkout_with_key(&gift()).await;
    assert_eq!(again.status, 201, "nothing was made: {}", again.body);
    assert_eq!(shop.stripe.count(), 2);
    shop.server.stop().await;
}
