//! The secrets in the addresses of private feeds: `mh_fd_<secret>`, 256 random bits in base64url. A feed reader sends no
//! header, so the address is the credential: it is taken from the path and from nowhere else, and repeated nowhere.

use crate::clock::{Chance, ChanceError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_persistence::SecretHash;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use std::borrow::Cow;
use subtle::ConstantTimeEq;

/// What every secret starts with.
const START: &str = "mh_fd_";

/// How many bytes of a secret are shown in lists. What is left has more than 200 bits.
const SHOWN: usize = START.len() + 6;

/// The random bytes of a secret.
const SECRET: usize = 32;

/// Below what private feeds lie: `/feeds/private/{secret}/…`.
const PLACE: [&str; 2] = ["feeds", "private"];

/// What stands in the place of a secret.
const HIDDEN: &str = "…";

/// The secret of a feed that came with a request, and that nobody has looked at yet. Whatever stands in its place is taken, so
/// that a text of another form costs what an unknown secret does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresentedFeed(SecretHash);

impl PresentedFeed {
    /// What stands in the place of the secret; `None` for the path of anything but a private feed.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix('/')?.split('/');
        let is_private = PLACE.iter().all(|part| parts.next() == Some(*part));
        parts.next().filter(|_| is_private).map(|secret| Self(hash(secret)))
    }

    /// The hash that finds it.
    #[must_use]
    pub const fn hash(self) -> SecretHash {
        self.0
    }

    /// Whether its secret is the one that was kept, in a time that says nothing about how near it comes.
    #[must_use]
    pub fn is(self, kept: SecretHash) -> bool {
        self.0.0.ct_eq(&kept.0).into()
    }
}

/// A new secret. Its text is shown once.
pub struct NewFeedSecret {
    /// The whole secret.
    pub text: SecretString,
    /// The part that may be shown.
    pub prefix: String,
    /// What is kept of it.
    pub hash: SecretHash,
}

impl NewFeedSecret {
    /// Makes a secret that nobody can foresee.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn make(chance: &dyn Chance) -> Result<Self, ChanceError> {
        let mut secret = [0; SECRET];
        chance.fill(&mut secret)?;
        let text = format!("{START}{}", URL_SAFE_NO_PAD.encode(secret));
        Ok(Self { hash: hash(&text), prefix: text.chars().take(SHOWN).collect(), text: text.into() })
    }
}

/// A fast hash is enough: nobody guesses 256 random bits, however fast they try.
fn hash(text: &str) -> SecretHash {
    SecretHash(*blake3::hash(text.as_bytes()).as_bytes())
}

/// The path as it may be told, in logs and to clients: whatever may be the secret of a feed is left out. That is what stands in
/// its place, what begins like one anywhere else, and, in a path that may be meant to have one, what is written in escapes.
#[must_use]
pub(crate) fn without_secret(path: &str) -> Cow<'_, str> {
    let written = percent_decode_str(path).decode_utf8_lossy();
    if !written.contains(START) && !written.starts_with("/feeds/") {
        return Cow::Borrowed(path);
    }
    let parts: Vec<_> = path.split('/').collect();
    let is_below_feeds = written.starts_with("/feeds/");
    let is_private = is_below_feeds && parts.get(2) == Some(&PLACE[1]);
    let shown = parts.iter().enumerate().map(|(place, part)| {
        let is_secret =
            (is_private && place == 3 && !part.is_empty()) || part.contains(START) || part.contains('%');
        if is_secret { HIDDEN } else { *part }
    });
    Cow::Owned(shown.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_is_taken_from_its_place_alone() {
        let new = NewFeedSecret::make(&SystemChance).expect("chance");
        let text = new.text.expose_secret();
        assert_eq!(text.len(), START.len() + 43);
        assert!(text.starts_with(&new.prefix) && new.prefix.len() == SHOWN);
        for path in [format!("/feeds/private/{text}/articles.rss"), format!("/feeds/private/{text}")] {
            let presented = PresentedFeed::of_path(&path).expect("in its place");
            assert!(presented.is(new.hash));
            assert!(!presented.is(NewFeedSecret::make(&SystemChance).expect("chance").hash));
            assert!(!format!("{presented:?}").contains(&text[6..]));
        }
        for path in ["/feeds/articles.rss", "/feeds/private", "/v1/feeds/private/x", "/Feeds/private/x/y", ""]
        {
            assert_eq!(PresentedFeed::of_path(path), None, "{path}");
        }
    }

    #[test]
    fn no_secret_is_told() {
        let secret = "mh_fd_abcdefghij";
        for (path, told) in [
            ("/v1/articles/the-river", "/v1/articles/the-river"),
            ("/feeds/sections/world.rss", "/feeds/sections/world.rss"),
            ("/feeds/private/mh_fd_abcdefghij/articles.rss", "/feeds/private/…/articles.rss"),
            ("/feeds/private/abcdefghij/tags/ports.atom", "/feeds/private/…/tags/ports.atom"),
            ("/feeds/private/abcdefghij", "/feeds/private/…"),
            ("//feeds/private/mh_fd_abcdefghij/x", "//feeds/private/…/x"),
            ("/feeds/%70rivate/mh%5Ffd_abcdefghij/x.rss", "/feeds/…/…/x.rss"),
            ("/v1/mh_fd_abcdefghij", "/v1/…"),
            ("/%66eeds/private/mh%5Ffd_abcdefghij/x.rss", "/…/private/…/x.rss"),
            ("/v1/mh%5ffd%5fabcdefghij", "/v1/…"),
            ("/v1/articles/caf%C3%A9", "/v1/articles/caf%C3%A9"),
        ] {
            let shown = without_secret(path);
            assert_eq!(shown, told);
            assert!(!shown.contains(secret) && !shown.contains("abcdefghij"));
        }
    }
}
