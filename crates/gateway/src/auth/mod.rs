//! Who is asking: from the `Authorization` header to a [`Viewer`].
//!
//! Tokens are JWTs of our own issuer (RFC 9068), or of those that the settings name (`foreign`), checked by RFC 8725: the algorithm belongs to the key and
//! never to the token, and every claim has one type. A bad token is refused; it never makes somebody
//! anonymous.

pub mod agent;
mod api_key;
mod bearer;
mod claims;
pub mod foreign;
mod key_file;
mod keys;
mod private_feed;
pub(crate) mod published;
mod secrets;
mod token;

#[cfg(test)]
mod attacks;

pub(crate) use api_key::START as START_OF_A_KEY;
pub use api_key::{NewKey, PresentedKey};
pub use claims::TokenError;
pub use keys::{KeyError, KeyRing, SigningKey};
pub(crate) use private_feed::without_secret;
pub use private_feed::{NewFeedSecret, PresentedFeed};
pub use secrets::{IdempotencySecrets, RefreshParts, Secrets};
pub use token::{MintError, TokenOptions, TokenService};

use crate::error::{Code, Problem};
use agent::Agent;
use foreign::ForeignToken;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Bearer, NoStanding, Viewer};
use std::sync::{Arc, LazyLock};

/// Who is asking, with what a request needs to know about them. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who, and what they hold.
    pub viewer: Arc<Viewer>,
    /// [`Viewer::class`], made once.
    pub class: Arc<str>,
    /// When the credential that says so ends; `None` when there was none, and for a key without an end.
    pub expires: Option<Timestamp>,
    /// Whose token it is, when it does not describe its viewer itself.
    pub bearer: Option<Bearer>,
    /// The machine that has proved that it asks; it is counted by itself, whatever it reads as.
    pub agent: Option<Arc<Agent>>,
}

/// What a credential says, or what it is that is still to be asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Believed {
    /// Who the viewer is: a described viewer, or nobody where no token was sent.
    Described(Caller),
    /// Whose token it is. What they may do is looked up.
    Borne {
        /// Whose.
        bearer: Bearer,
        /// When the token ends.
        expires: Timestamp,
    },
    /// A key, which is still to be looked up.
    Key(PresentedKey),
    /// The address of a private feed, which is still to be looked up.
    Feed(PresentedFeed),
    /// A token that names another issuer, which is still to be verified with that issuer's keys.
    Foreign(ForeignToken),
}

impl Caller {
    fn described(viewer: Viewer, expires: Option<Timestamp>) -> Self {
        Self { class: viewer.class().into(), viewer: Arc::new(viewer), expires, bearer: None, agent: None }
    }

    /// Whether the request came with a credential. What is answered is for whoever sent it alone.
    #[must_use]
    pub const fn has_credential(&self) -> bool {
        self.expires.is_some() || self.bearer.is_some() || self.agent.is_some()
    }

    /// The same, asked by a machine that has proved who it is.
    #[must_use]
    pub fn asked_by(self, agent: &Arc<Agent>) -> Self {
        Self { agent: Some(Arc::clone(agent)), ..self }
    }

    /// Somebody who sent no token.
    #[must_use]
    pub fn anonymous() -> Self {
        static ANONYMOUS: LazyLock<Caller> = LazyLock::new(|| Caller::described(Viewer::Anonymous, None));
        ANONYMOUS.clone()
    }
}

/// The answer to a key of which nobody knows.
#[must_use]
pub fn unknown_key() -> Problem {
    bearer::refusal(TokenError::ApiKey)
}

/// The answer to a token that was good once.
#[must_use]
pub fn revoked() -> Problem {
    bearer::refusal(TokenError::Revoked)
}

/// The answer to whoever may do nothing: a token that was good once, or a good key whose partner's licence is not. Only
/// whoever has the key learns of the licence.
#[must_use]
pub fn no_standing(why: NoStanding) -> Problem {
    match why {
        NoStanding::Ended => revoked(),
        NoStanding::Unlicensed(why) => {
            Problem::new(Code::LicenceNotValid, format!("Your key is good, but {why}."))
                .about("Authorization")
        }
    }
}

/// Chooses the cryptography that signs and verifies. Call it once, before the first token.
pub fn install_cryptography() {
    // It fails only when a choice was made before, and there is one to make.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
