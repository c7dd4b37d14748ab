//! What members have of tiers, for how long, and from where.

use crate::clock::Timestamp;
use crate::id::{ContributionId, GroupId, MemberId, SubscriptionId};
use crate::slug::Slug;
use crate::viewer::Entitlement;
use serde::{Deserialize, Serialize};

/// Where a subscription comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Origin {
    /// Paid through a payment provider.
    Paid {
        /// The provider, such as `stripe`.
        provider: String,
        /// The provider's name for the subscription.
        reference: String,
    },
    /// Given by the publisher.
    Comped,
    /// Paid for by somebody else.
    Gifted,
    /// A seat in a group.
    Group {
        /// The group.
        id: GroupId,
    },
    /// Brought along from another system.
    Imported,
}

impl Origin {
    /// The origin in lower case, as APIs and the database write it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Paid { .. } => "paid",
            Self::Comped => "comped",
            Self::Gifted => "gifted",
            Self::Group { .. } => "group",
            Self::Imported => "imported",
        }
    }
}

/// What a member has of one tier. It counts from `starts` until `ends`, and for a grace period after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its identifier.
    pub id: SubscriptionId,
    /// Whose it is.
    pub member: MemberId,
    /// The tier, by its slug: an entitlement names it so.
    pub tier: Slug,
    /// Where it comes from.
    pub origin: Origin,
    /// From when on it counts.
    pub starts: Timestamp,
    /// The first instant at which it is over; `None` while it goes on.
    pub ends: Option<Timestamp>,
    /// How many seconds after its end it still counts: 0 to [`MAX_GRACE`]. For a payment that is late.
    pub grace_seconds: i64,
    /// When it was cancelled; it then counts up to its end.
    pub cancelled: Option<Timestamp>,
}

/// The longest grace, in seconds: 90 days.
pub const MAX_GRACE: i64 = 90 * 24 * 3_600;

/// What is wrong with a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// It ends before it starts.
    #[error("ends: must lie after starts")]
    Ends,
    /// The grace is out of range.
    #[error("graceSeconds: must be 0 to {MAX_GRACE}")]
    Grace,
}

impl Subscription {
    /// Checks what must hold of every subscription.
    ///
    /// # Errors
    /// [`SubscriptionError`] names the field.
    pub fn check(&self) -> Result<(), SubscriptionError> {
        if self.ends.is_some_and(|ends| ends < self.starts) {
            return Err(SubscriptionError::Ends);
        }
        if !(0..=MAX_GRACE).contains(&self.grace_seconds) {
            return Err(SubscriptionError::Grace);
        }
        Ok(())
    }

    /// Whether it counts at this instant.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        self.starts <= now && self.lapses().is_none_or(|lapses| now < lapses)
    }

    /// The same subscription, over from this instant on. One that has not begun never counts.
    #[must_use]
    pub fn ended(self, now: Timestamp) -> Self {
        Self {
            starts: self.starts.min(now),
            ends: Some(self.ends.map_or(now, |ends| ends.min(now))),
            grace_seconds: 0,
            cancelled: self.cancelled.or(Some(now)),
            ..self
        }
    }

    /// The first instant at which it no longer counts; `None` while it goes on.
    #[must_use]
    pub fn lapses(&self) -> Option<Timestamp> {
        self.ends.map(|ends| ends.plus_seconds(self.grace_seconds))
    }
}

/// One-off support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contribution {
    /// Its identifier.
    pub id: ContributionId,
    /// Who gave it; `None` for somebody without an account.
    pub member: Option<MemberId>,
    /// How much, in the currency's minor unit: at least 1.
    pub amount: i64,
    /// Three letters by ISO 4217, in upper case.
    pub currency: String,
    /// When.
    pub at: Timestamp,
    /// The provider that took it, and its name for the payment.
    pub provider: String,
    /// The provider's name for the payment.
    pub reference: String,
    /// What it grants, if anything. A refund takes it back.
    pub grant: Option<Grant>,
}

/// An entitlement for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// What is held.
    pub entitlement: Entitlement,
    /// From when on.
    pub from: Timestamp,
    /// The first instant at which it is no longer held.
    pub until: Timestamp,
}
