//! What a lock asks for.

use crate::viewer::{Entitlement, Viewer};
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

    /// Whether this viewer holds one of the entitlements.
    #[must_use]
    pub fn met_by(&self, viewer: &Viewer) -> bool {
        self.is_public() || self.any_of.iter().any(|entitlement| viewer.holds(entitlement))
    }
}
