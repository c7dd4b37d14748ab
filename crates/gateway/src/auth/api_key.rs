//! API keys: `mh_live_<prefix>_<secret>`, both parts in hexadecimal. The prefix finds the key and may be shown; of the
//! secret, which has 256 random bits, a hash is kept and nothing else.

use crate::clock::{Chance, ChanceError};
use masthead_persistence::SecretHash;
use secrecy::SecretString;
use std::fmt::Write;
use subtle::ConstantTimeEq;

/// What every key starts with. No JWT does.
pub(crate) const START: &str = "mh_live_";

/// The digits of a prefix and of a secret.
const PREFIX: usize = 12;
const SECRET: usize = 64;

/// A key that came with a request, and that nobody has looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedKey {
    prefix: String,
    hash: SecretHash,
}

impl PresentedKey {
    /// Reads a key; `None` for a text of another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, secret) = text.strip_prefix(START)?.split_once('_')?;
        let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let has_the_form =
            prefix.len() == PREFIX && secret.len() == SECRET && is_hex(prefix) && is_hex(secret);
        has_the_form.then(|| Self { prefix: prefix.to_owned(), hash: hash(text) })
    }

    /// The part that finds it.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether its secret is the one that was kept, in a time that says nothing about how near it comes. Where nothing
    /// was kept for the prefix, as long is spent on another.
    #[must_use]
    pub fn is(&self, kept: Option<SecretHash>) -> bool {
        let other = SecretHash([0; 32]);
        let same = self.hash.0.ct_eq(&kept.unwrap_or(other).0);
        bool::from(same) & kept.is_some()
    }
}

/// A new key. Its text is shown once.
pub struct NewKey {
    /// The whole key.
    pub text: SecretString,
    /// The part that may be shown.
    pub prefix: String,
    /// What is kept of it.
    pub hash: SecretHash,
}

impl NewKey {
    /// Makes a key that nobody can foresee.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn make(chance: &dyn Chance) -> Result<Self, ChanceError> {
        let (mut prefix, mut secret) = ([0; PREFIX / 2], [0; SECRET / 2]);
        chance.fill(&mut prefix)?;
        chance.fill(&mut secret)?;
        let prefix = hex(&prefix);
        let text = format!("{START}{prefix}_{}", hex(&secret));
        Ok(Self { hash: hash(&text), text: text.into(), prefix })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A fast hash is enough: nobody guesses 256 random bits, however fast they try.
fn hash(text: &str) -> SecretHash {
    SecretHash(*blake3::hash(text.as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;
    use secrecy::ExposeSecret;

    #[test]
    fn a_key_is_known_by_its_hash_alone() {
        let new = NewKey::make(&SystemChance).expect("chance");
        let text = new.text.expose_secret();
        let presented = PresentedKey::parse(text).expect("a key");
        assert_eq!(presented.prefix(), new.prefix);
        assert!(presented.is(Some(new.hash)));
        assert!(!presented.is(None));
        let other = NewKey::make(&SystemChance).expect("chance");
        assert!(!presented.is(Some(other.hash)));
        assert_ne!(new.prefix, other.prefix);
        assert!(!format!("{presented:?}").contains(text.rsplit_once('_').expect("two parts").1));
    }

    #[test]
    fn a_key_has_one_spelling() {
        let new = NewKey::make(&SystemChance).expect("chance");
        let text = new.text.expose_secret();
        for wrong in [
            "",
            START,
            "mh_live_0123456789ab_",
            &text[..text.len() - 1],
            &format!("{text}0"),
            &text.to_uppercase(),
            &text.replace("live", "test"),
            &format!(" {text}"),
            &text.replacen('_', "", 3),
        ] {
            assert_eq!(PresentedKey::parse(wrong), None, "{wrong}");
        }
    }
}
