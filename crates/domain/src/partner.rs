//! Partners, who take a part of the publication under a licence, and the keys that they and other programs show.

use crate::clock::Timestamp;
use crate::id::{ArticleId, KeyId, PartnerId};
use crate::viewer::{Extent, Licence, LicenceError, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a partner may take anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartnerStatus {
    /// As the licence says.
    #[default]
    Active,
    /// Shut out by the publisher: no key of theirs is good.
    Suspended,
}

impl PartnerStatus {
    /// The status in lower case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The status with this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|status| status.code() == code)
    }
}

/// Somebody who syndicates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partner {
    /// Its identifier, never reused.
    pub id: PartnerId,
    /// What it is called, 1 to [`MAX_TEXT`] bytes.
    pub name: String,
    /// Whom to write to, at most [`MAX_TEXT`] bytes.
    pub contact: Option<String>,
    /// Whether it may take anything.
    pub status: PartnerStatus,
    /// When it was entered.
    pub created: Timestamp,
    /// What it may take; nothing as long as there is none.
    pub licence: Option<Licence>,
}

/// Why a partner's keys open nothing, however good they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlicensed {
    /// The publisher has suspended the partner.
    #[error("the partner is suspended by the publisher")]
    Suspended,
    /// There is no licence.
    #[error("the partner has no licence")]
    Without,
    /// The licence is valid from this instant on.
    #[error("the partner's licence begins at {0}")]
    Early(Timestamp),
    /// The licence was valid before this instant.
    #[error("the partner's licence ended at {0}")]
    Ended(Timestamp),
}

/// The longest name, contact or name of a key, in bytes.
pub const MAX_TEXT: usize = 200;

/// Why a partner or a key cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartnerError {
    /// The name is empty, has control characters, or is longer than [`MAX_TEXT`] bytes.
    #[error("name: 1 to {MAX_TEXT} bytes without control characters")]
    Name,
    /// The contact is empty, has control characters, or is longer than [`MAX_TEXT`] bytes.
    #[error("contact: 1 to {MAX_TEXT} bytes without control characters")]
    Contact,
    /// The licence cannot be granted.
    #[error("licence.{0}")]
    Licence(#[from] LicenceError),
}

fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control)
}

/// Checks the name of something of a partner's.
pub(crate) fn check_name(name: &str) -> Result<(), PartnerError> {
    if is_plain(name) { Ok(()) } else { Err(PartnerError::Name) }
}

impl Partner {
    /// Checks what must hold of every partner.
    ///
    /// # Errors
    /// [`PartnerError`] names the field that is wrong.
    pub fn check(&self) -> Result<(), PartnerError> {
        if !is_plain(&self.name) {
            return Err(PartnerError::Name);
        }
        if self.contact.as_deref().is_some_and(|contact| !is_plain(contact)) {
            return Err(PartnerError::Contact);
        }
        Ok(self.licence.as_ref().map_or(Ok(()), Licence::check)?)
    }

    /// What the partner may take at this instant.
    ///
    /// # Errors
    /// [`Unlicensed`] says why it is nothing.
    pub fn licensed(&self, now: Timestamp) -> Result<&Licence, Unlicensed> {
        if self.status == PartnerStatus::Suspended {
            return Err(Unlicensed::Suspended);
        }
        let licence = self.licence.as_ref().ok_or(Unlicensed::Without)?;
        if licence.is_valid(now) {
            return Ok(licence);
        }
        match licence.valid_until {
            Some(until) if until <= now => Err(Unlicensed::Ended(until)),
            _ => Err(Unlicensed::Early(licence.valid_from)),
        }
    }
}

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// Reading what its holder may read. Every key has it.
    Read,
    /// Writing what the role of a service account may write.
    Manage,
}

impl KeyScope {
    /// The scope as tokens and APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read => "content:read",
            Self::Manage => "manage",
        }
    }

    /// The scope with this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Read, Self::Manage].into_iter().find(|scope| scope.code() == code)
    }
}

/// Who shows a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A partner.
    Partner(PartnerId),
    /// A program of the publisher's own, which may do what this role may.
    Service(Role),
}

impl Holder {
    /// The partner, if it is one.
    #[must_use]
    pub const fn partner(self) -> Option<PartnerId> {
        match self {
            Self::Partner(partner) => Some(partner),
            Self::Service(_) => None,
        }
    }
}

/// A key as it is kept: everything but the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identifier, never reused.
    pub id: KeyId,
    /// Who shows it.
    pub holder: Holder,
    /// What it is for, in the publisher's words, 1 to [`MAX_TEXT`] bytes.
    pub name: String,
    /// The part of the key that may be shown and tells it from others: twelve hexadecimal digits.
    pub prefix: String,
    /// What it is good for.
    pub scopes: BTreeSet<KeyScope>,
    /// When it was made.
    pub created: Timestamp,
    /// The first instant at which it is no longer good; `None` for open.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
}

impl ApiKey {
    /// How many keys of one partner may be good at the same time: the one in use, and the next.
    pub const MOST_ACTIVE: usize = 2;

    /// Checks what must hold of every key.
    ///
    /// # Errors
    /// [`PartnerError::Name`] when the name is wrong.
    pub fn check(&self) -> Result<(), PartnerError> {
        check_name(&self.name)
    }

    /// Whether it is good at this instant, whatever its holder may do.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }

    /// Whether a service account with this key may change what its role may; without, it reads and no more.
    #[must_use]
    pub fn manages(&self) -> bool {
        self.scopes.contains(&KeyScope::Manage)
    }
}

/// What of an article goes out to a partner in one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The article.
    pub article: ArticleId,
    /// The first half of the BLAKE3 hash of the words that go out, so that an edition is told from another: the title, with a
    /// teaser the standfirst, and with the full text the text, each followed by a zero byte.
    pub digest: [u8; 16],
    /// When the edition last changed for readers.
    pub updated: Timestamp,
    /// How much of it.
    pub extent: Extent,
    /// Whether direct links to its sources are there.
    pub source_links: bool,
}

/// What of an article has ever gone out to a partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// To whom.
    pub partner: PartnerId,
    /// The most that ever went out, in the last edition of which so much did. Whether source links ever went out is told of all.
    pub most: Delivered,
    /// How many editions went out in that extent, one after the other; counted from one.
    pub editions: i64,
    /// When it first went out.
    pub first_at: Timestamp,
    /// When anything of it last went out, to the hour.
    pub last_at: Timestamp,
    /// By which surface that was: `rest`, `graphql`, `changes`, `feed` or `sitemap`.
    pub surface: String,
}

/// One thing that somebody on the staff has done, or an owner of a group with the seats of others. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its place in the record, counted up.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as their token names them.
    pub by: String,
    /// What, as a word with a dot: `partner.created`.
    pub action: String,
    /// To what: an identifier.
    pub subject: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::Extent;

    #[test]
    fn a_key_manages_only_when_it_says_so() {
        let key = |scopes: &[KeyScope]| ApiKey {
            id: KeyId::new(Timestamp::EPOCH, [1; 10]),
            holder: Holder::Service(Role::Admin),
            name: "Build".into(),
            prefix: "0123456789ab".into(),
            scopes: scopes.iter().copied().collect(),
            created: Timestamp::EPOCH,
            expires: Some(Timestamp::EPOCH.plus_seconds(10)),
            revoked: None,
            used: None,
        };
        assert!(!key(&[KeyScope::Read]).manages());
        assert!(key(&[KeyScope::Read, KeyScope::Manage]).manages());
        assert!(key(&[]).is_active(Timestamp::EPOCH.plus_seconds(9)));
        assert!(
            !key(&[]).is_active(Timestamp::EPOCH.plus_seconds(10)),
            "the first instant at which it is not"
        );
        let revoked = ApiKey { revoked: Some(Timestamp::EPOCH), ..key(&[]) };
        assert!(!revoked.is_active(Timestamp::EPOCH));
    }

    #[test]
    fn a_partner_may_take_something_while_its_licence_is_valid_and_nobody_has_suspended_it() {
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let licence = Licence {
            sections: None,
            tags: None,
            languages: None,
            extent: Extent::Teaser,
            source_links: false,
            delay_seconds: 0,
            valid_from: at(10),
            valid_until: Some(at(20)),
            daily_quota: None,
            attribution: None,
        };
        let mut partner = Partner {
            id: PartnerId::new(at(0), [1; 10]),
            name: "Agency".into(),
            contact: None,
            status: PartnerStatus::Active,
            created: at(0),
            licence: Some(licence.clone()),
        };
        assert_eq!(partner.licensed(at(9)), Err(Unlicensed::Early(at(10))));
        assert_eq!(partner.licensed(at(10)), Ok(&licence));
        assert_eq!(partner.licensed(at(19)), Ok(&licence));
        assert_eq!(partner.licensed(at(20)), Err(Unlicensed::Ended(at(20))));
        partner.status = PartnerStatus::Suspended;
        assert_eq!(partner.licensed(at(10)), Err(Unlicensed::Suspended));
        partner = Partner { licence: None, status: PartnerStatus::Active, ..partner };
        assert_eq!(partner.licensed(at(10)), Err(Unlicensed::Without));
    }

    #[test]
    fn what_is_wrong_with_a_partner_is_named() {
        let partner = |name: &str, contact: Option<&str>| Partner {
            id: PartnerId::new(Timestamp::EPOCH, [1; 10]),
            name: name.into(),
            contact: contact.map(Into::into),
            status: PartnerStatus::Active,
            created: Timestamp::EPOCH,
            licence: None,
        };
        assert_eq!(partner("Agency", Some("desk@agency.example")).check(), Ok(()));
        for name in ["", " ", "a\nb", &"x".repeat(MAX_TEXT + 1)] {
            assert_eq!(partner(name, None).check(), Err(PartnerError::Name), "{name:?}");
        }
        assert_eq!(partner("Agency", Some("")).check(), Err(PartnerError::Contact));
    }
}
