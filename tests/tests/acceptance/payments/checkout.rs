//! Going to pay, and coming back as a member: from the form that Stripe gets to the article that opens.

use super::stripe::{FakeStripe, Mood, PAGE};
use super::{API_KEY, deliver, event, with_stripe};
use masthead_domain::clock::Clock;
use masthead_domain::viewer::Bearer;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use serde_json::{Value, json};
use std::time::Duration;

masthead_tests::on_both!(
    from_the_checkout_to_the_open_article_and_back,
    a_contribution_makes_a_member_until_it_is_given_back,
    anybody_can_give,
    nobody_is_led_astray,
    what_cannot_be_bought_is_refused,
    a_provider_that_fails_or_hangs_is_a_problem,
    nobody_goes_to_pay_without_end,
    the_same_over_graphql,
);

const PATH: &str = "/v1/articles/every-kind-of-lock?body=text";

pub(super) struct Shop {
    pub(super) server: TestServer,
    pub(super) stripe: FakeStripe,
    /// The token of a member who has nothing, and their id.
    pub(super) token: String,
    pub(super) member: String,
}

impl Shop {
    pub(super) async fn open(backend: Backend) -> Self {
        Self::with(backend, |_| ()).await
    }

    pub(super) async fn with(
        backend: Backend,
        tune: impl FnOnce(&mut masthead_gateway::config::Config),
    ) -> Self {
        // Nothing is looked for that nobody rings for.
        Self::carrying(backend, Duration::from_secs(3_600), tune).await
    }

    /// With a courier who looks for letters this often.
    pub(super) async fn carrying(
        backend: Backend,
        every: Duration,
        tune: impl FnOnce(&mut masthead_gateway::config::Config),
    ) -> Self {
        let stripe = FakeStripe::start().await;
        let settings = with_stripe(&stripe.url);
        let server = TestServer::start_carrying(backend, &publication(World::HOME), every, |config| {
            settings(config);
            config.cors.origins = Some(vec!["https://app.paper.example".parse().expect("an origin")]);
            tune(config);
        })
        .await;
        let bearer = server.member(1, &[]).await;
        let Bearer::Member { member, .. } = bearer else { panic!("a member") };
        let token = server.issue(&bearer);
        Self { server, stripe, token, member: member.to_string() }
    }

    pub(super) async fn checkout(&self, wish: &Value) -> Answer {
        self.server.post(Some(&self.token), "/v1/checkout", wish).await
    }

    async fn until(&self, locked: &str, is_open: bool) {
        within_a_second(locked, async || {
            let answer = self.server.get_as(&self.token, PATH).await;
            answer.status == 200 && answer.body.contains(locked) == is_open
        })
        .await;
    }
}

fn sent_to_pay(answer: &Answer) {
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    assert_eq!(answer.json(), json!({ "url": PAGE }));
}

pub(super) fn refused(answer: &Answer, status: u16, code: &str, parameter: Option<&str>) {
    assert_eq!((answer.status, &answer.json()["code"]), (status, &code.into()), "{}", answer.body);
    assert_eq!(answer.json()["parameter"].as_str(), parameter, "{}", answer.body);
}

fn subscription(now: i64, status: &str) -> Value {
    json!({
        "id": "sub_1", "status": status, "start_date": now, "ended_at": if status == "canceled" { json!(now) } else { Value::Null },
        "items": { "data": [{
            "price": { "id": "price_patron" }, "current_period_start": now, "current_period_end": now + 100_000,
        }] },
    })
}

fn payment(now: i64, id: &str) -> Value {
    json!({ "id": id, "amount_received": 500, "currency": "eur", "metadata": { "masthead": "contribution" }, "created": now })
}

async fn from_the_checkout_to_the_open_article_and_back(backend: Backend) {
    let shop = Shop::open(backend).await;
    shop.until("Hidden for patron", false).await;
    sent_to_pay(&shop.checkout(&json!({ "tier": "patron", "interval": "month" })).await);
    let asked = shop.stripe.last().expect("asked");
    assert_eq!(asked.line, "POST /v1/checkout/sessions HTTP/1.1");
    assert_eq!(asked.credential, format!("Bearer {API_KEY}"));
    let form: Vec<_> = asked.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        form,
        [
            ("cancel_url", "https://paper.example/?checkout=cancelled"),
            ("client_reference_id", &*shop.member),
            ("customer_email", "member-1@reader.example"),
            ("line_items[0][price]", "price_patron"),
            ("line_items[0][quantity]", "1"),
            ("mode", "subscription"),
            ("success_url", "https://paper.example/?checkout=done"),
        ]
    );
    shop.until("Hidden for patron", false).await;

    // What Stripe was told comes back with its events, the last one first.
    let now = SystemClock.now().seconds();
    let reference = asked.field("client_reference_id").expect("a reference");
    deliver(
        &shop.server,
        &event("cus_7", "evt_2", "customer.subscription.created", now, subscription(now, "active")),
    )
    .await;
    shop.until("Hidden for patron", false).await;
    let gone = json!({ "client_reference_id": reference });
    deliver(&shop.server, &event("cus_7", "evt_1", "checkout.session.completed", now, gone)).await;
    shop.until("Hidden for patron", true).await;
    let profile = shop.server.get_as(&shop.token, "/v1/me/profile").await.json();
    assert_eq!(
        (&profile["subscriptions"][0]["tier"], &profile["subscriptions"][0]["origin"]),
        (&"patron".into(), &"paid".into())
    );

    let twice = shop.checkout(&json!({ "tier": "patron", "interval": "month" })).await;
    refused(&twice, 409, "conflict", Some("tier"));
    assert_eq!(shop.stripe.count(), 1, "nobody pays twice");

    deliver(
        &shop.server,
        &event("cus_7", "evt_3", "customer.subscription.deleted", now + 1, subscription(now, "canceled")),
    )
    .await;
    shop.until("Hidden for patron", false).await;
    sent_to_pay(&shop.checkout(&json!({ "tier": "patron", "interval": "month" })).await);
    shop.server.stop().await;
}

async fn a_contribution_makes_a_member_until_it_is_given_back(backend: Backend) {
    let shop = Shop::open(backend).await;
    sent_to_pay(&shop.checkout(&json!({ "contribution": { "amount": 500, "currency": "EUR" } })).await);
    let asked = shop.stripe.last().expect("asked");
    for (name, value) in [
        ("mode", "payment"),
        ("client_reference_id", &*shop.member),
        ("customer_creation", "always"),
        ("payment_intent_data[metadata][masthead]", "contribution"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "500"),
    ] {
        assert_eq!(asked.field(name), Some(value), "{name}");
    }
    let now = SystemClock.now().seconds();
    deliver(&shop.server, &event("cus_8", "evt_2", "payment_intent.succeeded", now, payment(now, "pi_1")))
        .await;
    let gone = json!({ "client_reference_id": shop.member });
    deliver(&shop.server, &event("cus_8", "evt_1", "checkout.session.completed", now, gone)).await;
    shop.until("Hidden for member", true).await;
    let given = |contribution: &Value| (contribution["amount"].clone(), contribution["reference"].clone());
    let profile = shop.server.get_as(&shop.token, "/v1/me/profile").await.json();
    assert_eq!(given(&profile["contributions"][0]), (500.into(), "pi_1".into()));
    let seen = shop.server.get(Asker::Staff, &format!("/v1/members/{}", shop.member)).await.json();
    assert_eq!(given(&seen["contributions"][0]), (500.into(), "pi_1".into()));
    let refund = json!({ "id": "ch_1", "payment_intent": "pi_1", "refunded": true });
    deliver(&shop.server, &event("cus_8", "evt_3", "charge.refunded", now, refund)).await;
    shop.until("Hidden for member", false).await;
    shop.server.stop().await;
}

async fn anybody_can_give(backend: Backend) {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let shop = Shop::open(backend).await;
    let gift = json!({ "amount": 500, "currency": "EUR" });
    sent_to_pay(&shop.server.post(None, "/v1/contributions", &gift).await);
    let asked = shop.stripe.last().expect("asked");
    assert_eq!((asked.field("client_reference_id"), asked.field("customer_email")), (None, None));
    let known = json!({ "amount": 500, "currency": "EUR", "email": "member-1@reader.example" });
    sent_to_pay(&shop.server.post(None, "/v1/contributions", &known).await);
    let asked = shop.stripe.last().expect("asked");
    let reference = (asked.field("client_reference_id"), asked.field("customer_email"));
    assert_eq!(reference, (None, Some("member-1@reader.example")), "nobody is taken for whom they name");
    sent_to_pay(&shop.server.post(Some(&shop.token), "/v1/contributions", &gift).await);
    let asked = shop.stripe.last().expect("asked");
    assert_eq!(asked.field("client_reference_id"), Some(&*shop.member));

    let now = SystemClock.now().seconds();
    let gone = json!({ "client_reference_id": null });
    deliver(&shop.server, &event("cus_9", "evt_1", "checkout.session.completed", now, gone)).await;
    deliver(&shop.server, &event("cus_9", "evt_2", "payment_intent.succeeded", now, payment(now, "pi_9")))
        .await;
    let database = Database::connect(&shop.server.database_url).await.expect("connected");
    let ask = "SELECT count(*) AS there FROM contribution WHERE member_id IS NULL AND provider_reference = 'stripe:pi_9'";
    let ask = Statement::from_string(database.get_database_backend(), ask);
    let there: i64 = database
        .query_one_raw(ask)
        .await
        .expect("read")
        .expect("a row")
        .try_get("", "there")
        .expect("a count");
    assert_eq!(there, 1, "it stands in the books");
    database.close().await.expect("closed");
    shop.until("Hidden for member", false).await;
    shop.server.stop().await;
}

async fn nobody_is_led_astray(backend: Backend) {
    let shop = Shop::open(backend).await;
    let wish = |field: &str, url: &str| json!({ "tier": "patron", "interval": "month", field: url });
    for url in ["https://paper.example/thanks?s={CHECKOUT_SESSION_ID}", "https://app.paper.example/thanks"] {
        sent_to_pay(&shop.checkout(&wish("successUrl", url)).await);
        assert_eq!(shop.stripe.last().expect("asked").field("success_url"), Some(url));
    }
    let asked = shop.stripe.count();
    for url in [
        "https://evil.example/",
        "http://paper.example/",
        "https://paper.example@evil.example/",
        "/thanks",
        "javascript:alert(1)",
    ] {
        for field in ["successUrl", "cancelUrl"] {
            refused(&shop.checkout(&wish(field, url)).await, 400, "invalid_parameter", Some(field));
        }
    }
    assert_eq!(shop.stripe.count(), asked);
    shop.server.stop().await;
}

async fn what_cannot_be_bought_is_refused(backend: Backend) {
    let shop = Shop::open(backend).await;
    let wrong = |parameter| (400, "invalid_parameter", Some(parameter));
    let amount =
        |amount: i64, currency: &str| json!({ "contribution": { "amount": amount, "currency": currency } });
    for (wish, (status, code, parameter)) in [
        (json!({ "tier": "nothing", "interval": "month" }), wrong("tier")),
        (json!({ "tier": "No Slug", "interval": "month" }), wrong("tier")),
        (json!({ "tier": "patron", "interval": "week" }), wrong("interval")),
        (json!({ "tier": "patron" }), wrong("interval")),
        (json!({ "interval": "month" }), wrong("interval")),
        (json!({}), wrong("tier")),
        (json!({ "tier": "patron", "interval": "year" }), (409, "not_for_sale", None)),
        (json!({ "tier": "reader", "interval": "month" }), (409, "not_for_sale", None)),
        (amount(99, "EUR"), wrong("contribution.amount")),
        (amount(1_000_001, "EUR"), wrong("contribution.amount")),
        (amount(500, "USD"), wrong("contribution.currency")),
        (
            json!({ "tier": "patron", "interval": "month", "trial": 1 }),
            (400, "unknown_parameter", Some("trial")),
        ),
    ] {
        refused(&shop.checkout(&wish).await, status, code, parameter);
    }
    let yearly = shop.checkout(&json!({ "tier": "patron", "interval": "year" })).await;
    assert_eq!(yearly.json()["detail"], "The tier patron is not sold by the year.");
    let retired = json!({ "active": false });
    let headers = [("content-type", "application/json")];
    let path = "/v1/tiers/patron";
    let answer = shop
        .server
        .ask(reqwest::Method::PATCH, Asker::Staff, path, &headers, Some(retired.to_string()))
        .await;
    assert_eq!(answer.status, 200);
    refused(
        &shop.checkout(&json!({ "tier": "patron", "interval": "month" })).await,
        409,
        "not_for_sale",
        None,
    );
    for (asker, status, code) in
        [(Asker::Anonymous, 401, "authentication_required"), (Asker::Member, 403, "member_required")]
    {
        let answer = shop.server.post(shop.server.token(asker), "/v1/checkout", &json!({})).await;
        assert_eq!((answer.status, &answer.json()["code"]), (status, &code.into()), "{}", answer.body);
    }
    let email = json!({ "amount": 500, "currency": "EUR", "email": "nobody" });
    refused(
        &shop.server.post(None, "/v1/contributions", &email).await,
        400,
        "invalid_parameter",
        Some("email"),
    );
    let little = json!({ "amount": 1, "currency": "EUR" });
    refused(
        &shop.server.post(None, "/v1/contributions", &little).await,
        400,
        "invalid_parameter",
        Some("amount"),
    );
    assert_eq!(shop.stripe.count(), 0);
    shop.server.stop().await;

    let server = TestServer::start(backend, World::HOME).await;
    let token = server.issue(&server.member(1, &[]).await);
    for (path, wish) in [
        ("/v1/checkout", json!({ "tier": "patron", "interval": "month" })),
        ("/v1/contributions", json!({ "amount": 500, "currency": "EUR" })),
    ] {
        refused(&server.post(Some(&token), path, &wish).await, 409, "no_payments", None);
    }
    server.stop().await;
}

async fn a_provider_that_fails_or_hangs_is_a_problem(backend: Backend) {
    let shop = Shop::open(backend).await;
    let wish = json!({ "tier": "patron", "interval": "month" });
    let fault = json!({ "error": { "type": "invalid_request_error", "code": "resource_missing", "param": "price", "message": format!("No such price; key {API_KEY}") } });
    for mood in [
        Mood::Answers("400 Bad Request", fault.to_string()),
        Mood::Answers("500 Internal Server Error", "oops".into()),
        Mood::Answers("303 See Other", String::new()),
        Mood::Answers("200 OK", "{}".into()),
        Mood::Answers("200 OK", json!({ "url": "javascript:alert(1)" }).to_string()),
        Mood::Answers("200 OK", json!({ "url": PAGE, "more": "x".repeat(300_000) }).to_string()),
        Mood::Hangs,
    ] {
        let told = format!("{mood:?}").chars().take(60).collect::<String>();
        shop.stripe.feel(mood);
        let answer = tokio::time::timeout(std::time::Duration::from_secs(5), shop.checkout(&wish)).await;
        let answer = answer.unwrap_or_else(|_| panic!("no answer in time: {told}"));
        refused(&answer, 502, "payment_provider_failed", None);
        for inside in [API_KEY, "price", "127.0.0.1", "oops"] {
            assert!(!answer.body.contains(inside), "{told}: {}", answer.body);
        }
    }
    shop.server.stop().await;
}

async fn nobody_goes_to_pay_without_end(backend: Backend) {
    let limit = std::num::NonZeroU32::new(3).expect("not zero");
    let shop = Shop::with(backend, |config| config.limits.checkouts_per_hour = limit).await;
    let gift = json!({ "amount": 500, "currency": "EUR" });
    for _ in 0..3 {
        sent_to_pay(&shop.server.post(None, "/v1/contributions", &gift).await);
    }
    let answer = shop.server.post(None, "/v1/contributions", &gift).await;
    refused(&answer, 429, "rate_limited", None);
    assert!(!answer.header("retry-after").is_empty());
    let tier = json!({ "tier": "patron", "interval": "month" });
    for _ in 0..3 {
        sent_to_pay(&shop.checkout(&tier).await);
    }
    refused(&shop.checkout(&tier).await, 429, "rate_limited", None);
    assert_eq!(shop.stripe.count(), 6, "a member has a share of their own");
    shop.server.stop().await;
}

async fn the_same_over_graphql(backend: Backend) {
    let shop = Shop::open(backend).await;
    let ask = async |token: Option<&str>, query: &str| {
        shop.server.post(token, "/graphql", &json!({ "query": query })).await.json()
    };
    let tier = "mutation { startCheckout(tier: \"patron\", interval: MONTH) { url } }";
    let bought = ask(Some(&shop.token), tier).await;
    assert_eq!(bought["data"]["startCheckout"]["url"], PAGE, "{bought}");
    let give = "mutation { startContribution(amount: 500, currency: \"EUR\") { url } }";
    assert_eq!(ask(None, give).await["data"]["startContribution"]["url"], PAGE);
    let code = |answer: Value| answer["errors"][0]["extensions"]["code"].clone();
    assert_eq!(code(ask(None, tier).await), "AUTHENTICATION_REQUIRED");
    let yearly = "mutation { startCheckout(tier: \"patron\", interval: YEAR) { url } }";
    assert_eq!(code(ask(Some(&shop.token), yearly).await), "NOT_FOR_SALE");
    let own = "{ viewer { member { contributions { amount } subscriptions { tier } } } }";
    assert_eq!(ask(Some(&shop.token), own).await["data"]["viewer"]["member"]["contributions"], json!([]));
    shop.server.stop().await;
}
