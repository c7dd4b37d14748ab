//! Every algorithm that a key may have, and no other than the key's own.

use super::provider::{Provider, Signer};
use super::{ask, claims, issuer, opened, refused, server};
use jsonwebtoken::Algorithm;
use masthead_tests::server::Backend;
use serde_json::json;

masthead_tests::on_both!(a_key_is_for_the_algorithm_that_it_names);

async fn a_key_is_for_the_algorithm_that_it_names(backend: Backend) {
    let rsa = [
        Algorithm::RS256,
        Algorithm::RS384,
        Algorithm::RS512,
        Algorithm::PS256,
        Algorithm::PS384,
        Algorithm::PS512,
    ];
    let rsa = rsa.map(|algorithm| Signer::rsa(&format!("{algorithm:?}"), algorithm));
    let others = [Signer::es256("ES256"), Signer::es384("ES384"), Signer::eddsa("EdDSA")];
    let mut signers: Vec<_> = rsa.into_iter().chain(others).collect();
    let provider = Provider::start(&signers.iter().collect::<Vec<_>>()).await;
    let server = server(backend, issuer(&provider)).await;
    let good = claims(&server, json!({"roles": "paid"}));
    for signer in &signers {
        assert_eq!(opened(&server, &signer.sign(&good)).await, ["subscriber", "member"], "{}", signer.kid);
        for other in &signers {
            if other.kid != signer.kid {
                let named = signer.sign_with(json!({"alg": other.algorithm()}), &good);
                refused(&server, &named, 401, "invalid_token").await;
            }
        }
    }

    // The same keys, each under the name of the next one's algorithm.
    let names: Vec<_> = signers.iter().map(Signer::algorithm).collect();
    for (place, signer) in signers.iter_mut().enumerate() {
        signer.publish_as(&names[(place + 1) % names.len()]);
    }
    provider.publish(&signers.iter().collect::<Vec<_>>());
    server.later(601);
    let good = claims(&server, json!({"roles": "paid"}));
    for signer in &signers {
        refused(&server, &signer.sign(&good), 401, "invalid_token").await;
    }
    for (signer, name) in signers.iter_mut().zip(&names) {
        signer.publish_as(name);
    }
    provider.publish(&signers.iter().collect::<Vec<_>>());
    server.later(601);
    let good = claims(&server, json!({"roles": "paid"}));
    for signer in &signers {
        assert_eq!(ask(&server, &signer.sign(&good)).await.status, 200, "{}", signer.kid);
    }
    server.stop().await;
}
