//! Money that goes back, by a refund or a bank, and what is left of what it paid for; also when its payer was erased.

use super::checkout::{Shop, refused};
use super::gifts::{bought, is_open, other, paid, payment, redeem, states};
use super::{deliver, event};
use crate::membership::{delete, text};
use masthead_domain::clock::Clock;
use masthead_gateway::clock::SystemClock;
use masthead_tests::server::{Asker, Backend};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::json;

masthead_tests::on_both!(
    money_that_goes_back_takes_the_gift_with_it,
    a_refund_ends_the_gift_of_a_giver_who_was_erased,
    a_refund_ends_the_code_of_a_giver_who_was_erased,
    a_bank_that_takes_the_money_back_takes_the_gift_with_it,
    a_bank_does_not_undo_what_a_publisher_took_back,
    a_refund_of_one_payment_leaves_the_gift_to_the_other,
    whoever_is_erased_does_not_come_back_by_a_payment,
    events_in_any_order_end_in_the_same,
);

async fn given_back(shop: &Shop) {
    let refund = json!({ "id": "ch_1", "payment_intent": "pi_1", "refunded": true });
    deliver(&shop.server, &event("cus_5", "evt_2", "charge.refunded", SystemClock.now().seconds(), refund))
        .await;
}

/// A dispute over the first payment. It names no customer.
async fn disputed(shop: &Shop, id: &str, what: &str, at: i64) {
    let dispute = json!({
        "id": id, "object": "event", "type": format!("charge.dispute.{what}"), "created": at,
        "data": { "object": { "id": "dp_1", "payment_intent": "pi_1", "evidence": { "customer_name": "A. Giver" } } },
    });
    deliver(&shop.server, &dispute).await;
}

/// A gift that is paid for and redeemed: the token of whoever has it.
async fn redeemed(shop: &Shop) -> String {
    let reader = other(&shop.server, 2).await;
    let gift = bought(shop).await;
    let checkout = json!({ "client_reference_id": shop.member });
    let now = SystemClock.now().seconds();
    deliver(&shop.server, &event("cus_5", "evt_0c", "checkout.session.completed", now, checkout)).await;
    paid(shop, &gift, 4_500).await;
    assert_eq!(redeem(&shop.server, &reader, text(&gift, "code")).await.status, 201);
    is_open(&shop.server, &reader, true).await;
    reader
}

async fn money_that_goes_back_takes_the_gift_with_it(backend: Backend) {
    let shop = Shop::open(backend).await;
    let reader = other(&shop.server, 2).await;
    let gift = bought(&shop).await;
    paid(&shop, &gift, 4_500).await;
    assert_eq!(redeem(&shop.server, &reader, text(&gift, "code")).await.status, 201);
    is_open(&shop.server, &reader, true).await;
    for _ in 0..2 {
        given_back(&shop).await;
        is_open(&shop.server, &reader, false).await;
    }
    assert_eq!(states(&shop.server).await, ["ended"]);
    refused(&redeem(&shop.server, &reader, text(&gift, "code")).await, 410, "link_ended", None);
    shop.server.stop().await;
}

async fn a_refund_ends_the_gift_of_a_giver_who_was_erased(backend: Backend) {
    let shop = Shop::open(backend).await;
    let reader = redeemed(&shop).await;
    let gone = delete(&shop.server, &format!("/v1/members/{}", shop.member)).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    is_open(&shop.server, &reader, true).await;
    given_back(&shop).await;
    is_open(&shop.server, &reader, false).await;
    shop.server.stop().await;
}

async fn a_refund_ends_the_code_of_a_giver_who_was_erased(backend: Backend) {
    let shop = Shop::open(backend).await;
    let reader = other(&shop.server, 2).await;
    let gift = bought(&shop).await;
    let checkout = json!({ "client_reference_id": shop.member });
    let now = SystemClock.now().seconds();
    deliver(&shop.server, &event("cus_5", "evt_0", "checkout.session.completed", now, checkout)).await;
    paid(&shop, &gift, 4_500).await;
    assert_eq!(delete(&shop.server, &format!("/v1/members/{}", shop.member)).await.status, 204);
    assert_eq!(states(&shop.server).await, ["good"]);
    given_back(&shop).await;
    assert_eq!(states(&shop.server).await, ["ended"]);
    refused(&redeem(&shop.server, &reader, text(&gift, "code")).await, 410, "link_ended", None);
    shop.server.stop().await;
}

async fn a_bank_that_takes_the_money_back_takes_the_gift_with_it(backend: Backend) {
    let shop = Shop::open(backend).await;
    let reader = redeemed(&shop).await;
    let now = SystemClock.now().seconds();
    disputed(&shop, "evt_8", "created", now).await;
    assert_eq!(states(&shop.server).await, ["redeemed"], "it may be an inquiry");
    disputed(&shop, "evt_9", "funds_withdrawn", now).await;
    is_open(&shop.server, &reader, false).await;
    assert_eq!(states(&shop.server).await, ["ended"]);
    for _ in 0..2 {
        disputed(&shop, "evt_0", "funds_reinstated", now + 1).await;
        is_open(&shop.server, &reader, true).await;
    }
    assert_eq!(states(&shop.server).await, ["redeemed"], "the bank has paid again");
    shop.server.stop().await;

    // The same when the bank is heard first.
    let shop = Shop::open(backend).await;
    let reader = other(&shop.server, 2).await;
    let gift = bought(&shop).await;
    disputed(&shop, "evt_9", "funds_withdrawn", now).await;
    paid(&shop, &gift, 4_500).await;
    refused(&redeem(&shop.server, &reader, text(&gift, "code")).await, 410, "link_ended", None);
    disputed(&shop, "evt_0", "funds_reinstated", now + 1).await;
    assert_eq!(redeem(&shop.server, &reader, text(&gift, "code")).await.status, 201);
    shop.server.stop().await;
}

async fn a_bank_does_not_undo_what_a_publisher_took_back(backend: Backend) {
    let shop = Shop::open(backend).await;
    let gift = bought(&shop).await;
    paid(&shop, &gift, 4_500).await;
    let now = SystemClock.now().seconds();
    disputed(&shop, "evt_8", "funds_withdrawn", now).await;
    let path = format!("/v1/gift-subscriptions/{}", text(&gift, "id"));
    assert_eq!(delete(&shop.server, &path).await.status, 204);
    disputed(&shop, "evt_9", "funds_reinstated", now + 1).await;
    assert_eq!(states(&shop.server).await, ["ended"]);
    shop.server.stop().await;
}

async fn a_refund_of_one_payment_leaves_the_gift_to_the_other(backend: Backend) {
    let shop = Shop::open(backend).await;
    let reader = redeemed(&shop).await;
    let page = shop.server.get(Asker::Staff, "/v1/gift-subscriptions").await.json();
    let mut second = payment(&page["data"][0], 4_500);
    second["id"] = "pi_2".into();
    let now = SystemClock.now().seconds();
    deliver(&shop.server, &event("cus_6", "evt_3", "payment_intent.succeeded", now, second)).await;
    for _ in 0..2 {
        given_back(&shop).await;
        is_open(&shop.server, &reader, true).await;
    }
    assert_eq!(states(&shop.server).await, ["redeemed"], "the payment of the second customer stands");
    let refund = json!({ "id": "ch_2", "payment_intent": "pi_2", "refunded": true });
    deliver(&shop.server, &event("cus_6", "evt_4", "charge.refunded", now + 1, refund)).await;
    is_open(&shop.server, &reader, false).await;
    assert_eq!(states(&shop.server).await, ["ended"]);
    shop.server.stop().await;
}

async fn whoever_is_erased_does_not_come_back_by_a_payment(backend: Backend) {
    let shop = Shop::open(backend).await;
    assert_eq!(delete(&shop.server, &format!("/v1/members/{}", shop.member)).await.status, 204);
    let now = SystemClock.now().seconds();
    let payment = json!({
        "id": "pi_3", "amount_received": 500, "currency": "eur", "metadata": { "masthead": "contribution" },
        "receipt_email": "back@again.example",
    });
    let checkout =
        json!({ "client_reference_id": shop.member, "customer_details": { "email": "back@again.example" } });
    let refund = json!({
        "id": "ch_3", "payment_intent": "pi_3", "refunded": true, "billing_details": { "email": "back@again.example" },
    });
    for (id, kind, object) in [
        ("evt_1", "payment_intent.succeeded", payment),
        ("evt_2", "checkout.session.completed", checkout),
        ("evt_3", "charge.refunded", refund),
    ] {
        deliver(&shop.server, &event("cus_5", id, kind, now, object)).await;
    }
    let connection = Database::connect(&shop.server.database_url).await.expect("connected");
    let ask = "SELECT event_id || coalesce(report, '') FROM payment_event \
               UNION ALL SELECT raw FROM payment_delivery ORDER BY 1";
    let ask = Statement::from_string(connection.get_database_backend(), ask);
    let rows = connection.query_all_raw(ask).await.expect("read");
    let kept: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect();
    let count = async |from: &str| {
        let ask = format!("SELECT COUNT(*) AS n FROM {from}");
        let ask = Statement::from_string(connection.get_database_backend(), ask);
        let row = connection.query_one_raw(ask).await.expect("read").expect("a row");
        row.try_get::<i64>("", "n").expect("a number")
    };
    assert_eq!(count("contribution").await, 1, "the money is in the books");
    for from in ["contribution WHERE member_id IS NOT NULL", "subscription"] {
        assert_eq!(count(from).await, 0, "{from}");
    }
    connection.close().await.expect("closed");
    assert_eq!(kept.len(), 3, "what came is kept");
    assert!(kept[0].contains("pi_3") && kept[2].contains("pi_3"), "the books are right: {kept:?}");
    assert_eq!(kept[1], "evt_2", "and a checkout is of a person");
    for text in &kept {
        assert!(!text.contains("again.example") && !text.contains(&shop.member), "{text}");
    }
    shop.server.stop().await;
}

async fn events_in_any_order_end_in_the_same(backend: Backend) {
    let shop = Shop::open(backend).await;
    let reader = other(&shop.server, 2).await;
    let gift = bought(&shop).await;
    given_back(&shop).await;
    refused(&redeem(&shop.server, &reader, text(&gift, "code")).await, 409, "conflict", None);
    for _ in 0..2 {
        paid(&shop, &gift, 4_500).await;
        refused(&redeem(&shop.server, &reader, text(&gift, "code")).await, 410, "link_ended", None);
    }
    is_open(&shop.server, &reader, false).await;
    shop.server.stop().await;
}
