//! Tiers: what readers can become members of.

use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::tier::Tier;
use std::sync::Arc;

/// All tiers, cheapest first.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn all(reading: &Reading) -> Result<Arc<[Arc<Tier>]>, Problem> {
    reading.tiers().await.cloned()
}
