//! Payments: the terms, and the provider that takes them.

use super::{Secret, is_safe};
use crate::payment::stripe::{Prices, Stripe};
use crate::payment::{Interval, Provider};
use masthead_domain::payment::Terms;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Entitlement;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

const DAY: i64 = 24 * 3_600;

/// Payments.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentConfig {
    /// How many days a subscription counts while a payment is late: 0 to 90.
    pub grace_days: u8,
    /// For how many days a contribution makes a member; 0 for not at all.
    pub contribution_days: u16,
    /// Stripe; left out, nothing is paid through it.
    pub stripe: Option<StripeConfig>,
}

/// Stripe.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StripeConfig {
    /// The secret key of the account, `sk_…` or `rk_…`.
    pub api_key: Secret,
    /// What signs the events: `whsec_…`, and a second one while it is rotated.
    pub signing_secrets: Vec<Secret>,
    /// Which price is for which tier and interval: `price_… = "patron.month"`.
    #[serde(default)]
    pub prices: BTreeMap<String, String>,
    /// Where Stripe's API is.
    #[serde(default = "stripe_api")]
    pub api_url: String,
}

fn stripe_api() -> String {
    "https://api.stripe.com".to_owned()
}

impl Default for PaymentConfig {
    fn default() -> Self {
        Self { grace_days: 7, contribution_days: 0, stripe: None }
    }
}

/// Why the settings describe no provider.
#[derive(Debug, thiserror::Error)]
pub enum PaymentConfigError {
    /// The grace is longer than a subscription can have.
    #[error("payments.grace_days: must be 0 to 90")]
    Grace,
    /// No event could be believed.
    #[error("payments.stripe.signing_secrets: must hold one or two secrets")]
    SigningSecrets,
    /// A price for no tier and interval.
    #[error(
        "payments.stripe.prices.{0}: must be a tier's slug and .month or .year, such as \"patron.month\""
    )]
    Price(String),
    /// The address is none.
    #[error("payments.stripe.api_url: must be an https URL, or an http URL of this machine")]
    ApiUrl,
    /// No connection can be made secure.
    #[error("payments.stripe: {0}")]
    Client(#[from] reqwest::Error),
}

impl PaymentConfig {
    /// The terms for what is paid through this provider.
    #[must_use]
    pub fn terms(&self, provider: &str) -> Terms {
        let days = i64::from(self.contribution_days);
        Terms {
            provider: provider.to_owned(),
            grace_seconds: i64::from(self.grace_days) * DAY,
            contribution_grants: (days > 0).then_some((Entitlement::Member, days * DAY)),
        }
    }

    /// The providers.
    ///
    /// # Errors
    /// [`PaymentConfigError`] names the setting that is wrong.
    pub fn providers(&self) -> Result<Vec<Arc<dyn Provider>>, PaymentConfigError> {
        if i64::from(self.grace_days) * DAY > masthead_domain::member::MAX_GRACE {
            return Err(PaymentConfigError::Grace);
        }
        let stripe = self.stripe.as_ref().map(StripeConfig::provider).transpose()?;
        Ok(stripe.into_iter().map(|stripe| Arc::new(stripe) as Arc<dyn Provider>).collect())
    }
}

impl StripeConfig {
    fn provider(&self) -> Result<Stripe, PaymentConfigError> {
        if !(1..=2).contains(&self.signing_secrets.len()) {
            return Err(PaymentConfigError::SigningSecrets);
        }
        let url = url::Url::parse(&self.api_url).map_err(|_| PaymentConfigError::ApiUrl)?;
        if !is_safe(&url) {
            return Err(PaymentConfigError::ApiUrl);
        }
        let price = |(price, what): (&String, &String)| {
            let wrong = || PaymentConfigError::Price(price.clone());
            let (tier, interval) = what.rsplit_once('.').ok_or_else(wrong)?;
            let interval = [Interval::Month, Interval::Year].into_iter().find(|one| one.code() == interval);
            let tier: Slug = tier.parse().map_err(|_| wrong())?;
            Ok((price.clone(), tier, interval.ok_or_else(wrong)?))
        };
        let prices: Prices = self
            .prices
            .iter()
            .map(price)
            .collect::<Result<Vec<_>, PaymentConfigError>>()?
            .into_iter()
            .collect();
        let secrets = self.signing_secrets.iter().cloned().map(Secret::into_inner).collect();
        Ok(Stripe::new(&self.api_url, self.api_key.clone().into_inner(), secrets, prices)?)
    }
}
