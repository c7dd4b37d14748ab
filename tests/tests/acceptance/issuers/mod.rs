//! Tokens of other issuers: whose keys are believed, for how long, and what their claims open.

mod algorithms;
pub(crate) mod provider;
mod silence;

use masthead_gateway::config::{ClaimConfig, IssuerConfig, Preset};
use masthead_gateway::import::ghost::{GhostOptions, Target, import_ghost};
use masthead_gateway::import::progress::Silent;
use masthead_tests::publication::{LOCKS, World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use provider::{Provider, Signer};
use serde_json::{Value, json};
use std::sync::Arc;

masthead_tests::on_both!(
    locks_open_exactly_as_claims_say,
    a_claim_that_gives_a_tier_gives_what_comes_with_it,
    a_new_key_is_picked_up_by_one_fetch,
    unknown_keys_are_searched_for_once,
    an_issuer_that_is_away_is_missed_after_a_day,
    what_is_no_key_set_is_none,
    bad_tokens_are_refused,
    a_ghost_site_s_members_read_here,
);

const ISSUER: &str = "https://id.example/";

fn claim(claim: &str, value: Value, entitlement: &str) -> ClaimConfig {
    let value = serde_json::from_value(value).expect("a value");
    ClaimConfig { claim: claim.into(), value, entitlement: entitlement.into() }
}

fn issuer(provider: &Provider) -> IssuerConfig {
    IssuerConfig {
        issuer: ISSUER.into(),
        audience: "masthead".into(),
        jwks_url: provider.url(),
        algorithms: None,
        subscriber: false,
        claims: vec![
            claim("letters", json!(true), "subscriber"),
            claim("roles", json!("paid"), "member"),
            claim("plan", json!("patron"), "tier:patron"),
        ],
        preset: None,
    }
}

async fn server(backend: Backend, issuer: IssuerConfig) -> TestServer {
    TestServer::start_tuned(backend, &publication(World::HOME), |config| config.issuers = vec![issuer]).await
}

/// The claims of a token that is good for an hour.
fn claims(server: &TestServer, more: Value) -> Value {
    let now = server.now().seconds();
    let mut claims =
        json!({"iss": ISSUER, "aud": "masthead", "sub": "reader-1", "iat": now, "exp": now + 3_600});
    let (Some(claims_), Value::Object(more)) = (claims.as_object_mut(), more) else { panic!("objects") };
    claims_.extend(more);
    claims
}

const SECRETS: [&str; 4] = ["subscriber", "member", "patron", "staff"];

fn seen(text: &str) -> Vec<&'static str> {
    SECRETS.into_iter().filter(|who| text.contains(&format!("Hidden for {who}"))).collect()
}

async fn ask(server: &TestServer, token: &str) -> Answer {
    server.get_as(token, &format!("/v1/articles/{LOCKS}?body=text")).await
}

/// What a token opens, over REST and over GraphQL alike.
async fn opened(server: &TestServer, token: &str) -> Vec<&'static str> {
    let rest = ask(server, token).await;
    assert_eq!(rest.status, 200, "{}", rest.body);
    let query = json!({"query": format!("{{ article(slug: \"{LOCKS}\") {{ bodyText }} }}")});
    let graphql = server.post(Some(token), "/graphql", &query).await;
    assert_eq!(graphql.status, 200, "{}", graphql.body);
    assert!(graphql.json()["data"]["article"]["bodyText"].is_string(), "{}", graphql.body);
    assert_eq!(seen(&rest.body), seen(&graphql.body));
    seen(&rest.body)
}

async fn refused(server: &TestServer, token: &str, status: u16, code: &str) {
    let answer = ask(server, token).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.body);
}

async fn a_claim_that_gives_a_tier_gives_what_comes_with_it(backend: Backend) {
    let signer = Signer::es256("ec");
    let provider = Provider::start(&[&signer]).await;
    let mut issuer = issuer(&provider);
    issuer.claims.push(claim("plan", json!("reader"), "tier:reader"));
    let server = server(backend, issuer).await;
    let token = signer.sign(&claims(&server, json!({"plan": "reader"})));
    let headers = [("content-type", "application/json")];
    for (grants, expected) in [
        (json!([]), vec!["subscriber", "member"]),
        (json!(["patron"]), vec!["subscriber", "member", "patron"]),
        (json!([]), vec!["subscriber", "member"]),
    ] {
        let change = Some(json!({ "grants": grants }).to_string());
        let method = reqwest::Method::PATCH;
        assert_eq!(server.ask(method, Asker::Staff, "/v1/tiers/reader", &headers, change).await.status, 200);
        within_a_second("what the tier grants", async || seen(&ask(&server, &token).await.body) == expected)
            .await;
        assert_eq!(opened(&server, &token).await, expected);
    }
    server.stop().await;
}

async fn locks_open_exactly_as_claims_say(backend: Backend) {
    let signers = [Signer::rs512("rsa"), Signer::es256("ec"), Signer::eddsa("ed")];
    let provider = Provider::start(&signers.each_ref()).await;
    let server = server(backend, issuer(&provider)).await;
    for signer in &signers {
        for (more, expected) in [
            (json!({}), vec![]),
            (json!({"letters": true}), vec!["subscriber"]),
            (json!({"roles": ["reader", "paid"]}), vec!["subscriber", "member"]),
            (json!({"plan": "patron"}), vec!["subscriber", "member", "patron"]),
            (json!({"plan": "reader", "roles": "unpaid", "letters": false}), vec![]),
            (json!({"role": "staff", "staff_role": "admin", "entitlements": ["member"]}), vec![]),
        ] {
            let token = signer.sign(&claims(&server, more.clone()));
            for _ in 0..2 {
                let opened = opened(&server, &token).await;
                // What requires a subscriber is open for members too.
                assert_eq!(opened, expected, "{} {more}", signer.kid);
            }
        }
    }
    let token = signers[1].sign(&claims(&server, json!({"roles": "paid", "sub": "mem_1"})));
    let me = server.get_as(&token, "/v1/me").await.json();
    assert_eq!(me["entitlements"], json!(["member"]), "{me}");
    assert!(me["meter"].is_null(), "{me}");
    assert_eq!(server.post(Some(&token), "/v1/gifts", &json!({"article": LOCKS})).await.status / 100, 4);
    assert_eq!(server.get_as(&token, "/v1/me/profile").await.status / 100, 4);
    assert_eq!(server.get_as(&token, "/v1/partners").await.status, 403);
    assert_eq!(provider.fetches(), 1, "one fetch served all of them");
    server.stop().await;
}

async fn a_new_key_is_picked_up_by_one_fetch(backend: Backend) {
    let (old, new) = (Signer::eddsa("old"), Signer::es256("new"));
    let provider = Provider::start(&[&old]).await;
    let server = server(backend, issuer(&provider)).await;
    let before = old.sign(&claims(&server, json!({"roles": "paid"})));
    assert_eq!(opened(&server, &before).await, ["subscriber", "member"]);
    provider.publish(&[&new]);
    assert_eq!(opened(&server, &before).await, ["subscriber", "member"], "the old set is current still");
    assert_eq!(provider.fetches(), 1);

    let after = new.sign(&claims(&server, json!({"plan": "patron"})));
    assert_eq!(opened(&server, &after).await, ["subscriber", "member", "patron"]);
    assert_eq!(provider.fetches(), 2);
    refused(&server, &before, 401, "invalid_token").await;
    assert_eq!(opened(&server, &after).await, ["subscriber", "member", "patron"]);
    assert_eq!(provider.fetches(), 2, "no further one for the key that is gone");

    // Without an unknown key, what was fetched is used for ten minutes.
    provider.publish(&[]);
    server.later(599);
    assert_eq!(ask(&server, &after).await.status, 200);
    assert_eq!(provider.fetches(), 2);
    server.later(2);
    refused(&server, &after, 401, "invalid_token").await;
    assert_eq!(provider.fetches(), 3);
    server.stop().await;
}

async fn unknown_keys_are_searched_for_once(backend: Backend) {
    let signer = Signer::eddsa("one");
    let provider = Provider::start(&[&signer]).await;
    let server = server(backend, issuer(&provider)).await;
    let flood = async |name: &str| {
        let tokens: Vec<_> =
            (0..50).map(|n| Signer::eddsa(&format!("{name}{n}")).sign(&claims(&server, json!({})))).collect();
        let answers = tokens.iter().map(|token| ask(&server, token));
        for answer in futures_util::future::join_all(answers).await {
            assert_eq!(answer.status, 401, "{}", answer.body);
        }
    };
    flood("cold").await;
    assert_eq!(provider.fetches(), 1, "the first fetch is the search too");
    let good = signer.sign(&claims(&server, json!({"roles": "paid"})));
    assert_eq!(ask(&server, &good).await.status, 200);
    flood("warm").await;
    assert_eq!(provider.fetches(), 1, "not again within half a minute");
    server.later(31);
    flood("later").await;
    assert_eq!(provider.fetches(), 2);
    assert_eq!(ask(&server, &good).await.status, 200);
    server.stop().await;
}

async fn an_issuer_that_is_away_is_missed_after_a_day(backend: Backend) {
    let signer = Signer::rs512("one");
    let provider = Provider::start(&[&signer]).await;
    let server = server(backend, issuer(&provider)).await;
    let fresh = |server: &TestServer| signer.sign(&claims(server, json!({"roles": "paid"})));
    assert_eq!(opened(&server, &fresh(&server)).await, ["subscriber", "member"]);

    provider.answer_with("500 Internal Server Error", "{}");
    server.later(601);
    assert_eq!(opened(&server, &fresh(&server)).await, ["subscriber", "member"]);
    assert_eq!(provider.fetches(), 2, "it is left alone for a moment");
    server.later(24 * 3_600 - 700);
    assert_eq!(opened(&server, &fresh(&server)).await, ["subscriber", "member"]);
    server.later(100);
    let token = fresh(&server);
    let answer = ask(&server, &token).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(answer.json()["code"], "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
    refused(&server, "a.b.c", 401, "invalid_token").await;
    assert_eq!(server.get(Asker::Anonymous, "/v1/me").await.status, 200, "nobody else misses it");

    provider.publish(&[&signer]);
    server.later(6);
    assert_eq!(opened(&server, &token).await, ["subscriber", "member"]);
    server.stop().await;
}

async fn what_is_no_key_set_is_none(backend: Backend) {
    let signer = Signer::eddsa("one");
    let provider = Provider::start(&[&signer]).await;
    let (set, server) = (provider.body(), server(backend, issuer(&provider)).await);
    let token = signer.sign(&claims(&server, json!({})));
    let too_long = format!("{set}{}", " ".repeat(64 * 1024));
    let elsewhere = format!("302 Found\r\nlocation: {}", provider.url());
    for (status, body) in [
        ("200 OK", "<html>"),
        ("200 OK", "{}"),
        ("200 OK", too_long.as_str()),
        ("404 Not Found", set.as_str()),
        (elsewhere.as_str(), set.as_str()),
    ] {
        provider.answer_with(status, body);
        let fetches = provider.fetches();
        refused(&server, &token, 503, "unavailable").await;
        assert_eq!(provider.fetches(), fetches + 1, "{status}: asked once, and not led elsewhere");
        server.later(6);
    }
    provider.publish(&[&signer]);
    assert_eq!(ask(&server, &token).await.status, 200);
    server.stop().await;
}

async fn bad_tokens_are_refused(backend: Backend) {
    let signer = Signer::rs512("one");
    let provider = Provider::start(&[&signer]).await;
    let server = server(backend, issuer(&provider)).await;
    let now = server.now().seconds();
    for more in [
        json!({"aud": "other"}),
        json!({"aud": 1}),
        json!({"iss": "https://id.example"}),
        json!({"iss": "http://localhost:8080"}),
        json!({"exp": now - 1}),
        json!({"exp": (now + 60).to_string()}),
        json!({"exp": now + 25 * 3_600}),
        json!({"exp": null}),
        json!({"iat": now + 60}),
        json!({"nbf": now + 60}),
        json!({"roles": true}),
        json!({"letters": "true"}),
        json!({"plan": ["patron", 1]}),
    ] {
        refused(&server, &signer.sign(&claims(&server, more)), 401, "invalid_token").await;
    }
    let good = claims(&server, json!({"plan": "patron"}));
    for token in [
        signer.hmac(&good),
        signer.unsigned(&good),
        Signer::rs512("one").sign(&good),
        Signer::eddsa("one").sign(&good),
        signer.sign_with(json!({"jku": provider.url()}), &good),
        signer.sign_with(json!({"crit": ["exp"]}), &good),
        signer.sign_with(json!({"alg": "RS256"}), &good),
    ] {
        refused(&server, &token, 401, "invalid_token").await;
    }
    assert_eq!(opened(&server, &signer.sign(&good)).await, ["subscriber", "member", "patron"]);
    let staff = server.token(Asker::Staff);
    let forged = json!({"article": LOCKS, "token": signer.hmac(&good)});
    let explained = server.post(staff, "/v1/access/explain", &forged).await;
    assert_eq!(explained.json()["code"], "invalid_parameter", "{}", explained.body);
    let genuine = json!({"article": LOCKS, "token": signer.sign(&good)});
    let explained = server.post(staff, "/v1/access/explain", &genuine).await;
    assert_eq!(explained.status, 200, "{}", explained.body);
    // It lives for a minute by its own word, however good it was before.
    let short = signer.sign(&claims(&server, json!({"exp": now + 60})));
    assert_eq!(ask(&server, &short).await.status, 200);
    server.later(60);
    refused(&server, &short, 401, "invalid_token").await;
    server.stop().await;
}

async fn a_ghost_site_s_members_read_here(backend: Backend) {
    const PATRON: &str = "64c0f7a1e4b0a1b2c3d4e5f6";
    let name = "https://ghost.example/members/api";
    let signer = Signer::rs512("ghost").without_algorithm();
    let provider = Provider::start(&[&signer]).await;
    let ghost = IssuerConfig {
        issuer: name.into(),
        audience: name.into(),
        claims: Vec::new(),
        preset: Some(Preset::Ghost),
        ..issuer(&provider)
    };
    // The tiers come from Ghost, so the publication has none of its own under their ids.
    let mut publication = publication(World::HOME);
    publication.tiers.retain(|tier| tier.slug.as_str() != "patron");
    let server = TestServer::start_tuned(backend, &publication, |config| config.issuers = vec![ghost]).await;
    let token = |paid: bool, tiers: &[&str]| {
        let more = json!({
            "iss": name, "aud": name, "sub": "reader@ghost.example", "scope": "members:entitlements:read",
            "member_uuid": "629c5190-f068-4f49-b533-00d7477a7aed", "paid": paid, "active_tier_ids": tiers,
        });
        signer.sign(&claims(&server, more))
    };
    let patron = token(true, &[PATRON, "64c0f7a1e4b0a1b2c3d4e5ff", "unknown"]);
    assert_eq!(opened(&server, &token(false, &[])).await, ["subscriber"]);
    assert_eq!(opened(&server, &token(true, &[])).await, ["subscriber", "member"]);
    assert_eq!(opened(&server, &patron).await, ["subscriber", "member"], "a tier that is not there");

    let export = json!({"db": [{"meta": {"exported_on": 1, "version": "6.65.0"}, "data": {
        "posts": [],
        "products": [{"id": PATRON, "name": "Patron", "slug": "patron", "type": "paid", "active": true}],
    }}]});
    let file = server.data_dir.join("export.json");
    std::fs::write(&file, export.to_string()).expect("written");
    let options = GhostOptions { site_url: None, now: server.now() };
    let summary = import_ghost(Target::Store(&server.store), &file, &options, Arc::new(Silent)).await;
    assert_eq!(summary.expect("imported").tiers.found, 1);
    masthead_tests::server::within_a_second("the tier opens", async || {
        seen(&ask(&server, &patron).await.body) == ["subscriber", "member", "patron"]
    })
    .await;
    assert_eq!(opened(&server, &patron).await, ["subscriber", "member", "patron"]);
    let me = server.get_as(&patron, "/v1/me").await.json();
    assert_eq!(me["entitlements"], json!(["subscriber", "member", "tier:patron"]));

    // The token that says who somebody is comes from the same issuer, and grants nothing.
    let identity =
        signer.sign(&claims(&server, json!({"iss": name, "aud": name, "sub": "reader@ghost.example"})));
    refused(&server, &identity, 401, "invalid_token").await;
    server.stop().await;
}
