//! Tokens of other issuers, as the settings name them.
//!
//! `iss` selects the issuer before anything is verified, and the issuer alone says which keys there are, for which
//! audience a token must be, and what its claims grant. Whatever they say, it is what a reader can hold.

mod claims;

#[cfg(test)]
mod attacks;

pub use claims::{ClaimValue, Grants, Mapping};

use super::Caller;
use super::bearer;
use super::claims::{Expected, Lifetime, TokenError};
use super::published::{self, Fit, KeySource, NamedBy, NoKey, Publisher};
use crate::cache::Epoch;
use crate::error::{Code, Problem};
use claims::{Granted, Said};
use jsonwebtoken::Algorithm;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::TierId;
use masthead_domain::viewer::{Entitlement, Viewer};
use masthead_persistence::Store;
use quick_cache::sync::Cache;
use std::sync::Arc;
use url::Url;

/// The longest life of a token of another issuer, in seconds: a day. What it grants is not looked up, so nothing but its
/// end takes it back.
const MAX_SECONDS: i64 = 24 * 3_600;

/// What the settings say of another issuer.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `iss`, compared exactly.
    pub issuer: String,
    /// `aud`, compared exactly.
    pub audience: String,
    /// Where its keys are.
    pub jwks_url: Url,
    /// The algorithms that its keys may have. A key that names none has the only one of these that fits it.
    pub algorithms: Vec<Algorithm>,
    /// What its tokens grant.
    pub grants: Grants,
}

impl Rules {
    fn publisher(&self) -> Publisher<'_> {
        let fit = Fit { algorithms: self.algorithms.clone(), named_by: NamedBy::Id };
        Publisher { name: &self.issuer, url: &self.jwks_url, fit }
    }
}

/// A token that names another issuer. Nothing of it is verified yet.
#[derive(Clone, PartialEq, Eq)]
pub struct ForeignToken {
    /// Which of the issuers.
    issuer: usize,
    token: Box<str>,
}

impl ForeignToken {
    pub(super) fn new(issuer: usize, token: &str) -> Self {
        Self { issuer, token: token.into() }
    }

    /// What it is remembered by.
    fn name(&self) -> [u8; 32] {
        *blake3::hash(self.token.as_bytes()).as_bytes()
    }
}

impl std::fmt::Debug for ForeignToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ForeignToken").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a token of another issuer says nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum ForeignError {
    /// It is refused.
    Token(TokenError),
    /// The issuer's keys have been out of reach for too long.
    Away,
    /// What it grants cannot be looked up.
    Problem(Problem),
}

impl From<TokenError> for ForeignError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<ForeignError> for Problem {
    fn from(error: ForeignError) -> Self {
        match error {
            ForeignError::Token(error) => bearer::refusal(error),
            ForeignError::Away => {
                Self::new(Code::Unavailable, "The token's issuer cannot be reached at the moment. Try again.")
            }
            ForeignError::Problem(problem) => problem,
        }
    }
}

/// The other issuers, with their keys and the tokens that were found good.
pub struct Issuers {
    issuers: Vec<Issuer>,
    remembered: Cache<[u8; 32], Arc<Remembered>>,
}

struct Issuer {
    rules: Rules,
    keys: Arc<KeySource>,
}

/// A token that was found good, and for how long that holds.
struct Remembered {
    caller: Caller,
    lifetime: Lifetime,
    /// The key set that it was verified with.
    keys: u64,
    /// The epoch in which tiers were looked up for it; `None` when none were.
    tiers_of: Option<Epoch>,
}

impl Remembered {
    fn still_holds(&self, keys: u64, epoch: Option<Epoch>) -> bool {
        self.keys == keys && (self.tiers_of.is_none() || self.tiers_of == epoch)
    }
}

impl Issuers {
    /// These issuers, with at most so many remembered tokens.
    ///
    /// # Errors
    /// When the machine has no roots of trust for TLS.
    pub fn new(rules: Vec<Rules>, remembered: usize, clock: &Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let remembered = Cache::new(remembered.max(1));
        if rules.is_empty() {
            return Ok(Self { issuers: Vec::new(), remembered });
        }
        let client = published::client()?;
        let issuer = |rules: Rules| {
            let keys = Arc::new(KeySource::new(&rules.publisher(), &client, Arc::clone(clock)));
            Issuer { rules, keys }
        };
        Ok(Self { issuers: rules.into_iter().map(issuer).collect(), remembered })
    }

    /// Whom a token speaks for at this instant, when it was found good before and that still holds. Nobody is asked.
    #[must_use]
    pub fn remembered(&self, token: &ForeignToken, epoch: Option<Epoch>, now: Timestamp) -> Option<Caller> {
        let issuer = self.issuers.get(token.issuer)?;
        let known = self.remembered.get(&token.name())?;
        known.lifetime.check(now).ok()?;
        let keys = issuer.keys.at_hand(now)?;
        known.still_holds(keys.number, epoch).then(|| known.caller.clone())
    }

    /// Whom a token speaks for at this instant. `epoch` is that of the publication, if it is known.
    ///
    /// # Errors
    /// [`ForeignError`] names the rule that the token breaks, or what is away.
    pub async fn caller(
        &self,
        token: &ForeignToken,
        store: &Store,
        epoch: Option<Epoch>,
        now: Timestamp,
    ) -> Result<Caller, ForeignError> {
        let issuer = self.issuers.get(token.issuer).ok_or(TokenError::Issuer)?;
        let before = issuer.keys.fetched();
        let name = token.name();
        if let Some(known) = self.remembered.get(&name) {
            if let Err(error) = known.lifetime.check(now) {
                self.remembered.remove(&name);
                return Err(error.into());
            }
            let keys = issuer.keys.current(now).await.ok_or(ForeignError::Away)?;
            if known.still_holds(keys.number, epoch) {
                return Ok(known.caller.clone());
            }
            self.remembered.remove(&name);
        }
        let Verified { subject, granted, lifetime, keys } = issuer.verify(&token.token, before, now).await?;
        let Granted { mut held, tiers } = granted;
        let has_tiers = !tiers.is_empty() || held.iter().any(|one| matches!(one, Entitlement::Tier(_)));
        let tiers_of = if has_tiers { epoch } else { None };
        let is_remembered = !has_tiers || epoch.is_some();
        held.extend(opened_by(&tiers, store, now).await.map_err(ForeignError::Problem)?);
        let held = store.held_with(held.into_iter().collect(), now).await;
        let held = held.map_err(|error| ForeignError::Problem(error.into()))?;
        let expires = Timestamp::try_from(lifetime.until.saturating_mul(1_000_000));
        let expires = expires.map_err(|_| TokenError::Claims)?;
        let caller = Caller::described(Viewer::member(subject, held.iter().cloned()), Some(expires));
        if is_remembered {
            let known = Remembered { caller: caller.clone(), lifetime, keys, tiers_of };
            self.remembered.insert(name, Arc::new(known));
        }
        Ok(caller)
    }
}

/// The tiers of these ids that there are.
async fn opened_by(tiers: &[TierId], store: &Store, now: Timestamp) -> Result<Vec<Entitlement>, Problem> {
    if tiers.is_empty() {
        return Ok(Vec::new());
    }
    let there = store.library(&Viewer::Anonymous, now).tiers().await?;
    let opened = there.into_iter().filter(|tier| tiers.contains(&tier.id));
    Ok(opened.map(|tier| Entitlement::Tier(tier.slug)).collect())
}

/// A token whose signature and claims are good.
#[derive(Debug)]
struct Verified {
    subject: String,
    granted: Granted,
    lifetime: Lifetime,
    keys: u64,
}

impl Issuer {
    /// Verifies a token. Only one whose form, audience and times are right asks for keys. `before` is
    /// how often keys had been fetched when the request began.
    async fn verify(&self, token: &str, before: u64, now: Timestamp) -> Result<Verified, ForeignError> {
        let Rules { issuer, audience, .. } = &self.rules;
        let said = Said::read(token)?;
        let lifetime = said.lifetime(&Expected { issuer, audience, max_seconds: MAX_SECONDS })?;
        lifetime.check(now)?;
        let (keys, key) =
            self.keys.find(&said.header.kid, before, now).await.map_err(|error| match error {
                NoKey::Away => ForeignError::Away,
                NoKey::Unknown => ForeignError::Token(TokenError::Key),
            })?;
        if said.header.alg.parse() != Ok(key.algorithm) {
            return Err(TokenError::Algorithm.into());
        }
        let genuine =
            jsonwebtoken::crypto::verify(said.signature, said.message.as_bytes(), &key.key, key.algorithm);
        if !genuine.unwrap_or(false) {
            return Err(TokenError::Signature.into());
        }
        let granted = self.rules.grants.read(&said.claims)?;
        // No URI has this bar in it, so that no two issuers and none of our own members share a subject.
        Ok(Verified { subject: format!("{issuer}|{}", said.subject()), granted, lifetime, keys })
    }
}
