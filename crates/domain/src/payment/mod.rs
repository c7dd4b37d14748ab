//! What payment providers report, and what follows from it for members.
//!
//! Events come late, twice and in any order. So nothing follows from one event: what a customer has is folded from
//! all events that are known of them, and the same set of events always folds to the same.

mod fold;

pub use fold::{Customer, GiftPayment, fold};

use crate::clock::Timestamp;
use crate::id::{MemberId, VoucherId};
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

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
    Gift {
        /// The gift subscription.
        voucher: VoucherId,
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
