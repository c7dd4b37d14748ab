//! How members take seats by their domain, and what a seat opens and shuts.

use super::{faculty, rows, text};
use crate::members::{Stage, assert_refused};
use crate::partners::all_within_a_second;
use futures_util::future::join_all;
use masthead_tests::publication::LOCKS;
use masthead_tests::server::{Answer, Asker, Backend};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

masthead_tests::on_both!(
    a_member_takes_a_seat_by_their_domain_and_gives_it_up,
    of_fifty_who_come_at_once_three_get_a_seat,
    what_a_seat_opens_shuts_on_every_node_within_a_second,
    a_seat_counts_from_the_start_of_its_group_to_the_end_of_its_grace,
    a_seat_is_known_wherever_subscriptions_are,
    a_gift_ends_with_the_group_of_its_giver,
    nothing_is_left_of_whoever_is_erased,
    who_was_shut_out_a_moment_ago_writes_nothing,
    who_asks_again_and_again_is_turned_away,
);

/// Whether the answer to `GET /v1/me` says that the bearer holds this tier.
fn holds(tier: &'static str) -> impl Fn(&Answer) -> bool {
    move |answer| answer.json()["entitlements"].as_array().is_some_and(|all| all.contains(&json!(tier)))
}

fn holds_nothing(answer: &Answer) -> bool {
    answer.json()["entitlements"] == json!([])
}

async fn a_member_takes_a_seat_by_their_domain_and_gives_it_up(backend: Backend) {
    let stage = Stage::set(backend).await;
    let anna = stage.sign_in("Anna@Faculty.Example", &[]).await;
    assert_refused(&stage.take_seat(&anna.access).await, 404, "not_found");
    let path = stage.group(faculty()).await;
    assert_eq!(stage.entitlements(&anna.access).await, json!([]), "a domain alone opens nothing");
    let taken = stage.take_seat(&anna.access).await;
    assert_eq!((taken.status, taken.header("cache-control")), (201, "no-store"), "{}", taken.body);
    let seat = taken.json();
    assert_eq!((text(&seat, "by"), text(&seat, "email")), ("domain", "anna@faculty.example"));
    assert_eq!(
        stage.entitlements(&anna.access).await,
        json!(["member", "tier:patron"]),
        "with the token that they have"
    );
    assert_eq!(stage.take_seat(&anna.access).await.json(), seat, "a member has one");
    assert_eq!(stage.server.get(Asker::Staff, &path).await.json()["taken"], 1);

    for other in ["ben@law.faculty.example", "ben@otherfaculty.example"] {
        let other = stage.sign_in(other, &[]).await;
        assert_refused(&stage.take_seat(&other.access).await, 404, "not_found");
    }
    for (token, status, code) in [
        (None, 401, "authentication_required"),
        (stage.server.token(Asker::Patron), 403, "member_required"),
        (stage.server.token(Asker::Staff), 403, "member_required"),
    ] {
        let answer = stage.server.send(token, Method::POST, "/v1/me/group", &[], None).await;
        assert_eq!((answer.status, text(&answer.json(), "code")), (status, code));
    }
    let mine = format!("/v1/me/groups/{}", text(&seat, "group"));
    // What is taken back stays so, until somebody invites.
    let seat_of = |seat: &Value| format!("{path}/seats/{}", text(seat, "id"));
    let back = stage.by_staff(Method::DELETE, &seat_of(&seat), Value::Null).await;
    assert_eq!(back.status, 204, "{}", back.body);
    assert_refused(&stage.take_seat(&anna.access).await, 409, "conflict");
    let staff = stage.server.token(Asker::Staff).expect("a token").to_owned();
    let code = stage.invited(&staff, &path, "anna@faculty.example").await;
    assert_eq!(stage.accept(&anna.access, &code).await.status, 201);
    assert_eq!(stage.delete(&anna.access, &mine).await.status, 204);
    assert_eq!(stage.take_seat(&anna.access).await.status, 201, "the invitation has let them in again");
    assert_eq!(stage.delete(&anna.access, &mine).await.status, 204);
    assert_eq!(stage.entitlements(&anna.access).await, json!([]));
    assert_refused(&stage.delete(&anna.access, &mine).await, 404, "not_found");
    assert_eq!(stage.server.get(Asker::Staff, &path).await.json()["taken"], 0, "it is free");
    stage.server.stop().await;
}

async fn of_fifty_who_come_at_once_three_get_a_seat(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage
        .group(json!({ "name": "x", "tier": "patron", "seats": 3, "domains": ["reader.example"] }))
        .await;
    let twin = stage.server.twin().await;
    let mut tokens = Vec::new();
    for number in 1..=50 {
        tokens.push(stage.server.issue(&stage.server.member(number, &[]).await));
    }
    let takers = tokens.iter().enumerate().map(|(number, token)| {
        let node = if number % 2 == 0 { &stage.server } else { &twin };
        node.send(Some(token), Method::POST, "/v1/me/group", &[], None)
    });
    let mut outcomes: BTreeMap<(u16, String), usize> = BTreeMap::new();
    for answer in join_all(takers).await {
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        *outcomes.entry((answer.status, code)).or_default() += 1;
    }
    assert_eq!(outcomes, [((201, String::new()), 3), ((409, "no_seats_left".into()), 47)].into());
    assert_eq!(stage.server.get(Asker::Staff, &path).await.json()["taken"], 3);
    assert_eq!(rows(&stage.server.get(Asker::Staff, &format!("{path}/seats?limit=100")).await).len(), 3);
    twin.stop().await;
    stage.server.stop().await;
}

async fn what_a_seat_opens_shuts_on_every_node_within_a_second(backend: Backend) {
    let stage = Stage::set(backend).await;
    let twin = stage.server.twin().await;
    let nodes = [&stage.server, &twin];
    let anna = stage.sign_in("anna@faculty.example", &[]).await.access;
    let path = stage.group(faculty()).await;
    stage.take_seat(&anna).await;
    all_within_a_second(&nodes, &anna, "/v1/me", holds("tier:patron")).await;
    let change = async |body: Value| {
        let answer = stage.by_staff(Method::PATCH, &path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    change(json!({ "tier": "reader" })).await;
    all_within_a_second(&nodes, &anna, "/v1/me", holds("tier:reader")).await;
    change(json!({ "starts": "2020-01-01T00:00:00Z", "ends": "2021-01-01T00:00:00Z", "tier": "patron" }))
        .await;
    all_within_a_second(&nodes, &anna, "/v1/me", holds_nothing).await;
    change(json!({ "ends": null })).await;
    all_within_a_second(&nodes, &anna, "/v1/me", holds("tier:patron")).await;

    let seat = rows(&stage.server.get(Asker::Staff, &format!("{path}/seats")).await).remove(0);
    let staff = stage.server.token(Asker::Staff).expect("a token");
    let back = stage.delete(staff, &format!("{path}/seats/{}", text(&seat, "id"))).await;
    assert_eq!(back.status, 204, "{}", back.body);
    all_within_a_second(&nodes, &anna, "/v1/me", holds_nothing).await;
    let code = stage.invited(staff, &path, "anna@faculty.example").await;
    stage.accept(&anna, &code).await;
    all_within_a_second(&nodes, &anna, "/v1/me", holds("tier:patron")).await;
    stage.delete(staff, &path).await;
    all_within_a_second(&nodes, &anna, "/v1/me", holds_nothing).await;
    assert_refused(&stage.take_seat(&anna).await, 404, "not_found");
    twin.stop().await;
    stage.server.stop().await;
}

async fn a_seat_counts_from_the_start_of_its_group_to_the_end_of_its_grace(backend: Backend) {
    let stage = Stage::set(backend).await;
    let at = |seconds| stage.server.now().plus_seconds(seconds).to_string();
    let mut body = faculty();
    body["starts"] = at(600).into();
    body["ends"] = at(1_200).into();
    body["graceSeconds"] = json!(300);
    stage.group(body).await;
    let anna = stage.sign_in("anna@faculty.example", &[]).await;
    assert_eq!(stage.take_seat(&anna.access).await.status, 201, "before it starts too");
    assert_eq!(stage.entitlements(&anna.access).await, json!([]));
    let token = stage.server.token_of(anna.member.parse().expect("an id"));
    for (later, open) in [(590, false), (20, true), (600, true), (300, false)] {
        stage.server.later(later);
        let expected = if open { json!(["member", "tier:patron"]) } else { json!([]) };
        assert_eq!(stage.entitlements(&token).await, expected, "{later}");
    }
    let ben = stage.sign_in("ben@faculty.example", &[]).await;
    assert_refused(&stage.take_seat(&ben.access).await, 404, "not_found");
    stage.server.stop().await;
}

async fn a_seat_is_known_wherever_subscriptions_are(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage.group(faculty()).await;
    let anna = stage.sign_in("anna@faculty.example", &[]).await;
    let seat = stage.take_seat(&anna.access).await.json();
    let expected = json!({ "id": seat["id"], "tier": "patron", "origin": "group", "starts": seat["since"],
        "ends": null, "cancelled": null });
    let profile = stage.get(&anna.access, "/v1/me/profile").await.json();
    assert_eq!(profile["subscriptions"], json!([expected]));
    let mine = stage.get(&anna.access, "/v1/me/groups").await.json();
    assert_eq!(mine, json!({ "seats": [seat], "owned": [], "invited": [] }));
    let export = stage.get(&anna.access, "/v1/me/export").await.json();
    assert_eq!((&export["groups"], &export["profile"]["subscriptions"][0]), (&mine, &expected));

    let here = format!("/v1/members/{}", anna.member);
    assert_eq!(stage.server.get(Asker::Staff, &here).await.json()["subscriptions"], json!([expected]));
    let listed = rows(&stage.server.get(Asker::Staff, "/v1/members?tier=patron").await);
    assert_eq!((listed.len(), &listed[0]["tiers"]), (1, &json!(["patron"])));
    assert!(rows(&stage.server.get(Asker::Staff, "/v1/members?tier=reader").await).is_empty());
    let staff = stage.server.token(Asker::Staff).expect("a token");
    let elsewhere = stage.delete(staff, &format!("{here}/subscriptions/{}", text(&seat, "id"))).await;
    assert_refused(&elsewhere, 409, "conflict");

    let request = json!({ "article": LOCKS, "token": anna.access });
    let explained = stage.by_staff(Method::POST, "/v1/access/explain", request).await.json();
    assert_eq!(explained["entitlements"], json!(["member", "tier:patron"]));
    assert!(
        explained["locks"].as_array().expect("locks").iter().any(|lock| lock["by"] == "tier:patron"),
        "{explained}"
    );

    // A suspended member holds nothing, and comes back to the seat.
    stage.by_staff(Method::PATCH, &here, json!({ "status": "suspended" })).await;
    all_within_a_second(&[&stage.server], &anna.access, "/v1/me", |answer| answer.status == 401).await;
    stage.by_staff(Method::PATCH, &here, json!({ "status": "active" })).await;
    all_within_a_second(&[&stage.server], &anna.access, "/v1/me", holds("tier:patron")).await;
    stage.delete(staff, &path).await;
    assert!(rows(&stage.server.get(Asker::Staff, "/v1/members?tier=patron").await).is_empty());
    stage.server.stop().await;
}

async fn a_gift_ends_with_the_group_of_its_giver(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage.group(faculty()).await;
    let anna = stage.sign_in("anna@faculty.example", &[]).await.access;
    stage.take_seat(&anna).await;
    let here = "/v1/articles/whole-for-members";
    let gift = stage.server.send(Some(&anna), Method::POST, &format!("{here}/gifts"), &[], None).await;
    assert_eq!(gift.status, 201, "{}", gift.body);
    let opened = stage.post("/v1/gifts/redeem", json!({ "code": gift.json()["code"] })).await.json();
    let token = text(&opened, "accessToken").to_owned();
    let is =
        |reason: &'static str| move |answer: &Answer| answer.json()["locks"][0]["access"]["reason"] == reason;
    assert!(is("gifted")(&stage.get(&token, here).await));
    stage.delete(stage.server.token(Asker::Staff).expect("a token"), &path).await;
    all_within_a_second(&[&stage.server], &token, here, is("sign_in_required")).await;
    stage.server.stop().await;
}

async fn nothing_is_left_of_whoever_is_erased(backend: Backend) {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let stage = Stage::set(backend).await;
    let (dean, path) = stage.owned_group("dean@faculty.example", faculty()).await;
    let anna = stage.sign_in("anna@faculty.example", &[]).await;
    stage.take_seat(&anna.access).await;
    stage.take_seat(&dean.access).await;
    let other = stage.group(json!({ "name": "Other", "tier": "patron", "seats": 2 })).await;
    let staff = stage.server.token(Asker::Staff).expect("a token");
    stage.invited(staff, &other, "anna@faculty.example").await;
    stage.invited(staff, &other, "ben@faculty.example").await;
    let invited = stage.get(&anna.access, "/v1/me/groups").await.json();
    assert_eq!(invited["invited"][0]["name"], "Other", "who has the address is told");
    assert_eq!(invited["invited"].as_array().map(Vec::len), Some(1));

    assert_eq!(stage.delete(&anna.access, "/v1/me").await.status, 204);
    assert_eq!(stage.delete(&dean.access, "/v1/me").await.status, 204);
    let group = stage.server.get(Asker::Staff, &path).await.json();
    assert_eq!((&group["taken"], &group["owners"]), (&json!(0), &json!([])));
    let connection = Database::connect(&stage.server.database_url).await.expect("connected");
    for (table, left) in [
        ("group_seat", 0),
        ("group_owner", 0),
        ("group_invitation", 1),
        ("group_invitation WHERE email = 'anna@faculty.example'", 0),
        ("member_group WHERE content LIKE '%mem_%'", 0),
    ] {
        let ask = format!("SELECT COUNT(*) AS n FROM {table}");
        let ask = Statement::from_string(connection.get_database_backend(), ask);
        let row = connection.query_one_raw(ask).await.expect("read").expect("a row");
        assert_eq!(row.try_get::<i64>("", "n").expect("a number"), left, "{table}");
    }
    connection.close().await.expect("closed");
    stage.server.stop().await;
}

/// Another node believes a token for as long as it has not looked; what is written is looked at again.
async fn who_was_shut_out_a_moment_ago_writes_nothing(backend: Backend) {
    let stage = Stage::set(backend).await;
    let twin = stage.server.twin().await;
    let mut body = faculty();
    let (anna, dean) =
        (stage.sign_in("anna@faculty.example", &[]).await, stage.sign_in("dean@faculty.example", &[]).await);
    body["owners"] = json!([dean.member]);
    let path = stage.group(body).await;
    for who in [&anna, &dean] {
        let known = twin.send(Some(&who.access), Method::GET, "/v1/me/groups", &[], None).await;
        assert_eq!(known.status, 200, "{}", known.body);
        let here = format!("/v1/members/{}", who.member);
        stage.by_staff(Method::PATCH, &here, json!({ "status": "suspended" })).await;
    }
    let taken = twin.send(Some(&anna.access), Method::POST, "/v1/me/group", &[], None).await;
    assert_eq!(taken.status, 401, "{}", taken.body);
    let headers = [("content-type", "application/json")];
    let invite = json!({ "emails": ["ben@home.example"] }).to_string();
    let invitations = format!("{path}/invitations");
    let invited = twin.send(Some(&dean.access), Method::POST, &invitations, &headers, Some(invite)).await;
    assert_eq!(invited.status, 401, "{}", invited.body);
    assert_eq!(stage.server.get(Asker::Staff, &path).await.json()["taken"], 0);
    assert!(rows(&stage.server.get(Asker::Staff, &invitations).await).is_empty());
    twin.stop().await;
    stage.server.stop().await;
}

/// Refused requests count too, and are refused while others write.
async fn who_asks_again_and_again_is_turned_away(backend: Backend) {
    let stage = Stage::set(backend).await;
    let nobody = stage.sign_in("nobody@home.example", &[]).await;
    let (dean, path) =
        stage.owned_group("dean@faculty.example", json!({ "name": "x", "tier": "patron", "seats": 1 })).await;
    let body = json!({ "emails": ["a@home.example", "b@home.example"] });
    let invite = async || {
        stage.send(Method::POST, Some(&dean.access), &format!("{path}/invitations"), body.clone()).await
    };
    stage.server.stop_the_clock();
    // Somebody writes all the time.
    let turn = stage.server.store.begin(stage.server.now()).await.expect("begun");
    let all = async {
        for _ in 0..120 {
            assert_refused(&stage.take_seat(&nobody.access).await, 404, "not_found");
            assert_refused(&invite().await, 409, "no_seats_left");
        }
        for answer in [stage.take_seat(&nobody.access).await, invite().await] {
            assert_eq!((answer.status, text(&answer.json(), "code")), (429, "rate_limited"));
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), all).await.expect("nobody waits for a turn");
    drop(turn);
    stage.server.stop().await;
}
