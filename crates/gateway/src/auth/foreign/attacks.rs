//! What has been tried against tokens of other issuers, tried here.

use super::claims::Object;
use super::*;
use crate::auth::attacks::{NOW, at};
use crate::auth::install_cryptography;
use crate::auth::published::{ALGORITHMS, KeySet, KeySetError};
use crate::config::{Config, IssuerConfig};
use aws_lc_rs::encoding::AsDer;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use jsonwebtoken::jwk::Jwk;
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example/";
const HOUR: i64 = 3_600;

fn fit(algorithms: &[Algorithm]) -> Fit {
    Fit { algorithms: algorithms.to_vec(), named_by: NamedBy::Id }
}

/// A key of an issuer, and how it is published.
struct Forge {
    key: EncodingKey,
    algorithm: Algorithm,
    published: Value,
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

impl Forge {
    fn rsa() -> Self {
        install_cryptography();
        let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().expect("a document");
        let key = EncodingKey::from_rsa_pem(pem(der.as_ref()).as_bytes()).expect("a key");
        Self::of(key, Algorithm::RS512)
    }

    fn ed25519() -> Self {
        install_cryptography();
        let pair = aws_lc_rs::signature::Ed25519KeyPair::generate().expect("a key");
        let der = pair.to_pkcs8v1().expect("a document");
        let key = EncodingKey::from_ed_pem(pem(der.as_ref()).as_bytes()).expect("a key");
        Self::of(key, Algorithm::EdDSA)
    }

    fn of(key: EncodingKey, algorithm: Algorithm) -> Self {
        let mut published = json!(Jwk::from_encoding_key(&key, algorithm).expect("a public half"));
        published["kid"] = "one".into();
        Self { key, algorithm, published }
    }

    fn header(&self) -> Value {
        json!({"alg": format!("{:?}", self.algorithm), "kid": "one", "typ": "JWT"})
    }

    fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, self.algorithm);
        format!("{message}.{}", signature.expect("signed"))
    }

    fn issuer(&self) -> Issuer {
        self.with(&settings(), std::slice::from_ref(&self.published))
    }

    fn with(&self, settings: &str, keys: &[Value]) -> Issuer {
        let rules = rules(settings).expect("rules");
        let keys = KeySet::read(json!({"keys": keys}).to_string().as_bytes(), 1, &rules.publisher().fit);
        let source = KeySource::holding(&rules.publisher(), keys.expect("keys"), at(NOW));
        Issuer { rules, keys: Arc::new(source) }
    }

    async fn with_header(&self, change: Value) -> Result<Verified, ForeignError> {
        let token = self.sign(&merged(self.header(), change).to_string(), &claims().to_string());
        self.issuer().verify(&token, 0, at(NOW)).await
    }

    async fn with_claims(&self, change: Value) -> Result<Verified, ForeignError> {
        let token = self.sign(&self.header().to_string(), &merged(claims(), change).to_string());
        self.issuer().verify(&token, 0, at(NOW)).await
    }
}

/// The settings of one issuer, as the file writes them. Nobody listens at the address of its keys.
fn settings() -> String {
    format!(
        r#"issuer = "{ISSUER}"
        audience = "masthead"
        jwks_url = "http://127.0.0.1:1/jwks"
        claims = [
            {{ claim = "roles", value = "paid", entitlement = "member" }},
            {{ claim = "plan", value = "patron", entitlement = "tier:patron" }},
            {{ claim = "letters", value = true, entitlement = "subscriber" }},
        ]"#
    )
}

fn rules(settings: &str) -> Result<Rules, String> {
    let issuer: IssuerConfig = toml::from_str(settings).map_err(|error| error.to_string())?;
    let config = Config { issuers: vec![issuer], ..Config::default() };
    config.issuers().map(|mut rules| rules.remove(0)).map_err(|error| error.to_string())
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": "masthead", "sub": "reader-1", "iat": NOW - 10, "exp": NOW + HOUR})
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

fn error(verified: Result<Verified, ForeignError>) -> ForeignError {
    verified.expect_err("refused")
}

fn held(verified: Result<Verified, ForeignError>) -> Vec<String> {
    verified.expect("good").granted.held.iter().map(ToString::to_string).collect()
}

const fn refused(error: TokenError) -> ForeignError {
    ForeignError::Token(error)
}

#[actix_web::test]
async fn claims_grant_what_the_settings_say_and_nothing_else() {
    let forge = Forge::rsa();
    let good = forge.with_claims(json!({})).await.expect("good");
    assert_eq!(good.subject, "https://id.example/|reader-1");
    assert_eq!((good.lifetime.until, good.keys), (NOW + HOUR, 1));
    assert_eq!(good.granted, Granted::default());
    for (claims, expected) in [
        (json!({"roles": "paid"}), vec!["member"]),
        (json!({"roles": ["x", "paid"]}), vec!["member"]),
        (json!({"roles": ["x", "unpaid", "PAID", "paid "]}), vec![]),
        (json!({"roles": []}), vec![]),
        (json!({"letters": true, "plan": "patron"}), vec!["tier:patron", "subscriber"]),
        (json!({"letters": false, "plan": "patrons"}), vec![]),
        (
            json!({
                "role": "staff", "staff_role": "admin", "bearer": "member", "entitlements": ["member"],
                "scope": "content:read", "sid": "ses_1", "paid": true, "active_tier_ids": [],
            }),
            vec![],
        ),
    ] {
        assert_eq!(held(forge.with_claims(claims.clone()).await), expected, "{claims}");
    }
    for claims in [
        json!({"roles": true}),
        json!({"roles": null}),
        json!({"roles": 1}),
        json!({"roles": {"paid": true}}),
        json!({"roles": ["paid", 1]}),
        json!({"roles": [["paid"]]}),
        json!({"letters": "true"}),
        json!({"letters": 1}),
        json!({"letters": [true]}),
    ] {
        let answer = error(forge.with_claims(claims.clone()).await);
        assert_eq!(answer, refused(TokenError::Claims), "{claims}");
    }
}

#[actix_web::test]
async fn the_algorithm_is_that_of_the_key() {
    for forge in [Forge::rsa(), Forge::ed25519()] {
        for alg in ["none", "None", "", "HS256", "HS512", "RS256", "PS512", "ES256", "ES512", "rs512"] {
            let answer = error(forge.with_header(json!({"alg": alg})).await);
            assert_eq!(answer, refused(TokenError::Algorithm), "{alg}");
        }
        let head = URL_SAFE_NO_PAD.encode(merged(forge.header(), json!({"alg": "none"})).to_string());
        let unsigned = format!("{head}.{}.", URL_SAFE_NO_PAD.encode(claims().to_string()));
        let answer = error(forge.issuer().verify(&unsigned, 0, at(NOW)).await);
        assert_eq!(answer, refused(TokenError::Algorithm));
    }
}

#[actix_web::test]
async fn hmac_with_the_public_key_is_refused() {
    let forge = Forge::rsa();
    let n = forge.published["n"].as_str().expect("a modulus");
    let raw = URL_SAFE_NO_PAD.decode(n).expect("base64");
    for secret in [raw.as_slice(), n.as_bytes(), forge.published.to_string().as_bytes()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS512] {
            let mut header = jsonwebtoken::Header::new(algorithm);
            header.kid = Some("one".to_owned());
            let key = EncodingKey::from_secret(secret);
            let token = jsonwebtoken::encode(&header, &claims(), &key).expect("forged");
            let answer = error(forge.issuer().verify(&token, 0, at(NOW)).await);
            assert_eq!(answer, refused(TokenError::Algorithm));
        }
    }
}

#[actix_web::test]
async fn a_token_cannot_bring_or_name_its_own_key() {
    let forge = Forge::ed25519();
    for (name, value) in [
        ("jku", json!("https://evil.example")),
        ("x5u", json!("https://evil.example")),
        ("x5c", json!(["MII"])),
        ("jwk", forge.published.clone()),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
        ("typ", json!("logout+jwt")),
        ("typ", json!(null)),
        ("kid", json!(1)),
        ("kid", json!("(absent)")),
        ("alg", json!(["EdDSA"])),
        ("alg", json!("(absent)")),
    ] {
        let answer = error(forge.with_header(json!({name: value})).await);
        assert_eq!(answer, refused(TokenError::ForeignHeader), "{name} {value}");
    }
    for change in [json!({"typ": "(absent)"}), json!({"typ": "at+jwt"}), json!({"x5t": "abc"})] {
        assert!(forge.with_header(change.clone()).await.is_ok(), "{change}");
    }
    for kid in ["", "two", "ONE", "../../dev/null", "https://evil.example"] {
        assert_eq!(error(forge.with_header(json!({"kid": kid})).await), refused(TokenError::Key), "{kid}");
    }
    let other = Forge::ed25519();
    let token = other.sign(&forge.header().to_string(), &claims().to_string());
    assert_eq!(error(forge.issuer().verify(&token, 0, at(NOW)).await), refused(TokenError::Signature));
}

#[actix_web::test]
async fn a_token_is_of_its_issuer_for_us_and_for_a_day_at_most() {
    let forge = Forge::ed25519();
    for (change, expected) in [
        (json!({"iss": "https://id.example"}), TokenError::Issuer),
        (json!({"iss": [ISSUER]}), TokenError::Claims),
        (json!({"aud": "Masthead"}), TokenError::Audience),
        (json!({"aud": ["a", "b"]}), TokenError::Audience),
        (json!({"aud": "(absent)"}), TokenError::Claims),
        (json!({"aud": {"masthead": 1}}), TokenError::Claims),
        (json!({"sub": "(absent)"}), TokenError::Claims),
        (json!({"sub": " "}), TokenError::Claims),
        (json!({"sub": "a\u{0}"}), TokenError::Claims),
        (json!({"sub": 7}), TokenError::Claims),
        (json!({"exp": "(absent)"}), TokenError::Claims),
        (json!({"exp": null}), TokenError::Claims),
        (json!({"exp": (NOW + HOUR).to_string()}), TokenError::Claims),
        (json!({"exp": NOW as f64 + 0.5}), TokenError::Claims),
        (json!({"exp": NOW}), TokenError::Expired),
        (json!({"exp": NOW - 1}), TokenError::Expired),
        (json!({"iat": "(absent)"}), TokenError::Claims),
        (json!({"iat": NOW + 6}), TokenError::NotYet),
        (json!({"nbf": NOW + 6}), TokenError::NotYet),
        (json!({"nbf": "soon"}), TokenError::Claims),
        (json!({"nbf": null}), TokenError::Claims),
        (json!({"exp": NOW - 10 + 24 * HOUR + 1}), TokenError::Lifetime),
    ] {
        assert_eq!(error(forge.with_claims(change.clone()).await), refused(expected), "{change}");
    }
    for change in [
        json!({"exp": NOW - 10 + 24 * HOUR}),
        json!({"iat": NOW + 5}),
        json!({"nbf": NOW + 5}),
        json!({"aud": ["a", "masthead"]}),
    ] {
        assert!(forge.with_claims(change.clone()).await.is_ok(), "{change}");
    }
}

#[actix_web::test]
async fn a_name_that_stands_twice_is_refused() {
    let forge = Forge::ed25519();
    let header = forge.header().to_string();
    for twice in [r#"{"roles":"paid","roles":"x","#, r#"{"exp":1,"#] {
        let token = forge.sign(&header, &claims().to_string().replacen('{', twice, 1));
        assert_eq!(error(forge.issuer().verify(&token, 0, at(NOW)).await), refused(TokenError::Claims));
    }
    let token = forge.sign(&header.replacen('{', r#"{"alg":"none","#, 1), &claims().to_string());
    assert_eq!(error(forge.issuer().verify(&token, 0, at(NOW)).await), refused(TokenError::ForeignHeader));
}

#[actix_web::test]
async fn a_key_is_used_for_what_it_says_alone() {
    let (rsa, ed) = (Forge::rsa(), Forge::ed25519());
    let usable = |key: &Value, algorithms: &[Algorithm]| {
        let set =
            KeySet::read(json!({"keys": [key]}).to_string().as_bytes(), 1, &fit(algorithms)).expect("a set");
        set.find("one").map(|key| key.algorithm)
    };
    let silent = merged(rsa.published.clone(), json!({"alg": "(absent)"}));
    assert_eq!(usable(&rsa.published, &ALGORITHMS), Some(Algorithm::RS512));
    assert_eq!(usable(&rsa.published, &[Algorithm::RS256]), None);
    assert_eq!(usable(&silent, &ALGORITHMS), None, "several fit");
    assert_eq!(usable(&silent, &[Algorithm::RS256, Algorithm::ES256]), Some(Algorithm::RS256));
    assert_eq!(
        usable(&merged(ed.published.clone(), json!({"alg": "(absent)"})), &ALGORITHMS),
        Some(ed.algorithm)
    );
    for change in [
        json!({"use": "enc"}),
        json!({"key_ops": ["sign"]}),
        json!({"key_ops": []}),
        json!({"alg": "HS256"}),
        json!({"alg": "ES256"}),
        json!({"alg": "RSA-OAEP"}),
        json!({"alg": "invented"}),
        json!({"kid": "(absent)"}),
        json!({"n": "!"}),
    ] {
        assert_eq!(usable(&merged(rsa.published.clone(), change.clone()), &ALGORITHMS), None, "{change}");
    }
    assert_eq!(usable(&merged(ed.published.clone(), json!({"crv": "P-256"})), &ALGORITHMS), None);
    let shared = json!({"kty": "oct", "kid": "one", "k": "c2VjcmV0", "alg": "HS256"});
    assert_eq!(usable(&shared, &ALGORITHMS), None);
    assert!(
        rsa.with(&settings(), &[shared, json!({"kty": "new"}), json!(7), rsa.published.clone()])
            .verify(&rsa.sign(&rsa.header().to_string(), &claims().to_string()), 0, at(NOW))
            .await
            .is_ok()
    );
    let read = |text: &str| KeySet::read(text.as_bytes(), 1, &fit(&ALGORITHMS)).err();
    assert_eq!(read(&json!({"keys": vec![ed.published.clone(); 32]}).to_string()), None);
    assert_eq!(
        read(&json!({"keys": vec![ed.published.clone(); 33]}).to_string()),
        Some(KeySetError::TooMany)
    );
    for text in ["", "[]", "{}", r#"{"keys": 1}"#, "<html>"] {
        assert_eq!(read(text), Some(KeySetError::Form), "{text}");
    }
}

#[test]
fn ghost_says_who_has_paid_for_which_tier() {
    let read = |claims: Value| {
        let claims: Object = serde_json::from_value(claims).expect("an object");
        Grants::Ghost.read(&claims)
    };
    let id = "64c0f7a1e4b0a1b2c3d4e5f6";
    let granted =
        read(json!({"paid": true, "active_tier_ids": [id, "", "no id", "64C0F7A1E4B0A1B2C3D4E5F6"]}));
    let tiers = vec![crate::import::ghost::tier_id(id).expect("an id")];
    assert_eq!(granted, Ok(Granted { held: vec![Entitlement::Subscriber, Entitlement::Member], tiers }));
    let granted = read(json!({"paid": false, "active_tier_ids": []}));
    assert_eq!(granted, Ok(Granted { held: vec![Entitlement::Subscriber], tiers: Vec::new() }));
    for claims in [
        json!({}),
        json!({"paid": true}),
        json!({"active_tier_ids": []}),
        json!({"paid": "true", "active_tier_ids": []}),
        json!({"paid": true, "active_tier_ids": id}),
        json!({"paid": true, "active_tier_ids": [1]}),
    ] {
        assert_eq!(read(claims.clone()), Err(TokenError::Claims), "{claims}");
    }
}

#[test]
fn wrong_settings_are_named_by_their_place() {
    install_cryptography();
    let with = |from: &str, to: &str| rules(&settings().replace(from, to)).expect_err("refused");
    for (from, to, place) in [
        (ISSUER, "http://localhost:8080", "issuers[0].issuer: is tokens.issuer"),
        (ISSUER, "", "issuers[0].issuer: must be"),
        (ISSUER, "a|b", "issuers[0].issuer: must be"),
        ("\"masthead\"", "\" \"", "issuers[0].audience: "),
        ("http://127.0.0.1:1", "http://id.example", "issuers[0].jwks_url: must be an https URL"),
        ("http://127.0.0.1:1", "https://me:secret@id.example", "issuers[0].jwks_url: "),
        ("http://127.0.0.1:1", "file://", "issuers[0].jwks_url: "),
        ("\"tier:patron\"", "\"staff\"", "issuers[0].claims[1].entitlement: no reader can hold this"),
        ("\"tier:patron\"", "\"tier:\"", "issuers[0].claims[1].entitlement: "),
        ("\"member\"", "\"partner\"", "issuers[0].claims[0].entitlement: "),
        ("\"roles\"", "\"\"", "issuers[0].claims[0].claim: "),
        ("value = true", "value = false", "issuers[0].claims[2].value: "),
        ("value = true", "value = 1", "must be a text or true"),
        ("claims", "algorithms = [\"HS256\"]\nclaims", "issuers[0].algorithms[0]: must be one of"),
        ("claims", "algorithms = [\"none\"]\nclaims", "issuers[0].algorithms[0]: must be one of"),
        ("claims", "algorithms = []\nclaims", "issuers[0].algorithms: "),
        ("claims", "preset = \"ghost\"\nclaims", "issuers[0].preset: "),
        ("claims", "preset = \"medium\"\nclaims", "unknown variant"),
        ("claims", "secret = 1\nclaims", "unknown field"),
    ] {
        let message = with(from, to);
        assert!(message.contains(place), "{to}: {message}");
    }
    let one: IssuerConfig = toml::from_str(&settings()).expect("settings");
    let twice = Config { issuers: vec![one.clone(), one], ..Config::default() };
    let message = twice.issuers().expect_err("refused").to_string();
    assert_eq!(message, "issuers[1].issuer: stands twice");
    let shown = twice.shown(&crate::config::Origins::default());
    assert!(shown.contains(ISSUER), "{shown}");
    assert_eq!(toml::from_str::<Config>(&shown).expect("what is shown").issuers.len(), 2);
}
