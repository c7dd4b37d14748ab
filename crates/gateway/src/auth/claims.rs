//! What a token says: its header and its claims, each of one type, checked one by one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Bearer, Entitlement, Role, Staff, Viewer};
use serde::{Deserialize, Deserializer, Serialize};

/// What a token must be for: reading what it grants.
pub(super) const SCOPE: &str = "content:read";

/// By how many seconds the clocks of the node that made a token and of this one may differ. It loosens when
/// a token begins, never when it ends.
const LEEWAY: i64 = 5;

/// The last second of the year 9999, the end of every range of time here.
const MAX_SECONDS: i64 = 253_402_300_799;

/// The longest subject, in bytes.
const MAX_SUBJECT: usize = 255;

/// Why a token is refused. The sentences name the rule and quote nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is longer than any token of ours.
    #[error("the token is too long")]
    Length,
    /// It is not three base64url parts of which the first two are JSON.
    #[error("the token is not a signed JWT")]
    Form,
    /// Its header says something else than `alg`, `typ` and `kid`.
    #[error("the header of the token must hold alg, typ and kid and nothing else")]
    Header,
    /// The header of another issuer's token lacks something, or says what we refuse.
    #[error("the header of the token must hold alg and kid, typ JWT or at+jwt if any, and no key or crit")]
    ForeignHeader,
    /// `typ` is not `at+jwt`.
    #[error("the token is not an access token: typ must be at+jwt")]
    Type,
    /// `kid` names no key of ours.
    #[error("the token was signed by a key that is not known here")]
    Key,
    /// `alg` is not the algorithm of that key.
    #[error("the token names another algorithm than its key has")]
    Algorithm,
    /// The signature is not that of the key over the token.
    #[error("the signature of the token is wrong")]
    Signature,
    /// A claim is missing, or has the wrong type or an impossible value.
    #[error("a claim of the token is missing or has the wrong type")]
    Claims,
    /// `iss` is somebody else.
    #[error("the token was made by another issuer")]
    Issuer,
    /// `aud` does not name us.
    #[error("the token was made for another audience")]
    Audience,
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` has not come.
    #[error("the token is not valid yet")]
    NotYet,
    /// It would live longer than a token may.
    #[error("the token would live too long")]
    Lifetime,
    /// `role` or `staff_role` is not known.
    #[error("the role in the token is not known")]
    Role,
    /// It describes its viewer itself, and the publisher has turned that off.
    #[error("the token describes its viewer, and such tokens are not accepted here")]
    Described,
    /// It was good, and has been revoked, or whose it is has been suspended or deleted.
    #[error("the token has been revoked")]
    Revoked,
    /// It has the form of an API key, or nearly, and is none of ours.
    #[error("the API key is not known here")]
    ApiKey,
    /// `scope` holds nothing that is good for reading.
    #[error("the token is valid and its scope is not for reading content")]
    Scope,
}

/// The header of a token. Anything beside these three (`jku`, `jwk`, `x5u`, `crit`, …) refuses the token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) typ: String,
    pub(super) kid: String,
}

/// One audience or several (RFC 7519, section 4.1.3).
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The claims that we read; others are ignored (RFC 7519, section 4).
#[derive(Deserialize, Serialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: Audience,
    pub(super) sub: String,
    pub(super) client_id: String,
    pub(super) jti: String,
    pub(super) scope: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<i64>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(super) entitlements: Option<Vec<String>>,
    /// What a member of the staff may do.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(super) staff_role: Option<String>,
    /// Of which kind the bearer is that `sub` names. The token then says nothing else about its viewer.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(super) bearer: Option<String>,
    /// The session of a member.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
}

/// Whom a token speaks for.
pub(super) enum Spoken {
    Described(Viewer),
    Borne(Bearer),
}

/// Reads an optional claim. When it is there it has its type; `null` is a wrong type.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(claim: D) -> Result<Option<T>, D::Error> {
    T::deserialize(claim).map(Some)
}

/// Reads a part of a token: base64url without padding, then a JSON object.
pub(super) fn part<T: serde::de::DeserializeOwned>(text: &str, wrong: TokenError) -> Result<T, TokenError> {
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Form)?;
    // A struct would also be read from an array, by position.
    if json.first() != Some(&b'{') {
        return Err(TokenError::Form);
    }
    serde_json::from_slice(&json).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => wrong,
        _ => TokenError::Form,
    })
}

/// The seconds since the epoch in which a token may be used: from the first, up to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lifetime {
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Lifetime {
    /// Whether the token may be used now.
    pub(super) fn check(self, now: Timestamp) -> Result<(), TokenError> {
        if now.seconds() >= self.until {
            Err(TokenError::Expired)
        } else if now.seconds() < self.from.saturating_sub(LEEWAY) {
            Err(TokenError::NotYet)
        } else {
            Ok(())
        }
    }
}

/// What a token must say to be one of ours.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    pub(super) max_seconds: i64,
}

/// What every token says of who made it, of whom, for whom and for how long (RFC 7519, section 4.1).
pub(super) struct Registered<'a> {
    pub(super) iss: &'a str,
    pub(super) aud: &'a Audience,
    pub(super) sub: &'a str,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) nbf: Option<i64>,
}

fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control)
}

impl Registered<'_> {
    /// Checks who made the token, of whom, for whom and for how long; not whether it may be used now.
    pub(super) fn lifetime(&self, expected: &Expected<'_>) -> Result<Lifetime, TokenError> {
        if self.iss != expected.issuer {
            return Err(TokenError::Issuer);
        }
        let ours = match self.aud {
            Audience::One(one) => one == expected.audience,
            Audience::Several(several) => several.iter().any(|one| one == expected.audience),
        };
        if !ours {
            return Err(TokenError::Audience);
        }
        if !is_plain(self.sub) || self.sub.len() > MAX_SUBJECT {
            return Err(TokenError::Claims);
        }
        let from = self.iat.max(self.nbf.unwrap_or(self.iat));
        let in_range = |seconds: i64| (1..=MAX_SECONDS).contains(&seconds);
        if !in_range(self.iat) || !in_range(self.exp) || !in_range(from) || self.nbf.is_some_and(|at| at < 0)
        {
            return Err(TokenError::Claims);
        }
        if self.exp <= self.iat {
            return Err(TokenError::Claims);
        }
        if self.exp - self.iat > expected.max_seconds {
            return Err(TokenError::Lifetime);
        }
        Ok(Lifetime { from, until: self.exp })
    }
}

impl Claims {
    /// Checks who made the token, for whom, for what and for how long; not whether it may be used now.
    pub(super) fn lifetime(&self, expected: &Expected<'_>) -> Result<Lifetime, TokenError> {
        let Self { iss, aud, sub, iat, exp, nbf, .. } = self;
        let registered = Registered { iss, aud, sub, iat: *iat, exp: *exp, nbf: *nbf };
        let lifetime = registered.lifetime(expected)?;
        if is_plain(&self.jti) && is_plain(&self.client_id) { Ok(lifetime) } else { Err(TokenError::Claims) }
    }

    /// Whom the token speaks for.
    pub(super) fn spoken(self) -> Result<Spoken, TokenError> {
        if !self.scope.split(' ').any(|scope| scope == SCOPE) {
            return Err(TokenError::Scope);
        }
        if let Some(kind) = self.bearer.as_deref() {
            // A token that names a bearer and describes a viewer too would be two tokens in one.
            if self.role.is_some() || self.entitlements.is_some() || self.staff_role.is_some() {
                return Err(TokenError::Claims);
            }
            return bearer(kind, &self.sub, self.sid.as_deref()).map(Spoken::Borne).ok_or(TokenError::Claims);
        }
        if self.sid.is_some() || (self.staff_role.is_some() && self.role.as_deref() != Some("staff")) {
            return Err(TokenError::Claims);
        }
        let held = self.entitlements.unwrap_or_default();
        let viewer = match self.role.as_deref() {
            // What is not known, and `staff`, stays out (see `Entitlements`).
            None => Viewer::member(self.sub, held.into_iter().map(Entitlement::from)),
            Some("staff") => {
                // A token that does not say what its bearer may do grants the least.
                let role = self.staff_role.map_or(Ok(Role::Writer), |role| role.parse());
                let role = role.map_err(|_| TokenError::Role)?;
                Viewer::Staff(Staff::new(self.sub, role))
            }
            Some("anonymous") if held.is_empty() => Viewer::Anonymous,
            Some(_) => return Err(TokenError::Role),
        };
        Ok(Spoken::Described(viewer))
    }
}

/// The bearer of this kind that `sub` names. Only members have sessions.
fn bearer(kind: &str, sub: &str, sid: Option<&str>) -> Option<Bearer> {
    if kind == "member" {
        let session = sid.map(str::parse).transpose().ok()?;
        return Some(Bearer::Member { member: sub.parse().ok()?, session });
    }
    if sid.is_some() {
        return None;
    }
    match kind {
        "device" => Some(Bearer::Device(sub.parse().ok()?)),
        "gift" => Some(Bearer::Gift(sub.parse().ok()?)),
        "pass" => Some(Bearer::Pass(sub.parse().ok()?)),
        "preview" => Some(Bearer::Preview(sub.parse().ok()?)),
        "key" => Some(Bearer::Key(sub.parse().ok()?)),
        _ => None,
    }
}
