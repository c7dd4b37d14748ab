//! The database's URL, which may hold a password.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use std::path::Path;
use url::Url;

/// What stands in the place of a secret.
pub(super) const HIDDEN: &str = "hidden";

/// Where the database is, and how to get in. It is written out without its password, and not at all in
/// debug output.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// The whole URL, to connect with.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether several servers may share the database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        !self.expose().starts_with("sqlite:")
    }

    /// Whether there is a database, or may be one elsewhere. To open one in a file would make the file.
    #[must_use]
    pub fn may_be_there(&self) -> bool {
        let file = self.expose().strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"));
        file.is_none_or(|file| Path::new(file.split('?').next().unwrap_or(file)).exists())
    }

    /// The URL without password and query. What is no URL of a database is hidden whole: nobody knows where
    /// its password would stand.
    #[must_use]
    pub fn shown(&self) -> String {
        let url = self.expose();
        if url.starts_with("sqlite:") {
            return url.to_owned();
        }
        without_password(url, &["postgres", "postgresql"])
    }
}

/// The URL of a server without password and query. What is no URL with one of these schemes is hidden whole.
pub(super) fn without_password(url: &str, schemes: &[&str]) -> String {
    let Ok(mut parsed) = Url::parse(url) else { return HIDDEN.to_owned() };
    if !schemes.contains(&parsed.scheme()) {
        return HIDDEN.to_owned();
    }
    if parsed.password().is_some() && parsed.set_password(Some(HIDDEN)).is_err() {
        return HIDDEN.to_owned();
    }
    parsed.set_query(None);
    parsed.set_fragment(None);
    parsed.to_string()
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(url.into())
    }
}

impl From<&str> for DatabaseUrl {
    fn from(url: &str) -> Self {
        Self(url.into())
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_it_shows_the_password() {
        for url in [
            "postgres://desk:s3cret@db.example/paper",
            "postgres://:s3cret@db.example/paper",
            "postgres://db.example/paper?user=desk&password=s3cret",
            "postgres://db.example/paper#s3cret",
            "s3cret",
            "desk:s3cret@db.example",
        ] {
            let url = DatabaseUrl::from(url);
            let written = format!("{} {url:?} {}", url.shown(), serde_json::to_string(&url).expect("json"));
            assert!(!written.contains("s3cret"), "{written}");
        }
    }

    #[test]
    fn a_file_is_shown_as_it_is() {
        assert_eq!(DatabaseUrl::from("sqlite:///srv/paper.db").shown(), "sqlite:///srv/paper.db");
    }
}
