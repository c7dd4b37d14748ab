//! An issuer that takes a connection and never answers.

use super::provider::{Provider, Signer};
use super::{ask, claims, issuer, server};
use masthead_gateway::config::PerMinute;
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use serde_json::json;
use std::time::Duration;

masthead_tests::on_both!(
    silence_is_borne_for_a_while_and_by_nobody_else,
    old_keys_are_read_with_while_the_issuer_is_silent,
    nobody_pays_for_an_issuer_that_is_away,
);

/// How long a request may wait for an issuer: its time-out, and what a busy machine adds.
const LONGEST: Duration = Duration::from_secs(8);

/// Less than an issuer is waited for.
const AT_ONCE: Duration = Duration::from_secs(3);

async fn within(time: Duration, what: &str, answer: impl Future<Output = Answer>) -> Answer {
    tokio::time::timeout(time, answer).await.unwrap_or_else(|_| panic!("{what}: no answer within {time:?}"))
}

async fn silence_is_borne_for_a_while_and_by_nobody_else(backend: Backend) {
    let signer = Signer::eddsa("one");
    let provider = Provider::start(&[&signer]).await;
    provider.fall_silent();
    let server = server(backend, issuer(&provider)).await;
    let tokens: Vec<_> =
        (0..5).map(|n| signer.sign(&claims(&server, json!({"sub": format!("reader-{n}")})))).collect();
    let waiting = tokens.iter().map(|token| within(LONGEST, "a token of the issuer", ask(&server, token)));
    let others = async {
        while provider.fetches() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for _ in 0..5 {
            for asker in [Asker::Anonymous, Asker::Member] {
                let answer = within(AT_ONCE, "somebody else", server.get(asker, "/v1/me")).await;
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        }
    };
    let (answers, ()) = tokio::join!(futures_util::future::join_all(waiting), others);
    for answer in answers {
        assert_eq!((answer.status, answer.json()["code"].as_str()), (503, Some("unavailable")), "{answer:?}");
    }
    assert_eq!(provider.fetches(), 1, "they waited for one answer together");
    let again = within(AT_ONCE, "the next one", ask(&server, &tokens[0])).await;
    assert_eq!(again.status, 503, "the issuer is left alone for a moment");
    server.stop().await;
}

async fn old_keys_are_read_with_while_the_issuer_is_silent(backend: Backend) {
    let signer = Signer::eddsa("one");
    let provider = Provider::start(&[&signer]).await;
    let server = server(backend, issuer(&provider)).await;
    let fresh = |sub: &str| signer.sign(&claims(&server, json!({"sub": sub})));
    assert_eq!(ask(&server, &fresh("reader-1")).await.status, 200);
    provider.fall_silent();
    server.later(601);
    let (first, second) = (fresh("reader-1"), fresh("reader-2"));
    let asking = within(LONGEST, "who asks the issuer", ask(&server, &first));
    let reading_on = async {
        while provider.fetches() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        within(AT_ONCE, "who reads on", ask(&server, &second)).await
    };
    let (asking, reading_on) = tokio::join!(asking, reading_on);
    assert_eq!((asking.status, reading_on.status), (200, 200));
    server.stop().await;
}

/// Whether the token is good is not known, and that is not the doing of whoever sends it.
async fn nobody_pays_for_an_issuer_that_is_away(backend: Backend) {
    let signer = Signer::eddsa("one");
    let provider = Provider::start(&[&signer]).await;
    provider.answer_with("500 Internal Server Error", "{}");
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        config.issuers = vec![issuer(&provider)];
        config.limits.anonymous_per_minute = PerMinute::new(2).expect("it can be set");
    })
    .await;
    server.stop_the_clock();
    for number in 0..5 {
        let token = signer.sign(&claims(&server, json!({"sub": format!("reader-{number}")})));
        assert_eq!(ask(&server, &token).await.status, 503);
    }
    assert_eq!(server.get(Asker::Anonymous, "/v1/tags").await.status, 200);
    assert_eq!(server.get(Asker::Anonymous, "/v1/tags").await.status, 200);
    assert_eq!(server.get(Asker::Anonymous, "/v1/tags").await.status, 429);
    server.stop().await;
}
