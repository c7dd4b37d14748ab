//! Paying.

use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::payment::{self, Amount, Back, Wish};
use async_graphql::{Context, Enum, Object, SimpleObject};

/// How often a tier is paid.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "crate::payment::Interval")]
pub(super) enum PaymentInterval {
    /// By the month.
    Month,
    /// By the year.
    Year,
}

/// Where to pay.
#[derive(SimpleObject)]
pub(super) struct CheckoutPage {
    /// A page of the payment provider's, good for a short time and for this payment.
    url: String,
}

/// What payers do.
#[derive(Default)]
pub(super) struct PaymentMutation;

#[Object]
impl PaymentMutation {
    /// Begins to pay for a tier. For members. It opens when the provider has reported the payment.
    async fn start_checkout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier's slug.")] tier: String,
        interval: PaymentInterval,
        #[graphql(desc = "Where the member comes back to after the payment: a page of the site.")]
        success_url: Option<String>,
        #[graphql(desc = "Where the member comes back to without one.")] cancel_url: Option<String>,
    ) -> Result<Option<CheckoutPage>, Problem> {
        let session = paying(ctx)?;
        let wrong = |error| Problem::invalid_parameter("tier", format!("tier: {error}."));
        let wish = Wish::Tier { tier: tier.parse().map_err(wrong)?, interval: interval.into() };
        let back = Back { success_url, cancel_url };
        let payments = &session.gateway().payments;
        let url = payment::checkout(&session.reading, payments, &session.caller, wish, &back).await?;
        Ok(Some(CheckoutPage { url }))
    }

    /// Begins to give a contribution. For everybody; it counts for the member who asks.
    async fn start_contribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In the currency's minor unit.")] amount: i64,
        #[graphql(desc = "Three upper-case letters by ISO 4217.")] currency: String,
        #[graphql(desc = "Where the provider sends its receipt, when no member asks.")] email: Option<String>,
        #[graphql(desc = "Where the giver comes back to after the payment: a page of the site.")]
        success_url: Option<String>,
        #[graphql(desc = "Where the giver comes back to without one.")] cancel_url: Option<String>,
    ) -> Result<Option<CheckoutPage>, Problem> {
        let session = paying(ctx)?;
        let wrong = |error| Problem::invalid_parameter("email", format!("email: {error}."));
        let email = email.map(|email| email.parse().map_err(wrong)).transpose()?;
        let (amount, back) = (Amount { amount, currency }, Back { success_url, cancel_url });
        let payments = &session.gateway().payments;
        let url =
            payment::contribute(&session.reading, payments, &session.caller, amount, email, &back).await?;
        Ok(Some(CheckoutPage { url }))
    }
}

/// The session of a request that begins to pay; an address may do so only so often.
pub(super) fn paying<'a>(ctx: &Context<'a>) -> Result<&'a Session, Problem> {
    let session = Session::of(ctx);
    session.admit(&session.gateway().limits.checkouts)?;
    Ok(session)
}
