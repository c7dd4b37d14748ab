//! Tiers that come with other tiers.

use crate::error::StoreError;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::tier::Ladder;
use masthead_domain::viewer::{Entitlement, Entitlements, Viewer};

impl Store {
    /// What somebody holds who was given these: the tiers that come with theirs too. This is the one place where what
    /// was given becomes what is held. In at most one statement; none where no tier was given.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn held_with(&self, given: Entitlements, now: Timestamp) -> Result<Entitlements, StoreError> {
        if !given.iter().any(|one| matches!(one, Entitlement::Tier(_))) {
            return Ok(given);
        }
        let tiers = self.library(&Viewer::Anonymous, now).tiers().await?;
        Ok(Ladder::of(&tiers).climbed(&given))
    }
}
