//! What a lock asks for.

use crate::viewer::Entitlement;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Any one of these entitlements opens the lock; with none named it is open to everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requirement {
    any_of: BTreeSet<Entitlement>,
}

impl Requirement {
    /// Open to everybody.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// Open to the publisher's staff only.
    #[must_use]
    pub fn staff() -> Self {
        Self::any_of([Entitlement::Staff])
    }

    /// Open to whoever holds one of these. With none given, nobody could: it is then for staff only, and
    /// never public by accident.
    #[must_use]
    pub fn any_of(entitlements: impl IntoIterator<Item = Entitlement>) -> Self {
        let any_of: BTreeSet<_> = entitlements.into_iter().collect();
        if any_of.is_empty() { Self::staff() } else { Self { any_of } }
    }

    /// Whether it is open to everybody.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.any_of.is_empty()
    }

    /// What would open it, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = &Entitlement> {
        self.any_of.iter()
    }

    /// Whether it names something that a reader can hold. What is for staff, and what this version does not know,
    /// is not.
    #[must_use]
    pub fn is_for_readers(&self) -> bool {
        !self.any_of.iter().all(|one| matches!(one, Entitlement::Staff | Entitlement::Unknown(_)))
    }

    /// Whether it names something, and only what this version knows.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        !self.is_public() && !self.any_of.iter().any(|one| matches!(one, Entitlement::Unknown(_)))
    }
}
