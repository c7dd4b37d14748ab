//! The answer for a lock.

use super::tier::TierObject;
use super::words::{AccessReason, OfferKind};
use async_graphql::Object;
use masthead_domain::paywall;
use masthead_domain::view::{ArticleView, LockView};

/// Whether a lock is open, and why.
pub(super) struct Access<'a>(pub(super) &'a paywall::Access);

#[Object]
impl Access<'_> {
    /// Whether it is open.
    async fn granted(&self) -> bool {
        self.0.granted()
    }

    /// Why.
    async fn reason(&self) -> AccessReason {
        self.0.reason().into()
    }

    /// The entitlements any one of which opens it; empty when it is public.
    async fn required(&self) -> Vec<String> {
        self.0.required.iter().map(ToString::to_string).collect()
    }

    /// What the viewer could do to open it; empty when it is open.
    async fn offers(&self) -> Vec<Offer<'_>> {
        self.0.offers.iter().map(Offer).collect()
    }
}

/// Something a reader can do to open a lock.
pub(super) struct Offer<'a>(&'a paywall::Offer);

#[Object]
impl Offer<'_> {
    /// What it is.
    async fn kind(&self) -> OfferKind {
        match self.0 {
            paywall::Offer::Newsletter => OfferKind::Newsletter,
            paywall::Offer::Tier(_) => OfferKind::Tier,
            paywall::Offer::Meter { .. } => OfferKind::Meter,
        }
    }

    /// How many articles the meter may still open in this period; null for any other offer.
    async fn left(&self) -> Option<u32> {
        match self.0 {
            paywall::Offer::Meter { left } => Some(*left),
            paywall::Offer::Newsletter | paywall::Offer::Tier(_) => None,
        }
    }

    /// The tier to become a member of; null for any other offer.
    async fn tier(&self) -> Option<TierObject> {
        match self.0 {
            paywall::Offer::Newsletter | paywall::Offer::Meter { .. } => None,
            paywall::Offer::Tier(tier) => Some(TierObject(tier.clone())),
        }
    }
}

/// How much of an article is open.
pub(super) struct ArticleAccess<'a>(pub(super) &'a ArticleView);

#[Object]
impl ArticleAccess<'_> {
    /// Whether every lock is open.
    async fn granted(&self) -> bool {
        self.0.is_complete()
    }

    /// Every lock, in reading order.
    async fn locks(&self) -> Vec<Lock<'_>> {
        self.0.locks.iter().map(Lock).collect()
    }
}

/// One lock of an article.
pub(super) struct Lock<'a>(&'a LockView);

#[Object]
impl Lock<'_> {
    /// The key of the gate, or `sources` for the lock on the source links.
    async fn id(&self) -> &str {
        &self.0.id
    }

    /// Whether it is open, and why.
    async fn access(&self) -> Access<'_> {
        Access(&self.0.access)
    }
}
