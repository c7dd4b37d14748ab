//! Paying, in REST bodies.

use super::fields::parsed;
use super::gift_subscription::{NewGiftSubscriptionDto, PresentDto};
use crate::error::Problem;
use crate::operation::payment::{Amount, Back, Present, Wish};
use crate::payment::Interval;
use masthead_domain::member::Email;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a member wants to pay for: `tier` with `interval`, `contribution`, or `gift`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Checkout)]
pub(in crate::rest) struct CheckoutRequest {
    /// The tier's slug.
    #[schema(example = "patron")]
    tier: Option<String>,
    /// How often the tier is paid: `month` or `year`.
    interval: Option<Interval>,
    /// A contribution.
    contribution: Option<AmountDto>,
    /// A tier for somebody else.
    gift: Option<PresentDto>,
    /// Where the member comes back to after the payment: a page of the publication's site. Left out, as the settings say.
    success_url: Option<String>,
    /// Where the member comes back to without a payment.
    cancel_url: Option<String>,
}

/// So much money.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Amount)]
struct AmountDto {
    /// In the currency's minor unit.
    #[schema(minimum = 1, example = 500)]
    amount: i64,
    /// Three upper-case letters by ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

/// What somebody wants to give.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ContributionRequest)]
pub(in crate::rest) struct ContributionRequest {
    /// In the currency's minor unit.
    #[schema(minimum = 1, example = 500)]
    amount: i64,
    /// Three upper-case letters by ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
    /// Where the provider sends its receipt; left out, the provider asks. A member's own address is taken in its place.
    email: Option<String>,
    /// Where the giver comes back to after the payment: a page of the publication's site. Left out, as the settings say.
    success_url: Option<String>,
    /// Where the giver comes back to without a payment.
    cancel_url: Option<String>,
}

/// Where to pay.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckoutPage)]
pub(in crate::rest) struct CheckoutDto {
    /// A page of the payment provider's, good for a short time and for this payment.
    pub(in crate::rest) url: String,
    /// What was bought for somebody else; left out otherwise. Its code is good once it is paid for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::rest) gift: Option<NewGiftSubscriptionDto>,
}

/// What a member orders: for themselves, or for somebody else.
pub(in crate::rest) enum Ordered {
    Own(Wish),
    Gift(Present),
}

impl CheckoutRequest {
    pub(in crate::rest) fn order(self) -> Result<(Ordered, Back), Problem> {
        let ordered = match (self.tier, self.interval, self.contribution, self.gift) {
            (Some(tier), Some(interval), None, None) => {
                Ordered::Own(Wish::Tier { tier: parsed("tier", &tier)?, interval })
            }
            (None, None, Some(AmountDto { amount, currency }), None) => {
                Ordered::Own(Wish::Contribution(Amount { amount, currency }))
            }
            (None, None, None, Some(gift)) => Ordered::Gift(gift.wish()?),
            (Some(_), None, None, None) => {
                return Err(Problem::invalid_parameter("interval", "interval: must be month or year."));
            }
            (None, Some(_), ..) => {
                return Err(Problem::invalid_parameter("interval", "interval: goes with tier."));
            }
            _ => {
                let detail = "Say one of tier, contribution and gift.";
                return Err(Problem::invalid_parameter("tier", detail));
            }
        };
        Ok((ordered, Back { success_url: self.success_url, cancel_url: self.cancel_url }))
    }
}

impl ContributionRequest {
    pub(in crate::rest) fn wish(self) -> Result<(Amount, Option<Email>, Back), Problem> {
        let email = self.email.map(|email| parsed("email", &email)).transpose()?;
        let back = Back { success_url: self.success_url, cancel_url: self.cancel_url };
        Ok((Amount { amount: self.amount, currency: self.currency }, email, back))
    }
}
