//! The golden matrix of bearers: members, keys and passes in every state that they can be in. What each may read is looked
//! up, so the same token reads differently when the state changes.

use super::matrix::{add_lines, assert_golden};
use super::partners::{enter, everything, key, license, now, section_id};
use masthead_domain::id::{ContributionId, MemberId, SessionId, SubscriptionId};
use masthead_domain::member::{Contribution, Member, Origin, Status, Subscription};
use masthead_domain::partner::PartnerStatus;
use masthead_domain::viewer::{Bearer, Extent, Licence};
use masthead_persistence::{SessionRecord, Work};
use masthead_tests::people::{member, newsletter};
use masthead_tests::publication::World;
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::json;
use std::time::Duration;

masthead_tests::on_both!(
    members_read_what_their_state_allows,
    partners_read_what_their_licence_allows,
    passes_read_what_they_count_as,
    one_member_cannot_tell_what_another_has,
);

const DAY: i64 = 24 * 3_600;

/// Writes something, and waits until the server holds to it.
async fn write(server: &TestServer, change: impl AsyncFnOnce(&mut Work)) {
    let mut work = server.store.begin(now()).await.expect("begun");
    change(&mut work).await;
    work.commit().await.expect("committed");
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// What the member has of a tier: from `since` to `until` days from now.
fn has(member: &Member, tier: &str, since: i64, until: Option<i64>) -> Subscription {
    Subscription {
        id: SubscriptionId::new(now(), [u8::try_from(tier.len()).expect("short"); 10]),
        member: member.id,
        tier: tier.parse().expect("a slug"),
        origin: Origin::Comped,
        starts: now().plus_seconds(since * DAY),
        ends: until.map(|days| now().plus_seconds(days * DAY)),
        grace_seconds: 0,
        cancelled: None,
    }
}

async fn members_read_what_their_state_allows(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let mut table = String::new();
    let plain = |number| (member(number), Vec::new());
    let with = |number, tier: &str, since, until| {
        let member = member(number);
        let subscription = has(&member, tier, since, until);
        (member, vec![subscription])
    };
    let (late, mut lapsed) = with(5, "patron", -60, Some(-1));
    lapsed[0].grace_seconds = 3 * DAY;
    let (cancelled, mut running) = with(6, "patron", -60, Some(5));
    running[0].cancelled = Some(now().plus_seconds(-DAY));
    for (who, (member, subscriptions)) in [
        ("registered", plain(1)),
        ("reader", with(2, "reader", -1, None)),
        ("patron", with(3, "patron", -1, None)),
        ("patron until yesterday", with(4, "patron", -60, Some(-1))),
        ("patron in grace", (late, lapsed)),
        ("patron, cancelled, still paid", (cancelled, running)),
        ("patron from tomorrow", with(7, "patron", 1, None)),
        ("member of an unknown tier", with(8, "gone", -1, None)),
    ] {
        write(&server, async |work| {
            work.put_members(std::slice::from_ref(&member)).await.expect("a member");
            work.put_subscriptions(&subscriptions).await.expect("subscriptions");
        })
        .await;
        let token = server.issue(&Bearer::Member { member: member.id, session: None });
        add_lines(&mut table, &server, who, &token).await;
    }

    // One token, and a member whose state changes.
    let changing = member(9);
    let session = SessionRecord {
        id: SessionId::new(now(), [9; 10]),
        expires: now().plus_seconds(DAY),
        ..masthead_tests::people::session(&changing, now())
    };
    let token = server.issue(&Bearer::Member { member: changing.id, session: Some(session.id) });
    write(&server, async |work| {
        work.put_newsletters(&[newsletter()]).await.expect("a newsletter");
        work.put_members(std::slice::from_ref(&changing)).await.expect("a member");
        work.begin_session(&session).await.expect("a session");
        work.confirm_newsletter(changing.id, newsletter().id).await.expect("confirmed");
    })
    .await;
    add_lines(&mut table, &server, "gets the newsletter", &token).await;
    let patron = has(&changing, "patron", -1, None);
    write(&server, async |work| {
        work.put_subscriptions(std::slice::from_ref(&patron)).await.expect("a subscription");
    })
    .await;
    add_lines(&mut table, &server, "upgraded", &token).await;
    let reader = has(&changing, "reader", -1, None);
    let ended = Subscription { ends: Some(now()), ..patron };
    write(&server, async |work| {
        work.put_subscriptions(&[ended, reader]).await.expect("subscriptions");
    })
    .await;
    add_lines(&mut table, &server, "downgraded", &token).await;
    write(&server, async |work| {
        let suspended = Member { status: Status::Suspended, ..changing.clone() };
        work.put_members(&[suspended]).await.expect("a member");
    })
    .await;
    add_lines(&mut table, &server, "suspended", &token).await;
    write(&server, async |work| {
        work.put_members(std::slice::from_ref(&changing)).await.expect("a member");
    })
    .await;
    add_lines(&mut table, &server, "let in again", &token).await;
    write(&server, async |work| work.end_session(session.id).await.expect("ended")).await;
    add_lines(&mut table, &server, "signed out", &token).await;

    let nobody = Bearer::Member { member: MemberId::new(now(), [99; 10]), session: None };
    add_lines(&mut table, &server, "erased", &server.issue(&nobody)).await;
    assert_golden("matrix-members", &table);
    server.stop().await;
}

async fn partners_read_what_their_licence_allows(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let mut table = String::new();
    let text = enter(&server, everything()).await;
    let ends = now().plus_seconds(-1);
    for (who, status, licence) in [
        ("everything", PartnerStatus::Active, everything()),
        ("without source links", PartnerStatus::Active, Licence { source_links: false, ..everything() }),
        ("teasers", PartnerStatus::Active, Licence { extent: Extent::Teaser, ..everything() }),
        ("headlines", PartnerStatus::Active, Licence { extent: Extent::Headline, ..everything() }),
        (
            "another section",
            PartnerStatus::Active,
            Licence { sections: Some([section_id(3)].into()), ..everything() },
        ),
        ("no language", PartnerStatus::Active, Licence { languages: Some([].into()), ..everything() }),
        ("after ten years", PartnerStatus::Active, Licence { delay_seconds: 3_650 * DAY, ..everything() }),
        (
            "not yet valid",
            PartnerStatus::Active,
            Licence { valid_from: now().plus_seconds(DAY), ..everything() },
        ),
        ("valid no longer", PartnerStatus::Active, Licence { valid_until: Some(ends), ..everything() }),
        ("suspended", PartnerStatus::Suspended, everything()),
        ("everything again", PartnerStatus::Active, everything()),
    ] {
        license(&server, status, licence).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        add_lines(&mut table, &server, who, &text).await;
    }
    write(&server, async |work| {
        work.revoke_key(key(1).id).await.expect("revoked");
    })
    .await;
    add_lines(&mut table, &server, "revoked key", &text).await;
    assert_golden("matrix-partners", &table);
    server.stop().await;
}

async fn passes_read_what_they_count_as(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let staff = server.token(Asker::Staff);
    let mut table = String::new();
    let until = server.now().plus_seconds(3_600).to_string();
    let mut ids = Vec::new();
    let mut tokens = Vec::new();
    for held in ["subscriber", "member", "tier:patron"] {
        let wanted = json!({ "entitlements": [held], "until": until });
        let pass = server.post(staff, "/v1/passes", &wanted).await.json();
        let token = server.post(None, "/v1/passes/redeem", &json!({ "code": pass["code"] })).await.json();
        let token = token["accessToken"].as_str().expect("a token").to_owned();
        add_lines(&mut table, &server, &format!("pass for {held}"), &token).await;
        ids.push(pass["id"].as_str().expect("an id").to_owned());
        tokens.push(token);
    }
    let delete = reqwest::Method::DELETE;
    let taken = server.send(staff, delete, &format!("/v1/passes/{}", ids[2]), &[], None).await;
    assert_eq!(taken.status, 204, "{}", taken.body);
    tokio::time::sleep(Duration::from_secs(1)).await;
    add_lines(&mut table, &server, "pass that was taken back", &tokens[2]).await;
    let here =
        json!({ "name": "Library", "networks": ["127.0.0.0/8", "::1/128"], "entitlements": ["member"] });
    let added = server.post(staff, "/v1/institutions", &here).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let token = server.post(None, "/v1/institutions/session", &json!({})).await.json();
    add_lines(&mut table, &server, "at an institution", token["accessToken"].as_str().expect("a token"))
        .await;
    assert_golden("matrix-places", &table);
    server.stop().await;
}

/// Two databases that differ only in what is known of other members, their meters, their gifts and of partners answer every
/// request of a member with the same bytes.
async fn one_member_cannot_tell_what_another_has(backend: Backend) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start(backend, World::HOME).await;
    let policy =
        json!({ "meters": [{ "who": "members", "limit": 3, "period": "month", "opens": ["tier:patron"] }] });
    let mine = member(1);
    let started = now();
    for server in [&here, &there] {
        server.hold_to(policy.clone()).await;
        let mut work = server.store.begin(started).await.expect("begun");
        work.put_members(std::slice::from_ref(&mine)).await.expect("a member");
        work.commit().await.expect("committed");
    }
    // Over there others have more.
    let other = member(2);
    write(&there, async |work| {
        work.put_members(std::slice::from_ref(&other)).await.expect("a member");
        work.put_subscriptions(&[has(&other, "patron", -1, None)]).await.expect("a subscription");
        work.put_contributions(&[Contribution {
            id: ContributionId::new(now(), [2; 10]),
            member: Some(other.id),
            amount: 500,
            currency: "EUR".into(),
            at: now(),
            provider: "stripe".into(),
            reference: "pi_1".into(),
            grant: None,
        }])
        .await
        .expect("a contribution");
    })
    .await;
    license(&there, PartnerStatus::Active, everything()).await;
    let theirs = there.issue(&Bearer::Member { member: other.id, session: None });
    for path in ["/v1/articles/every-kind-of-lock/gifts", "/v1/articles/every-kind-of-lock/unlock"] {
        let answer = there.post(Some(&theirs), path, &json!({})).await;
        assert!(answer.status < 300, "{path}: {}", answer.body);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // A token says its second.
    let tokens = loop {
        let second = now().seconds();
        let bearer = Bearer::Member { member: mine.id, session: None };
        let tokens = [here.issue(&bearer), there.issue(&bearer)];
        if now().seconds() == second {
            break tokens;
        }
    };
    for path in super::two_worlds::paths() {
        let (a, b) = (here.get_as(&tokens[0], &path).await, there.get_as(&tokens[1], &path).await);
        if path == "/v1/me/export" {
            // It says when it was made, and so has a length of its own.
            let (mut a, mut b) = (a.json(), b.json());
            a["at"].take();
            b["at"].take();
            assert_eq!(a, b, "{path}");
            continue;
        }
        assert_eq!(a, b, "{path}");
    }
    here.stop().await;
    there.stop().await;
}
