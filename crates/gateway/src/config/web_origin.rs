//! Origins that may read answers.

use serde::{Deserialize, Serialize};
use url::Url;

/// An origin as browsers write it (RFC 6454, section 6.2), such as `https://example.org`; or `*` for all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebOrigin(String);

/// Why a text is no [`WebOrigin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is scheme, host and port as browsers write them, without a slash at the end, such as \
     https://example.org or http://localhost:3000; * stands for all"
)]
pub struct WebOriginError;

impl WebOrigin {
    /// The origin of a page with this address; `None` when it is no address of the web.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        Url::parse(url).ok()?.origin().ascii_serialization().parse().ok()
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for all.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.0 == "*"
    }
}

impl std::str::FromStr for WebOrigin {
    type Err = WebOriginError;

    /// Browsers send an origin in one form, and it is compared byte by byte: another form would never match.
    fn from_str(text: &str) -> Result<Self, WebOriginError> {
        let is_own_form =
            |url: Url| matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text;
        if text == "*" || !text.contains('*') && Url::parse(text).is_ok_and(is_own_form) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WebOriginError)
        }
    }
}

impl TryFrom<String> for WebOrigin {
    type Error = WebOriginError;

    fn try_from(text: String) -> Result<Self, WebOriginError> {
        text.parse()
    }
}

impl From<WebOrigin> for String {
    fn from(origin: WebOrigin) -> Self {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_form() {
        for good in [
            "*",
            "https://example.org",
            "http://localhost:3000",
            "http://[::1]:8080",
            "https://xn--4ca.example",
        ] {
            assert_eq!(good.parse::<WebOrigin>().map(String::from).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "null",
            "https://a b",
            "https://example.org/",
            "https://example.org/path",
            "https://example.org?x",
            "https://EXAMPLE.org",
            "https://example.org:443",
            "https://user@example.org",
            "https://ä.example",
            "example.org",
            "https://*.example.org",
            "ftp://example.org",
        ] {
            assert_eq!(bad.parse::<WebOrigin>(), Err(WebOriginError), "{bad}");
        }
    }
}
