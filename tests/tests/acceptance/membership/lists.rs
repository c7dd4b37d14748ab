//! Looking through the members.

use super::{anybody, emails, entered, send, text};
use masthead_tests::publication::World;
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

masthead_tests::on_both!(
    pages_hold_every_member_once,
    a_filter_holds_whom_it_says,
    a_page_costs_the_same_whatever_its_length,
    unknown_parameters_are_errors,
);

async fn page(server: &TestServer, query: &str) -> Value {
    let answer = server.get(Asker::Staff, &format!("/v1/members{query}")).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store"),
        "{query}: {}",
        answer.body
    );
    answer.json()
}

async fn pages_hold_every_member_once(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for number in 0..23 {
        entered(&server, anybody(number)).await;
    }
    let (mut seen, mut query, mut pages) = (Vec::new(), "?limit=5".to_owned(), Vec::new());
    loop {
        let found = page(&server, &query).await;
        seen.extend(emails(&found).into_iter().map(str::to_owned));
        pages.push(found.clone());
        // Whoever comes meanwhile comes before the first.
        entered(&server, anybody(100 + pages.len())).await;
        match found["page"]["next"].as_str() {
            Some(cursor) => query = format!("?limit=5&cursor={cursor}"),
            None => break,
        }
    }
    let newest_first: Vec<_> = (0..23).rev().map(|number| format!("reader-{number}@paper.example")).collect();
    assert_eq!(seen, newest_first);
    let back = text(&pages[2]["page"], "previous").to_owned();
    let before = page(&server, &format!("?limit=5&cursor={back}")).await;
    assert_eq!(before["data"], pages[1]["data"], "the way back");
    let foreign = server.get(Asker::Staff, &format!("/v1/members?status=active&cursor={back}")).await;
    assert_eq!((foreign.status, &foreign.json()["code"]), (400, &"invalid_cursor".into()));
    server.stop().await;
}

async fn a_filter_holds_whom_it_says(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let add = async |number: usize, more: Value| {
        let mut body = anybody(number);
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        entered(&server, body).await
    };
    add(1, json!({ "labels": ["VIP"], "newsletters": ["weekly"], "comp": { "tier": "patron" } })).await;
    let second = add(2, json!({ "labels": ["VIP", "Ünï"], "newsletters": ["notes"] })).await;
    let third = add(3, json!({ "comp": { "tier": "patron" } })).await;
    let fourth = add(4, json!({ "newsletters": ["weekly", "notes"] })).await;
    let path = format!("/v1/members/{}", text(&third, "id"));
    let comp = format!("{path}/subscriptions/{}", text(&third["subscriptions"][0], "id"));
    assert_eq!(super::delete(&server, &comp).await.status, 204);
    let suspended = format!("/v1/members/{}", text(&fourth, "id"));
    send(&server, Method::PATCH, &suspended, json!({ "status": "suspended", "labels": ["late"] })).await;
    let at = text(&second, "created").to_owned();
    let later = text(&third, "created").to_owned();
    for (query, numbers) in [
        ("", &[4, 3, 2, 1][..]),
        ("?email=Reader-2@paper.example", &[2]),
        ("?email=reader-2@paper.example&label=late", &[]),
        ("?email=nobody@paper.example", &[]),
        ("?status=suspended", &[4]),
        ("?status=active", &[3, 2, 1]),
        ("?tier=patron", &[1]),
        ("?tier=none", &[]),
        ("?newsletter=weekly", &[4, 1]),
        ("?newsletter=notes", &[4, 2]),
        ("?newsletter=none", &[]),
        ("?label=VIP", &[2, 1]),
        ("?label=late", &[4]),
        ("?label=vip", &[]),
        ("?label=VIP&newsletter=weekly&tier=patron&status=active", &[1]),
        ("?label=VIP&newsletter=weekly&status=suspended", &[]),
        (&format!("?createdFrom={at}"), &[4, 3, 2]),
        (&format!("?createdTo={at}"), &[1]),
        (&format!("?createdFrom={at}&createdTo={later}&label=VIP"), &[2]),
    ] {
        let found = page(&server, query).await;
        let wanted: Vec<_> = numbers.iter().map(|number| format!("reader-{number}@paper.example")).collect();
        assert_eq!(emails(&found), wanted, "{query}");
    }
    let all = page(&server, "?newsletter=weekly").await["data"].take();
    assert_eq!((&all[0]["newsletters"], &all[0]["tiers"]), (&json!(["notes", "weekly"]), &json!([])));
    assert_eq!((&all[1]["newsletters"], &all[1]["tiers"]), (&json!(["weekly"]), &json!(["patron"])));
    let table = server.get(Asker::Staff, "/v1/members.csv?label=VIP").await.body;
    assert_eq!(table.lines().count(), 3, "the filters of the list are those of the table: {table}");
    server.stop().await;
}

async fn a_page_costs_the_same_whatever_its_length(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let more = json!({ "labels": ["VIP"], "newsletters": ["weekly", "notes"], "comp": { "tier": "patron" } });
    for number in 0..12 {
        let mut body = anybody(number);
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        entered(&server, body).await;
    }
    // The watch asks on a connection of its own, and is counted too: the least of several runs is the cost.
    let cost = async |query: &str| {
        let mut costs = BTreeSet::new();
        for _ in 0..5 {
            let before = server.store.queries();
            page(&server, query).await;
            costs.insert(server.store.queries() - before);
        }
        *costs.first().expect("several")
    };
    for query in ["?", "?label=VIP&", "?tier=patron&newsletter=weekly&status=active&"] {
        for limit in [1, 5, 100] {
            assert_eq!(cost(&format!("{query}limit={limit}")).await, 5, "{query}limit={limit}");
        }
    }
    server.stop().await;
}

async fn unknown_parameters_are_errors(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (query, parameter) in [
        ("?emial=x", "emial"),
        ("?email=x", "email"),
        ("?status=erased", "status"),
        ("?tier=No%20Slug", "tier"),
        ("?newsletter=No%20Slug", "newsletter"),
        ("?createdFrom=yesterday", "createdFrom"),
        ("?createdTo=", "createdTo"),
        ("?limit=0", "limit"),
        ("?label=a&label=b", "label"),
    ] {
        let answer = server.get(Asker::Staff, &format!("/v1/members{query}")).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()), "{}", answer.body);
    }
    for query in ["?limit=5", "?cursor=x"] {
        let answer = server.get(Asker::Staff, &format!("/v1/members.csv{query}")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &"unknown_parameter".into()));
    }
    server.stop().await;
}
