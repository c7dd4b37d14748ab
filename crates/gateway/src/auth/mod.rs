//! Who is asking: from the `Authorization` header to a [`Viewer`].
//!
//! Tokens are JWTs of our own issuer (RFC 9068), checked by RFC 8725: the algorithm belongs to the key and
//! never to the token, and every claim has one type. A bad token is refused; it never makes somebody
//! anonymous.

mod bearer;
mod claims;
mod key_file;
mod keys;
mod token;

pub use claims::TokenError;
pub use keys::{KeyError, KeyRing, SigningKey};
pub use token::{MintError, TokenOptions, TokenService};

use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::Viewer;
use std::sync::{Arc, LazyLock};

/// Who is asking, with what a request needs to know about them. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who, and what they hold.
    pub viewer: Arc<Viewer>,
    /// [`Viewer::class`], made once.
    pub class: Arc<str>,
    /// When the token that says so ends; `None` when the request came without a token.
    pub expires: Option<Timestamp>,
}

impl Caller {
    fn new(viewer: Viewer, expires: Option<Timestamp>) -> Self {
        Self { class: viewer.class().into(), viewer: Arc::new(viewer), expires }
    }

    /// Somebody who sent no token.
    #[must_use]
    pub fn anonymous() -> Self {
        static ANONYMOUS: LazyLock<Caller> = LazyLock::new(|| Caller::new(Viewer::Anonymous, None));
        ANONYMOUS.clone()
    }
}

/// Chooses the cryptography that signs and verifies. Call it once, before the first token.
pub fn install_cryptography() {
    // It fails only when a choice was made before, and there is one to make.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
