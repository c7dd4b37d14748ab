//! The part of an address after the @, by which an organisation's people are known.

use crate::member::Email;
use serde::{Deserialize, Serialize};

/// A domain of mail addresses such as `faculty.example`, in the form in which [`Email`] keeps it: ASCII (RFC 5890) and
/// lower case. It stands for itself alone: whoever is below it, as in `law.faculty.example`, has another domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailDomain(String);

/// Why a text is no [`EmailDomain`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the domain of an e-mail address, such as faculty.example")]
pub struct EmailDomainError;

/// Providers who give an address to whoever asks, the largest in each region. The list is a guard against a slip of
/// whoever enters a group, not a proof: what is missing here is still the publisher's own word.
const PUBLIC: [&str; 62] = [
    "126.com",
    "163.com",
    "aim.com",
    "aol.com",
    "arcor.de",
    "bk.ru",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "duck.com",
    "fastmail.com",
    "fastmail.fm",
    "foxmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "inbox.ru",
    "kpnmail.nl",
    "laposte.net",
    "libero.it",
    "list.ru",
    "live.com",
    "live.nl",
    "mac.com",
    "mail.com",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "pm.me",
    "posteo.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "seznam.cz",
    "t-online.de",
    "tuta.com",
    "web.de",
    "wp.pl",
    "yahoo.co.uk",
    "yahoo.com",
    "yandex.ru",
    "ziggo.nl",
    "zoho.com",
];

impl EmailDomain {
    /// The domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is known that anybody can have an address of it, so that it says nothing about whom they belong to.
    #[must_use]
    pub fn is_public(&self) -> bool {
        PUBLIC.binary_search(&self.as_str()).is_ok()
    }

    /// Whether the address is of this domain.
    #[must_use]
    pub fn has(&self, email: &Email) -> bool {
        email.domain() == self.0
    }
}

impl std::str::FromStr for EmailDomain {
    type Err = EmailDomainError;

    fn from_str(text: &str) -> Result<Self, EmailDomainError> {
        // What an address may have is decided where addresses are read.
        let email: Email = format!("x@{}", text.trim()).parse().map_err(|_| EmailDomainError)?;
        if text.contains('@') { Err(EmailDomainError) } else { Ok(Self(email.domain().to_owned())) }
    }
}

impl TryFrom<String> for EmailDomain {
    type Error = EmailDomainError;

    fn try_from(text: String) -> Result<Self, EmailDomainError> {
        text.parse()
    }
}

impl From<EmailDomain> for String {
    fn from(domain: EmailDomain) -> Self {
        domain.0
    }
}

impl std::fmt::Display for EmailDomain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> Result<String, EmailDomainError> {
        text.parse::<EmailDomain>().map(String::from)
    }

    #[test]
    fn a_domain_has_the_form_that_addresses_have() {
        assert_eq!(domain(" Faculty.Example "), Ok("faculty.example".into()));
        assert_eq!(domain("zürich.example"), Ok("xn--zrich-kva.example".into()));
        for text in [
            "",
            "example",
            ".example",
            "a..example",
            "a@b.example",
            "@b.example",
            "127.0.0.1",
            "a b.example",
            "*.example",
        ] {
            assert_eq!(domain(text), Err(EmailDomainError), "{text:?}");
        }
    }

    #[test]
    fn a_domain_of_everybody_is_known() {
        assert!(PUBLIC.is_sorted(), "it is searched as such");
        let is_public = |text: &str| text.parse::<EmailDomain>().expect("valid").is_public();
        assert!(PUBLIC.iter().all(|public| is_public(public)));
        assert!(is_public("GMail.com") && !is_public("gmail.com.example"));
    }

    #[test]
    fn a_domain_stands_for_itself_alone() {
        let faculty: EmailDomain = "faculty.example".parse().expect("valid");
        let has = |email: &str| faculty.has(&email.parse().expect("valid"));
        assert!(has("Anna@Faculty.Example"));
        for other in ["anna@law.faculty.example", "anna@otherfaculty.example", "anna@faculty.example.org"] {
            assert!(!has(other), "{other}");
        }
    }
}
