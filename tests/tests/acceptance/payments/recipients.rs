//! Gift subscriptions that are sent to whom they are for, when they are paid for.

use super::checkout::{Shop, refused};
use super::gifts::{is_open, other, paid, payment, redeem, states};
use super::stripe::PAGE;
use super::{deliver, event};
use crate::membership::{delete, entered, text};
use masthead_domain::clock::Clock;
use masthead_gateway::clock::SystemClock;
use masthead_gateway::config::Config;
use masthead_tests::postbox::Postbox;
use masthead_tests::server::{Asker, Backend, within_a_second};
use reqwest::Method;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

masthead_tests::on_both!(
    the_code_goes_out_once_when_it_is_paid_for,
    nobody_is_remembered_whom_nothing_is_sent_to,
    a_recipient_who_is_erased_is_named_no_more,
    whoever_asked_to_be_forgotten_gets_no_letter,
    a_recipient_has_an_address,
);

/// The settings of a publication that sends its mail to this server.
pub(super) fn posting_to(post: &Postbox) -> impl FnOnce(&mut Config) {
    let url = post.url();
    move |config| {
        config.mail.smtp = Some(url.into());
        config.mail.from = Some("The Paper <hello@paper.example>".into());
        config.site.name = "The Paper".into();
    }
}

async fn open(backend: Backend) -> (Shop, Postbox) {
    let post = Postbox::start().await;
    let shop = Shop::with(backend, posting_to(&post)).await;
    (shop, post)
}

/// Buys three months of patron for somebody, and gives what was answered.
pub(super) async fn bought_for(shop: &Shop, recipient: Value) -> Value {
    let gift = json!({ "tier": "patron", "months": 3, "recipient": recipient });
    let answer = shop.checkout(&json!({ "gift": gift })).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["gift"].clone()
}

/// How many gift subscriptions have this text, such as an address, in what is stored of them.
pub(super) async fn naming(shop: &Shop, text: &str) -> i64 {
    let database = Database::connect(&shop.server.database_url).await.expect("connected");
    let ask = format!("SELECT count(*) AS n FROM gift_subscription WHERE content LIKE '%{text}%'");
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), ask)).await;
    let number = row.expect("read").expect("a row").try_get("", "n").expect("a number");
    database.close().await.expect("closed");
    number
}

/// Waits until no gift subscription names this address.
pub(super) async fn forgotten(shop: &Shop, address: &str) {
    within_a_second("they are forgotten", async || naming(shop, address).await == 0).await;
}

async fn the_code_goes_out_once_when_it_is_paid_for(backend: Backend) {
    let (shop, post) = open(backend).await;
    let headers = [("content-type", "application/json")];
    let name = Some(json!({ "name": "A. Giver" }).to_string());
    let named = shop.server.send(Some(&shop.token), Method::PATCH, "/v1/me/profile", &headers, name).await;
    assert_eq!(named.status, 200, "{}", named.body);
    let recipient =
        json!({ "email": "Anna@home.example", "name": "Anna", "message": "Happy birthday,\nmy dear." });
    let gift = bought_for(&shop, recipient).await;
    assert!(!format!("{:?}", shop.stripe.last()).contains("home.example"), "the provider need not know");
    assert_eq!(naming(&shop, "anna@home.example").await, 1);
    let listed = shop.server.get(Asker::Staff, "/v1/gift-subscriptions").await.body;
    assert!(!listed.contains("home.example"), "{listed}");

    for _ in 0..2 {
        paid(&shop, &gift, 4_500).await;
        forgotten(&shop, "anna@home.example").await;
    }
    let letter = post.next().await;
    assert_eq!(letter.to, ["anna@home.example"]);
    assert_eq!(letter.link_secret(), text(&gift, "code"), "the giver has the same code");
    let said = letter.data.replace("=\r\n", "").replace("=3D", "=");
    for words in ["3 months", "Dear Anna", "A. Giver", "Happy birthday", "https://paper.example/redeem#code"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(post.is_empty().await, "one letter, however often it is reported");
    let reader = other(&shop.server, 2).await;
    assert_eq!(redeem(&shop.server, &reader, &letter.link_secret()).await.status, 201);
    is_open(&shop.server, &reader, true).await;

    let buy = "mutation { startGiftCheckout(tier: \"patron\", months: 3, recipient: { email: \"ben@home.example\" }) {
        gift { id } } }";
    let bought = shop.server.post(Some(&shop.token), "/graphql", &json!({ "query": buy })).await.json();
    let mut second = payment(&bought["data"]["startGiftCheckout"]["gift"], 4_500);
    second["id"] = "pi_2".into();
    let now = SystemClock.now().seconds();
    deliver(&shop.server, &event("cus_5", "evt_2", "payment_intent.succeeded", now, second)).await;
    assert_eq!(post.next().await.to, ["ben@home.example"], "{bought}");
    shop.server.stop().await;
}

async fn nobody_is_remembered_whom_nothing_is_sent_to(backend: Backend) {
    let (shop, post) = open(backend).await;
    let taken_back = bought_for(&shop, json!({ "email": "anna@home.example" })).await;
    let unpaid = bought_for(&shop, json!({ "email": "ben@home.example" })).await;
    let path = format!("/v1/gift-subscriptions/{}", text(&taken_back, "id"));
    assert_eq!(delete(&shop.server, &path).await.status, 204);
    assert_eq!((naming(&shop, "anna@").await, naming(&shop, "ben@").await), (0, 1));
    assert_eq!(delete(&shop.server, &format!("/v1/members/{}", shop.member)).await.status, 204);
    assert_eq!(naming(&shop, "ben@").await, 0, "it was the giver's to say");
    paid(&shop, &unpaid, 4_500).await;
    assert!(post.is_empty().await);
    shop.server.stop().await;
}

async fn a_recipient_who_is_erased_is_named_no_more(backend: Backend) {
    let (shop, post) = open(backend).await;
    let going = entered(&shop.server, json!({ "email": "going@home.example" })).await;
    let gift = bought_for(&shop, json!({ "email": "going@home.example", "name": "A. Reader" })).await;
    assert_eq!(naming(&shop, "going@home.example").await, 1);
    assert_eq!(delete(&shop.server, &format!("/v1/members/{}", text(&going, "id"))).await.status, 204);
    assert_eq!((naming(&shop, "going@").await, naming(&shop, "A. Reader").await), (0, 0));
    paid(&shop, &gift, 4_500).await;
    assert_eq!(states(&shop.server).await, ["good"], "the giver has the code");
    assert!(post.is_empty().await);
    shop.server.stop().await;
}

async fn whoever_asked_to_be_forgotten_gets_no_letter(backend: Backend) {
    let (shop, post) = open(backend).await;
    let gone = entered(&shop.server, json!({ "email": "gone@home.example" })).await;
    assert_eq!(delete(&shop.server, &format!("/v1/members/{}", text(&gone, "id"))).await.status, 204);
    let gift = bought_for(&shop, json!({ "email": "gone@home.example" })).await;
    paid(&shop, &gift, 4_500).await;
    assert_eq!(states(&shop.server).await, ["good"]);
    forgotten(&shop, "gone@").await;
    assert!(post.is_empty().await);
    shop.server.stop().await;
}

async fn a_recipient_has_an_address(backend: Backend) {
    let (shop, _post) = open(backend).await;
    let long = "x".repeat(1_001);
    for (recipient, code, parameter) in [
        (json!({}), "invalid_parameter", "gift.recipient.email"),
        (json!({ "email": "nobody" }), "invalid_parameter", "gift.recipient.email"),
        (json!({ "email": "a@b.example", "name": "A\nB" }), "invalid_parameter", "gift.recipient.name"),
        (json!({ "email": "a@b.example", "message": long }), "invalid_parameter", "gift.recipient.message"),
        (json!({ "email": "a@b.example", "phone": "1" }), "unknown_parameter", "gift.recipient.phone"),
    ] {
        let gift = json!({ "tier": "patron", "months": 3, "recipient": recipient });
        refused(&shop.checkout(&json!({ "gift": gift })).await, 400, code, Some(parameter));
    }
    let made = json!({ "tier": "patron", "months": 3, "recipient": { "email": "a@b.example" } });
    let staff = shop.server.post(shop.server.token(Asker::Staff), "/v1/gift-subscriptions", &made).await;
    refused(&staff, 400, "unknown_parameter", Some("recipient"));
    let none = shop.checkout(&json!({ "gift": { "tier": "patron", "months": 3, "recipient": null } })).await;
    assert_eq!((none.status, &none.json()["url"]), (201, &PAGE.into()), "{}", none.body);
    shop.server.stop().await;
}
