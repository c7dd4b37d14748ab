//! What members do over GraphQL: the same use cases, the same refusals.

use super::{Stage, WORDING};
use masthead_tests::server::{Answer, Asker, Backend};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_member_lives_a_whole_life_over_graphql,
    refusals_have_the_codes_of_rest,
    a_mutation_is_sent_with_post,
);

async fn ask(stage: &Stage, token: Option<&str>, query: &str, variables: Value) -> Answer {
    stage.send(Method::POST, token, "/graphql", json!({ "query": query, "variables": variables })).await
}

/// The data of an answer without errors.
async fn data(stage: &Stage, token: Option<&str>, query: &str, variables: Value) -> Value {
    let answer = ask(stage, token, query, variables).await;
    assert_eq!(answer.header("cache-control"), "no-store", "{query}");
    let mut body = answer.json();
    assert!(body["errors"].is_null(), "{query}: {body}");
    body["data"].take()
}

const TOKENS: &str = "accessToken expiresIn refreshToken refreshExpires member";

async fn a_member_lives_a_whole_life_over_graphql(backend: Backend) {
    let stage = Stage::set(backend).await;
    let begun = data(
        &stage,
        None,
        "mutation($email: String!, $wording: String!) {
            startSignIn(email: $email, wording: $wording, newsletters: [\"weekly\"], name: \"A. Reader\") {
                attempt expiresIn } }",
        json!({ "email": "reader@paper.example", "wording": WORDING }),
    )
    .await;
    assert_eq!(begun["startSignIn"]["expiresIn"], 900);
    let code = stage.post.next().await.code();
    let finish = format!(
        "mutation($attempt: ID!, $code: String!) {{ finishSignIn(attempt: $attempt, code: $code) {{ {TOKENS} }} }}"
    );
    let proof = json!({ "attempt": begun["startSignIn"]["attempt"], "code": code });
    let signed = data(&stage, None, &finish, proof).await;
    let refresh = format!("mutation($old: String!) {{ refreshTokens(refreshToken: $old) {{ {TOKENS} }} }}");
    let old = json!({ "old": signed["finishSignIn"]["refreshToken"] });
    let tokens = data(&stage, None, &refresh, old).await["refreshTokens"].take();
    let access = tokens["accessToken"].as_str().expect("a token");

    let who = "{ viewer { kind entitlements member { id email name created
        newsletters { confirmed unsubscribe newsletter { slug } } subscriptions { tier } } } }";
    let viewer = data(&stage, Some(access), who, json!({})).await["viewer"].take();
    assert_eq!((&viewer["kind"], &viewer["entitlements"]), (&"MEMBER".into(), &json!(["subscriber"])));
    let member = &viewer["member"];
    assert_eq!((&member["email"], &member["name"]), (&"reader@paper.example".into(), &"A. Reader".into()));
    assert_eq!(member["newsletters"][0]["newsletter"]["slug"], "weekly");
    assert_eq!(member["id"], tokens["member"]);
    for asker in [Asker::Anonymous, Asker::Member] {
        let token = stage.server.token(asker);
        assert_eq!(data(&stage, token, who, json!({})).await["viewer"]["member"], Value::Null, "{asker:?}");
    }

    let changed = data(
        &stage,
        Some(access),
        "mutation($wording: String!) {
            updateProfile(name: null) { name }
            kept: updateProfile { name }
            unsubscribeNewsletter(slug: \"weekly\") { newsletters { newsletter { slug } } }
            subscribeNewsletter(slug: \"notes\", wording: $wording) { newsletters { newsletter { slug } } } }",
        json!({ "wording": WORDING }),
    )
    .await;
    let notes = json!({ "newsletters": [{ "newsletter": { "slug": "notes" } }] });
    assert_eq!(
        changed,
        json!({
            "updateProfile": { "name": null },
            "kept": { "name": null },
            "unsubscribeNewsletter": { "newsletters": [] },
            "subscribeNewsletter": notes,
        })
    );
    let gone = data(&stage, Some(access), "mutation { deleteAccount }", json!({})).await;
    assert_eq!(gone, json!({ "deleteAccount": true }));
    assert_eq!(ask(&stage, Some(access), who, json!({})).await.status, 401);
    stage.server.stop().await;
}

async fn refusals_have_the_codes_of_rest(backend: Backend) {
    let stage = Stage::set(backend).await;
    let attempt = "sgn_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b";
    let finish = format!("finishSignIn(attempt: \"{attempt}\", code: \"123456\") {{ member }}");
    for (field, name, code, parameter) in [
        (finish.as_str(), "finishSignIn", "INVALID_GRANT", Value::Null),
        ("finishSignIn(code: \"123456\") { member }", "finishSignIn", "INVALID_PARAMETER", json!("code")),
        ("refreshTokens(refreshToken: \"x\") { member }", "refreshTokens", "INVALID_GRANT", Value::Null),
        (
            "startSignIn(email: \"x\", wording: \"x\") { attempt }",
            "startSignIn",
            "INVALID_PARAMETER",
            json!("email"),
        ),
        ("updateProfile(name: \"x\") { name }", "updateProfile", "AUTHENTICATION_REQUIRED", Value::Null),
        ("signOut", "signOut", "AUTHENTICATION_REQUIRED", Value::Null),
        ("deleteAccount", "deleteAccount", "AUTHENTICATION_REQUIRED", Value::Null),
    ] {
        let answer = ask(&stage, None, &format!("mutation {{ {field} }}"), json!({})).await.json();
        assert_eq!(answer["data"][name], Value::Null, "{field}: {answer}");
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!((&extensions["code"], &extensions["parameter"]), (&code.into(), &parameter), "{field}");
    }
    let described = stage.server.token(Asker::Staff);
    let answer = ask(&stage, described, "mutation { deleteAccount }", json!({})).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "MEMBER_REQUIRED");
    stage.server.stop().await;
}

async fn a_mutation_is_sent_with_post(backend: Backend) {
    let stage = Stage::set(backend).await;
    let reader = stage.sign_in("reader@paper.example", &[]).await;
    let proof = [("graphql-require-preflight", "1")];
    let path = "/graphql?query=mutation%7BdeleteAccount%7D";
    let answer = stage.server.send(Some(&reader.access), Method::GET, path, &proof, None).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    assert_eq!(stage.get(&reader.access, "/v1/me/profile").await.status, 200, "nothing was done");
    stage.server.stop().await;
}
