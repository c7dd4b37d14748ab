//! Letters with gift subscriptions outlive a mail server that is away, a restart, and what changes meanwhile.

use super::checkout::Shop;
use super::gifts::{other, payment, redeem, states};
use super::recipients::{bought_for, forgotten, naming, posting_to};
use super::{deliver, event};
use crate::membership::{delete, entered, text};
use masthead_domain::clock::Clock;
use masthead_gateway::clock::SystemClock;
use masthead_tests::postbox::{Mood, Postbox};
use masthead_tests::server::{Asker, Backend, within_a_second};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

masthead_tests::on_both!(
    a_mail_server_that_comes_back_gets_the_letter,
    a_restart_loses_no_letter,
    no_letter_goes_out_for_what_is_over_meanwhile,
    of_two_gateways_one_sends_the_letter,
    what_is_refused_for_good_is_given_up,
    a_refusal_of_the_publication_is_none_of_the_letter,
    what_is_refused_without_a_reason_is_given_up_after_a_day,
    after_five_days_a_letter_is_given_up,
    whom_a_giver_named_is_in_their_export_alone,
);

/// The courier looks so often that time goes on as the test says.
const OFTEN: Duration = Duration::from_millis(50);
const FIRST_PAUSE: i64 = 15 * 60;
const DAY: i64 = 24 * 3_600;

async fn open(backend: Backend, mood: Mood) -> (Shop, Postbox) {
    let post = Postbox::start().await;
    post.feel(mood);
    let shop = Shop::carrying(backend, OFTEN, posting_to(&post)).await;
    (shop, post)
}

/// Reports a payment of this number for a gift, in full.
async fn pay(shop: &Shop, number: u8, gift: &Value, amount: i64) {
    let mut object = payment(gift, amount);
    object["id"] = format!("pi_{number}").into();
    let now = SystemClock.now().seconds();
    let event = event("cus_5", &format!("evt_{number}"), "payment_intent.succeeded", now, object);
    deliver(&shop.server, &event).await;
}

/// Buys for these addresses, pays, and gives what was answered.
async fn sent_to<const N: usize>(shop: &Shop, addresses: [&str; N]) -> Vec<Value> {
    let mut gifts = Vec::new();
    for (number, address) in addresses.into_iter().enumerate() {
        let gift = bought_for(shop, json!({ "email": address })).await;
        pay(shop, u8::try_from(number).expect("few"), &gift, 4_500).await;
        gifts.push(gift);
    }
    gifts
}

async fn tried(post: &Postbox, times: u32) {
    within_a_second(&format!("{times} tries"), async || post.tries() == times).await;
}

async fn a_mail_server_that_comes_back_gets_the_letter(backend: Backend) {
    let (shop, post) = open(backend, Mood::Away).await;
    let gift = sent_to(&shop, ["anna@home.example"]).await.remove(0);
    tried(&post, 1).await;
    shop.server.later(FIRST_PAUSE + 1);
    tried(&post, 2).await;
    post.feel(Mood::Takes);
    shop.server.later(FIRST_PAUSE + 1);
    assert!(post.is_empty().await, "it waits longer each time");
    assert_eq!((post.tries(), naming(&shop, "anna@home.example").await), (2, 1), "they are known until then");
    shop.server.later(FIRST_PAUSE);
    let letter = post.next().await;
    assert_eq!((letter.to[0].as_str(), &*letter.link_secret()), ("anna@home.example", text(&gift, "code")));
    forgotten(&shop, "anna@home.example").await;
    shop.server.later(DAY);
    assert!(post.is_empty().await, "it has gone");
    shop.server.stop().await;
}

async fn a_restart_loses_no_letter(backend: Backend) {
    let (shop, post) = open(backend, Mood::Hangs).await;
    sent_to(&shop, ["anna@home.example"]).await;
    tried(&post, 1).await;
    shop.server.crash().await;
    post.feel(Mood::Takes);
    let again = shop.server.twin().await;
    assert!(post.is_empty().await, "whoever was sending it may have done so");
    again.later(FIRST_PAUSE + 1);
    assert_eq!(post.next().await.to, ["anna@home.example"]);
    forgotten(&shop, "anna@home.example").await;
    again.later(DAY);
    assert!(post.is_empty().await, "once");
    again.stop().await;
    shop.server.stop().await;
}

async fn no_letter_goes_out_for_what_is_over_meanwhile(backend: Backend) {
    let (shop, post) = open(backend, Mood::Away).await;
    let reader = other(&shop.server, 2).await;
    let member = entered(&shop.server, json!({ "email": "erased@home.example" })).await;
    let names = ["redeemed@", "revoked@", "returned@", "erased@", "giver-erased@"];
    let gifts =
        sent_to(&shop, names.map(|name| format!("{name}home.example")).each_ref().map(|to| &**to)).await;
    tried(&post, 5).await;
    assert_eq!(naming(&shop, "@home.example").await, 5);

    assert_eq!(redeem(&shop.server, &reader, text(&gifts[0], "code")).await.status, 201);
    let path = format!("/v1/gift-subscriptions/{}", text(&gifts[1], "id"));
    assert_eq!(delete(&shop.server, &path).await.status, 204);
    let refund = json!({ "id": "ch_2", "payment_intent": "pi_2", "refunded": true });
    let now = SystemClock.now().seconds();
    deliver(&shop.server, &event("cus_5", "evt_9", "charge.refunded", now, refund)).await;
    assert_eq!(delete(&shop.server, &format!("/v1/members/{}", text(&member, "id"))).await.status, 204);
    let mut left = naming(&shop, "@home.example").await;
    assert_eq!((left, naming(&shop, "giver-erased@").await), (1, 1), "nobody is remembered for nothing");
    assert_eq!(delete(&shop.server, &format!("/v1/members/{}", shop.member)).await.status, 204);
    left = naming(&shop, "@home.example").await;
    assert_eq!(left, 0, "it was the giver's to say");

    post.feel(Mood::Takes);
    shop.server.later(DAY);
    assert!(post.is_empty().await);
    assert_eq!(post.tries(), 5);
    shop.server.stop().await;
}

async fn of_two_gateways_one_sends_the_letter(backend: Backend) {
    let (shop, post) = open(backend, Mood::Away).await;
    let twin = shop.server.twin().await;
    let to = ["a@home.example", "b@home.example", "c@home.example", "d@home.example", "e@home.example"];
    sent_to(&shop, to).await;
    tried(&post, 5).await;
    post.feel(Mood::Takes);
    for server in [&shop.server, &twin] {
        server.later(FIRST_PAUSE + 1);
    }
    let mut came = BTreeSet::new();
    for _ in to {
        came.extend(post.next().await.to);
    }
    assert_eq!(came, to.map(str::to_owned).into());
    forgotten(&shop, "@home.example").await;
    for server in [&shop.server, &twin] {
        server.later(DAY);
    }
    assert!(post.is_empty().await, "each once");
    assert_eq!(post.tries(), 10);
    twin.stop().await;
    shop.server.stop().await;
}

async fn what_is_refused_for_good_is_given_up(backend: Backend) {
    let (shop, post) = open(backend, Mood::Takes).await;
    post.feel_about("anna@", Mood::Refuses("550 5.1.1 no such mailbox"));
    sent_to(&shop, ["anna@home.example", "ben@home.example"]).await;
    assert_eq!(post.next().await.to, ["ben@home.example"], "others get theirs");
    forgotten(&shop, "@home.example").await;
    post.feel(Mood::Takes);
    shop.server.later(DAY);
    assert!(post.is_empty().await);
    assert_eq!((states(&shop.server).await, post.tries()), (vec!["good".to_owned(); 2], 2));
    shop.server.stop().await;
}

async fn a_refusal_of_the_publication_is_none_of_the_letter(backend: Backend) {
    let (shop, post) = open(backend, Mood::Refuses("530 authentication required")).await;
    sent_to(&shop, ["anna@home.example"]).await;
    tried(&post, 1).await;
    post.feel(Mood::Refuses("550 5.7.1 sender not verified"));
    shop.server.later(FIRST_PAUSE + 1);
    tried(&post, 2).await;
    assert!(post.is_empty().await);
    assert_eq!(naming(&shop, "anna@home.example").await, 1);
    post.feel(Mood::Takes);
    shop.server.later(2 * FIRST_PAUSE + 1);
    assert_eq!(post.next().await.to, ["anna@home.example"]);
    forgotten(&shop, "anna@home.example").await;

    // The server stops although one waits for its next try.
    post.feel(Mood::Away);
    let gift = bought_for(&shop, json!({ "email": "ben@home.example" })).await;
    pay(&shop, 7, &gift, 4_500).await;
    tried(&post, 4).await;
    shop.server.stop().await;
}

async fn what_is_refused_without_a_reason_is_given_up_after_a_day(backend: Backend) {
    let (shop, post) = open(backend, Mood::Refuses("554 not today")).await;
    sent_to(&shop, ["anna@home.example"]).await;
    for time in 1..=7 {
        tried(&post, time).await;
        let known = naming(&shop, &format!("\"tries\":{time},")).await;
        assert!(known == 1 || time == 7, "after {time} tries");
        shop.server.later(DAY / 2 + 1);
    }
    forgotten(&shop, "anna@home.example").await;
    assert_eq!(post.tries(), 7);
    shop.server.stop().await;
}

async fn after_five_days_a_letter_is_given_up(backend: Backend) {
    // What the publisher has written themselves is wrong for a year.
    let own = tempfile::tempdir().expect("a directory");
    let template = "Subject: x\n\n{{ code }}{% if months == 12 %}{{ nothing }}{% endif %}";
    std::fs::write(own.path().join("gift-subscription.txt"), template).expect("written");
    let post = Postbox::start().await;
    post.feel(Mood::Away);
    let posting = posting_to(&post);
    let templates = own.path().to_owned();
    let shop = Shop::carrying(backend, OFTEN, |config| {
        posting(config);
        config.mail.templates = Some(templates);
    })
    .await;
    sent_to(&shop, ["anna@home.example"]).await;
    let year = json!({ "tier": "patron", "months": 12, "recipient": { "email": "ben@home.example" } });
    let year = shop.checkout(&json!({ "gift": year })).await.json()["gift"].clone();
    pay(&shop, 9, &year, 15_000).await;
    for time in 1..=10 {
        tried(&post, time).await;
        let count = format!("\"tries\":{time},");
        within_a_second("both were tried", async || naming(&shop, &count).await == 2).await;
        assert_eq!(naming(&shop, "@home.example").await, 2, "after {time} tries");
        shop.server.later(DAY + 1);
    }
    forgotten(&shop, "@home.example").await;
    assert_eq!(post.tries(), 11);
    post.feel(Mood::Takes);
    shop.server.later(DAY + 1);
    assert!(post.is_empty().await);
    assert_eq!(states(&shop.server).await, ["good", "good"], "the giver has the codes");
    shop.server.stop().await;
}

async fn whom_a_giver_named_is_in_their_export_alone(backend: Backend) {
    let (shop, post) = open(backend, Mood::Away).await;
    let recipient = json!({ "email": "anna@home.example", "name": "Anna", "message": null });
    let gift = bought_for(&shop, recipient.clone()).await;
    let exported = async |token: &str| {
        shop.server.get_as(token, "/v1/me/export").await.json()["giftSubscriptions"].clone()
    };
    assert_eq!(exported(&shop.token).await[0]["recipient"], recipient, "before the payment");
    pay(&shop, 1, &gift, 4_500).await;
    tried(&post, 1).await;
    let known = exported(&shop.token).await;
    assert_eq!(
        (&known[0]["recipient"], &known[0]["state"]),
        (&recipient, &"good".into()),
        "until it has gone"
    );
    let by_staff = shop.server.get(Asker::Staff, &format!("/v1/members/{}/export", shop.member)).await;
    assert_eq!(by_staff.json()["giftSubscriptions"][0]["recipient"], recipient, "{}", by_staff.body);
    let listed = shop.server.get(Asker::Staff, "/v1/gift-subscriptions").await.body;
    assert!(!listed.contains("home.example"), "{listed}");
    let reader = other(&shop.server, 2).await;
    assert_eq!(exported(&reader).await, json!([]));
    post.feel(Mood::Takes);
    shop.server.later(FIRST_PAUSE + 1);
    post.next().await;
    forgotten(&shop, "anna@home.example").await;
    assert_eq!(exported(&shop.token).await[0]["recipient"], Value::Null);
    shop.server.stop().await;
}
