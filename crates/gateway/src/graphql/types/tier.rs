//! Tiers.

use async_graphql::{ID, Object, SimpleObject};
use masthead_domain::tier::Tier;
use std::sync::Arc;

/// A paid membership.
pub(super) struct TierObject(pub(super) Arc<Tier>);

#[Object(name = "Tier")]
impl TierObject {
    /// Its identifier.
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name in URLs and entitlements.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Its name for readers.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// What comes with it, in order.
    async fn benefits(&self) -> &[String] {
        &self.0.benefits
    }

    /// What it costs; null when it is not for sale.
    async fn price(&self) -> Option<Price> {
        let price = self.0.price.as_ref()?;
        Some(Price { currency: price.currency.clone(), monthly: price.monthly, yearly: price.yearly })
    }

    /// Whether it is offered now.
    async fn active(&self) -> bool {
        self.0.active
    }
}

/// What a tier costs, in the currency's minor unit (cents).
#[derive(SimpleObject)]
struct Price {
    /// Three letters by ISO 4217.
    currency: String,
    /// For a month.
    monthly: Option<i64>,
    /// For a year.
    yearly: Option<i64>,
}
