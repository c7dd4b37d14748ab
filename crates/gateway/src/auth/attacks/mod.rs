//! What has been tried against tokens elsewhere, tried here. This file turns the header and the key.

mod claims;
mod form;

use super::*;
use crate::clock::SystemChance;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::viewer::{Bearer, Entitlement, Role, Staff, Viewer};
use serde_json::{Value, json};

pub(crate) const NOW: i64 = 1_795_340_000;
pub(super) const HOUR: i64 = 3_600;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::try_from(seconds * 1_000_000).expect("in range")
}

/// A service with a key of its own, and what is needed to forge for it.
pub(crate) struct Forge {
    pub(crate) service: TokenService,
    pem: Vec<u8>,
    kid: String,
    _home: tempfile::TempDir,
}

impl Forge {
    pub(crate) fn new() -> Self {
        install_cryptography();
        let home = tempfile::tempdir().expect("directory");
        let file = KeyRing::default_file(home.path());
        let ring = KeyRing::open_or_make(&file, &SystemChance).expect("a key");
        let kid = ring.signing.kid.clone();
        let options = TokenOptions {
            issuer: "https://issuer.example".to_owned(),
            audience: "https://api.example".to_owned(),
            max_seconds: 30 * 24 * HOUR,
            remembered: 100,
            described: true,
            foreign: Vec::new(),
        };
        let service = TokenService::new(ring, options, Arc::new(SystemChance));
        Self { service, pem: std::fs::read(file).expect("pem"), kid, _home: home }
    }

    pub(super) fn header(&self) -> Value {
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": self.kid})
    }

    /// A token with any header and claims, rightly signed by our own key.
    pub(super) fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let key = jsonwebtoken::EncodingKey::from_ed_pem(&self.pem).expect("key");
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::EdDSA)
            .expect("signed");
        format!("{message}.{signature}")
    }

    pub(super) fn with_header(&self, change: Value) -> Result<Caller, TokenError> {
        let token = self.sign(&merged(self.header(), change).to_string(), &good_claims().to_string());
        self.described(&token)
    }

    pub(super) fn with_claims(&self, change: Value) -> Result<Caller, TokenError> {
        let token = self.sign(&self.header().to_string(), &merged(good_claims(), change).to_string());
        self.described(&token)
    }

    /// Verifies a token that describes its viewer.
    pub(super) fn described(&self, token: &str) -> Result<Caller, TokenError> {
        match self.service.verify(token, at(NOW))? {
            Believed::Described(caller) => Ok(caller),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn good(&self) -> String {
        self.sign(&self.header().to_string(), &good_claims().to_string())
    }
}

pub(super) fn good_claims() -> Value {
    json!({
        "iss": "https://issuer.example", "aud": "https://api.example", "sub": "reader-1",
        "client_id": "app", "jti": "one", "scope": "content:read",
        "iat": NOW - 10, "exp": NOW + HOUR, "entitlements": ["subscriber"],
    })
}

/// Puts the keys of `change` into `base`; the text `"(absent)"` takes a key out.
fn merged(mut base: Value, change: Value) -> Value {
    let (Some(object), Value::Object(change)) = (base.as_object_mut(), change) else { panic!("objects") };
    for (key, value) in change {
        if value == "(absent)" {
            object.remove(&key);
        } else {
            object.insert(key, value);
        }
    }
    base
}

pub(super) fn member(subject: &str, held: &[&str]) -> Viewer {
    Viewer::member(subject, held.iter().map(|one| Entitlement::from(*one)))
}

#[test]
fn the_good_token_is_good() {
    let forge = Forge::new();
    let caller = forge.with_claims(json!({})).expect("good");
    assert_eq!(*caller.viewer, member("reader-1", &["subscriber"]));
    assert_eq!(caller.class.trim(), "member subscriber");
    assert_eq!(caller.expires, Some(at(NOW + HOUR)));
}

#[test]
fn the_algorithm_is_that_of_the_key() {
    let forge = Forge::new();
    for alg in ["none", "None", "", "HS256", "HS512", "ES256", "RS256", "PS256", "eddsa", "Ed25519"] {
        assert_eq!(forge.with_header(json!({"alg": alg})), Err(TokenError::Algorithm), "{alg}");
    }
    assert_eq!(forge.with_header(json!({"alg": null})), Err(TokenError::Header));
    assert_eq!(forge.with_header(json!({"alg": ["EdDSA"]})), Err(TokenError::Header));
    assert_eq!(forge.with_header(json!({"alg": "(absent)"})), Err(TokenError::Header));
}

#[test]
fn none_with_an_empty_signature_is_refused() {
    let forge = Forge::new();
    let header = URL_SAFE_NO_PAD.encode(merged(forge.header(), json!({"alg": "none"})).to_string());
    let claims = URL_SAFE_NO_PAD.encode(good_claims().to_string());
    assert_eq!(forge.service.verify(&format!("{header}.{claims}."), at(NOW)), Err(TokenError::Algorithm));
    let header = URL_SAFE_NO_PAD.encode(forge.header().to_string());
    assert_eq!(forge.service.verify(&format!("{header}.{claims}."), at(NOW)), Err(TokenError::Signature));
}

#[test]
fn hmac_with_the_public_key_is_refused() {
    let forge = Forge::new();
    let published: Value = serde_json::from_str(forge.service.jwks()).expect("json");
    let x = published["keys"][0]["x"].as_str().expect("public key");
    let raw = URL_SAFE_NO_PAD.decode(x).expect("base64");
    for secret in [raw.as_slice(), x.as_bytes(), forge.service.jwks().as_bytes(), &forge.pem] {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(forge.kid.clone());
        let key = jsonwebtoken::EncodingKey::from_secret(secret);
        let token = jsonwebtoken::encode(&header, &good_claims(), &key).expect("forged");
        assert_eq!(forge.service.verify(&token, at(NOW)), Err(TokenError::Algorithm));
    }
}

#[test]
fn a_token_cannot_bring_or_name_its_own_key() {
    let forge = Forge::new();
    let published: Value = serde_json::from_str(forge.service.jwks()).expect("json");
    for name in ["jku", "x5u", "x5c", "x5t", "x5t#S256", "crit", "cty", "b64", "zip", "anything"] {
        assert_eq!(
            forge.with_header(json!({name: "https://evil.example"})),
            Err(TokenError::Header),
            "{name}"
        );
    }
    assert_eq!(forge.with_header(json!({"jwk": published["keys"][0]})), Err(TokenError::Header));
    assert_eq!(forge.with_header(json!({"crit": []})), Err(TokenError::Header));
}

#[test]
fn kid_only_selects_among_our_keys() {
    let forge = Forge::new();
    for kid in ["", "unknown", "../../../../dev/null", "keys/signing.pem", "' OR 1=1 --", "*", "\u{0}"] {
        assert_eq!(forge.with_header(json!({"kid": kid})), Err(TokenError::Key), "{kid}");
    }
    let longer = format!("{}x", forge.kid);
    assert_eq!(forge.with_header(json!({"kid": longer})), Err(TokenError::Key));
    assert_eq!(forge.with_header(json!({"kid": 1})), Err(TokenError::Header));
    assert_eq!(forge.with_header(json!({"kid": "(absent)"})), Err(TokenError::Header));
}

#[test]
fn another_service_s_token_is_refused_even_under_our_kid() {
    let (ours, theirs) = (Forge::new(), Forge::new());
    assert_eq!(ours.service.verify(&theirs.good(), at(NOW)), Err(TokenError::Key));
    let token = theirs.sign(&ours.header().to_string(), &good_claims().to_string());
    assert_eq!(ours.service.verify(&token, at(NOW)), Err(TokenError::Signature));
}

#[test]
fn only_access_tokens_are_taken() {
    let forge = Forge::new();
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert!(forge.with_header(json!({"typ": typ})).is_ok(), "{typ}");
    }
    for typ in
        ["JWT", "jwt", "", "id+jwt", "logout+jwt", "at+jwt ", "text/at+jwt", "application/application/at+jwt"]
    {
        assert_eq!(forge.with_header(json!({"typ": typ})), Err(TokenError::Type), "{typ}");
    }
    assert_eq!(forge.with_header(json!({"typ": "(absent)"})), Err(TokenError::Header));
}
