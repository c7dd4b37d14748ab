//! A key set (RFC 7517), as far as its keys are good for verifying.

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse, ThumbprintHash,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// The algorithms that a key may have. None of them takes a secret that both sides know.
pub(crate) const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The most keys of one publisher.
const MAX_KEYS: usize = 32;

/// Which keys of a set are good for verifying.
#[derive(Clone, Debug)]
pub(in crate::auth) struct Fit {
    pub(in crate::auth) algorithms: Vec<Algorithm>,
    pub(in crate::auth) named_by: NamedBy,
}

/// What a key goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::auth) enum NamedBy {
    /// The name that its publisher gave it (`kid`).
    Id,
    /// A hash of the key itself (RFC 7638), whatever its publisher calls it.
    Thumbprint,
}

/// A key, with the one algorithm that it is for.
pub(in crate::auth) struct ForeignKey {
    name: String,
    pub(in crate::auth) algorithm: Algorithm,
    pub(in crate::auth) key: DecodingKey,
}

/// The keys of a publisher, as they were at one instant.
pub(in crate::auth) struct KeySet {
    /// Another one for each time that keys were fetched from the publisher.
    pub(in crate::auth) number: u64,
    keys: Vec<Arc<ForeignKey>>,
}

/// Why a text is no key set.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::auth) enum KeySetError {
    #[error("it is no JSON object with an array `keys`")]
    Form,
    #[error("it holds more than {MAX_KEYS} keys")]
    TooMany,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a key set. A key that is not good for verifying with one of these algorithms is left out, and so is a second
    /// one with the same name.
    pub(in crate::auth) fn read(text: &[u8], number: u64, fit: &Fit) -> Result<Self, KeySetError> {
        let published: Published = serde_json::from_slice(text).map_err(|_| KeySetError::Form)?;
        if published.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        let mut set = Self { number, keys: Vec::new() };
        for key in published.keys {
            let read = serde_json::from_value(key).ok().and_then(|jwk| ForeignKey::read(&jwk, fit));
            if let Some(key) = read
                && set.find(&key.name).is_none()
            {
                set.keys.push(Arc::new(key));
            }
        }
        Ok(set)
    }

    /// The key with this name.
    pub(in crate::auth) fn find(&self, name: &str) -> Option<&Arc<ForeignKey>> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of its keys.
    pub(in crate::auth) fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.name.as_str())
    }

    /// How many keys are good for verifying.
    pub(in crate::auth) fn len(&self) -> usize {
        self.keys.len()
    }
}

impl ForeignKey {
    fn read(jwk: &Jwk, fit: &Fit) -> Option<Self> {
        let common = &jwk.common;
        let is_to_sign = common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
        let is_to_verify = common
            .key_operations
            .as_ref()
            .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        if !is_to_sign || !is_to_verify {
            return None;
        }
        let mut fitting = fitting(jwk).iter().copied().filter(|algorithm| fit.algorithms.contains(algorithm));
        let algorithm = match common.key_algorithm {
            Some(named) => {
                let named = Algorithm::try_from(named).ok()?;
                fitting.find(|algorithm| *algorithm == named)?
            }
            // A key for which several fit would leave the choice to the token.
            None => fitting.next().filter(|_| fitting.next().is_none())?,
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        let name = match fit.named_by {
            NamedBy::Id => common.key_id.clone()?,
            NamedBy::Thumbprint => jwk.thumbprint(ThumbprintHash::SHA256).ok()?,
        };
        Some(Self { name, algorithm, key })
    }
}

/// The algorithms for which such a key can be used.
fn fitting(jwk: &Jwk) -> &'static [Algorithm] {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => &[
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ],
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => &[Algorithm::ES256],
            EllipticCurve::P384 => &[Algorithm::ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => &[],
    }
}
