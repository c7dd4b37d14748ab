//! The URL of the server that takes our mail, which may hold a password.

use super::database_url::without_password;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// Where mail goes: `smtps://USER:PASSWORD@HOST`, or `smtp://…?tls=required` for STARTTLS. It is written out without
/// its password, and not at all in debug output.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct SmtpUrl(SecretString);

impl SmtpUrl {
    /// The whole URL, to connect with.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for SmtpUrl {
    fn from(url: String) -> Self {
        Self(url.into())
    }
}

impl Serialize for SmtpUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&without_password(self.expose(), &["smtp", "smtps"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_it_shows_the_password() {
        for url in ["smtps://desk:s3cret@mail.example", "smtp://mail.example?password=s3cret", "s3cret"] {
            let url = SmtpUrl::from(url.to_owned());
            let written = format!("{url:?} {}", serde_json::to_string(&url).expect("json"));
            assert!(!written.contains("s3cret"), "{written}");
        }
    }
}
