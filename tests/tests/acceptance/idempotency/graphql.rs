//! Mutations with a key.

use super::*;
use masthead_tests::publication::World;
use masthead_tests::server::Backend;

masthead_tests::on_both!(
    a_mutation_is_done_once_and_answered_the_same,
    a_mutation_that_did_a_part_is_answered_with_its_errors_again,
    a_mutation_that_did_nothing_leaves_the_key_free,
    what_takes_no_key_over_rest_takes_none_here,
    an_account_can_be_erased_with_a_key,
);

const ENTER: &str = "mutation Enter($name: String!) { createPartner(name: $name) { id name } }";

async fn ask(server: &TestServer, request: &Value) -> Answer {
    lasting(by_staff(server, KEY, "/graphql", request).await)
}

fn enter(name: &str) -> Value {
    json!({ "query": ENTER, "variables": { "name": name } })
}

fn code(answer: &Answer) -> Value {
    answer.json()["errors"][0]["extensions"]["code"].clone()
}

async fn a_mutation_is_done_once_and_answered_the_same(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let first = ask(&server, &enter("The Agency")).await;
    assert_eq!((first.status, first.header("cache-control")), (200, "no-store"), "{}", first.body);
    assert!(first.json()["data"]["createPartner"]["id"].is_string(), "{}", first.body);
    assert_eq!(ask(&server, &enter("The Agency")).await, first);
    // The same, written in another way.
    let mut named = enter("The Agency");
    named["operationName"] = json!(null);
    named["extensions"] = json!({});
    assert_eq!(ask(&server, &named).await, first);
    let other = server.twin().await;
    assert_eq!(ask(&other, &enter("The Agency")).await, first);
    let mismatch = ask(&server, &enter("Another agency")).await;
    assert_eq!((mismatch.status, code(&mismatch)), (422, json!("IDEMPOTENCY_MISMATCH")), "{}", mismatch.body);
    let rest = by_staff(&server, KEY, "/v1/partners", &agency()).await;
    assert_refused_for_its_key(&rest, 422, "idempotency_mismatch");
    assert_eq!(partners(&server).await, 1);
    other.stop().await;
    server.stop().await;
}

/// An article that was opened and kept would be read when it is locked again.
async fn what_takes_no_key_over_rest_takes_none_here(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for query in [
        "mutation { unlockArticle(slug: \"x\") { article { bodyText } } }",
        "mutation { createPartner(name: \"x\") { id } here: unlockArticle(slug: \"x\") { spent } }",
        "mutation { ...on Mutation { ...F } } fragment F on Mutation { unlockArticle(slug: \"x\") { spent } }",
        "mutation { redeemGift(code: \"x\") { accessToken } }",
        "mutation { startSignIn(email: \"a@b.example\", wording: \"x\") { attempt } }",
    ] {
        let answer = ask(&server, &json!({ "query": query })).await;
        assert_eq!((answer.status, code(&answer)), (400, json!("IDEMPOTENCY_KEY_NOT_TAKEN")), "{query}");
    }
    assert_eq!(partners(&server).await, 0, "nothing of it is done");
    server.stop().await;
}

async fn a_mutation_that_did_a_part_is_answered_with_its_errors_again(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let two = "mutation {
        one: createPartner(name: \"The Agency\") { id }
        two: createTier(tier: { slug: \"patron\", name: \"It is there\" }) { version }
    }";
    let first = ask(&server, &json!({ "query": two })).await;
    assert_eq!((first.status, code(&first)), (200, json!("CONFLICT")), "{}", first.body);
    assert!(first.json()["data"]["one"]["id"].is_string() && first.json()["data"]["two"].is_null());
    assert_eq!(ask(&server, &json!({ "query": two })).await, first);
    assert_eq!(partners(&server).await, 1);
    server.stop().await;
}

async fn a_mutation_that_did_nothing_leaves_the_key_free(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let taken = "mutation { createTier(tier: { slug: \"patron\", name: \"It is there\" }) { version } }";
    for _ in 0..2 {
        let answer = ask(&server, &json!({ "query": taken })).await;
        assert_eq!(code(&answer), "CONFLICT", "{}", answer.body);
    }
    for wrong in ["mutation { nothing }", "mutation { createPartner { id } }", "mutation {"] {
        let answer = ask(&server, &json!({ "query": wrong })).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let answer = ask(&server, &enter("The Agency")).await;
    assert!(answer.json()["data"]["createPartner"]["id"].is_string(), "{}", answer.body);
    server.stop().await;
}

async fn an_account_can_be_erased_with_a_key(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let token = server.issue(&server.member(1, &[]).await);
    let erase = json!({ "query": "mutation { deleteAccount }" });
    let answer = send(&server, &token, KEY, "/graphql", &erase).await;
    assert_eq!(answer.json()["data"]["deleteAccount"], true, "{}", answer.body);
    masthead_tests::server::within_a_second("nobody is there", async || {
        send(&server, &token, KEY, "/graphql", &erase).await.status == 401
    })
    .await;
    server.stop().await;
}
