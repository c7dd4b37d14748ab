//! Addresses that a text or an image may point to.

use serde::{Deserialize, Serialize};
use url::Url;

/// The target of a link: an absolute `http`, `https`, `mailto` or `tel` URL, or a path (`/…`), query
/// (`?…`) or fragment (`#…`) on the publication's own site. At most 2,048 bytes.
///
/// No script can hide in it: any other scheme is refused, and so is a protocol-relative `//host`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Href(String);

/// Why a text is no [`Href`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HrefError {
    /// Longer than 2,048 bytes.
    #[error("longer than 2,048 bytes")]
    TooLong,
    /// Neither an absolute URL nor a path, query or fragment.
    #[error("neither an absolute URL nor a path on the publication's site")]
    Malformed,
    /// A scheme that a reader must not be sent to.
    #[error("the scheme is none of http, https, mailto, tel")]
    Scheme,
}

const MAX_HREF: usize = 2_048;

impl Href {
    /// The address as text, as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Href {
    type Err = HrefError;

    fn from_str(text: &str) -> Result<Self, HrefError> {
        if text.len() > MAX_HREF {
            return Err(HrefError::TooLong);
        }
        if text.is_empty() || text.bytes().any(|b| b.is_ascii_control() || b == b'\\') {
            return Err(HrefError::Malformed);
        }
        let on_our_site = text.starts_with(['/', '#', '?']) && !text.starts_with("//");
        if !on_our_site {
            let url = Url::parse(text).map_err(|_| HrefError::Malformed)?;
            if !matches!(url.scheme(), "http" | "https" | "mailto" | "tel") {
                return Err(HrefError::Scheme);
            }
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Href {
    type Error = HrefError;

    fn try_from(text: String) -> Result<Self, HrefError> {
        text.parse()
    }
}

impl From<Href> for String {
    fn from(href: Href) -> Self {
        href.0
    }
}

impl std::fmt::Display for Href {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_without_script_pass() {
        for good in ["https://example.org/a?b#c", "mailto:desk@example.org", "/about/", "#notes", "?page=2"] {
            assert!(good.parse::<Href>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "/\\evil.example",
            "relative/path",
            "vbscript:x",
        ] {
            assert!(bad.parse::<Href>().is_err(), "{bad}");
        }
    }
}
