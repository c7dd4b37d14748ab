//! Groups as the publisher makes, changes and ends them.

use super::{faculty, rows, text};
use crate::members::{Stage, assert_refused};
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_tests::server::{Asker, Backend};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_group_is_entered_changed_and_ended,
    what_is_wrong_is_named,
    a_domain_belongs_to_one_group,
    groups_come_in_pages,
    only_publishers_may,
);

async fn a_group_is_entered_changed_and_ended(backend: Backend) {
    let stage = Stage::set(backend).await;
    let entered = stage.by_staff(Method::POST, "/v1/groups", faculty()).await;
    let group = entered.json();
    let path = format!("/v1/groups/{}", text(&group, "id"));
    assert_eq!((entered.status, entered.header("location")), (201, path.as_str()), "{}", entered.body);
    assert_eq!(
        (&group["taken"], &group["ends"], &group["graceSeconds"], &group["status"], &group["owners"]),
        (&json!(0), &Value::Null, &json!(0), &json!("active"), &json!([]))
    );
    let read = stage.server.get(Asker::Staff, &path).await;
    assert_eq!((read.json(), read.header("etag")), (group, entered.header("etag")));

    let token = stage.server.token(Asker::Staff);
    let change = async |version: &str, body: Value| {
        let headers = [("content-type", "application/json"), ("if-match", version)];
        stage.server.send(token, Method::PATCH, &path, &headers, Some(body.to_string())).await
    };
    let changed =
        change(read.header("etag"), json!({ "name": "Both faculties", "seats": 5, "graceSeconds": 60 }))
            .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(
        (&changed.json()["name"], &changed.json()["domains"]),
        (&json!("Both faculties"), &json!(["faculty.example"]))
    );
    assert_ne!(changed.header("etag"), read.header("etag"));
    assert_refused(&change(read.header("etag"), json!({ "seats": 6 })).await, 412, "precondition_failed");
    let same = change("*", json!({ "seats": 5 })).await;
    assert_eq!(same.header("etag"), changed.header("etag"), "nothing has changed");
    let ends = change("*", json!({ "ends": "2040-01-01T00:00:00Z" })).await.json();
    assert_eq!(ends["ends"], "2040-01-01T00:00:00Z");
    assert_eq!(change("*", json!({ "ends": null })).await.json()["ends"], Value::Null);

    for _ in 0..2 {
        assert_eq!(stage.delete(token.expect("a token"), &path).await.status, 204, "it may be said twice");
    }
    let ended = stage.server.get(Asker::Staff, &path).await.json();
    assert_eq!((&ended["status"], &ended["domains"]), (&json!("ended"), &json!([])));
    assert_refused(&change("*", json!({ "seats": 9 })).await, 409, "conflict");
    let deeds = stage.deeds().await;
    let done: Vec<_> = deeds.iter().map(|(by, action)| (by.as_str(), action.as_str())).collect();
    let changed = ("desk", "group.changed");
    assert_eq!(done, [("desk", "group.ended"), changed, changed, changed, ("desk", "group.created")]);
    stage.server.stop().await;
}

async fn what_is_wrong_is_named(backend: Backend) {
    let stage = Stage::set(backend).await;
    let with = |field: &str, value: Value| {
        let mut body = faculty();
        body[field] = value;
        body
    };
    let many: Vec<_> = (0..101).map(|number| format!("d{number}.example")).collect();
    for (field, value, parameter) in [
        ("name", json!(" "), "name"),
        ("tier", json!("no-such-tier"), "tier"),
        ("tier", json!("A Tier"), "tier"),
        ("seats", json!(0), "seats"),
        ("seats", json!(100_001), "seats"),
        ("graceSeconds", json!(-1), "graceSeconds"),
        ("starts", json!("soon"), "starts"),
        ("ends", json!("2020-01-01T00:00:00Z"), "ends"),
        ("domains", json!(["faculty.example", "nonsense"]), "domains[1]"),
        ("domains", json!(["anna@faculty.example"]), "domains[0]"),
        ("domains", json!(["GMail.com"]), "domains[0]"),
        ("domains", json!(many), "domains"),
        ("owners", json!(["nobody"]), "owners[0]"),
        ("owners", json!(["mem_0199a17d4e0071018101010101010101"]), "owners"),
    ] {
        let answer = stage.by_staff(Method::POST, "/v1/groups", with(field, value.clone())).await;
        let found = (answer.status, answer.json()["parameter"].clone());
        assert_eq!(found, (400, parameter.into()), "{field} {value}: {}", answer.body);
    }
    let before = json!({ "starts": "2040-01-02T00:00:00Z", "ends": "2040-01-01T00:00:00Z" });
    let path = stage.group(faculty()).await;
    let answer = stage.by_staff(Method::PATCH, &path, before).await;
    assert_eq!((answer.status, &answer.json()["parameter"]), (400, &json!("ends")), "{}", answer.body);
    let unknown = stage.by_staff(Method::PATCH, &path, json!({ "status": "ended" })).await;
    assert_eq!(unknown.status, 400, "{}", unknown.body);

    // A seat that is taken is not taken away by a number.
    for number in 1..=2 {
        let member = stage.sign_in(&format!("reader-{number}@faculty.example"), &[]).await;
        assert_eq!(stage.take_seat(&member.access).await.status, 201);
    }
    let fewer = stage.by_staff(Method::PATCH, &path, json!({ "seats": 1 })).await;
    assert_refused(&fewer, 409, "conflict");
    assert_eq!(fewer.json()["parameter"], "seats");
    assert!(text(&fewer.json(), "detail").contains("2 are taken"), "{}", fewer.body);
    assert_eq!(stage.by_staff(Method::PATCH, &path, json!({ "seats": 2 })).await.json()["taken"], 2);
    stage.server.stop().await;
}

async fn a_domain_belongs_to_one_group(backend: Backend) {
    let stage = Stage::set(backend).await;
    let first = stage.group(faculty()).await;
    let again = stage.by_staff(Method::POST, "/v1/groups", faculty()).await;
    assert_refused(&again, 409, "conflict");
    assert_eq!(again.json()["parameter"], "domains");
    let below = json!({ "name": "Law", "tier": "patron", "seats": 1, "domains": ["law.faculty.example"] });
    let below = stage.group(below).await;
    let moved = stage.by_staff(Method::PATCH, &below, json!({ "domains": ["Faculty.Example"] })).await;
    assert_refused(&moved, 409, "conflict");
    stage.delete(stage.server.token(Asker::Staff).expect("a token"), &first).await;
    let moved = stage.by_staff(Method::PATCH, &below, json!({ "domains": ["Faculty.Example"] })).await;
    assert_eq!(moved.json()["domains"], json!(["faculty.example"]), "what was ended gives its domains free");
    stage.server.stop().await;
}

async fn groups_come_in_pages(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (owner, first) = stage.owned_group("dean@faculty.example", faculty()).await;
    for number in 0..4 {
        let tier = if number == 0 { "reader" } else { "patron" };
        stage.group(json!({ "name": format!("Group {number}"), "tier": tier, "seats": 1 })).await;
    }
    let (mut found, mut next, mut pages) = (Vec::new(), "/v1/groups?limit=2".to_owned(), 0);
    loop {
        let answer = stage.server.get(Asker::Staff, &next).await;
        pages += 1;
        found.extend(rows(&answer).iter().map(|row| text(row, "name").to_owned()));
        let page = answer.json();
        let Some(cursor) = page["page"]["next"].as_str() else {
            let back =
                format!("/v1/groups?limit=2&cursor={}", page["page"]["previous"].as_str().expect("a cursor"));
            assert_eq!(rows(&stage.server.get(Asker::Staff, &back).await).len(), 2, "and back");
            break;
        };
        next = format!("/v1/groups?limit=2&cursor={cursor}");
    }
    assert_eq!(
        (found, pages),
        (["Group 3", "Group 2", "Group 1", "Group 0", "The faculty"].map(String::from).into(), 3)
    );
    let names = async |query: &str| {
        let answer = stage.server.get(Asker::Staff, &format!("/v1/groups{query}")).await;
        rows(&answer).iter().map(|row| text(row, "name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("?tier=reader").await, ["Group 0"]);
    assert_eq!(names("?domain=faculty.example").await, ["The faculty"]);
    assert_eq!(names(&format!("?owner={}", owner.member)).await, ["The faculty"]);
    assert_eq!(names("?status=ended").await, [""; 0]);
    stage.delete(stage.server.token(Asker::Staff).expect("a token"), &first).await;
    assert_eq!(names("?status=ended&tier=patron").await, ["The faculty"]);
    for wrong in ["?status=x", "?tier=A B", "?domain=x", "?owner=x", "?limit=0", "?cursor=x", "?x=1"] {
        assert_eq!(
            stage.server.get(Asker::Staff, &format!("/v1/groups{wrong}")).await.status,
            400,
            "{wrong}"
        );
    }
    stage.server.stop().await;
}

async fn only_publishers_may(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (owner, path) = stage.owned_group("dean@faculty.example", faculty()).await;
    let editor = stage.server.mint(&Viewer::Staff(Staff::new("desk", Role::Editor)));
    let for_publishers = [
        (Method::GET, "/v1/groups".to_owned()),
        (Method::POST, "/v1/groups".to_owned()),
        (Method::PATCH, path.clone()),
        (Method::DELETE, path.clone()),
    ];
    let for_owners = [
        (Method::GET, path.clone()),
        (Method::GET, format!("{path}/seats")),
        (Method::DELETE, format!("{path}/seats/sub_0199a17d4e0071018101010101010101")),
        (Method::GET, format!("{path}/invitations")),
        (Method::POST, format!("{path}/invitations")),
        (Method::DELETE, format!("{path}/invitations/inv_0199a17d4e0071018101010101010101")),
    ];
    for (method, path) in for_publishers.iter().chain(&for_owners) {
        for (who, token, status) in [
            ("anonymous", None, 401),
            ("a described member", stage.server.token(Asker::Member), 403),
            ("an editor", Some(editor.as_str()), 403),
        ] {
            let answer = stage.send(method.clone(), token, path, json!({})).await;
            assert_eq!(answer.status, status, "{who} {method} {path}: {}", answer.body);
        }
    }
    for (method, path) in &for_publishers {
        let answer = stage.send(method.clone(), Some(&owner.access), path, json!({ "seats": 99 })).await;
        assert_refused(&answer, 403, "insufficient_role");
    }
    assert_eq!(stage.get(&owner.access, &path).await.json()["seats"], 3, "an owner sees the group");
    stage.server.stop().await;
}
