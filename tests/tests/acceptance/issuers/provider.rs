//! An identity provider in the test's own process: keys, tokens, and a key set on a port of this machine.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A key that signs.
pub(crate) struct Signer {
    pub(crate) kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
    published: Value,
}

fn pem(der: &[u8]) -> Vec<u8> {
    let base64 = STANDARD.encode(der);
    format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n").into_bytes()
}

impl Signer {
    pub(crate) fn rs512(kid: &str) -> Self {
        Self::rsa(kid, Algorithm::RS512)
    }

    pub(crate) fn rsa(kid: &str, algorithm: Algorithm) -> Self {
        let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("a document");
        Self::of(kid, EncodingKey::from_rsa_pem(&pem(der.as_ref())).expect("a key"), algorithm)
    }

    pub(crate) fn es256(kid: &str) -> Self {
        Self::ec(kid, &ECDSA_P256_SHA256_FIXED_SIGNING, Algorithm::ES256)
    }

    pub(crate) fn es384(kid: &str) -> Self {
        Self::ec(kid, &ECDSA_P384_SHA384_FIXED_SIGNING, Algorithm::ES384)
    }

    fn ec(kid: &str, curve: &'static EcdsaSigningAlgorithm, algorithm: Algorithm) -> Self {
        let pair = EcdsaKeyPair::generate(curve).expect("a key");
        let der = pair.to_pkcs8v1().expect("a document");
        Self::of(kid, EncodingKey::from_ec_pem(&pem(der.as_ref())).expect("a key"), algorithm)
    }

    pub(crate) fn eddsa(kid: &str) -> Self {
        let der = Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()).expect("a document");
        Self::of(kid, EncodingKey::from_ed_pem(&pem(der.as_ref())).expect("a key"), Algorithm::EdDSA)
    }

    fn of(kid: &str, key: EncodingKey, algorithm: Algorithm) -> Self {
        masthead_gateway::auth::install_cryptography();
        let mut published = json!(Jwk::from_encoding_key(&key, algorithm).expect("a public half"));
        published["kid"] = kid.into();
        Self { kid: kid.to_owned(), algorithm, key, published }
    }

    /// The same key, published without its algorithm.
    pub(crate) fn without_algorithm(mut self) -> Self {
        self.published.as_object_mut().expect("an object").remove("alg");
        self
    }

    /// Publishes the same key under this algorithm from now on. Its tokens stay as they are.
    pub(crate) fn publish_as(&mut self, algorithm: &str) {
        self.published["alg"] = algorithm.into();
    }

    /// The algorithm that it signs with, as tokens name it.
    pub(crate) fn algorithm(&self) -> String {
        format!("{:?}", self.algorithm)
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_with(json!({}), claims)
    }

    /// A token with more in its header.
    pub(crate) fn sign_with(&self, more: Value, claims: &Value) -> String {
        let message = self.message(&self.algorithm(), more, claims);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, self.algorithm);
        format!("{message}.{}", signature.expect("signed"))
    }

    /// A token whose signature is a hash with the public key as the secret.
    pub(crate) fn hmac(&self, claims: &Value) -> String {
        let message = self.message("HS256", json!({}), claims);
        let secret = EncodingKey::from_secret(self.published.to_string().as_bytes());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &secret, Algorithm::HS256);
        format!("{message}.{}", signature.expect("signed"))
    }

    pub(crate) fn unsigned(&self, claims: &Value) -> String {
        format!("{}.", self.message("none", json!({}), claims))
    }

    /// The signature of any text, in base64url.
    pub(crate) fn signature(&self, message: &str) -> String {
        jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, self.algorithm).expect("signed")
    }

    /// What the key goes by, whatever it is called (RFC 7638).
    pub(crate) fn thumbprint(&self) -> String {
        let key: Jwk = serde_json::from_value(self.published.clone()).expect("a key");
        key.thumbprint(ThumbprintHash::SHA256).expect("a thumbprint")
    }

    fn message(&self, algorithm: &str, more: Value, claims: &Value) -> String {
        let mut header = json!({"alg": algorithm, "kid": self.kid, "typ": "JWT"});
        let (Some(fields), Value::Object(more)) = (header.as_object_mut(), more) else { panic!("objects") };
        fields.extend(more);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&header), part(claims))
    }
}

/// A server with a key set.
pub(crate) struct Provider {
    address: SocketAddr,
    fetches: Arc<AtomicUsize>,
    /// The status line and what follows it, and the body.
    answer: Arc<Mutex<(String, String)>>,
    is_silent: Arc<AtomicBool>,
}

impl Provider {
    pub(crate) async fn start(signers: &[&Signer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let this = Self {
            address: listener.local_addr().expect("an address"),
            fetches: Arc::default(),
            answer: Arc::default(),
            is_silent: Arc::default(),
        };
        this.publish(signers);
        let (fetches, answer) = (Arc::clone(&this.fetches), Arc::clone(&this.answer));
        let is_silent = Arc::clone(&this.is_silent);
        tokio::spawn(async move {
            let mut left_waiting = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                fetches.fetch_add(1, Ordering::SeqCst);
                if is_silent.load(Ordering::SeqCst) {
                    left_waiting.push(stream);
                    continue;
                }
                let (status, body) = answer.lock().expect("unpoisoned").clone();
                tokio::spawn(serve(stream, status, body));
            }
        });
        this
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/jwks", self.address)
    }

    /// How often the key set was asked for.
    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// Publishes these keys and no others.
    pub(crate) fn publish(&self, signers: &[&Signer]) {
        let keys: Vec<_> = signers.iter().map(|signer| &signer.published).collect();
        self.answer_with("200 OK", &json!({"keys": keys}).to_string());
    }

    pub(crate) fn answer_with(&self, status: &str, body: &str) {
        *self.answer.lock().expect("unpoisoned") = (status.to_owned(), body.to_owned());
    }

    /// Goes on taking connections, and answers none of them.
    pub(crate) fn fall_silent(&self) {
        self.is_silent.store(true, Ordering::SeqCst);
    }

    /// What is answered now.
    pub(crate) fn body(&self) -> String {
        self.answer.lock().expect("unpoisoned").1.clone()
    }
}

async fn serve(mut stream: TcpStream, status: String, body: String) {
    let mut request = Vec::new();
    let mut piece = [0; 1_024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(length) if length > 0 => request.extend_from_slice(&piece[..length]),
            _ => return,
        }
    }
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    // Whoever finds the answer too long does not read it all.
    let _ = stream.write_all(answer.as_bytes()).await;
}
