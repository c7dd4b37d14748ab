//! The readable name of a thing in a URL.

use serde::{Deserialize, Serialize};

/// 1 to 191 characters of `a-z`, `0-9`, `-` and `_`. Never starts like an id, so that a path segment is
/// either an id or a slug and never both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Why a text is no [`Slug`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a slug: 1 to 191 characters of a-z, 0-9, - and _, and not of the form of an id")]
pub struct SlugError;

/// The longest slug, in characters. The length is that of Ghost's database, so its slugs fit.
pub const MAX_SLUG: usize = 191;

impl Slug {
    /// Makes a slug out of any text: letters are put into ASCII, everything else becomes a hyphen.
    ///
    /// # Errors
    /// [`SlugError`] when nothing is left of the text.
    pub fn from_text(text: &str) -> Result<Self, SlugError> {
        let mut made = slug::slugify(text);
        made.truncate(MAX_SLUG);
        made.trim_end_matches('-').parse()
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_the_form_of_an_id(text: &str) -> bool {
    text.as_bytes().get(3) == Some(&b'_')
        && text.len() == 36
        && text.bytes().skip(4).all(|b| b.is_ascii_hexdigit())
}

impl std::str::FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        let allowed = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let valid =
            (1..=MAX_SLUG).contains(&text.len()) && text.bytes().all(allowed) && !has_the_form_of_an_id(text);
        if valid { Ok(Self(text.to_owned())) } else { Err(SlugError) }
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_a_path_can_carry() {
        for good in ["a", "water-quota--part-2", "2026_budget"] {
            assert_eq!(good.parse::<Slug>().expect(good).as_str(), good);
        }
        for bad in ["", "Upper", "with space", "a/b", "é", "art_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b"] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
        assert!("x".repeat(192).parse::<Slug>().is_err());
    }

    #[test]
    fn makes_a_slug_of_any_title() {
        assert_eq!(Slug::from_text("Où va l'Élysée?").expect("slug").as_str(), "ou-va-l-elysee");
        assert!(Slug::from_text("???").is_err());
    }
}
