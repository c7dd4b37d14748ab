//! Gift subscriptions: bought or made, and redeemed once.

use super::checkout::{Shop, refused};
use super::stripe::{Mood, PAGE};
use super::{deliver, event};
use crate::membership::{deeds, delete, send, text};
use futures_util::future::join_all;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::viewer::{Bearer, Viewer};
use masthead_gateway::clock::SystemClock;
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_gift_is_good_once_it_is_paid_for,
    what_is_refused_leaves_no_gift,
    what_the_provider_fails_leaves_no_gift,
    what_nobody_pays_for_is_forgotten,
    publishers_make_gifts,
    a_gift_is_redeemed_once,
    one_gift_after_the_other,
    what_cannot_be_given_is_refused,
    only_who_may_does,
    nothing_of_a_gift_names_whoever_was_erased,
    the_same_over_graphql,
);

const LOCKED: &str = "Hidden for patron";
const PATH: &str = "/v1/articles/every-kind-of-lock?body=text";

pub(super) async fn redeem(server: &TestServer, token: &str, code: &str) -> Answer {
    server.post(Some(token), "/v1/gift-subscriptions/redeem", &json!({ "code": code })).await
}

pub(super) async fn is_open(server: &TestServer, token: &str, wanted: bool) {
    within_a_second(LOCKED, async || {
        let answer = server.get_as(token, PATH).await;
        answer.status == 200 && answer.body.contains(LOCKED) == wanted
    })
    .await;
}

pub(super) async fn other(server: &TestServer, number: u8) -> String {
    server.issue(&server.member(number, &[]).await)
}

/// Buys three months of patron, and gives what was answered.
pub(super) async fn bought(shop: &Shop) -> Value {
    let answer = shop.checkout(&json!({ "gift": { "tier": "patron", "months": 3 } })).await;
    assert_eq!((answer.status, &answer.json()["url"]), (201, &PAGE.into()), "{}", answer.body);
    answer.json()["gift"].clone()
}

pub(super) fn payment(gift: &Value, amount: i64) -> Value {
    json!({
        "id": "pi_1", "amount_received": amount, "currency": "eur",
        "metadata": { "masthead": "gift", "gift": gift["id"] },
    })
}

pub(super) async fn paid(shop: &Shop, gift: &Value, amount: i64) {
    let now = SystemClock.now().seconds();
    deliver(&shop.server, &event("cus_5", "evt_1", "payment_intent.succeeded", now, payment(gift, amount)))
        .await;
}

pub(super) async fn states(server: &TestServer) -> Vec<String> {
    // The clock may have run on since the server's own tokens were made.
    let token = server.mint(&Viewer::staff("desk"));
    let page = server.get_as(&token, "/v1/gift-subscriptions").await.json();
    page["data"].as_array().expect("rows").iter().map(|gift| text(gift, "state").to_owned()).collect()
}

async fn made(server: &TestServer, wish: Value) -> Vec<Value> {
    let answer = send(server, Method::POST, "/v1/gift-subscriptions", wish).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    answer.json()["data"].as_array().expect("gifts").clone()
}

async fn a_gift_is_good_once_it_is_paid_for(backend: Backend) {
    let shop = Shop::open(backend).await;
    let reader = other(&shop.server, 2).await;
    let gift = bought(&shop).await;
    let code = text(&gift, "code");
    let asked = shop.stripe.last().expect("asked");
    for (name, value) in [
        ("mode", "payment"),
        ("client_reference_id", &*shop.member),
        ("payment_intent_data[metadata][masthead]", "gift"),
        ("payment_intent_data[metadata][gift]", text(&gift, "id")),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "4500"),
        ("line_items[0][price_data][product_data][name]", "patron, 3 months"),
    ] {
        assert_eq!(asked.field(name), Some(value), "{name}");
    }
    assert_eq!(asked.idempotency_key, text(&gift, "id"), "one page for one gift, however often it is asked");
    assert!(!format!("{asked:?}").contains(code), "the code is for the giver alone");
    refused(&redeem(&shop.server, &reader, code).await, 409, "conflict", None);
    paid(&shop, &gift, 4_499).await;
    refused(&redeem(&shop.server, &reader, code).await, 409, "conflict", None);
    assert_eq!(states(&shop.server).await, ["unpaid"]);
    let now = SystemClock.now().seconds();
    let rest = json!({
        "id": "pi_2", "amount_received": 4_500, "currency": "eur", "metadata": { "masthead": "gift", "gift": gift["id"] },
    });
    deliver(&shop.server, &event("cus_6", "evt_3", "payment_intent.succeeded", now, rest)).await;
    assert_eq!(states(&shop.server).await, ["good"]);
    is_open(&shop.server, &reader, false).await;
    let redeemed = redeem(&shop.server, &reader, code).await;
    assert_eq!((redeemed.status, redeemed.header("cache-control")), (201, "no-store"), "{}", redeemed.body);
    let subscription = redeemed.json();
    assert_eq!((&subscription["tier"], &subscription["origin"]), (&"patron".into(), &"gifted".into()));
    let at = |field: &str| Timestamp::parse(text(&subscription, field)).expect("an instant");
    assert_eq!(at("starts").plus_months(3), at("ends"));
    is_open(&shop.server, &reader, true).await;
    is_open(&shop.server, &shop.token, false).await;
    assert_eq!(states(&shop.server).await, ["redeemed"]);
    let own = shop.server.get_as(&shop.token, "/v1/me/profile").await.json();
    assert_eq!(own["contributions"], json!([]), "a gift is no contribution");
    shop.server.stop().await;
}

async fn publishers_make_gifts(backend: Backend) {
    let shop = Shop::open(backend).await;
    let gifts = made(&shop.server, json!({ "tier": "patron", "months": 12, "count": 3 })).await;
    let codes: std::collections::BTreeSet<_> = gifts.iter().map(|gift| text(gift, "code")).collect();
    assert_eq!((codes.len(), shop.stripe.count()), (3, 0));
    let page = shop.server.get(Asker::Staff, "/v1/gift-subscriptions?limit=2").await.json();
    assert_eq!(page["data"].as_array().map(Vec::len), Some(2));
    let next = format!("/v1/gift-subscriptions?limit=2&cursor={}", text(&page["page"], "next"));
    let rest = shop.server.get(Asker::Staff, &next).await.json();
    assert_eq!((rest["data"].as_array().map(Vec::len), &rest["page"]["next"]), (Some(1), &Value::Null));
    assert!(!page.to_string().contains(text(&gifts[0], "code")) && page["data"][0].get("code").is_none());

    assert_eq!(redeem(&shop.server, &shop.token, text(&gifts[0], "code")).await.status, 201);
    let path = |gift: &Value| format!("/v1/gift-subscriptions/{}", text(gift, "id"));
    assert_eq!(delete(&shop.server, &path(&gifts[0])).await.status, 409, "somebody has it");
    for _ in 0..2 {
        assert_eq!(delete(&shop.server, &path(&gifts[1])).await.status, 204);
    }
    refused(&redeem(&shop.server, &shop.token, text(&gifts[1], "code")).await, 410, "link_ended", None);
    assert_eq!(delete(&shop.server, "/v1/gift-subscriptions/none").await.status, 404);
    let actions: Vec<_> = deeds(&shop.server).await.into_iter().map(|(action, _)| action).collect();
    let made = "gift_subscription.made";
    assert_eq!(actions, ["gift_subscription.revoked", made, made, made]);
    shop.server.stop().await;
}

async fn a_gift_is_redeemed_once(backend: Backend) {
    let shop = Shop::open(backend).await;
    let gifts = made(&shop.server, json!({ "tier": "patron", "months": 1 })).await;
    let code = text(&gifts[0], "code");
    let tokens = join_all((2..10).map(|number| other(&shop.server, number))).await;
    let answers = join_all(tokens.iter().map(|token| redeem(&shop.server, token, code))).await;
    let won: Vec<_> = answers.iter().zip(&tokens).filter(|(answer, _)| answer.status == 201).collect();
    assert_eq!(won.len(), 1, "one of them has it");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        refused(answer, 410, "link_ended", None);
    }
    let again = redeem(&shop.server, won[0].1, code).await;
    assert_eq!((again.status, again.json()), (201, won[0].0.json()), "told the same again");
    for wrong in ["nothing", "", &"x".repeat(65)] {
        refused(&redeem(&shop.server, &tokens[0], wrong).await, 404, "not_found", None);
    }
    shop.server.stop().await;
}

async fn one_gift_after_the_other(backend: Backend) {
    let shop = Shop::open(backend).await;
    let gifts = made(&shop.server, json!({ "tier": "patron", "months": 1, "count": 2 })).await;
    let mut spans = Vec::new();
    for gift in &gifts {
        let redeemed = redeem(&shop.server, &shop.token, text(gift, "code")).await.json();
        spans.push((text(&redeemed, "starts").to_owned(), text(&redeemed, "ends").to_owned()));
    }
    assert_eq!(spans[0].1, spans[1].0, "the second begins when the first is over");
    is_open(&shop.server, &shop.token, true).await;
    shop.server.stop().await;
}

async fn what_cannot_be_given_is_refused(backend: Backend) {
    let shop = Shop::open(backend).await;
    for (gift, status, code, parameter) in [
        (json!({ "tier": "patron", "months": 2 }), 400, "invalid_parameter", Some("gift.months")),
        (json!({ "tier": "nothing", "months": 1 }), 400, "invalid_parameter", Some("gift.tier")),
        (json!({ "tier": "No Slug", "months": 1 }), 400, "invalid_parameter", Some("gift.tier")),
        (json!({ "tier": "patron" }), 400, "invalid_parameter", Some("gift.months")),
        (
            json!({ "tier": "patron", "months": 1, "wrapped": true }),
            400,
            "unknown_parameter",
            Some("gift.wrapped"),
        ),
    ] {
        refused(&shop.checkout(&json!({ "gift": gift })).await, status, code, parameter);
    }
    let both = json!({ "gift": { "tier": "patron", "months": 1 }, "tier": "patron", "interval": "month" });
    refused(&shop.checkout(&both).await, 400, "invalid_parameter", Some("tier"));
    for (change, months) in [
        (json!({ "price": { "currency": "EUR", "yearly": 9000 } }), 3),
        (json!({ "price": null }), 12),
        (json!({ "active": false }), 12),
    ] {
        let headers = [("content-type", "application/json")];
        let body = Some(change.to_string());
        assert_eq!(
            shop.server.ask(Method::PATCH, Asker::Staff, "/v1/tiers/patron", &headers, body).await.status,
            200
        );
        let wish = json!({ "gift": { "tier": "patron", "months": months } });
        refused(&shop.checkout(&wish).await, 409, "not_for_sale", None);
    }
    shop.stripe.feel(Mood::Answers("500 Internal Server Error", String::new()));
    let wish = json!({ "gift": { "tier": "reader", "months": 12 } });
    refused(&shop.checkout(&wish).await, 502, "payment_provider_failed", None);
    for (wish, parameter) in [
        (json!({ "tier": "patron", "months": 5 }), "months"),
        (json!({ "tier": "nothing", "months": 3 }), "tier"),
        (json!({ "tier": "patron", "months": 3, "count": 0 }), "count"),
        (json!({ "tier": "patron", "months": 3, "count": 101 }), "count"),
    ] {
        refused(
            &send(&shop.server, Method::POST, "/v1/gift-subscriptions", wish).await,
            400,
            "invalid_parameter",
            Some(parameter),
        );
    }
    shop.server.stop().await;
}

async fn only_who_may_does(backend: Backend) {
    let shop = Shop::open(backend).await;
    let gift = made(&shop.server, json!({ "tier": "patron", "months": 1 })).await.remove(0);
    let one = format!("/v1/gift-subscriptions/{}", text(&gift, "id"));
    let headers = [("content-type", "application/json")];
    for (method, path) in [
        (Method::GET, "/v1/gift-subscriptions"),
        (Method::POST, "/v1/gift-subscriptions"),
        (Method::DELETE, &one),
    ] {
        for (token, status) in [(None, 401), (Some(&*shop.token), 403)] {
            let answer = shop.server.send(token, method.clone(), path, &headers, Some("{}".into())).await;
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        }
    }
    let code = json!({ "code": gift["code"] });
    for (asker, status) in [(Asker::Anonymous, 401), (Asker::Member, 403), (Asker::Staff, 403)] {
        let answer = shop.server.post(shop.server.token(asker), "/v1/gift-subscriptions/redeem", &code).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    assert_eq!(states(&shop.server).await, ["good"]);
    shop.server.stop().await;
}

async fn nothing_of_a_gift_names_whoever_was_erased(backend: Backend) {
    let shop = Shop::open(backend).await;
    let bearer = shop.server.member(2, &[]).await;
    let Bearer::Member { member, .. } = bearer else { panic!("a member") };
    let reader = shop.server.issue(&bearer);
    let gift = bought(&shop).await;
    paid(&shop, &gift, 4_500).await;
    assert_eq!(redeem(&shop.server, &reader, text(&gift, "code")).await.status, 201);
    let exported = async |token: &str| {
        shop.server.get_as(token, "/v1/me/export").await.json()["giftSubscriptions"].clone()
    };
    let (givers, holders) = (exported(&shop.token).await, exported(&reader).await);
    assert_eq!(
        (&givers[0]["giver"], &givers[0]["holder"]),
        (&json!(shop.member), &Value::Null),
        "nobody else is named"
    );
    assert_eq!((&holders[0]["giver"], &holders[0]["holder"]), (&Value::Null, &json!(member.to_string())));
    for id in [&shop.member, &member.to_string()] {
        assert_eq!(delete(&shop.server, &format!("/v1/members/{id}")).await.status, 204);
        let page = shop.server.get(Asker::Staff, "/v1/gift-subscriptions").await.body;
        assert!(!page.contains(id), "{page}");
    }
    assert_eq!(states(&shop.server).await, ["redeemed"], "it is not good again");
    shop.server.stop().await;
}

async fn the_same_over_graphql(backend: Backend) {
    let shop = Shop::open(backend).await;
    let staff = shop.server.token(Asker::Staff).expect("a token").to_owned();
    let ask = async |token: Option<&str>, query: &str, variables: Value| {
        shop.server.post(token, "/graphql", &json!({ "query": query, "variables": variables })).await.json()
    };
    let make =
        "mutation { makeGiftSubscriptions(tier: \"patron\", months: 3, count: 2) { id code tier months } }";
    let gifts = ask(Some(&staff), make, json!({})).await["data"]["makeGiftSubscriptions"].clone();
    let redeem = "mutation($code: String!) { redeemGiftSubscription(code: $code) { tier origin ends } }";
    let redeemed = ask(Some(&shop.token), redeem, json!({ "code": gifts[0]["code"] })).await;
    assert_eq!(redeemed["data"]["redeemGiftSubscription"]["origin"], "gifted", "{redeemed}");
    let revoke = "mutation($id: ID!) { revokeGiftSubscription(id: $id) }";
    let revoked = ask(Some(&staff), revoke, json!({ "id": gifts[1]["id"] })).await;
    assert_eq!(revoked["data"]["revokeGiftSubscription"], true, "{revoked}");
    let list = "{ giftSubscriptions(first: 5) { nodes { id tier months state created paid ended redeemed giver holder } } }";
    let listed = ask(Some(&staff), list, json!({})).await;
    let mut states: Vec<_> = listed["data"]["giftSubscriptions"]["nodes"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|gift| text(gift, "state"))
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["ended", "redeemed"], "{listed}");
    let buy = "mutation { startGiftCheckout(tier: \"patron\", months: 12) { url gift { id code } } }";
    let bought = ask(Some(&shop.token), buy, json!({})).await;
    assert_eq!(bought["data"]["startGiftCheckout"]["url"], PAGE, "{bought}");
    let amount = shop.stripe.last().expect("asked");
    assert_eq!(amount.field("line_items[0][price_data][unit_amount]"), Some("15000"), "the price of a year");
    let code = |answer: Value| answer["errors"][0]["extensions"]["code"].clone();
    for (query, variables) in
        [(make, json!({})), (revoke, json!({ "id": gifts[1]["id"] })), (list, json!({}))]
    {
        assert_eq!(code(ask(None, query, variables.clone()).await), "AUTHENTICATION_REQUIRED", "{query}");
        assert_eq!(code(ask(Some(&shop.token), query, variables).await), "INSUFFICIENT_ROLE", "{query}");
    }
    for (query, variables) in [(redeem, json!({ "code": "x" })), (buy, json!({}))] {
        assert_eq!(code(ask(None, query, variables).await), "AUTHENTICATION_REQUIRED", "{query}");
    }
    shop.server.stop().await;
}

async fn what_is_refused_leaves_no_gift(backend: Backend) {
    let shop = Shop::open(backend).await;
    let gift = json!({ "tier": "patron", "months": 3 });
    let answer = shop.checkout(&json!({ "gift": gift, "successUrl": "https://evil.example/" })).await;
    refused(&answer, 400, "invalid_parameter", Some("successUrl"));
    assert!(states(&shop.server).await.is_empty());
    shop.server.stop().await;
}

async fn what_the_provider_fails_leaves_no_gift(backend: Backend) {
    let shop = Shop::open(backend).await;
    let page = shop.stripe.mood();
    let buy = "mutation { startGiftCheckout(tier: \"patron\", months: 3) { url } }";
    for mood in [
        Mood::Answers("400 Bad Request", String::new()),
        Mood::Answers("500 Internal Server Error", String::new()),
        Mood::Answers("200 OK", "{}".into()),
        Mood::Hangs,
    ] {
        let told = format!("{mood:?}");
        shop.stripe.feel(mood);
        let answer = shop.checkout(&json!({ "gift": { "tier": "patron", "months": 3 } })).await;
        refused(&answer, 502, "payment_provider_failed", None);
        let answer = shop.server.post(Some(&shop.token), "/graphql", &json!({ "query": buy })).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "PAYMENT_PROVIDER_FAILED", "{answer}");
        assert!(states(&shop.server).await.is_empty(), "{told}");
    }
    shop.stripe.feel(page);
    let gift = bought(&shop).await;
    paid(&shop, &gift, 4_500).await;
    assert_eq!(states(&shop.server).await, ["good"]);
    shop.server.stop().await;
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words
}

async fn what_nobody_pays_for_is_forgotten(backend: Backend) {
    const DAY: i64 = 24 * 3_600;
    let shop = Shop::open(backend).await;
    let pays_late = bought(&shop).await;
    bought(&shop).await;
    paid(&shop, &pays_late, 4_500).await;
    let pass = async |days: i64| {
        let mut work =
            shop.server.store.begin(SystemClock.now().plus_seconds(days * DAY)).await.expect("begun");
        work.forget_old().await.expect("forgotten");
        work.commit().await.expect("committed");
    };
    pass(29).await;
    assert_eq!(sorted(states(&shop.server).await), ["good", "unpaid"], "a bank may be slow");
    pass(31).await;
    assert_eq!(states(&shop.server).await, ["good"]);
    shop.server.stop().await;
}
