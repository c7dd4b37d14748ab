//! Tokens: made, verified, and remembered for as long as they live.

use super::api_key::{PresentedKey, START};
use super::claims::{Audience, Claims, Expected, Header, Lifetime, SCOPE, Spoken, TokenError, part};
use super::foreign::ForeignToken;
use super::keys::KeyRing;
use super::{Believed, Caller, bearer};
use crate::clock::{Chance, ChanceError};
use crate::error::Problem;
use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Bearer, Viewer};
use quick_cache::sync::Cache;
use serde::Deserialize;
use std::sync::Arc;

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;

/// The type of an access token (RFC 9068, section 2.1).
const TYPE: &str = "at+jwt";

/// Who makes tokens for whom, and how long they live.
#[derive(Clone, Debug)]
pub struct TokenOptions {
    /// `iss`, compared exactly.
    pub issuer: String,
    /// `aud`, compared exactly.
    pub audience: String,
    /// The longest life of a token, in seconds.
    pub max_seconds: i64,
    /// How many verified tokens are remembered.
    pub remembered: usize,
    /// Whether tokens that describe their viewer themselves are accepted.
    pub described: bool,
    /// The names of the other issuers whose tokens are taken, in the order of the settings.
    pub foreign: Vec<String>,
}

/// Makes tokens and verifies them.
pub struct TokenService {
    keys: KeyRing,
    options: TokenOptions,
    chance: Arc<dyn Chance>,
    jwks: String,
    verified: Cache<[u8; 32], Verified>,
}

/// Why no token can be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// It would live longer than a token may, or not at all.
    #[error("a token lives 1 to {max} seconds here, see tokens.max_ttl_seconds")]
    Lifetime {
        /// The longest life, in seconds.
        max: i64,
    },
    /// No token can speak for such a viewer.
    #[error("no token describes such a viewer")]
    Viewer,
    /// What it would say is not allowed in a token.
    #[error("the token would not be accepted: {0}")]
    Content(#[from] TokenError),
    /// There is no random `jti`.
    #[error(transparent)]
    Chance(#[from] ChanceError),
    /// The key does not sign.
    #[error("the signing key does not sign")]
    Key,
}

impl From<MintError> for Problem {
    fn from(error: MintError) -> Self {
        tracing::error!(%error, "no token can be made");
        Self::internal()
    }
}

/// A token that was found good, and for how long that holds.
#[derive(Clone)]
struct Verified {
    believed: Believed,
    lifetime: Lifetime,
}

impl TokenService {
    /// A service that signs and verifies with these keys.
    #[must_use]
    pub fn new(keys: KeyRing, options: TokenOptions, chance: Arc<dyn Chance>) -> Self {
        let verified = Cache::new(options.remembered.max(1));
        Self { jwks: keys.jwks(), keys, options, chance, verified }
    }

    /// What the credential of a request says: its bearer token, or the address of a private feed.
    ///
    /// # Errors
    /// 400 for two credentials, 401 for a credential that proves nothing, 403 for a token that is not for
    /// reading. Nobody with a bad token is taken for anonymous.
    pub fn believed(&self, request: &HttpRequest, now: Timestamp) -> Result<Believed, Problem> {
        if let Some(presented) = bearer::feed(request)? {
            return Ok(Believed::Feed(presented));
        }
        match bearer::token(request.headers())? {
            None => Ok(Believed::Described(Caller::anonymous())),
            Some(token) if token.starts_with(START) => {
                let key = PresentedKey::parse(token).ok_or(TokenError::ApiKey);
                key.map(Believed::Key).map_err(bearer::refusal)
            }
            Some(token) => self.verify(token, now).map_err(bearer::refusal),
        }
    }

    /// What the credential of a request says when it was found good before, or needs no finding: a key, the
    /// address of a private feed, a token of another issuer, or none. Nothing is verified here.
    #[must_use]
    pub fn remembered(&self, request: &HttpRequest, now: Timestamp) -> Option<Believed> {
        if let Some(presented) = bearer::feed(request).ok()? {
            return Some(Believed::Feed(presented));
        }
        match bearer::token(request.headers()).ok()? {
            None => Some(Believed::Described(Caller::anonymous())),
            Some(token) if token.starts_with(START) => PresentedKey::parse(token).map(Believed::Key),
            Some(token) if token.len() > MAX_TOKEN => None,
            Some(token) => match self.verified.get(&name(token)) {
                Some(known) => known.lifetime.check(now).is_ok().then_some(known.believed),
                None => Some(Believed::Foreign(ForeignToken::new(self.foreign_issuer(token)?, token))),
            },
        }
    }

    /// Whom a token speaks for at this instant. Of another issuer's token only that it is one is said.
    ///
    /// A good token is remembered, so that the same token costs a hash and a look-up next time; its life is
    /// checked every time. A bad one is not remembered: it could push the good ones out.
    ///
    /// # Errors
    /// [`TokenError`] names the rule that the token breaks.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Believed, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::Length);
        }
        let name = name(token);
        if let Some(known) = self.verified.get(&name) {
            if let Err(error) = known.lifetime.check(now) {
                self.verified.remove(&name);
                return Err(error);
            }
            return Ok(known.believed);
        }
        if let Some(issuer) = self.foreign_issuer(token) {
            return Ok(Believed::Foreign(ForeignToken::new(issuer, token)));
        }
        let verified = self.examine(token)?;
        verified.lifetime.check(now)?;
        self.verified.insert(name, verified.clone());
        Ok(verified.believed)
    }

    /// Which of the other issuers a token names. Nothing of it is verified, and nothing is decided but who verifies it.
    fn foreign_issuer(&self, token: &str) -> Option<usize> {
        #[derive(Deserialize)]
        struct Named {
            iss: String,
        }
        if self.options.foreign.is_empty() {
            return None;
        }
        let named: Named = part(token.split('.').nth(1)?, TokenError::Claims).ok()?;
        self.options.foreign.iter().position(|issuer| *issuer == named.iss)
    }

    /// Everything about a token that does not depend on the time of day.
    fn examine(&self, token: &str) -> Result<Verified, TokenError> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Form)?;
        let (header, claims) = message.split_once('.').ok_or(TokenError::Form)?;
        let header: Header = part(header, TokenError::Header)?;
        if !is_access_token(&header.typ) {
            return Err(TokenError::Type);
        }
        let key = self.keys.find(&header.kid).ok_or(TokenError::Key)?;
        if header.alg.parse() != Ok(key.algorithm) {
            return Err(TokenError::Algorithm);
        }
        let genuine = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key.key, key.algorithm);
        if !genuine.unwrap_or(false) {
            return Err(TokenError::Signature);
        }
        // The library would check the times by the machine's clock; ours is handed in, so we check them.
        let claims: Claims = part(claims, TokenError::Claims)?;
        let lifetime = claims.lifetime(&self.expected())?;
        let expires = Timestamp::try_from(lifetime.until.saturating_mul(1_000_000));
        let expires = expires.map_err(|_| TokenError::Claims)?;
        let believed = match claims.spoken()? {
            Spoken::Borne(bearer) => Believed::Borne { bearer, expires },
            Spoken::Described(_) if !self.options.described => return Err(TokenError::Described),
            Spoken::Described(viewer) => Believed::Described(Caller::described(viewer, Some(expires))),
        };
        Ok(Verified { believed, lifetime })
    }

    /// Makes a token that describes this viewer, good from now on for so many seconds.
    ///
    /// # Errors
    /// [`MintError`] when the token would not be accepted here.
    pub fn mint(&self, viewer: &Viewer, seconds: i64, now: Timestamp) -> Result<String, MintError> {
        let (sub, role, staff_role, entitlements) = match viewer {
            Viewer::Anonymous => ("described:anonymous", Some("anonymous".to_owned()), None, None),
            Viewer::Reader(reader) => {
                let held = reader.entitlements.iter().map(ToString::to_string).collect();
                (reader.subject.as_str(), None, None, Some(held))
            }
            Viewer::Staff(staff) => {
                (staff.subject.as_str(), Some("staff".to_owned()), Some(staff.role.code().to_owned()), None)
            }
            Viewer::Partner(_) | Viewer::Preview(_) => return Err(MintError::Viewer),
        };
        let mut claims = self.claims(sub.to_owned(), seconds, now)?;
        (claims.role, claims.staff_role, claims.entitlements) = (role, staff_role, entitlements);
        self.sign(&claims)
    }

    /// The longest life of a token, in seconds.
    #[must_use]
    pub const fn max_seconds(&self) -> i64 {
        self.options.max_seconds
    }

    /// Makes a token for a bearer, good from now on for so many seconds. What it grants is looked up whenever it is
    /// used.
    ///
    /// # Errors
    /// [`MintError`] when the token would not be accepted here.
    pub fn issue(&self, to: &Bearer, seconds: i64, now: Timestamp) -> Result<String, MintError> {
        let mut claims = self.claims(to.subject(), seconds, now)?;
        claims.bearer = Some(to.kind().to_owned());
        if let Bearer::Member { session, .. } = to {
            claims.sid = session.map(|session| session.to_string());
        }
        self.sign(&claims)
    }

    fn claims(&self, sub: String, seconds: i64, now: Timestamp) -> Result<Claims, MintError> {
        if !(1..=self.options.max_seconds).contains(&seconds) {
            return Err(MintError::Lifetime { max: self.options.max_seconds });
        }
        let mut jti = [0; 16];
        self.chance.fill(&mut jti)?;
        Ok(Claims {
            iss: self.options.issuer.clone(),
            aud: Audience::One(self.options.audience.clone()),
            sub,
            client_id: "masthead".to_owned(),
            jti: URL_SAFE_NO_PAD.encode(jti),
            scope: SCOPE.to_owned(),
            iat: now.seconds(),
            exp: now.seconds().saturating_add(seconds),
            nbf: None,
            role: None,
            entitlements: None,
            staff_role: None,
            bearer: None,
            sid: None,
        })
    }

    fn sign(&self, claims: &Claims) -> Result<String, MintError> {
        claims.lifetime(&self.expected())?;
        let mut header = jsonwebtoken::Header::new(self.keys.signing.algorithm);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.keys.signing.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.keys.signing.key).map_err(|_| MintError::Key)
    }

    /// The public keys, as `/.well-known/jwks.json` publishes them.
    #[must_use]
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    fn expected(&self) -> Expected<'_> {
        let TokenOptions { issuer, audience, max_seconds, .. } = &self.options;
        Expected { issuer, audience, max_seconds: *max_seconds }
    }
}

/// What a token is remembered by.
fn name(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

/// Media types have no case, and the prefix may be left out (RFC 9068, section 4).
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
}
