//! Typed identifiers: a prefix that names the kind, and a UUIDv7 (RFC 9562, section 5.7) in hexadecimal.
//!
//! `art_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b` is an article. Ids sort by the time they were made, are never
//! reused, and serve as global ids in GraphQL.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// Why a text is no identifier of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of the form {prefix}_ followed by 32 hexadecimal digits")]
pub struct IdError {
    /// The prefix of the kind that was expected, without the underscore.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// The text before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from the instant of its making (cut to milliseconds) and 80 random bits.
            ///
            /// Importers pass bits derived from the source's own key instead of random ones, so that the
            /// same record always gets the same id.
            #[must_use]
            pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(at.micros().div_euclid(1_000)).unwrap_or(0);
                Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// Takes a UUID as it stands in the database.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID without the prefix.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            /// Reads the one canonical spelling: lower case, no hyphens.
            fn from_str(text: &str) -> Result<Self, IdError> {
                let wrong = IdError { prefix: $prefix };
                let digits = text
                    .strip_prefix($prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .filter(|rest| rest.len() == 32 && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
                    .ok_or(wrong.clone())?;
                Uuid::try_parse(digits).map(Self).map_err(|_| wrong)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    )+};
}

ids! {
    /// An article: `art_…`.
    ArticleId = "art";
    /// A section: `sec_…`.
    SectionId = "sec";
    /// An author: `aut_…`.
    AuthorId = "aut";
    /// A source: `src_…`.
    SourceId = "src";
    /// A tag: `tag_…`.
    TagId = "tag";
    /// A tier: `tie_…`.
    TierId = "tie";
    /// A member: `mem_…`.
    MemberId = "mem";
    /// A subscription to a tier: `sub_…`.
    SubscriptionId = "sub";
    /// A contribution: `con_…`.
    ContributionId = "con";
    /// A group of members who share a subscription: `grp_…`.
    GroupId = "grp";
    /// An invitation to a seat in a group: `inv_…`.
    InvitationId = "inv";
    /// A newsletter: `new_…`.
    NewsletterId = "new";
    /// An attempt to sign in: `sgn_…`.
    SignInId = "sgn";
    /// An entry of the log of what people agreed to: `cns_…`.
    ConsentId = "cns";
    /// A signed-in session of a member: `ses_…`.
    SessionId = "ses";
    /// A private feed of a member: `fed_…`.
    FeedId = "fed";
    /// A device that reads without a member: `dev_…`.
    DeviceId = "dev";
    /// A gift subscription, whose code is good once: `gsu_…`.
    GiftSubscriptionId = "gsu";
    /// A gift of one article: `gif_…`.
    GiftId = "gif";
    /// A pass for some time, bought, given or by place: `pas_…`.
    PassId = "pas";
    /// A preview link: `pre_…`.
    PreviewId = "pre";
    /// A partner: `par_…`.
    PartnerId = "par";
    /// A saved filter of a partner: `fil_…`.
    FilterId = "fil";
    /// A key of a partner or of a program: `key_…`.
    KeyId = "key";
    /// An institution whose people read together: `ins_…`.
    InstitutionId = "ins";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_own_text_only() {
        let at = Timestamp::parse("2026-11-22T09:30:00Z").expect("valid");
        let id = ArticleId::new(at, [7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<SectionId>().is_err(), "another kind");
        assert!(id.to_string().to_uppercase().parse::<ArticleId>().is_err(), "another case");
        assert!("art_".parse::<ArticleId>().is_err());
        assert!("".parse::<ArticleId>().is_err());
    }

    #[test]
    fn ids_sort_by_time() {
        let early = ArticleId::new(Timestamp::parse("2026-01-01T00:00:00Z").expect("valid"), [255; 10]);
        let late = ArticleId::new(Timestamp::parse("2026-01-02T00:00:00Z").expect("valid"), [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
    }
}
