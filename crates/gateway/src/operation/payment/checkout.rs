//! Going to pay: a page of the provider's on which somebody pays for a tier, or gives a contribution.
//!
//! Nothing follows from going there. What somebody has follows from what the provider reports.

use crate::auth::Caller;
use crate::error::{Code, Problem};
use crate::operation::member::{asking, member};
use crate::operation::named;
use crate::operation::reading::Reading;
use crate::payment::{CheckoutError, Interval, Order, Payer, Payments, Provider, ReturnTo, Wanted};
use masthead_domain::member::{Email, Member, Origin};
use masthead_domain::slug::Slug;
use masthead_domain::tier::Tier;
use std::sync::Arc;

/// What somebody wants to pay for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A tier, by the month or by the year.
    Tier {
        /// Which.
        tier: Slug,
        /// How often it is paid.
        interval: Interval,
    },
    /// A contribution.
    Contribution(Amount),
}

/// So much money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How much, in the currency's minor unit.
    pub amount: i64,
    /// Three letters by ISO 4217, in upper case.
    pub currency: String,
}

/// Where the payer comes back to; `None` for where the settings say.
#[derive(Clone, Debug, Default)]
pub struct Back {
    /// After the payment.
    pub success_url: Option<String>,
    /// Without one.
    pub cancel_url: Option<String>,
}

impl Back {
    /// The pages, if they are the publisher's own.
    pub(super) fn chosen(&self, payments: &Payments) -> Result<ReturnTo, Problem> {
        payments.returns.choose(self.success_url.as_deref(), self.cancel_url.as_deref())
    }
}

/// The address of a page on which the member who asks can pay.
///
/// # Errors
/// 401 and 403 when no member asks; a problem that names what is wrong, says that it is not for sale or that they pay for
/// it already, or that the provider failed.
pub async fn checkout(
    reading: &Reading,
    payments: &Payments,
    caller: &Caller,
    wish: Wish,
    back: &Back,
) -> Result<String, Problem> {
    let member = member(reading.store(), asking(caller)?).await?;
    let what = match wish {
        Wish::Tier { tier, interval } => {
            on_sale(reading, "tier", &tier).await?;
            not_paid_for(reading, &member, &tier).await?;
            Wanted::Tier { tier, interval }
        }
        Wish::Contribution(amount) => {
            contribution(payments, amount).map_err(|problem| inside("contribution", problem))?
        }
    };
    pay(payments, Payer::Member { id: member.id, email: member.email }, what, back.chosen(payments)?).await
}

/// The address of a page on which anybody can give a contribution. It counts for the member who asks, if one does.
///
/// # Errors
/// A problem that names what is wrong, or that the provider failed.
pub async fn contribute(
    reading: &Reading,
    payments: &Payments,
    caller: &Caller,
    amount: Amount,
    email: Option<Email>,
    back: &Back,
) -> Result<String, Problem> {
    let payer = match asking(caller) {
        Ok(asking) => {
            let member = member(reading.store(), asking).await?;
            Payer::Member { id: member.id, email: member.email }
        }
        Err(_) => Payer::Anybody { email },
    };
    let what = contribution(payments, amount)?;
    pay(payments, payer, what, back.chosen(payments)?).await
}

pub(super) async fn pay(
    payments: &Payments,
    payer: Payer,
    what: Wanted,
    back: ReturnTo,
) -> Result<String, Problem> {
    let cashier = payments.cashier()?;
    cashier.checkout(&Order { payer, what, back }).await.map_err(|error| failed(cashier, &error))
}

/// The tier of this name, if it can be bought.
pub(super) async fn on_sale(reading: &Reading, field: &str, slug: &Slug) -> Result<Arc<Tier>, Problem> {
    let tier = named::tier(reading, field, slug).await?;
    if tier.active { Ok(tier) } else { Err(not_for_sale(format!("The tier {slug} is no longer offered."))) }
}

pub(super) fn not_for_sale(detail: String) -> Problem {
    Problem::new(Code::NotForSale, detail)
}

/// Nobody is to pay twice for one tier.
async fn not_paid_for(reading: &Reading, member: &Member, tier: &Slug) -> Result<(), Problem> {
    let has = reading.store().registry().subscriptions(member.id).await?;
    let goes_on = has.iter().any(|one| {
        let is_paid = matches!(one.origin, Origin::Paid { .. });
        one.tier == *tier && is_paid && one.cancelled.is_none() && one.counts(reading.now())
    });
    if goes_on {
        return Err(
            Problem::new(Code::Conflict, format!("You pay for the tier {tier} already.")).about("tier")
        );
    }
    Ok(())
}

fn contribution(payments: &Payments, Amount { amount, currency }: Amount) -> Result<Wanted, Problem> {
    payments.contributions.check(amount, &currency)?;
    Ok(Wanted::Contribution { amount, currency })
}

/// What is wrong, in the part of the request that it stands in.
fn inside(part: &str, problem: Problem) -> Problem {
    let field = problem.parameter().unwrap_or_default();
    Problem::invalid_parameter(&format!("{part}.{field}"), format!("{part}.{}", problem.detail()))
}

/// What the client may know of it; the rest is in the log.
fn failed(cashier: &dyn Provider, error: &CheckoutError) -> Problem {
    match error {
        CheckoutError::NoPrice { tier, interval } => {
            let (provider, interval) = (cashier.name(), interval.code());
            tracing::warn!(%tier, interval, "payments.{provider}.prices names no price for what somebody wants to buy");
            not_for_sale(format!("The tier {tier} is not sold by the {interval}."))
        }
        CheckoutError::Provider(fault) => {
            tracing::error!(provider = cashier.name(), fault, "no page to pay on");
            let detail = "The payment provider does not answer as it should. Nothing was paid. Try again.";
            Problem::new(Code::ProviderFailed, detail)
        }
    }
}
