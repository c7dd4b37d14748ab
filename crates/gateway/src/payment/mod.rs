//! Payment providers: what they report, and how they are asked to take a payment. One file a provider.
//!
//! What a report means for a member is decided in `domain::payment`; here it is only believed and understood.

mod payments;
mod returns;
pub mod stripe;

pub use payments::{ContributionBounds, Payments};
pub use returns::{ReturnTo, Returns, ReturnsError};

use actix_web::http::header::HeaderMap;
use async_trait::async_trait;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{GiftSubscriptionId, MemberId};
use masthead_domain::member::Email;
use masthead_domain::slug::Slug;
use masthead_persistence::PaymentNotice;

/// A payment provider.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Its name in lower case, as it stands in URLs and in the database.
    fn name(&self) -> &'static str;

    /// Believes and understands a delivery.
    ///
    /// # Errors
    /// [`NoticeError`] when it does not come from the provider, or is none that the provider sends.
    fn read(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Noticed, NoticeError>;

    /// Asks for a page on which somebody can pay.
    ///
    /// # Errors
    /// [`CheckoutError`] when there is no price for it or the provider does not answer.
    async fn checkout(&self, order: &Order) -> Result<String, CheckoutError>;
}

/// What a delivery is.
#[derive(Clone, Debug)]
pub enum Noticed {
    /// Something about a customer, or about what somebody has.
    Kept(Box<PaymentNotice>),
    /// Something about nobody, such as a change of the provider's own settings.
    Ignored,
}

/// Why a delivery is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// There is no signature, or it has another form.
    #[error("the signature is missing or has the wrong form")]
    Unsigned,
    /// The signature is not that of one of our secrets over this body.
    #[error("the signature is not right")]
    Forged,
    /// It was signed too long ago, or in the future.
    #[error("the signature is too old")]
    Stale,
    /// The body is no event.
    #[error("the body is no event of this provider")]
    Form,
}

/// What somebody wants to pay for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who pays.
    pub payer: Payer,
    /// What.
    pub what: Wanted,
    /// Where the payer comes back to.
    pub back: ReturnTo,
}

/// Who pays.
#[derive(Clone, Debug)]
pub enum Payer {
    /// A member.
    Member {
        /// Who.
        id: MemberId,
        /// Their address, which the provider sends its receipt to.
        email: Email,
    },
    /// Somebody without an account, or who has not signed in.
    Anybody {
        /// Where the provider sends its receipt; `None` when the provider is to ask.
        email: Option<Email>,
    },
}

/// What can be paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A tier, by the month or by the year.
    Tier {
        /// Which.
        tier: Slug,
        /// How often it is paid.
        interval: Interval,
    },
    /// A gift subscription.
    GiftSubscription {
        /// The one that the payment is for.
        id: GiftSubscriptionId,
        /// What the payer reads on the page.
        name: String,
        /// How much, in the currency's minor unit.
        amount: i64,
        /// Three letters by ISO 4217, in upper case.
        currency: String,
    },
    /// A contribution of so much, in the currency's minor unit.
    Contribution {
        /// How much.
        amount: i64,
        /// Three letters by ISO 4217, in upper case.
        currency: String,
    },
}

/// How often a subscription is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    /// By the month.
    Month,
    /// By the year.
    Year,
}

impl Interval {
    /// The interval in lower case, as settings write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// Why there is no page to pay on.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// The settings name no price for it.
    #[error("the settings name no price for the tier {tier} by the {}", interval.code())]
    NoPrice {
        /// The tier.
        tier: Slug,
        /// How often it was to be paid.
        interval: Interval,
    },
    /// The provider did not answer in time, or refused.
    #[error("the payment provider failed: {0}")]
    Provider(String),
}
