//! Machines that say who they are: Web Bot Auth (draft-meunier-web-bot-auth-architecture) over HTTP Message Signatures
//! (RFC 9421).
//!
//! A signature names an agent and a key of it. Whom the settings name, and whose signature is good for this request and this
//! moment, gets what the settings say. Everybody else gets what anybody gets, and nothing tells them why.

mod nonces;
mod signature;

#[cfg(test)]
mod attacks;

use super::published::{self, Fit, KeySet, KeySource, NamedBy, NoKey, Publisher};
use super::{bearer, no_standing};
use crate::error::{Code, Problem};
use actix_web::HttpRequest;
use actix_web::http::header::{HeaderValue, LINK};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::NoStanding;
use nonces::Nonces;
use serde::{Deserialize, Serialize};
pub use signature::Address;
use signature::{SIGNATURE, SIGNATURE_INPUT, Signed};
use std::sync::Arc;
use url::Url;

/// The fields that an answer depends on beside `Authorization` where machines are known.
pub const FIELDS: &str = "Signature, Signature-Input, Signature-Agent";

/// Marks a request that was sent as HEAD and is answered as GET: what was signed is what was sent.
pub struct WasHead;

/// A machine that the settings name, and what it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What it calls itself, such as `https://bot.example`.
    pub name: String,
    /// As whom it reads, while that partner's licence is valid.
    pub partner: Option<PartnerId>,
    /// What it gets otherwise.
    pub answer: AgentAnswer,
}

/// What a machine gets that reads as no partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentAnswer {
    /// What everybody may see.
    #[default]
    Anonymous,
    /// That it is to be paid for, and on which terms.
    PaymentRequired,
    /// As if there were nothing.
    NotFound,
}

/// What a good key gets whose partner has no valid licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyAnswer {
    /// That it has none, and why.
    #[default]
    Forbidden,
    /// That it is to be paid for, and on which terms.
    PaymentRequired,
    /// As if there were nothing.
    NotFound,
}

/// What the settings say of machines.
pub struct MachineRules {
    /// Where clients reach this API: a signature is for one of these.
    pub addresses: Vec<Address>,
    /// Where the terms are read on which machines may read.
    pub terms: Option<String>,
    /// What a good key gets whose partner has no valid licence.
    pub unlicensed_keys: KeyAnswer,
    /// The machines.
    pub agents: Vec<AgentRules>,
}

/// What the settings say of one machine.
pub struct AgentRules {
    /// Who it is, and what it gets.
    pub agent: Agent,
    /// Its name as an address.
    pub url: Url,
    /// Where its keys are.
    pub keys: AgentKeys,
}

/// Where a machine's keys are.
pub enum AgentKeys {
    /// In a directory that it publishes.
    Directory(Url),
    /// In files that the publisher was given.
    Files(Vec<HeldKeys>),
}

/// Keys that were read from a file.
pub struct HeldKeys(KeySet);

impl HeldKeys {
    /// Whether a key is in both.
    #[must_use]
    pub fn shares_a_key_with(&self, other: &Self) -> bool {
        self.0.names().any(|name| other.0.find(name).is_some())
    }

    /// Reads a key set (RFC 7517); `None` for a text that is none, or that holds no key for Ed25519.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        KeySet::read(text, 0, &fit()).ok().filter(|keys| keys.len() > 0).map(Self)
    }
}

/// Only Ed25519, and a key is what it is and not what it is called.
fn fit() -> Fit {
    Fit { algorithms: vec![Algorithm::EdDSA], named_by: NamedBy::Thumbprint }
}

/// Why a request proves no machine. Only the log learns of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// A field is too long.
    #[error("a field of the signature is too long")]
    Size,
    /// A field is not what it should be.
    #[error("a field of the signature is malformed or missing")]
    Form,
    /// No signature is for this.
    #[error("there is no signature with the tag web-bot-auth")]
    Tag,
    /// Nobody can tell which of them counts.
    #[error("there is more than one signature with the tag web-bot-auth")]
    Several,
    /// It covers what is not there, too little, or what is not known here.
    #[error("the signature does not cover what it must, or covers what the request does not have")]
    Components,
    /// It is another algorithm's.
    #[error("the signature is not by ed25519")]
    Algorithm,
    /// It is not good now, or is good for too long.
    #[error("the signature is not good at this time, or for longer than an hour")]
    Times,
    /// The settings do not name this machine.
    #[error("the agent is not known here")]
    Agent,
    /// The machine has no such key.
    #[error("the agent has no such key")]
    Key,
    /// The machine's keys have been out of reach for too long.
    #[error("the agent's directory is away")]
    Away,
    /// It does not fit this request.
    #[error("the signature is wrong")]
    Signature,
    /// It was used before.
    #[error("the signature was used before")]
    Replayed,
}

/// The machines that the settings name.
#[derive(Default)]
pub struct Agents {
    are_known: bool,
    addresses: Vec<Address>,
    terms: Option<String>,
    unlicensed_keys: KeyAnswer,
    agents: Vec<Known>,
}

struct Known {
    agent: Arc<Agent>,
    url: Url,
    keys: Keys,
    nonces: Nonces,
}

/// What a request says of itself: of which machine it is, and by which signature.
pub struct Claim<'a> {
    known: &'a Known,
    signed: Signed,
}

impl Claim<'_> {
    /// The machine that is named.
    #[must_use]
    pub const fn agent(&self) -> &Arc<Agent> {
        &self.known.agent
    }
}

enum Keys {
    Published(Arc<KeySource>),
    Held(Vec<HeldKeys>),
}

impl Agents {
    /// These machines.
    ///
    /// # Errors
    /// When the machine has no roots of trust for TLS.
    pub fn new(rules: MachineRules, clock: &Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let MachineRules { addresses, terms, unlicensed_keys, agents } = rules;
        let is_published = |rules: &AgentRules| matches!(rules.keys, AgentKeys::Directory(_));
        let client = agents.iter().any(is_published).then(published::client).transpose()?;
        let known = |AgentRules { agent, url, keys }| {
            let keys = match (keys, &client) {
                (AgentKeys::Directory(directory), Some(client)) => {
                    let publisher = Publisher { name: &agent.name, url: &directory, fit: fit() };
                    Keys::Published(Arc::new(KeySource::new(&publisher, client, Arc::clone(clock))))
                }
                (AgentKeys::Directory(_), None) => Keys::Held(Vec::new()),
                (AgentKeys::Files(held), _) => Keys::Held(held),
            };
            Known { agent: Arc::new(agent), url, keys, nonces: Nonces::default() }
        };
        let agents = agents.into_iter().map(known).collect();
        Ok(Self { are_known: true, addresses, terms, unlicensed_keys, agents })
    }

    /// Whether machines are told apart at all.
    #[must_use]
    pub const fn are_known(&self) -> bool {
        self.are_known
    }

    /// Where the terms are read on which machines may read.
    #[must_use]
    pub fn terms(&self) -> Option<&str> {
        self.terms.as_deref()
    }

    /// What a request claims, if it claims to be of a machine that the settings name. Where there is another credential, that
    /// one says who asks, and the signature is not looked at. Nothing is verified for this.
    ///
    /// # Errors
    /// [`Unproven`] names what is wrong with the claim.
    pub fn claim(&self, request: &HttpRequest, now: Timestamp) -> Result<Option<Claim<'_>>, Unproven> {
        let headers = request.headers();
        let is_claimed = !self.agents.is_empty()
            && headers.contains_key(SIGNATURE_INPUT)
            && headers.contains_key(SIGNATURE)
            && !bearer::is_brought(request);
        if !is_claimed {
            return Ok(None);
        }
        let signed = Signed::read(headers)?;
        signed.check_times(now)?;
        Ok(Some(Claim { known: self.named(&signed)?, signed }))
    }

    /// Verifies a claim with the keys that are here. Nobody waits for others: who claims much would learn by the time that it
    /// takes whom the settings name.
    ///
    /// # Errors
    /// [`Unproven`] names what is wrong with the claim.
    pub fn prove(&self, claim: &Claim<'_>, request: &HttpRequest, now: Timestamp) -> Result<(), Unproven> {
        let Claim { known, signed } = claim;
        let key = known.keys.find(&signed.key, now)?;
        let signature = URL_SAFE_NO_PAD.encode(&signed.signature);
        for address in &self.addresses {
            let base = signed.base(request, address)?;
            let genuine = jsonwebtoken::crypto::verify(&signature, base.as_bytes(), &key.key, key.algorithm);
            if genuine.unwrap_or(false) {
                return Ok(());
            }
        }
        Err(Unproven::Signature)
    }

    /// Whether a claim that was proved is good once more: one with a nonce is good once.
    #[must_use]
    pub fn is_first(&self, claim: &Claim<'_>, now: Timestamp) -> bool {
        let Claim { known, signed } = claim;
        signed.nonce.is_none_or(|nonce| known.nonces.admit(nonce, signed.expires, now))
    }

    /// Fetches the keys that are published, before anybody needs them. It takes as long as the slowest directory, whose time is
    /// limited.
    pub async fn fetch_keys(&self, now: Timestamp) {
        let published = self.agents.iter().filter_map(|known| match &known.keys {
            Keys::Published(source) => Some(source.current(now)),
            Keys::Held(_) => None,
        });
        join_all(published).await;
    }

    /// The machine that a signature names. One that names none is looked for by its key, among those whose keys are here.
    fn named(&self, signed: &Signed) -> Result<&Known, Unproven> {
        let found = match &signed.agent {
            Some(name) => {
                let url = Url::parse(name).map_err(|_| Unproven::Agent)?;
                self.agents.iter().find(|known| known.url == url)
            }
            None => self.agents.iter().find(|known| known.keys.holds(&signed.key)),
        };
        found.ok_or(Unproven::Agent)
    }

    /// The answer to a bearer who may do nothing.
    #[must_use]
    pub fn no_standing(&self, why: NoStanding) -> Problem {
        match (why, self.unlicensed_keys) {
            (NoStanding::Unlicensed(_), KeyAnswer::PaymentRequired) => self.payment_required(),
            (NoStanding::Unlicensed(_), KeyAnswer::NotFound) => Problem::not_found(),
            (why, _) => no_standing(why),
        }
    }

    /// The answer to a machine that is to pay.
    #[must_use]
    pub fn payment_required(&self) -> Problem {
        let problem = Problem::new(Code::PaymentRequired, "The publisher lets you read under a licence.");
        let Some(terms) = &self.terms else { return problem };
        let problem = problem.with_terms(terms);
        match HeaderValue::try_from(format!("<{terms}>; rel=\"license\"")) {
            Ok(link) => problem.with_header(LINK, link),
            Err(_) => problem,
        }
    }
}

impl Keys {
    fn find(&self, name: &str, now: Timestamp) -> Result<Arc<published::ForeignKey>, Unproven> {
        match self {
            Self::Published(source) => source.find_here(name, now).map_err(|why| match why {
                NoKey::Unknown => Unproven::Key,
                NoKey::Away => Unproven::Away,
            }),
            Self::Held(held) => {
                let found = held.iter().find_map(|keys| keys.0.find(name));
                found.cloned().ok_or(Unproven::Key)
            }
        }
    }

    /// Whether it is a key that nobody has to be asked for.
    fn holds(&self, name: &str) -> bool {
        match self {
            Self::Published(_) => false,
            Self::Held(held) => held.iter().any(|keys| keys.0.find(name).is_some()),
        }
    }
}
