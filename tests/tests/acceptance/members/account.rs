//! What is known of a member: changed, handed over, and erased.

use super::{Stage, WORDING, assert_refused};
use masthead_domain::id::{ContributionId, GiftId, MemberId, SubscriptionId};
use masthead_domain::member::{Contribution, Origin, Subscription};
use masthead_domain::payment::Report;
use masthead_domain::viewer::Bearer;
use masthead_persistence::{GiftRecord, Giver, PaymentNotice};
use masthead_tests::publication::{World, day, publication};
use masthead_tests::server::Backend;
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_member_changes_their_name,
    the_export_holds_everything,
    nothing_is_left_of_whoever_is_erased,
);

async fn a_member_changes_their_name(backend: Backend) {
    let stage = Stage::set(backend).await;
    let reader = stage.sign_in("reader@paper.example", &[]).await;
    let patch =
        async |body: Value| stage.send(Method::PATCH, Some(&reader.access), "/v1/me/profile", body).await;
    assert_eq!(patch(json!({ "name": "A. Reader" })).await.json()["name"], "A. Reader");
    assert_eq!(patch(json!({})).await.json()["name"], "A. Reader");
    assert_eq!(stage.get(&reader.access, "/v1/me/profile").await.json()["name"], "A. Reader");
    assert_eq!(patch(json!({ "name": null })).await.json()["name"], Value::Null);
    for (body, code) in [
        (json!({ "name": "" }), "invalid_parameter"),
        (json!({ "name": 7 }), "invalid_parameter"),
        (json!({ "name": "x".repeat(201) }), "invalid_parameter"),
        (json!({ "email": "other@paper.example" }), "unknown_parameter"),
        (json!({ "status": "active" }), "unknown_parameter"),
    ] {
        assert_refused(&patch(body).await, 400, code);
    }
    stage.server.stop().await;
}

/// Gives the member a tier and lets them give something.
async fn enrich(stage: &Stage, member: MemberId) {
    let now = stage.server.now();
    let mut work = stage.server.store.begin(now).await.expect("a unit of work");
    let subscription = Subscription {
        id: SubscriptionId::new(now, [1; 10]),
        member,
        tier: "patron".parse().expect("slug"),
        origin: Origin::Comped,
        starts: day(1),
        ends: None,
        grace_seconds: 0,
        cancelled: None,
    };
    work.put_subscriptions(&[subscription]).await.expect("put");
    let contribution = Contribution {
        id: ContributionId::new(now, [1; 10]),
        member: Some(member),
        amount: 500,
        currency: "EUR".into(),
        at: day(2),
        provider: "till".into(),
        reference: "payment-1".into(),
        grant: None,
    };
    work.put_contributions(&[contribution]).await.expect("put");
    let article = publication(World::HOME).articles[0].id();
    let bearer = Bearer::Member { member, session: None };
    work.unlock(&bearer, day(1), article, 5).await.expect("unlocked");
    let gift = GiftRecord {
        id: GiftId::new(now, [1; 10]),
        article,
        giver: Giver::Member(member),
        created: now,
        expires: now.plus_seconds(3_600),
        revoked: None,
        uses: 1,
        used: 0,
    };
    work.give(&gift, "a hash", None).await.expect("given");
    let refund = Report::Refund { payment: "payment-1".into(), in_full: false };
    for (id, report) in
        [("evt_1", Some(Report::Checkout { member })), ("evt_2", Some(refund)), ("evt_3", None)]
    {
        let notice = PaymentNotice {
            provider: "till".into(),
            id: id.into(),
            customer: Some("customer-1".into()),
            at: now,
            kind: "a kind".into(),
            report,
            email: None,
            raw: "reader@paper.example".into(),
        };
        work.keep_notice(&notice).await.expect("kept");
    }
    work.commit().await.expect("committed");
}

async fn the_export_holds_everything(backend: Backend) {
    let stage = Stage::set(backend).await;
    let reader = stage.sign_in("reader@paper.example", &["weekly"]).await;
    enrich(&stage, reader.member.parse().expect("an id")).await;
    let answer = stage.get(&reader.access, "/v1/me/export").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("content-disposition").starts_with("attachment"));
    let export = answer.json();
    assert_eq!(export["profile"]["email"], "reader@paper.example");
    assert_eq!(export["profile"]["subscriptions"][0]["tier"], "patron");
    assert_eq!(export["profile"]["newsletters"][0]["newsletter"]["slug"], "weekly");
    assert_eq!(export["profile"]["contributions"][0]["reference"], "payment-1");
    assert_eq!(export["sessions"][0]["current"], true);
    let consents = export["consents"].as_array().expect("a list");
    let mut purposes: Vec<_> = consents.iter().map(|one| one["purpose"].as_str().expect("text")).collect();
    purposes.sort_unstable();
    assert_eq!(purposes, ["account", "newsletter:weekly"]);
    for consent in consents {
        assert_eq!(consent["wording"], WORDING);
        assert!(consent["source"].as_str().expect("text").contains("127.0.0.1"), "{consent}");
        assert!(consent["given"].as_str() < consent["confirmed"].as_str(), "{consent}");
        assert_eq!(consent["withdrawn"], Value::Null);
    }
    assert!(!answer.body.contains("hash"), "no secret, not even as a hash");
    stage.server.stop().await;
}

async fn nothing_is_left_of_whoever_is_erased(backend: Backend) {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let stage = Stage::set(backend).await;
    let reader = stage.sign_in("reader@paper.example", &["weekly"]).await;
    let elsewhere = stage.sign_in("reader@paper.example", &[]).await;
    let other = stage.sign_in("other@paper.example", &["weekly"]).await;
    let (attempt, mail) = stage.start("reader@paper.example", &[]).await;
    enrich(&stage, reader.member.parse().expect("an id")).await;
    assert_eq!(
        stage.get(&reader.access, "/v1/me").await.json()["entitlements"],
        json!(["subscriber", "member", "tier:patron"])
    );

    let gone = stage.delete(&reader.access, "/v1/me").await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    let made = stage.server.token_of(reader.member.parse().expect("an id"));
    for access in [&reader.access, &elsewhere.access, &made] {
        for path in ["/v1/me", "/v1/me/export", "/v1/articles"] {
            assert_refused(&stage.get(access, path).await, 401, "invalid_token");
        }
    }
    for refresh in [&reader.refresh, &elsewhere.refresh] {
        let answer = stage.post("/v1/auth/refresh", json!({ "refreshToken": refresh })).await;
        assert_refused(&answer, 400, "invalid_grant");
    }
    let proof = json!({ "attempt": attempt, "code": mail.code() });
    assert_refused(&stage.post("/v1/auth/finish", proof).await, 400, "invalid_grant");
    assert_eq!(stage.get(&other.access, "/v1/me").await.status, 200, "somebody else stays");

    let connection = Database::connect(&stage.server.database_url).await.expect("connected");
    let count = async |from: &str| {
        let ask = Statement::from_string(
            connection.get_database_backend(),
            format!("SELECT COUNT(*) AS n FROM {from}"),
        );
        let row = connection.query_one_raw(ask).await.expect("read").expect("a row");
        row.try_get::<i64>("", "n").expect("a number")
    };
    for (table, left) in [
        ("member", 1),
        ("session", 1),
        ("refresh_token", 1),
        ("newsletter_subscription", 1),
        ("consent", 2),
        ("subscription", 0),
        ("sign_in WHERE email = 'reader@paper.example'", 0),
        ("contribution", 1),
        ("contribution WHERE member_id IS NOT NULL", 0),
        ("suppression", 1),
        ("unlock", 0),
        ("gift", 0),
        ("private_feed", 0),
        ("payment_event", 2),
        ("payment_event WHERE forgotten AND member_id IS NULL", 2),
        ("payment_event WHERE report IS NULL", 1),
        ("payment_delivery", 0),
        ("suppression WHERE hash LIKE '%reader%'", 0),
    ] {
        assert_eq!(count(table).await, left, "{table}");
    }
    let content = format!("contribution WHERE content LIKE '%{}%'", reader.member);
    assert_eq!(count(&content).await, 0);

    // They may come again, as somebody new.
    let again = stage.sign_in("reader@paper.example", &[]).await;
    assert_ne!(again.member, reader.member);
    assert_eq!(stage.get(&again.access, "/v1/me").await.json()["entitlements"], json!([]));
    assert_eq!(count("suppression").await, 0);
    connection.close().await.expect("closed");
    stage.server.stop().await;
}
