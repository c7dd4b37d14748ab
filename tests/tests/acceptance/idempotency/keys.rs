//! Which keys are taken, by what, and from whom.

use super::*;
use masthead_domain::viewer::Bearer;
use masthead_tests::contract::operations;
use masthead_tests::publication::{World, publication};
use masthead_tests::server::Backend;

masthead_tests::on_both!(
    what_is_no_key_is_refused,
    what_makes_nothing_takes_no_key,
    reading_does_not_look_at_keys,
    a_key_is_for_whoever_is_signed_in,
    the_contract_says_what_takes_a_key,
    a_page_of_the_site_may_send_a_key,
);

async fn what_is_no_key_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for wrong in ["", "\"\"", "\"open", "a b", "\"a\", \"b\"", "a,b", "\"a\";x=1", &"k".repeat(256)] {
        let answer = by_staff(&server, wrong, "/v1/partners", &agency()).await;
        assert_refused_for_its_key(&answer, 400, "idempotency_key_invalid");
    }
    let query = json!({ "query": "mutation { createPartner(name: \"x\") { id } }" });
    let answer = by_staff(&server, "a b", "/graphql", &query).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["errors"][0]["extensions"]["code"],
        "IDEMPOTENCY_KEY_INVALID",
        "{}",
        answer.body
    );
    assert_eq!(partners(&server).await, 0);
    server.stop().await;
}

async fn what_makes_nothing_takes_no_key(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let staff = server.token(Asker::Staff);
    for (method, path) in [
        (Method::PATCH, "/v1/tiers/patron"),
        (Method::PUT, "/v1/policy"),
        (Method::DELETE, "/v1/gifts/gft_0199a17d4e0071018101010101010101"),
        (Method::POST, "/v1/articles/every-kind-of-lock/unlock"),
        (Method::POST, "/v1/access/explain"),
        (Method::POST, "/v1/members/import"),
        (Method::POST, "/v1/auth/start"),
        (Method::POST, "/v1/devices"),
    ] {
        let headers = [("content-type", "application/json"), ("idempotency-key", KEY)];
        let answer = server.send(staff, method, path, &headers, Some("{}".into())).await;
        assert_refused_for_its_key(&answer, 400, "idempotency_key_not_taken");
    }
    // Where nothing is, nothing is said of keys; and what others send by their own rules is read by these.
    for (method, path, status) in [
        (Method::POST, "/v1/nothing", 404),
        (Method::DELETE, "/v1/tiers", 405),
        (Method::POST, "/v1/unsubscribe/nothing", 415),
        (Method::POST, "/v1/webhooks/stripe", 404),
    ] {
        let headers = [("content-type", "application/json"), ("idempotency-key", KEY)];
        let answer = server.send(None, method, path, &headers, Some("{}".into())).await;
        assert_eq!(answer.status, status, "{path} {}", answer.body);
    }
    server.stop().await;
}

async fn reading_does_not_look_at_keys(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for key in [KEY, "not a key"] {
        for path in ["/v1/articles", "/v1/tiers", "/healthz"] {
            let answer = server.get_with(Asker::Anonymous, path, &[("idempotency-key", key)]).await;
            assert_eq!(answer, server.get(Asker::Anonymous, path).await);
        }
        let query = json!({ "query": "{ tiers { slug } }" });
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let body = Some(query.to_string());
        let answer = server.ask(Method::POST, Asker::Anonymous, "/graphql", &headers, body).await;
        assert_eq!((answer.status, answer.json()["errors"].is_null()), (200, true), "{}", answer.body);
    }
    server.stop().await;
}

async fn a_key_is_for_whoever_is_signed_in(backend: Backend) {
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |_| ()).await;
    let give = json!({ "amount": 500, "currency": "EUR" });
    let headers = [("content-type", "application/json"), ("idempotency-key", KEY)];
    for path in ["/v1/contributions", "/v1/tiers"] {
        let answer = server.send(None, Method::POST, path, &headers, Some(give.to_string())).await;
        assert_refused_for_its_key(&answer, 401, "authentication_required");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    let device = server.post(None, "/v1/devices", &json!({})).await.json();
    let device = device["accessToken"].as_str().expect("a token");
    let answer = send(&server, device, KEY, "/v1/contributions", &give).await;
    assert_refused_for_its_key(&answer, 400, "idempotency_key_not_taken");
    let wrong = send(&server, "x.y.z", KEY, "/v1/contributions", &give).await;
    assert_refused(&wrong, 401, "invalid_token");
    let bearer = server.member(1, &[]).await;
    assert!(matches!(bearer, Bearer::Member { .. }));
    let answer = send(&server, &server.issue(&bearer), KEY, "/v1/contributions", &give).await;
    assert_refused(&answer, 409, "no_payments");
    let enter = json!({ "query": "mutation { createPartner(name: \"x\") { id } }" });
    let answer = server.send(None, Method::POST, "/graphql", &headers, Some(enter.to_string())).await;
    assert_eq!(answer.status, 401);
    let code = &answer.json()["errors"][0]["extensions"]["code"];
    assert_eq!(code, "AUTHENTICATION_REQUIRED", "{}", answer.body);
    server.stop().await;
}

async fn the_contract_says_what_takes_a_key(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let mut takers = 0;
    for operation in operations(&document) {
        let parameters = operation.item["parameters"].as_array();
        let takes = parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        let id = operation.item["operationId"].as_str().expect("an id");
        if !takes {
            continue;
        }
        takers += 1;
        assert_eq!(operation.method, Method::POST, "{id}");
        let said =
            |status: &str| operation.item["responses"][status]["description"].as_str().unwrap_or_default();
        assert!(said("409").contains("Idempotency-Key") && said("422").contains("Idempotency-Key"), "{id}");
        // It is what the server goes by.
        let path = operation.path.replace(['{', '}'], "");
        let answer = by_staff(&server, "no key", &path, &json!({})).await;
        assert_refused_for_its_key(&answer, 400, "idempotency_key_invalid");
    }
    assert!(takers > 10, "{takers}");
    server.stop().await;
}

async fn a_page_of_the_site_may_send_a_key(backend: Backend) {
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        config.cors.origins = Some(vec!["https://app.paper.example".parse().expect("an origin")]);
    })
    .await;
    let headers = [
        ("origin", "https://app.paper.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,idempotency-key"),
    ];
    let answer = server.ask(Method::OPTIONS, Asker::Anonymous, "/v1/checkout", &headers, None).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
    server.stop().await;
}
