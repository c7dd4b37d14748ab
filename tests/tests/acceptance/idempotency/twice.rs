//! The same request twice, another one, many at once, and on another server.

use super::*;
use futures_util::future::join_all;
use masthead_tests::publication::World;
use masthead_tests::server::Backend;

masthead_tests::on_both!(
    the_same_request_is_done_once_and_answered_the_same,
    without_a_key_every_request_is_done,
    another_request_with_the_key_is_refused,
    of_many_at_once_one_is_done,
    what_was_refused_leaves_the_key_free,
    a_key_is_good_for_a_day,
    a_server_that_died_has_left_word,
);

async fn the_same_request_is_done_once_and_answered_the_same(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let tier = json!({ "slug": "silver", "name": "Silver" });
    let first = lasting(by_staff(&server, KEY, "/v1/tiers", &tier).await);
    assert_eq!((first.status, first.header("cache-control")), (201, "no-store"), "{}", first.body);
    assert!(!first.header("etag").is_empty() && !first.header("location").is_empty());
    assert_eq!(lasting(by_staff(&server, KEY, "/v1/tiers", &tier).await), first);
    assert_eq!(
        lasting(by_staff(&server, KEY.trim_matches('"'), "/v1/tiers", &tier).await),
        first,
        "a bare key"
    );
    // On another server, which has nothing in its memory, as after a restart.
    let other = server.twin().await;
    assert_eq!(lasting(by_staff(&other, KEY, "/v1/tiers", &tier).await), first);
    let another = by_staff(&other, "\"another\"", "/v1/tiers", &tier).await;
    assert_refused(&another, 409, "conflict");
    let deeds = server.get(Asker::Staff, "/v1/audit").await.json();
    let made = deeds["data"].as_array().expect("rows").iter().filter(|deed| deed["action"] == "tier.created");
    assert_eq!(made.count(), 1, "{deeds}");
    other.stop().await;
    server.stop().await;
}

async fn without_a_key_every_request_is_done(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for _ in 0..2 {
        let answer = server.post(server.token(Asker::Staff), "/v1/partners", &agency()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    assert_eq!(partners(&server).await, 2, "so that the tests beside this one can fail");
    server.stop().await;
}

async fn another_request_with_the_key_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let first = by_staff(&server, KEY, "/v1/partners", &agency()).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let other = json!({ "name": "Another agency" });
    for (path, body) in [
        ("/v1/partners", &other),
        ("/v1/partners?x=1", &agency()),
        ("/v1/tiers", &agency()),
        ("/v1/partners", &json!({})),
    ] {
        let answer = by_staff(&server, KEY, path, body).await;
        assert_refused_for_its_key(&answer, 422, "idempotency_mismatch");
    }
    assert_eq!(partners(&server).await, 1);
    let kind = server.get(Asker::Anonymous, "/problems/idempotency_mismatch").await;
    assert_eq!(kind.status, 200);
    server.stop().await;
}

async fn of_many_at_once_one_is_done(backend: Backend) {
    let one = TestServer::start(backend, World::HOME).await;
    let other = one.twin().await;
    for round in 0..3 {
        let (key, body) = (format!("round-{round}"), agency());
        let all = (0..12).map(|number| {
            let server = if number % 2 == 0 { &one } else { &other };
            by_staff(server, &key, "/v1/partners", &body)
        });
        let all = join_all(all).await;
        let again = lasting(by_staff(&other, &key, "/v1/partners", &body).await);
        assert_eq!(again.status, 201, "{}", again.body);
        for answer in all.into_iter().map(lasting) {
            if answer.status == 201 {
                assert_eq!(answer, again);
            } else {
                assert_refused_for_its_key(&answer, 409, "idempotency_in_flight");
                assert_eq!(answer.header("retry-after"), "1");
            }
        }
        assert_eq!(partners(&one).await, round + 1);
    }
    other.stop().await;
    one.stop().await;
}

async fn what_was_refused_leaves_the_key_free(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let gold = json!({ "slug": "gold", "name": "Gold" });
    let refused = [
        (json!({ "slug": "Gold" }), 400),
        (json!({ "slug": "gold", "name": "Gold", "unknown": 1 }), 400),
        (json!({ "slug": "patron", "name": "Patron" }), 409),
    ];
    for (body, status) in refused {
        for _ in 0..2 {
            let answer = by_staff(&server, KEY, "/v1/tiers", &body).await;
            assert_eq!(answer.status, status, "{}", answer.body);
            assert!(answer.json()["instance"] == "/v1/tiers", "{}", answer.body);
        }
    }
    assert_eq!(by_staff(&server, KEY, "/v1/tiers", &gold).await.status, 201);
    server.stop().await;
}

async fn a_key_is_good_for_a_day(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let staff = masthead_domain::viewer::Viewer::staff("desk");
    let first = by_staff(&server, KEY, "/v1/partners", &agency()).await;
    server.later(86_000);
    let again = send(&server, &server.mint(&staff), KEY, "/v1/partners", &agency()).await;
    assert_eq!(lasting(again), lasting(first.clone()));
    server.later(401);
    let next = send(&server, &server.mint(&staff), KEY, "/v1/partners", &agency()).await;
    assert_eq!(next.status, 201, "{}", next.body);
    assert_ne!(next.json()["id"], first.json()["id"]);
    server.stop().await;
}

/// Sends a statement past the server.
async fn run(server: &TestServer, statement: &str) {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let connection = Database::connect(&server.database_url).await.expect("connected");
    let statement = Statement::from_string(connection.get_database_backend(), statement);
    connection.execute_raw(statement).await.expect("it runs");
    connection.close().await.expect("closed");
}

async fn a_server_that_died_has_left_word(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let enter = async |key: &str| by_staff(&server, key, "/v1/partners", &agency()).await;
    for key in ["before", "after", "changed"] {
        assert_eq!(enter(key).await.status, 201);
    }
    let newest = "started_at = (SELECT MAX(started_at) FROM idempotency)";
    run(&server, &format!("UPDATE idempotency SET answer = (SELECT answer FROM idempotency WHERE NOT {newest} LIMIT 1) WHERE {newest}")).await;
    assert_refused_for_its_key(&enter("changed").await, 409, "idempotency_answer_lost");
    // As if it had died before it had written, and as if after.
    let oldest = "started_at = (SELECT MIN(started_at) FROM idempotency)";
    run(&server, "UPDATE idempotency SET answer = NULL").await;
    run(&server, &format!("UPDATE idempotency SET done_at = NULL WHERE {oldest}")).await;
    for key in ["before", "after"] {
        assert_refused_for_its_key(&enter(key).await, 409, "idempotency_in_flight");
    }
    server.later(61);
    assert_refused_for_its_key(&enter("after").await, 409, "idempotency_answer_lost");
    assert_eq!(partners(&server).await, 3);
    assert_eq!(enter("before").await.status, 201, "nothing had been done");
    assert_eq!(partners(&server).await, 4);
    assert_refused_for_its_key(&enter("after").await, 409, "idempotency_answer_lost");
    server.stop().await;
}
