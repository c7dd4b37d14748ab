//! The codes of links: drawn once, shown once, and kept as their hash.

use crate::clock::Chance;
use crate::error::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::id::ArticleId;
use masthead_domain::viewer::Bearer;

/// The code of a link. Whoever has it may use the link.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCode(String);

/// The longest text that is looked at as a code, in bytes.
const MAX_CODE: usize = 64;

impl LinkCode {
    /// Draws a code of 128 bits.
    pub(in crate::operation) fn draw(chance: &dyn Chance) -> Result<Self, Problem> {
        let mut bytes = [0; 16];
        chance.fill(&mut bytes)?;
        Ok(Self::of(bytes))
    }

    /// The code with these bits, which nobody can guess.
    pub(in crate::operation) fn of(bytes: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Takes what a client sends as a code.
    ///
    /// # Errors
    /// A problem when no link has such a code.
    pub fn sent(text: &str) -> Result<Self, Problem> {
        if text.is_empty() || text.len() > MAX_CODE {
            Err(Problem::not_found())
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The code, for the one who made it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is kept of it. A code is drawn from 128 bits of chance, so a fast hash is as good as a slow one.
    pub(in crate::operation) fn hash(&self) -> String {
        blake3::hash(self.0.as_bytes()).to_hex().to_string()
    }
}

impl std::fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkCode")
    }
}

/// What was opened with a code or by a place: whose token whoever opened it gets, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Whose token.
    pub bearer: Bearer,
    /// The one article that it is for; `None` for all.
    pub article: Option<ArticleId>,
    /// How long the token may live, in seconds.
    pub seconds: i64,
}

/// The random part of an id.
pub(in crate::operation) fn bits(chance: &dyn Chance) -> Result<[u8; 10], Problem> {
    let mut bits = [0; 10];
    chance.fill(&mut bits)?;
    Ok(bits)
}
