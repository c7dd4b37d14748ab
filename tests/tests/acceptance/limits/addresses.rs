//! Who is not signed in has the share of their address.

use super::{get, left, members, per_minute, server, turned_away};
use crate::partners::key_text;
use masthead_gateway::config::PerMinute;
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::json;

masthead_tests::on_both!(
    every_route_takes_from_one_share,
    a_refused_credential_is_paid_for_by_the_address,
    a_good_credential_is_believed_where_others_have_used_up_the_address,
    what_is_handed_out_freely_has_no_share_of_its_own,
    nobody_writes_an_address_of_their_own,
    zero_and_exempt_networks_are_not_counted,
);

async fn every_route_takes_from_one_share(backend: Backend) {
    let server = server(backend, |limits| limits.anonymous_per_minute = per_minute(9)).await;
    let tags = get(&server, "/v1/tags", &[]).await;
    assert_eq!((tags.status, tags.header("ratelimit")), (200, ""), "a shared cache may keep it");
    assert_eq!(get(&server, "/openapi/v1.json", &[]).await.status, 200);
    assert_eq!(get(&server, "/docs/", &[]).await.status, 200);
    assert_eq!(get(&server, "/.well-known/jwks.json", &[]).await.status, 200);
    let absent = get(&server, "/v1/nothing", &[]).await;
    assert_eq!((absent.status, left(&absent)), (404, Some(4)));
    let other = server.send(None, Method::DELETE, "/v1/tags", &[], None).await;
    assert_eq!((other.status, left(&other)), (405, Some(3)));
    let graphql = server.graphql(Asker::Anonymous, "{ tags(first: 1) { nodes { id } } }").await;
    assert_eq!((graphql.status, left(&graphql)), (200, Some(2)));
    assert_eq!(members(&graphql, "ratelimit-policy")["requests"], [("q".into(), 9), ("w".into(), 60)].into());
    assert_eq!(server.send(None, Method::HEAD, "/v1/tags", &[], None).await.status, 200);
    let device = server.post(None, "/v1/devices", &json!({})).await;
    assert_eq!(left(&device), Some(0), "{device:?}");

    for _ in 0..3 {
        let over = get(&server, "/v1/articles?limit=1", &[]).await;
        assert_eq!(turned_away(&over), 7, "a ninth of a minute, rounded up");
        assert_eq!(over.json()["instance"], "/v1/articles");
        assert_eq!(members(&over, "ratelimit")["requests"], [("r".into(), 0), ("t".into(), 60)].into());
    }
    turned_away(&server.graphql(Asker::Anonymous, "{ tags(first: 1) { nodes { id } } }").await);
    for path in ["/healthz", "/readyz"] {
        for _ in 0..12 {
            let well = get(&server, path, &[]).await;
            assert_eq!((well.status, well.header("ratelimit")), (200, ""), "{path}");
        }
    }
    server.later(6);
    turned_away(&get(&server, "/v1/tags", &[]).await);
    server.later(1);
    assert_eq!(get(&server, "/v1/tags", &[]).await.status, 200, "whoever waits as told is let in");
    turned_away(&get(&server, "/v1/tags", &[]).await);
    server.later(60);
    assert_eq!(left(&get(&server, "/v1/nothing", &[]).await), Some(8), "and has everything after a minute");
    server.stop().await;
}

async fn a_refused_credential_is_paid_for_by_the_address(backend: Backend) {
    let known = |server: &TestServer| server.token(Asker::Member).expect("a token").to_owned();
    let server = server(backend, |limits| limits.anonymous_per_minute = per_minute(5)).await;
    let (good, other) = (known(&server), server.token(Asker::Patron).expect("a token"));
    assert_eq!(server.get_as(&good, "/v1/me").await.status, 200);

    // However they are made up, they have one share together.
    let unknown_key = key_text(77);
    let forged = format!("{}x", &good[..good.len() - 1]);
    for (number, token) in ["a.b.c", &forged, &unknown_key, "mh_live_x"].iter().enumerate() {
        let refused = server.get_as(token, "/v1/me").await;
        assert_eq!((refused.status, left(&refused)), (401, Some(4 - number as i64)), "{refused:?}");
    }
    let basic = get(&server, "/v1/tags", &[("authorization", "Basic dXNlcjpwYXNz")]).await;
    assert_eq!((basic.status, left(&basic)), (401, Some(0)));
    for token in ["a.b.d", &forged, &unknown_key] {
        turned_away(&server.get_as(token, "/v1/me").await);
    }
    assert_eq!(server.get_as(&good, "/v1/me").await.status, 200, "who is known pays for themselves");
    turned_away(&server.get_as(other, "/v1/me").await);
    assert_eq!(left(&get(&server, "/v1/nothing", &[]).await), Some(4), "requests without one are apart");
    server.later(12);
    assert_eq!(
        server.get_as(other, "/v1/me").await.status,
        200,
        "looked into as soon as the address may try"
    );
    let refused = server.get_as("a.b.e", "/v1/me").await;
    assert_eq!((refused.status, left(&refused)), (401, Some(0)), "the good one was paid back");
    server.stop().await;
}

async fn a_good_credential_is_believed_where_others_have_used_up_the_address(backend: Backend) {
    let server = server(backend, |limits| limits.anonymous_per_minute = per_minute(3)).await;
    while get(&server, "/v1/nothing", &[]).await.status != 429 {}
    turned_away(&get(&server, "/v1/tags", &[]).await);
    for asker in [Asker::Member, Asker::Patron, Asker::Subscriber, Asker::Staff] {
        assert_eq!(server.get(asker, "/v1/me").await.status, 200, "{asker:?}, seen for the first time");
    }
    turned_away(&get(&server, "/v1/tags", &[]).await);
    server.stop().await;
}

async fn what_is_handed_out_freely_has_no_share_of_its_own(backend: Backend) {
    let server = server(backend, |limits| limits.anonymous_per_minute = per_minute(6)).await;
    let mut devices = Vec::new();
    for _ in 0..2 {
        let device = server.post(None, "/v1/devices", &json!({})).await.json();
        devices.push(device["accessToken"].as_str().expect("a token").to_owned());
    }
    let lefts = async |token: &str| left(&server.get_as(token, "/v1/me").await);
    assert_eq!(lefts(&devices[0]).await, Some(3));
    assert_eq!(lefts(&devices[1]).await, Some(2));
    assert_eq!(lefts(&devices[0]).await, Some(1));
    assert_eq!(left(&get(&server, "/v1/nothing", &[]).await), Some(0));
    turned_away(&server.get_as(&devices[1], "/v1/me").await);
    server.stop().await;
}

async fn nobody_writes_an_address_of_their_own(backend: Backend) {
    let untrusting = server(backend, |limits| limits.anonymous_per_minute = per_minute(2)).await;
    let from = async |server: &TestServer, address: &str| {
        get(server, "/v1/nothing", &[("x-forwarded-for", address)]).await
    };
    assert_eq!(left(&from(&untrusting, "198.51.100.1").await), Some(1));
    assert_eq!(left(&from(&untrusting, "198.51.100.2").await), Some(0));
    turned_away(&from(&untrusting, "198.51.100.3").await);
    untrusting.stop().await;

    let publication = masthead_tests::publication::publication(masthead_tests::publication::World::HOME);
    let behind_a_proxy = TestServer::start_tuned(backend, &publication, |config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        config.limits.anonymous_per_minute = per_minute(2);
    })
    .await;
    behind_a_proxy.stop_the_clock();
    let from = async |address: &str| from(&behind_a_proxy, address).await;
    assert_eq!(left(&from("198.51.100.1").await), Some(1));
    assert_eq!(left(&from("198.51.100.2").await), Some(1), "each client of the proxy has its own");
    assert_eq!(
        left(&from("203.0.113.5, 198.51.100.1").await),
        Some(0),
        "what it wrote itself is not believed"
    );
    turned_away(&from("203.0.113.6, 198.51.100.1").await);
    assert_eq!(left(&from("2001:db8:1:2::1").await), Some(1));
    assert_eq!(left(&from("2001:db8:1:2:ffff::9").await), Some(0), "one connection has 2^64 addresses");
    turned_away(&from("2001:db8:1:2:1:2:3:4").await);
    assert_eq!(left(&from("2001:db8:1:3::1").await), Some(1));
    behind_a_proxy.stop().await;
}

async fn zero_and_exempt_networks_are_not_counted(backend: Backend) {
    let off = server(backend, |limits| limits.anonymous_per_minute = PerMinute::OFF).await;
    for _ in 0..20 {
        let answer = get(&off, "/v1/nothing", &[]).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (404, ""));
        assert_eq!(off.get_as("a.b.c", "/v1/me").await.status, 401);
    }
    assert!(left(&off.get(Asker::Member, "/v1/me").await).is_some(), "the others are on");
    off.stop().await;

    let exempt = server(backend, |limits| {
        limits.anonymous_per_minute = per_minute(1);
        limits.credential_per_minute = per_minute(2);
        limits.exempt_networks = vec!["127.0.0.0/8".parse().expect("a network")];
    })
    .await;
    for _ in 0..5 {
        assert_eq!(get(&exempt, "/v1/tags", &[]).await.status, 200);
    }
    assert_eq!(left(&exempt.get(Asker::Member, "/v1/me").await), Some(1), "credentials are counted");
    assert_eq!(exempt.get(Asker::Member, "/v1/me").await.status, 200);
    turned_away(&exempt.get(Asker::Member, "/v1/me").await);
    exempt.stop().await;
}
