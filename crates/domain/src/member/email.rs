//! Addresses of electronic mail.

use serde::{Deserialize, Serialize};

/// An address such as `reader@paper.example`, in the one form in which it is compared: no space around it, the
/// domain in lower case and ASCII (RFC 5890), the part before the @ in lower case.
///
/// RFC 5321, section 2.4, lets a host tell `Reader` and `reader` apart; no host that people use does, and two
/// accounts that differ by case alone are one person. It is shown in full by [`Email::as_str`] alone: neither
/// `Debug` nor `Display` writes it, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why a text is no [`Email`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address such as reader@paper.example")]
pub struct EmailError;

/// The longest address, in bytes (RFC 5321, section 4.5.3.1, with errata 1690).
const MAX_ADDRESS: usize = 254;
/// The longest part before the @, in bytes (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

impl Email {
    /// The address in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the @.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl std::str::FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(EmailError)?;
        // The unquoted form of RFC 5322, section 3.2.3: quoted ones are legal and nobody has one.
        let is_of_an_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let is_local = (1..=MAX_LOCAL).contains(&local.len())
            && local.chars().all(is_of_an_atom)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let Ok(url::Host::Domain(domain)) = url::Host::parse(domain) else { return Err(EmailError) };
        let is_domain = domain.contains('.')
            && domain.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            });
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        if is_local && is_domain && address.len() <= MAX_ADDRESS {
            Ok(Self(address))
        } else {
            Err(EmailError)
        }
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_form() {
        let form = |text: &str| text.parse::<Email>().map(|email| email.as_str().to_owned());
        assert_eq!(form(" Reader.One+news@Paper.Example "), Ok("reader.one+news@paper.example".into()));
        assert_eq!(form("leser@zürich.example"), Ok("leser@xn--zrich-kva.example".into()));
        for text in [
            "",
            "@",
            "a@",
            "@b.example",
            "a b@c.example",
            "a@b",
            "a@b..example",
            "a@-b.example",
            ".a@b.example",
            "a..b@c.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "\"a b\"@c.example",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example,c@d.example",
            "a\0@b.example",
        ] {
            assert_eq!(form(text), Err(EmailError), "{text:?}");
        }
        assert!(form(&format!("{}@b.example", "x".repeat(65))).is_err());
    }

    #[test]
    fn it_does_not_slip_into_a_log() {
        let email: Email = "reader@paper.example".parse().expect("valid");
        assert!(!format!("{email:?}").contains("reader"));
    }
}
