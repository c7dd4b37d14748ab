//! The language of a text.

use oxilangtag::LanguageTag;
use serde::{Deserialize, Serialize};

/// A language tag by BCP 47 (RFC 5646) in its canonical case, for example `en`, `pt-BR`, `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// Why a text is no [`Language`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag by BCP 47, such as en or pt-BR, of at most 35 characters")]
pub struct LanguageError;

/// The longest tag we take; RFC 5646, section 4.4.1, gives 35 as what every implementation should hold.
const MAX_TAG: usize = 35;

impl Language {
    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        if text.len() > MAX_TAG {
            return Err(LanguageError);
        }
        let tag = LanguageTag::parse_and_normalize(text).map_err(|_| LanguageError)?;
        Ok(Self(tag.into_inner()))
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(text: String) -> Result<Self, LanguageError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_checked_and_put_into_canonical_case() {
        assert_eq!("PT-br".parse::<Language>().expect("valid").as_str(), "pt-BR");
        for bad in ["", "e", "english language", "de_DE", "en-"] {
            assert!(bad.parse::<Language>().is_err(), "{bad}");
        }
    }
}
