//! What people agreed to, in which words, and when.

use crate::clock::Timestamp;
use crate::id::{ConsentId, MemberId};
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

/// What somebody agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Purpose {
    /// Having an account: `account`.
    Account,
    /// Getting a newsletter, by its slug: `newsletter:<slug>`.
    Newsletter(Slug),
}

/// One entry of the log of consents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Its identifier.
    pub id: ConsentId,
    /// Who.
    #[serde(skip)]
    pub member: MemberId,
    /// To what.
    pub purpose: Purpose,
    /// Which version of the words stood beside the button, as the publisher names it; see [`check_wording`].
    pub wording: String,
    /// Where it came from: a site, an address of the network, or `operator`; at most 200 bytes.
    pub source: String,
    /// When it was given.
    pub given: Timestamp,
    /// When it was confirmed by a code or link that was sent to the address.
    pub confirmed: Timestamp,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
}

/// The longest name of a wording, in bytes.
pub const MAX_WORDING: usize = 100;

/// What is wrong with a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// The wording is empty, too long, or holds control characters.
    #[error("must have 1 to {MAX_WORDING} bytes and no control characters")]
    Wording,
    /// The text names no purpose.
    #[error("is neither account nor newsletter:SLUG")]
    Purpose,
}

/// Checks the name of a wording.
///
/// # Errors
/// [`ConsentError::Wording`] when it is empty, longer than [`MAX_WORDING`] bytes or holds control characters.
pub fn check_wording(wording: &str) -> Result<(), ConsentError> {
    let fits = (1..=MAX_WORDING).contains(&wording.len())
        && !wording.trim().is_empty()
        && !wording.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(ConsentError::Wording) }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Newsletter(slug) => write!(f, "newsletter:{slug}"),
        }
    }
}

impl std::str::FromStr for Purpose {
    type Err = ConsentError;

    fn from_str(text: &str) -> Result<Self, ConsentError> {
        match text.strip_prefix("newsletter:").map(str::parse) {
            Some(Ok(slug)) => Ok(Self::Newsletter(slug)),
            None if text == "account" => Ok(Self::Account),
            _ => Err(ConsentError::Purpose),
        }
    }
}

impl TryFrom<String> for Purpose {
    type Error = ConsentError;

    fn try_from(text: String) -> Result<Self, ConsentError> {
        text.parse()
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_reads_back_from_its_text() {
        for text in ["account", "newsletter:weekly"] {
            assert_eq!(text.parse::<Purpose>().expect("valid").to_string(), text);
        }
        for text in ["", "newsletter:", "newsletter:No Slug", "marketing"] {
            assert_eq!(text.parse::<Purpose>(), Err(ConsentError::Purpose), "{text}");
        }
    }

    #[test]
    fn a_wording_has_a_name() {
        assert!(check_wording("2026-11-01/en").is_ok());
        for bad in ["", "   ", "two\nlines", &"x".repeat(MAX_WORDING + 1)] {
            assert!(check_wording(bad).is_err(), "{bad:?}");
        }
    }
}
