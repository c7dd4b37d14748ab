//! Tiers: what members pay for.

use crate::id::TierId;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

/// What a tier costs. Amounts are in the currency's minor unit (cents).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Three letters by ISO 4217, in upper case.
    pub currency: String,
    /// For a month.
    pub monthly: Option<i64>,
    /// For a year.
    pub yearly: Option<i64>,
}

/// A paid membership. Whoever holds one holds `member` and `tier:<slug>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Its identifier.
    pub id: TierId,
    /// Its name in URLs and entitlements, unique among tiers.
    pub slug: Slug,
    /// Its name for readers.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// What comes with it, in order.
    pub benefits: Vec<String>,
    /// What it costs; `None` when it is not for sale (comped or gifted only).
    pub price: Option<Price>,
    /// Whether it is offered now. A tier that is no longer offered still opens what it opened.
    pub active: bool,
}

/// How many tiers a publication may have.
pub const MAX_TIERS: usize = 100;
