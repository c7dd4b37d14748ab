//! What opens locks, and what a reader holds of it.

use crate::slug::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something that opens locks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Entitlement {
    /// `subscriber`: a confirmed subscription to the free newsletter.
    Subscriber,
    /// `member`: any paid, comped or gifted tier that is valid now.
    Member,
    /// `tier:<slug>`: this tier.
    Tier(Slug),
    /// `staff`: works for the publisher. No reader holds it.
    Staff,
    /// Anything that this version does not know. Nobody holds it, so what requires it stays shut.
    Unknown(String),
}

impl Entitlement {
    /// Whether a reader can hold it: neither `staff` nor what this version does not know.
    #[must_use]
    pub const fn is_for_readers(&self) -> bool {
        !matches!(self, Self::Staff | Self::Unknown(_))
    }
}

impl From<&str> for Entitlement {
    fn from(text: &str) -> Self {
        match text {
            "subscriber" => Self::Subscriber,
            "member" => Self::Member,
            "staff" => Self::Staff,
            other => match other.strip_prefix("tier:").map(str::parse) {
                Some(Ok(slug)) => Self::Tier(slug),
                _ => Self::Unknown(other.to_owned()),
            },
        }
    }
}

impl From<String> for Entitlement {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Entitlement> for String {
    fn from(entitlement: Entitlement) -> Self {
        entitlement.to_string()
    }
}

impl std::fmt::Display for Entitlement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Subscriber => f.write_str("subscriber"),
            Self::Member => f.write_str("member"),
            Self::Tier(slug) => write!(f, "tier:{slug}"),
            Self::Staff => f.write_str("staff"),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

/// What a reader holds. `staff` and unknown entitlements cannot be put in, and whoever holds a tier holds
/// `member` too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entitlements(BTreeSet<Entitlement>);

impl Entitlements {
    /// Whether this one is held.
    #[must_use]
    pub fn holds(&self, entitlement: &Entitlement) -> bool {
        self.0.contains(entitlement)
    }

    /// What is held, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = &Entitlement> {
        self.0.iter()
    }
}

impl FromIterator<Entitlement> for Entitlements {
    fn from_iter<I: IntoIterator<Item = Entitlement>>(given: I) -> Self {
        let mut held: BTreeSet<_> = given.into_iter().filter(Entitlement::is_for_readers).collect();
        if held.iter().any(|one| matches!(one, Entitlement::Tier(_))) {
            held.insert(Entitlement::Member);
        }
        Self(held)
    }
}
