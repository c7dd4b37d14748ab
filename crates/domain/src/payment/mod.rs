//! What payment providers report, and what follows from it for members.
//!
//! Events come late, twice and in any order. So nothing follows from one event: what a customer has is folded from
//! all events that are known of them, and the same set of events always folds to the same.

mod fold;
mod gift_subscription;

pub use fold::{Customer, fold};
pub use gift_subscription::{GiftPayment, gift_payments};

use crate::clock::Timestamp;
use crate::id::{GiftSubscriptionId, MemberId};
use crate::slug::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that a payment provider has reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The provider's name for the event. The same event always has the same.
    pub id: String,
    /// When it happened, as the provider says.
    pub at: Timestamp,
    /// What happened.
    pub report: Report,
}

/// What happened at a payment provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Report {
    /// A member has gone through the checkout, so the customer is this member.
    Checkout {
        /// The member who was sent there.
        member: MemberId,
    },
    /// How a subscription stands.
    Subscription(SubscriptionReport),
    /// A contribution was paid.
    Payment {
        /// The provider's name for the payment.
        reference: String,
        /// How much, in the currency's minor unit.
        amount: i64,
        /// Three letters by ISO 4217, in upper case.
        currency: String,
    },
    /// A gift subscription was paid.
    GiftSubscription {
        /// Which.
        id: GiftSubscriptionId,
        /// The provider's name for the payment.
        reference: String,
        /// How much, in the currency's minor unit.
        amount: i64,
        /// Three letters by ISO 4217, in upper case.
        currency: String,
    },
    /// A payment was given back, in whole or in part.
    Refund {
        /// The provider's name for the payment.
        payment: String,
        /// Whether nothing of it is left.
        in_full: bool,
    },
    /// A bank has taken a payment back, or has paid it again. It counts like a refund in full, as long as the money is away.
    Dispute {
        /// The provider's name for the payment.
        payment: String,
        /// The provider's name for the dispute.
        dispute: String,
        /// Whether the money went; otherwise it came again.
        withdrawn: bool,
    },
}

impl Report {
    /// The provider's name for the payment that this is about, if it is about one.
    #[must_use]
    pub fn payment(&self) -> Option<&str> {
        match self {
            Self::Payment { reference, .. } | Self::GiftSubscription { reference, .. } => Some(reference),
            Self::Refund { payment, .. } | Self::Dispute { payment, .. } => Some(payment),
            Self::Checkout { .. } | Self::Subscription(_) => None,
        }
    }

    /// The gift subscription that was paid for, if one was.
    #[must_use]
    pub const fn gift_subscription(&self) -> Option<GiftSubscriptionId> {
        match self {
            Self::GiftSubscription { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Whether it tells of money that went back or came again, which providers may do without naming a customer.
    #[must_use]
    pub const fn is_of_return(&self) -> bool {
        matches!(self, Self::Refund { .. } | Self::Dispute { .. })
    }
}

/// The events, each once, in the order in which they happened. Providers date by the second: within one, a subscription's
/// first report comes first, and money comes again after it went.
fn in_order(events: &[Event]) -> Vec<&Event> {
    let rank = |report: &Report| match report {
        Report::Subscription(report) if report.is_first => 0,
        Report::Dispute { withdrawn: false, .. } => 2,
        _ => 1,
    };
    let key = |event: &Event| (event.at, rank(&event.report));
    let ordered: BTreeMap<_, _> =
        events.iter().map(|event| ((key(event), event.id.as_str()), event)).collect();
    ordered.into_values().collect()
}

/// The payments of which nothing is left, and since when: refunded in full, or taken back by a bank that has not paid again.
fn returned<'a>(ordered: &[&'a Event]) -> BTreeMap<&'a str, Timestamp> {
    let mut refunded = BTreeMap::new();
    let mut disputed = BTreeMap::new();
    for event in ordered {
        match &event.report {
            Report::Refund { payment, in_full: true } => {
                refunded.entry(payment.as_str()).or_insert(event.at);
            }
            Report::Dispute { payment, dispute, withdrawn: true } => {
                disputed.entry((payment.as_str(), dispute.as_str())).or_insert(event.at);
            }
            Report::Dispute { payment, dispute, withdrawn: false } => {
                disputed.remove(&(payment.as_str(), dispute.as_str()));
            }
            _ => {}
        }
    }
    for ((payment, _), at) in disputed {
        refunded.entry(payment).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }
    refunded
}

/// How a subscription stands at a payment provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionReport {
    /// The provider's name for the subscription.
    pub reference: String,
    /// The tier that is paid for.
    pub tier: Slug,
    /// Whether this is the first report of it. Providers date events by the second, and the first one comes first.
    pub is_first: bool,
    /// Whether it runs, was never paid for, or is over.
    pub state: PaymentState,
    /// When it began.
    pub starts: Timestamp,
    /// Until when it is paid. While a payment is late this lies in the past.
    pub paid_until: Timestamp,
    /// When it was cancelled, if it was.
    pub cancelled: Option<Timestamp>,
    /// When it was over, if it is.
    pub ended: Option<Timestamp>,
}

/// How the payments for a subscription go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentState {
    /// It runs: paid, in a trial, or with a payment that is late and tried again.
    Running,
    /// Never paid for: it opens nothing.
    Unpaid,
    /// Over.
    Over,
}

/// The publisher's terms for what is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The provider, such as `stripe`.
    pub provider: String,
    /// How many seconds a subscription counts after it is paid for, while a payment is late.
    pub grace_seconds: i64,
    /// What a contribution grants, and for how many seconds; `None` for nothing.
    pub contribution_grants: Option<(crate::viewer::Entitlement, i64)>,
}
