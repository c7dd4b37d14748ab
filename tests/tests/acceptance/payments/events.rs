//! A payment provider's events: believed by their signature, kept, and folded in any order.

use super::{SECRET, deliver, event, held, send, signature, with_stripe};
use masthead_domain::clock::Clock;
use masthead_domain::member::Member;
use masthead_gateway::clock::SystemClock;
use masthead_gateway::config::PerMinute;
use masthead_persistence::PaymentNotice;
use masthead_tests::people::member;
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Asker, Backend, TestServer};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use std::time::Duration;

masthead_tests::on_both!(
    what_the_provider_reports_is_never_turned_away,
    every_order_of_events_ends_in_the_same,
    what_came_is_kept_apart_and_not_for_ever,
    what_is_not_signed_changes_nothing,
    without_a_provider_there_is_no_such_route,
);

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
        event(
            "cus_1",
            "evt_1",
            "checkout.session.completed",
            now - 1_000,
            json!({"client_reference_id": reader}),
        ),
        event(
            "cus_1",
            "evt_9",
            "customer.subscription.created",
            now - 1_000,
            subscription("incomplete", Value::Null),
        ),
        event(
            "cus_1",
            "evt_2",
            "customer.subscription.updated",
            now - 1_000,
            subscription("active", Value::Null),
        ),
        event("cus_1", "evt_3", "invoice.paid", now - 999, json!({"id": "in_1"})),
        event(
            "cus_1",
            "evt_4",
            "payment_intent.succeeded",
            now - 500,
            json!({"id": "pi_1", "amount_received": 900, "currency": "eur", "metadata": {"masthead": "contribution"}}),
        ),
    ]
}

/// The node that took an event answers by it at once, whatever it knew of the member before.
async fn every_order_of_events_ends_in_the_same(backend: Backend) {
    let orders: [&[usize]; 4] =
        [&[0, 1, 2, 3, 4], &[4, 3, 2, 1, 0], &[2, 0, 4, 1, 2, 0, 3], &[1, 4, 2, 3, 0, 1]];
    for order in orders {
        let server =
            TestServer::start_tuned(backend, &publication(World::HOME), with_stripe("http://127.0.0.1:9"))
                .await;
        let mut work = server.store.begin(SystemClock.now()).await.expect("work");
        work.put_members(&[member(1)]).await.expect("put");
        work.commit().await.expect("committed");
        let now = SystemClock.now().seconds();
        let story = story(&member(1).id.to_string(), now);
        assert_eq!(held(&server, 1).await, json!([]));
        for place in order {
            deliver(&server, &story[*place]).await;
        }
        assert_eq!(held(&server, 1).await, json!(["member", "tier:patron"]), "{order:?}");

        let over = json!({
            "id": "sub_1", "status": "canceled", "start_date": now - 900, "ended_at": now - 1,
            "items": {"data": [{"price": {"id": "price_patron"}, "current_period_end": now + 100_000}]},
        });
        deliver(&server, &event("cus_1", "evt_5", "customer.subscription.deleted", now - 1, over)).await;
        deliver(&server, &story[2]).await;
        assert_eq!(held(&server, 1).await, json!(["member"]), "the contribution makes a member: {order:?}");

        let dispute = |id: &str, what: &str, at| {
            json!({
                "id": id, "object": "event", "type": format!("charge.dispute.{what}"), "created": at,
                "data": {"object": {"id": "dp_1", "payment_intent": "pi_1"}},
            })
        };
        deliver(&server, &dispute("evt_7", "funds_withdrawn", now - 3)).await;
        assert_eq!(held(&server, 1).await, json!([]), "a bank has the money: {order:?}");
        deliver(&server, &dispute("evt_8", "funds_reinstated", now - 2)).await;
        deliver(&server, &dispute("evt_7", "funds_withdrawn", now - 3)).await;
        assert_eq!(held(&server, 1).await, json!(["member"]), "it has paid again: {order:?}");

        let refund = json!({"id": "ch_1", "payment_intent": "pi_1", "refunded": true});
        deliver(&server, &event("cus_1", "evt_6", "charge.refunded", now, refund)).await;
        assert_eq!(held(&server, 1).await, json!([]), "{order:?}");
        server.stop().await;
    }
}

async fn what_came_is_kept_apart_and_not_for_ever(backend: Backend) {
    let server =
        TestServer::start_tuned(backend, &publication(World::HOME), with_stripe("http://127.0.0.1:9")).await;
    let now = SystemClock.now();
    let person = json!({ "name": "A. Giver", "email": "giver@home.example" });
    for (id, kind, mut object) in [
        ("evt_1", "checkout.session.completed", json!({ "client_reference_id": null })),
        (
            "evt_2",
            "payment_intent.succeeded",
            json!({ "id": "pi_1", "amount_received": 500, "currency": "eur", "metadata": { "masthead": "contribution" } }),
        ),
        ("evt_3", "charge.refunded", json!({ "id": "ch_1", "payment_intent": "pi_1", "refunded": true })),
        ("evt_4", "customer.updated", json!({})),
        ("evt_4", "customer.updated", json!({})),
    ] {
        object["customer_details"] = person.clone();
        deliver(&server, &event("cus_1", id, kind, now.seconds(), object)).await;
    }
    let database = Database::connect(&server.database_url).await.expect("connected");
    let texts = async |ask: &str| -> Vec<String> {
        let ask = Statement::from_string(database.get_database_backend(), ask);
        let rows = database.query_all_raw(ask).await.expect("read");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    };
    let raw = "SELECT raw FROM payment_delivery ORDER BY event_id";
    let came = texts(raw).await;
    assert_eq!(came.len(), 4, "each once");
    assert!(came.iter().all(|text| text.contains("A. Giver")), "as it came");
    let understood = texts(
        "SELECT event_id || customer || kind || coalesce(reference, '') || coalesce(report, '') FROM payment_event",
    )
    .await;
    assert_eq!(understood.len(), 2, "what says something of what somebody has: {understood:?}");
    assert!(
        !understood.iter().any(|text| text.contains("Giver") || text.contains("giver@")),
        "{understood:?}"
    );

    // No checkout ties the customer to anybody here. Who has the address takes along what was sent of it.
    let mut work = server.store.begin(now).await.expect("begun");
    let going = Member { email: "giver@home.example".parse().expect("an address"), ..member(9) };
    work.put_members(std::slice::from_ref(&going)).await.expect("put");
    work.erase_member(&going).await.expect("erased");
    work.commit().await.expect("committed");
    assert_eq!(texts(raw).await, Vec::<String>::new());

    let much_later = now.plus_seconds(401 * 24 * 3_600);
    let mut work = server.store.begin(much_later).await.expect("begun");
    let notice = PaymentNotice {
        provider: "stripe".into(),
        id: "evt_5".into(),
        customer: Some("cus_2".into()),
        at: much_later,
        kind: "customer.updated".into(),
        report: None,
        email: None,
        raw: "the latest".into(),
    };
    work.keep_notice(&notice).await.expect("kept");
    work.forget_old().await.expect("forgotten");
    work.commit().await.expect("committed");
    assert_eq!(texts(raw).await, ["the latest"]);
    database.close().await.expect("closed");
    server.stop().await;
}

async fn what_is_not_signed_changes_nothing(backend: Backend) {
    let server =
        TestServer::start_tuned(backend, &publication(World::HOME), with_stripe("http://127.0.0.1:9")).await;
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

/// What shuts comes through the same door as what opens, and must not wait for others at its address.
async fn what_the_provider_reports_is_never_turned_away(backend: Backend) {
    let settings = with_stripe("http://127.0.0.1:9");
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        settings(config);
        config.limits.anonymous_per_minute = PerMinute::new(2).expect("it can be set");
    })
    .await;
    for _ in 0..5 {
        deliver(&server, &event("cus_1", "evt_1", "invoice.paid", SystemClock.now().seconds(), json!({})))
            .await;
    }
    let codes = [200, 200, 429];
    for code in codes {
        assert_eq!(server.get(Asker::Anonymous, "/v1/tiers").await.status, code);
    }
    server.stop().await;
}
