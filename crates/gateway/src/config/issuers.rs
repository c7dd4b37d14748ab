//! Other issuers, whose tokens are taken too.

use super::{Config, is_safe};
use crate::auth::foreign::{ClaimValue, Grants, Mapping, Rules};
use crate::auth::published::ALGORITHMS;
use jsonwebtoken::Algorithm;
use masthead_domain::viewer::Entitlement;
use serde::{Deserialize, Serialize};
use url::Url;

/// An issuer whose tokens are taken too.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// `iss` of its tokens, compared exactly.
    pub issuer: String,
    /// `aud` of its tokens, compared exactly.
    pub audience: String,
    /// Where its keys are: an https URL, or an http URL of this machine.
    pub jwks_url: String,
    /// The algorithms that its keys may have, such as `RS256`; left out, what each key says, and `RS512` with
    /// `preset = "ghost"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithms: Option<Vec<String>>,
    /// Whether whoever has a token of it is a subscriber.
    #[serde(default)]
    pub subscriber: bool,
    /// What is granted for which claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimConfig>,
    /// What grants instead of `subscriber` and `claims`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
}

/// What is granted for a claim.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimConfig {
    /// The claim's name.
    pub claim: String,
    /// What it must be or hold: a text, or `true`.
    pub value: ClaimValue,
    /// What is granted then: `subscriber`, `member` or `tier:SLUG`.
    pub entitlement: String,
}

/// A kind of issuer whose claims are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// A Ghost site, with the entitlement tokens of its members.
    Ghost,
}

/// Why the settings describe no issuer.
#[derive(Debug, thiserror::Error)]
pub enum IssuerConfigError {
    /// A setting is wrong.
    #[error("{place}: {wrong}")]
    Setting {
        /// Where it stands: `issuers[0].jwks_url`.
        place: String,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// No connection can be made secure.
    #[error("issuers: {0}")]
    Client(reqwest::Error),
}

impl Config {
    /// The other issuers.
    ///
    /// # Errors
    /// [`IssuerConfigError`] names the setting that is wrong.
    pub fn issuers(&self) -> Result<Vec<Rules>, IssuerConfigError> {
        (0..self.issuers.len()).map(|at| self.issuer(at)).collect()
    }

    /// What is wrong with each of the other issuers, the first fault of each.
    #[must_use]
    pub fn issuer_faults(&self) -> Vec<IssuerConfigError> {
        (0..self.issuers.len()).filter_map(|at| self.issuer(at).err()).collect()
    }

    fn issuer(&self, at: usize) -> Result<Rules, IssuerConfigError> {
        let wrong = |field: &str, wrong| IssuerConfigError::Setting {
            place: format!("issuers[{at}].{field}"),
            wrong,
        };
        let issuer = &self.issuers[at];
        if issuer.issuer == self.tokens.issuer {
            return Err(wrong("issuer", "is tokens.issuer, whose tokens are made here"));
        }
        if self.issuers[..at].iter().any(|other| other.issuer == issuer.issuer) {
            return Err(wrong("issuer", "stands twice"));
        }
        issuer.rules(wrong)
    }
}

impl IssuerConfig {
    fn rules(
        &self,
        wrong: impl Fn(&str, &'static str) -> IssuerConfigError,
    ) -> Result<Rules, IssuerConfigError> {
        let is_name = |text: &str| {
            !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '|')
        };
        if !is_name(&self.issuer) {
            return Err(wrong("issuer", "must be a name or URL without spaces"));
        }
        if self.audience.trim().is_empty() {
            return Err(wrong("audience", "must not be empty"));
        }
        let jwks_url = Url::parse(&self.jwks_url).ok().filter(is_safe);
        let jwks_url = jwks_url.filter(|url| url.username().is_empty() && url.password().is_none());
        let jwks_url = jwks_url.ok_or_else(|| {
            wrong("jwks_url", "must be an https URL, or an http URL of this machine, without a password")
        })?;
        Ok(Rules {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            jwks_url,
            algorithms: self.algorithms(&wrong)?,
            grants: self.grants(&wrong)?,
        })
    }

    fn algorithms(
        &self,
        wrong: impl Fn(&str, &'static str) -> IssuerConfigError,
    ) -> Result<Vec<Algorithm>, IssuerConfigError> {
        let Some(names) = &self.algorithms else {
            // Ghost's keys name no algorithm; its tokens are signed with this one.
            return Ok(match self.preset {
                Some(Preset::Ghost) => vec![Algorithm::RS512],
                None => ALGORITHMS.to_vec(),
            });
        };
        if names.is_empty() {
            return Err(wrong("algorithms", "must name one at least, or be left out"));
        }
        let known = |(at, name): (usize, &String)| {
            let algorithm = name.parse().ok().filter(|algorithm| ALGORITHMS.contains(algorithm));
            algorithm.ok_or_else(|| {
                wrong(
                    &format!("algorithms[{at}]"),
                    "must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA",
                )
            })
        };
        names.iter().enumerate().map(known).collect()
    }

    fn grants(
        &self,
        wrong: impl Fn(&str, &'static str) -> IssuerConfigError,
    ) -> Result<Grants, IssuerConfigError> {
        match self.preset {
            Some(Preset::Ghost) if self.subscriber || !self.claims.is_empty() => {
                return Err(wrong("preset", "stands instead of subscriber and claims, not beside them"));
            }
            Some(Preset::Ghost) => return Ok(Grants::Ghost),
            None => {}
        }
        let mapping = |(at, claim): (usize, &ClaimConfig)| {
            let place = |field: &str| format!("claims[{at}].{field}");
            if claim.claim.is_empty() {
                return Err(wrong(&place("claim"), "must not be empty"));
            }
            if matches!(&claim.value, ClaimValue::Is(false)) {
                return Err(wrong(&place("value"), "must be a text or true"));
            }
            let entitlement = Entitlement::from(claim.entitlement.as_str());
            if !entitlement.is_for_readers() {
                return Err(wrong(
                    &place("entitlement"),
                    "no reader can hold this; there are subscriber, member and tier:SLUG",
                ));
            }
            Ok(Mapping { claim: claim.claim.clone(), value: claim.value.clone(), entitlement })
        };
        let claims = self.claims.iter().enumerate().map(mapping).collect::<Result<_, _>>()?;
        Ok(Grants::Mapped { subscriber: self.subscriber, claims })
    }
}
