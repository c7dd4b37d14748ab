//! What a key may do changes within a second, on every node.

use super::{add_key, all_within_a_second, enter, everything, key, key_text, license, now, section_id};
use masthead_domain::partner::{ApiKey, PartnerStatus};
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Backend, TestServer};
use std::time::Duration;

masthead_tests::on_both!(
    a_revoked_key_is_shut_on_every_node,
    a_suspended_partner_is_shut_and_comes_back,
    a_narrower_licence_holds_within_a_second,
    what_ends_ends_at_its_instant,
    a_key_takes_the_place_of_another_without_a_gap,
    an_article_comes_when_the_delay_has_passed,
);

const PATH: &str = "/v1/articles/free-to-read";

async fn revoke(server: &TestServer, number: u8) {
    let mut work = server.store.begin(now()).await.expect("begun");
    assert!(work.revoke_key(key(number).id).await.expect("revoked"));
    work.commit().await.expect("committed");
}

async fn a_revoked_key_is_shut_on_every_node(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let twin = server.twin().await;
    let nodes = [&server, &twin];
    all_within_a_second(&nodes, &text, PATH, |answer| answer.status == 200).await;
    revoke(&server, 1).await;
    all_within_a_second(&nodes, &text, PATH, |answer| answer.status == 401).await;
    server.stop().await;
}

async fn a_suspended_partner_is_shut_and_comes_back(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let twin = server.twin().await;
    let nodes = [&server, &twin];
    for (status, wanted) in
        [(PartnerStatus::Active, 200), (PartnerStatus::Suspended, 403), (PartnerStatus::Active, 200)]
    {
        license(&server, status, everything()).await;
        all_within_a_second(&nodes, &text, PATH, |answer| answer.status == wanted).await;
    }
    server.stop().await;
}

async fn a_narrower_licence_holds_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let twin = server.twin().await;
    let nodes = [&server, &twin];
    let locks = format!("/v1/articles/{LOCKS}?body=text");
    all_within_a_second(&nodes, &text, &locks, |answer| answer.body.contains("Hidden for member")).await;
    let teaser = Licence { extent: Extent::Teaser, source_links: false, ..everything() };
    license(&server, PartnerStatus::Active, teaser).await;
    all_within_a_second(&nodes, &text, &locks, |answer| {
        answer.status == 200
            && !answer.body.contains("Hidden for")
            && !answer.body.contains("archive.example")
    })
    .await;
    let elsewhere = Licence { sections: Some([section_id(3)].into()), ..everything() };
    license(&server, PartnerStatus::Active, elsewhere).await;
    all_within_a_second(&nodes, &text, &locks, |answer| answer.status == 404).await;
    all_within_a_second(&nodes, &text, PATH, |answer| answer.status == 200).await;
    server.stop().await;
}

async fn what_ends_ends_at_its_instant(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    enter(&server, everything()).await;
    let soon = now().plus_seconds(2);
    add_key(&server, 2, ApiKey { expires: Some(soon), ..key(2) }).await;
    let ends = Licence { valid_until: Some(now().plus_seconds(4)), ..everything() };
    license(&server, PartnerStatus::Active, ends).await;
    let statuses = async || {
        (server.get_as(&key_text(1), PATH).await.status, server.get_as(&key_text(2), PATH).await.status)
    };
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(statuses().await, (200, 200));
    let expires = server.get_as(&key_text(2), "/v1/me").await.json()["expires"].clone();
    assert_eq!(expires, soon.to_string());
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert_eq!(statuses().await, (200, 401), "the second key has expired");
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    assert_eq!(statuses().await, (403, 401), "the licence has ended");
    server.stop().await;
}

async fn a_key_takes_the_place_of_another_without_a_gap(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let old = enter(&server, everything()).await;
    assert_eq!(server.get_as(&old, PATH).await.status, 200);
    add_key(&server, 2, key(2)).await;
    let new = key_text(2);
    assert_eq!(server.get_as(&new, PATH).await.status, 200, "good at once");
    assert_eq!(server.get_as(&old, PATH).await.status, 200, "and so is the old one");
    revoke(&server, 1).await;
    all_within_a_second(&[&server], &old, PATH, |answer| answer.status == 401).await;
    assert_eq!(server.get_as(&new, PATH).await.status, 200);
    add_key(&server, 3, key(3)).await;
    server.stop().await;
}

/// Nothing is kept for a licence that waits, so there is nothing that could be sent too long.
async fn an_article_comes_when_the_delay_has_passed(backend: Backend) {
    let mut publication = masthead_tests::publication::publication(World::HOME);
    let published = now();
    publication.articles.push(masthead_tests::publication::another(90, "just-out", |parts| {
        parts.published = Some(published);
        parts.updated = published;
    }));
    let server = TestServer::start_with(backend, &publication).await;
    let delay_seconds = now().seconds() - published.seconds() + 3;
    let text = enter(&server, Licence { delay_seconds, ..everything() }).await;
    let due = published.plus_seconds(delay_seconds);
    let total = async || {
        server.get_as(&text, "/v1/articles?total=true&limit=1").await.json()["page"]["total"].clone()
    };
    let before = total().await.as_u64().expect("a number");
    loop {
        let asked = now();
        let status = server.get_as(&text, "/v1/articles/just-out").await.status;
        let answered = now();
        if answered < due {
            assert_eq!(status, 404, "before its time");
        }
        if asked >= due {
            assert_eq!(status, 200, "at its time");
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(total().await, before + 1);
    server.stop().await;
}
