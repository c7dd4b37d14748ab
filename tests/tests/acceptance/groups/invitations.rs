//! Seats by invitation.

use super::{faculty, rows, text};
use crate::members::{Stage, assert_refused};
use masthead_domain::viewer::{Bearer, Viewer};
use masthead_tests::server::{Asker, Backend};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    an_owner_invites_and_a_member_accepts,
    a_code_is_good_once_and_for_two_weeks,
    no_more_are_invited_than_there_are_seats,
    nobody_is_written_to_again_and_again,
    what_is_wrong_is_named,
    an_owner_manages_the_seats,
);

const DAY: i64 = 24 * 3_600;

async fn an_owner_invites_and_a_member_accepts(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (dean, path) = stage.owned_group("dean@faculty.example", faculty()).await;
    let invite = json!({ "emails": ["Anna@Home.Example"] });
    let answer = stage.send(Method::POST, Some(&dean.access), &format!("{path}/invitations"), invite).await;
    assert_eq!((answer.status, answer.header("cache-control")), (202, "no-store"), "{}", answer.body);
    let letter = stage.post.next().await;
    assert_eq!(letter.to, ["anna@home.example"]);
    assert!(letter.data.contains("Subject: A seat at The Paper from The faculty"), "{}", letter.data);
    assert!(letter.data.contains("https://paper.example/join#code"), "{}", letter.data);
    let code = letter.link_secret();
    assert!(!answer.body.contains(&code), "the code is in the letter alone");
    let open = rows(&stage.get(&dean.access, &format!("{path}/invitations")).await);
    assert_eq!(Value::Array(open), answer.json()["data"]);

    // The account that they have, or make, may be of another address.
    let anna = stage.sign_in("anna@elsewhere.example", &[]).await;
    assert_refused(&stage.accept(&anna.access, "mh_gi_nonsense").await, 400, "invalid_grant");
    let seat = stage.accept(&anna.access, &code).await;
    assert_eq!(seat.status, 201, "{}", seat.body);
    let seat = seat.json();
    assert_eq!((text(&seat, "by"), text(&seat, "email")), ("invitation", "anna@home.example"));
    assert_eq!(stage.entitlements(&anna.access).await, json!(["member", "tier:patron"]));
    let seats = format!("{path}/seats");
    let seen = rows(&stage.get(&dean.access, &seats).await);
    let expected = json!({ "id": seat["id"], "member": null, "email": "anna@home.example", "by": "invitation",
        "since": seat["since"] });
    assert_eq!(seen, [expected], "an owner knows them by the address that was invited");
    let seen = rows(&stage.server.get(Asker::Staff, &seats).await);
    assert_eq!(seen[0]["member"], anna.member.as_str(), "the publisher sees whose it is");
    assert!(rows(&stage.get(&dean.access, &format!("{path}/invitations")).await).is_empty());

    let deeds = stage.deeds().await;
    assert_eq!(deeds[0], (dean.member.clone(), "group.invited".to_owned()), "what an owner does is recorded");
    let audit = stage.server.get(Asker::Staff, "/v1/audit?limit=100").await;
    assert!(!audit.body.contains("home.example"), "by ids alone");
    stage.server.stop().await;
}

async fn a_code_is_good_once_and_for_two_weeks(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage.group(faculty()).await;
    let staff = stage.server.token(Asker::Staff).expect("a token");
    let anna = stage.sign_in("anna@home.example", &[]).await.access;
    let ben = stage.sign_in("ben@home.example", &[]).await;
    let (ben, ben_id) = (ben.access, ben.member.parse().expect("an id"));
    let code = stage.invited(staff, &path, "anna@home.example").await;
    assert_eq!(stage.accept(&anna, &code).await.status, 201);
    for token in [&anna, &ben] {
        assert_refused(&stage.accept(token, &code).await, 400, "invalid_grant");
    }
    let first = stage.invited(staff, &path, "ben@home.example").await;
    let second = stage.invited(staff, &path, "ben@home.example").await;
    assert_refused(&stage.accept(&ben, &first).await, 400, "invalid_grant");
    let open = rows(&stage.server.get(Asker::Staff, &format!("{path}/invitations")).await);
    assert_eq!(open.len(), 1, "one an address");
    let here = format!("{path}/invitations/{}", text(&open[0], "id"));
    assert_eq!(stage.delete(staff, &here).await.status, 204);
    assert_refused(&stage.delete(staff, &here).await, 404, "not_found");
    assert_refused(&stage.accept(&ben, &second).await, 400, "invalid_grant");

    let ended = stage.invited(staff, &path, "carla@home.example").await;
    let late = stage.invited(staff, &path, "ben@home.example").await;
    stage.server.later(14 * DAY);
    // Their tokens are over by then too.
    let staff = stage.server.mint(&Viewer::staff("desk"));
    let ben = stage.server.issue(&Bearer::Member { member: ben_id, session: None });
    assert_refused(&stage.accept(&ben, &late).await, 400, "invalid_grant");
    assert!(rows(&stage.get(&staff, &format!("{path}/invitations")).await).is_empty());
    stage.delete(&staff, &path).await;
    assert_refused(&stage.accept(&ben, &ended).await, 400, "invalid_grant");
    stage.server.stop().await;
}

async fn no_more_are_invited_than_there_are_seats(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage
        .group(json!({ "name": "x", "tier": "patron", "seats": 2, "domains": ["faculty.example"] }))
        .await;
    let invite = async |emails: &[&str]| {
        stage.by_staff(Method::POST, &format!("{path}/invitations"), json!({ "emails": emails })).await
    };
    assert_refused(
        &invite(&["a@home.example", "b@home.example", "c@home.example"]).await,
        409,
        "no_seats_left",
    );
    assert!(
        rows(&stage.server.get(Asker::Staff, &format!("{path}/invitations")).await).is_empty(),
        "all or none"
    );
    let both = invite(&["a@home.example", "b@home.example", "A@home.example"]).await;
    assert_eq!(both.json()["data"].as_array().map(Vec::len), Some(2), "each once: {}", both.body);
    let codes = [stage.post.next().await, stage.post.next().await];
    assert!(stage.post.is_empty().await, "nobody else was written to");
    assert_refused(&invite(&["c@home.example"]).await, 409, "no_seats_left");

    // Who takes a seat by domain does not wait for those who were invited.
    for number in 1..=2 {
        let member = stage.sign_in(&format!("reader-{number}@faculty.example"), &[]).await;
        assert_eq!(stage.take_seat(&member.access).await.status, 201);
    }
    let late = stage.sign_in("late@home.example", &[]).await;
    assert_refused(&stage.accept(&late.access, &codes[0].link_secret()).await, 409, "no_seats_left");
    stage.by_staff(Method::PATCH, &path, json!({ "seats": 3 })).await;
    assert_eq!(stage.accept(&late.access, &codes[0].link_secret()).await.status, 201, "the code stays good");
    stage.server.stop().await;
}

async fn nobody_is_written_to_again_and_again(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage.group(faculty()).await;
    let staff = stage.server.token(Asker::Staff).expect("a token");
    for _ in 0..3 {
        stage.invited(staff, &path, "anna@home.example").await;
        let open = rows(&stage.server.get(Asker::Staff, &format!("{path}/invitations")).await).remove(0);
        stage.delete(staff, &format!("{path}/invitations/{}", text(&open, "id"))).await;
    }
    let body = json!({ "emails": ["ben@home.example", "anna@home.example"] });
    let answer = stage.by_staff(Method::POST, &format!("{path}/invitations"), body).await;
    assert_eq!((answer.status, text(&answer.json(), "code")), (429, "rate_limited"), "{}", answer.body);
    assert!(!answer.header("retry-after").is_empty());
    assert!(stage.post.is_empty().await, "neither was written to");
    stage.invited(staff, &path, "ben@home.example").await;
    stage.server.stop().await;
}

async fn what_is_wrong_is_named(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage.group(faculty()).await;
    let many: Vec<_> = (0..101).map(|number| format!("reader-{number}@home.example")).collect();
    for (emails, parameter) in
        [(json!([]), "emails"), (json!(many), "emails"), (json!(["a@home.example", "nobody"]), "emails[1]")]
    {
        let answer =
            stage.by_staff(Method::POST, &format!("{path}/invitations"), json!({ "emails": emails })).await;
        let found = (answer.status, answer.json()["parameter"].clone());
        assert_eq!(found, (400, parameter.into()), "{}", answer.body);
    }
    let over = stage.group(json!({ "name": "x", "tier": "patron", "seats": 2 })).await;
    stage.delete(stage.server.token(Asker::Staff).expect("a token"), &over).await;
    let answer = stage
        .by_staff(Method::POST, &format!("{over}/invitations"), json!({ "emails": ["a@home.example"] }))
        .await;
    assert_refused(&answer, 409, "conflict");
    stage.server.stop().await;
}

async fn an_owner_manages_the_seats(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (dean, path) = stage.owned_group("dean@faculty.example", faculty()).await;
    assert_eq!(stage.entitlements(&dean.access).await, json!([]), "to manage is not to read");
    for number in 1..=3 {
        let member = stage.sign_in(&format!("reader-{number}@faculty.example"), &[]).await;
        stage.take_seat(&member.access).await;
    }
    let first = stage.get(&dean.access, &format!("{path}/seats?limit=2")).await;
    let cursor = first.json()["page"]["next"].as_str().expect("a cursor").to_owned();
    let rest = stage.get(&dean.access, &format!("{path}/seats?limit=2&cursor={cursor}")).await;
    let (first, rest) = (rows(&first), rows(&rest));
    assert_eq!((first.len(), rest.len()), (2, 1));
    assert_eq!(text(&rest[0], "email"), "reader-1@faculty.example", "the newest first");
    let here = format!("{path}/seats/{}", text(&rest[0], "id"));
    assert_eq!(stage.delete(&dean.access, &here).await.status, 204);
    assert_refused(&stage.delete(&dean.access, &here).await, 404, "not_found");
    assert_eq!(stage.get(&dean.access, &path).await.json()["taken"], 2);
    assert_eq!(stage.deeds().await[0], (dean.member.clone(), "seat.taken_back".to_owned()));
    let mine = stage.get(&dean.access, "/v1/me/groups").await.json();
    assert_eq!(mine["owned"][0]["name"], "The faculty");

    stage.by_staff(Method::PATCH, &path, json!({ "owners": [] })).await;
    assert_refused(&stage.get(&dean.access, &path).await, 404, "not_found");
    stage.server.stop().await;
}
