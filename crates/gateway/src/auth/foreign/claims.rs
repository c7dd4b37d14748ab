//! What a token of another issuer says, and what that grants here.

use crate::auth::claims::{Audience, Expected, Lifetime, Registered, TokenError, given, part};
use crate::import::ghost::tier_id;
use masthead_domain::id::TierId;
use masthead_domain::viewer::Entitlement;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// What brings a key along, points to one, or must be understood (RFC 7515, section 4.1).
const REFUSED: [&str; 5] = ["jku", "jwk", "x5u", "x5c", "crit"];

/// What the tokens of an issuer grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grants {
    /// What the settings say of claims.
    Mapped {
        /// Whether every token makes a subscriber.
        subscriber: bool,
        /// What is granted for which claim.
        claims: Vec<Mapping>,
    },
    /// What a member's entitlement token of Ghost says: whoever is signed in is a subscriber, `paid` makes a member, and
    /// `active_tier_ids` are the tiers that were imported from there.
    Ghost,
}

/// What is granted for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The claim's name.
    pub claim: String,
    /// What it must be or hold.
    pub value: ClaimValue,
    /// What is granted then.
    pub entitlement: Entitlement,
}

/// What a claim must be or hold.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged, expecting = "must be a text or true")]
pub enum ClaimValue {
    /// The claim is a bool, and this.
    Is(bool),
    /// The claim is this text, or an array of texts that holds it.
    Holds(String),
}

/// What a token grants.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Granted {
    pub(super) held: Vec<Entitlement>,
    /// Tiers that are still to be looked up.
    pub(super) tiers: Vec<TierId>,
}

impl Grants {
    /// What these claims grant. A claim that is absent grants nothing.
    ///
    /// # Errors
    /// [`TokenError::Claims`] when a claim has another type than it must have.
    pub(super) fn read(&self, claims: &Object) -> Result<Granted, TokenError> {
        let mut granted = Granted::default();
        match self {
            Self::Mapped { subscriber, claims: mappings } => {
                granted.held.extend(subscriber.then_some(Entitlement::Subscriber));
                for Mapping { claim, value, entitlement } in mappings {
                    if let Some(claim) = claims.0.get(claim)
                        && value.is_in(claim)?
                    {
                        granted.held.push(entitlement.clone());
                    }
                }
            }
            Self::Ghost => {
                let GhostClaims { paid, active_tier_ids } = claims.typed()?;
                granted.held.push(Entitlement::Subscriber);
                granted.held.extend(paid.then_some(Entitlement::Member));
                granted.tiers.extend(active_tier_ids.iter().filter_map(|id| tier_id(id)));
            }
        }
        Ok(granted)
    }
}

/// What Ghost says of a member's entitlements. Its other tokens of the same issuer do not hold these claims.
#[derive(Deserialize)]
struct GhostClaims {
    paid: bool,
    active_tier_ids: Vec<String>,
}

impl ClaimValue {
    fn is_in(&self, claim: &Value) -> Result<bool, TokenError> {
        match (self, claim) {
            (Self::Is(wanted), Value::Bool(is)) => Ok(wanted == is),
            (Self::Holds(wanted), Value::String(text)) => Ok(wanted == text),
            (Self::Holds(wanted), Value::Array(values)) if values.iter().all(Value::is_string) => {
                Ok(values.iter().any(|value| value == wanted.as_str()))
            }
            _ => Err(TokenError::Claims),
        }
    }
}

/// A JSON object in which no name stands twice.
pub(super) struct Object(Map<String, Value>);

impl Object {
    fn typed<'o, T: Deserialize<'o>>(&'o self) -> Result<T, TokenError> {
        T::deserialize(&self.0).map_err(|_| TokenError::Claims)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
                let mut read = Map::new();
                while let Some((name, value)) = members.next_entry::<String, Value>()? {
                    if read.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                }
                Ok(Object(read))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The header, as far as it is read.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: String,
    #[serde(default, deserialize_with = "given")]
    typ: Option<String>,
}

/// The claims that every token has.
#[derive(Deserialize)]
struct Common {
    iss: String,
    aud: Audience,
    sub: String,
    iat: i64,
    exp: i64,
    #[serde(default, deserialize_with = "given")]
    nbf: Option<i64>,
}

/// What a token says. Nothing of it is verified.
pub(super) struct Said<'t> {
    pub(super) header: Header,
    pub(super) claims: Object,
    common: Common,
    /// What is signed.
    pub(super) message: &'t str,
    pub(super) signature: &'t str,
}

impl<'t> Said<'t> {
    /// Reads a token.
    ///
    /// # Errors
    /// [`TokenError`] when a part of it has another form.
    pub(super) fn read(token: &'t str) -> Result<Self, TokenError> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Form)?;
        let (header, claims) = message.split_once('.').ok_or(TokenError::Form)?;
        let header: Object = part(header, TokenError::ForeignHeader)?;
        if REFUSED.iter().any(|name| header.0.contains_key(*name)) {
            return Err(TokenError::ForeignHeader);
        }
        let header: Header = header.typed().map_err(|_| TokenError::ForeignHeader)?;
        if !header.typ.as_deref().is_none_or(is_a_type_of_access) {
            return Err(TokenError::ForeignHeader);
        }
        let claims: Object = part(claims, TokenError::Claims)?;
        let common = claims.typed()?;
        Ok(Self { header, claims, common, message, signature })
    }

    /// Checks who made the token, for whom and for how long; not whether it may be used now.
    ///
    /// # Errors
    /// [`TokenError`] names the rule that the token breaks.
    pub(super) fn lifetime(&self, expected: &Expected<'_>) -> Result<Lifetime, TokenError> {
        let Common { iss, aud, sub, iat, exp, nbf } = &self.common;
        Registered { iss, aud, sub, iat: *iat, exp: *exp, nbf: *nbf }.lifetime(expected)
    }

    /// Whom the issuer names.
    pub(super) fn subject(&self) -> &str {
        &self.common.sub
    }
}

/// Media types have no case, and the prefix may be left out. Tokens for other ends (`logout+jwt`, …) have types of their
/// own (RFC 8725, section 3.11).
fn is_a_type_of_access(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}
