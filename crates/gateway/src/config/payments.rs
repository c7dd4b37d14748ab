//! Payments: the terms, and the provider that takes them.

use super::{LONGEST_WRITE, Secret, WebOrigin, is_safe};
use crate::payment::stripe::{Prices, Stripe};
use crate::payment::{ContributionBounds, Interval, Payments, Provider, Returns, ReturnsError};
use crate::site::Site;
use masthead_domain::payment::Terms;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Entitlement;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const DAY: i64 = 24 * 3_600;

/// Payments.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentConfig {
    /// How many days a subscription counts while a payment is late: 0 to 90.
    pub grace_days: u8,
    /// For how many days a contribution makes a member; 0 for not at all.
    pub contribution_days: u16,
    /// The currencies (ISO 4217) in which contributions are taken.
    pub contribution_currencies: Vec<String>,
    /// The smallest contribution, in the currency's minor unit: at least 1.
    pub contribution_least: i64,
    /// The largest contribution, in the currency's minor unit: at most 99,999,999.
    pub contribution_most: i64,
    /// Where payers come back to after a payment; left out, the site with `?checkout=done`.
    pub success_url: Option<String>,
    /// Where payers come back to without one; left out, the site with `?checkout=cancelled`.
    pub cancel_url: Option<String>,
    /// Stripe; left out, nothing is paid through it.
    pub stripe: Option<StripeConfig>,
}

/// Stripe.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StripeConfig {
    /// The secret key of the account, `sk_…` or `rk_…`. It is needed; what comes first, the file or the environment, may leave it
    /// to the other.
    #[serde(default = "no_key")]
    pub api_key: Secret,
    /// What signs the events: `whsec_…`, and a second one while it is rotated.
    #[serde(default)]
    pub signing_secrets: Vec<Secret>,
    /// Which price is for which tier and interval: `price_… = "patron.month"`.
    #[serde(default)]
    pub prices: BTreeMap<String, String>,
    /// Where Stripe's API is.
    #[serde(default = "stripe_api")]
    pub api_url: String,
    /// How many seconds Stripe may take to answer: 1 to 30.
    #[serde(default = "stripe_timeout")]
    pub timeout_seconds: NonZeroU8,
}

fn no_key() -> Secret {
    String::new().into()
}

const fn stripe_timeout() -> NonZeroU8 {
    const { NonZeroU8::new(10).expect("not zero") }
}

fn stripe_api() -> String {
    "https://api.stripe.com".to_owned()
}

impl Default for PaymentConfig {
    fn default() -> Self {
        Self {
            grace_days: 7,
            contribution_days: 0,
            contribution_currencies: vec!["EUR".to_owned()],
            contribution_least: 100,
            contribution_most: 1_000_000,
            success_url: None,
            cancel_url: None,
            stripe: None,
        }
    }
}

/// Why the settings describe no provider.
#[derive(Debug, thiserror::Error)]
pub enum PaymentConfigError {
    /// The grace is longer than a subscription can have.
    #[error("payments.grace_days: must be 0 to 90")]
    Grace,
    /// Nobody could go to pay.
    #[error("payments.stripe.api_key: is missing")]
    ApiKey,
    /// No event could be believed.
    #[error("payments.stripe.signing_secrets: must hold one or two secrets")]
    SigningSecrets,
    /// A price for no tier and interval.
    #[error(
        "payments.stripe.prices.{0}: must be a tier's slug and .month or .year, such as \"patron.month\""
    )]
    Price(String),
    /// No contribution could be taken.
    #[error(
        "payments.contribution_…: contribution_least must be at least 1 and not above contribution_most, which is at most \
         99999999; contribution_currencies are codes of currencies by ISO 4217, such as \"EUR\""
    )]
    Contributions,
    /// A page to come back to that is none.
    #[error(transparent)]
    Returns(#[from] ReturnsError),
    /// Stripe would keep payers waiting.
    #[error("payments.stripe.timeout_seconds: must be 1 to {LONGEST_WRITE}")]
    Timeout,
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

    /// What is needed to take payments: the providers with their terms, where payers of this site come back to, and what
    /// contributions are taken.
    ///
    /// # Errors
    /// [`PaymentConfigError`] names the setting that is wrong.
    pub fn open(&self, site: &Site, origins: &[WebOrigin]) -> Result<Payments, PaymentConfigError> {
        self.check_grace()?;
        let contributions = self.contributions()?;
        let returns = self.returns(site, origins)?;
        let stripe = self.stripe.as_ref().map(StripeConfig::provider).transpose()?;
        let with_terms =
            |stripe| (Arc::new(stripe) as Arc<dyn Provider>, self.terms(crate::payment::stripe::NAME));
        Ok(Payments { providers: stripe.into_iter().map(with_terms).collect(), returns, contributions })
    }

    /// Everything because of which [`Self::open`] would fail. Without a site nothing is said of where payers come back to.
    #[must_use]
    pub fn faults(&self, site: Option<&Site>, origins: &[WebOrigin]) -> Vec<PaymentConfigError> {
        let returns = site.and_then(|site| self.returns(site, origins).err());
        let general = [self.check_grace().err(), self.contributions().err(), returns];
        let mut faults: Vec<_> = general.into_iter().flatten().collect();
        if let Some(stripe) = &self.stripe {
            let wrong = stripe.faults();
            let client = wrong.is_empty().then(|| stripe.provider().err()).flatten();
            faults.extend(wrong.into_iter().chain(client));
        }
        faults
    }

    fn check_grace(&self) -> Result<(), PaymentConfigError> {
        let is_too_long = i64::from(self.grace_days) * DAY > masthead_domain::member::MAX_GRACE;
        if is_too_long { Err(PaymentConfigError::Grace) } else { Ok(()) }
    }

    fn contributions(&self) -> Result<ContributionBounds, PaymentConfigError> {
        let contributions = ContributionBounds {
            amounts: self.contribution_least..=self.contribution_most,
            currencies: self.contribution_currencies.clone(),
        };
        if contributions.are_sound() { Ok(contributions) } else { Err(PaymentConfigError::Contributions) }
    }

    fn returns(&self, site: &Site, origins: &[WebOrigin]) -> Result<Returns, PaymentConfigError> {
        // That every page may read answers does not make every page one of the publisher's.
        let origins = origins.iter().filter_map(|origin| Url::parse(origin.as_str()).ok());
        Ok(Returns::new(site.base(), self.success_url.as_deref(), self.cancel_url.as_deref(), origins)?)
    }
}

impl StripeConfig {
    fn provider(&self) -> Result<Stripe, PaymentConfigError> {
        if let Some(fault) = self.faults().into_iter().next() {
            return Err(fault);
        }
        let prices: Prices = self.prices().collect::<Result<Vec<_>, _>>()?.into_iter().collect();
        let secrets = self.signing_secrets.iter().cloned().map(Secret::into_inner).collect();
        let timeout = Duration::from_secs(self.timeout_seconds.get().into());
        Ok(Stripe::new(&self.api_url, self.api_key.clone().into_inner(), secrets, prices, timeout)?)
    }

    fn faults(&self) -> Vec<PaymentConfigError> {
        let is_url = Url::parse(&self.api_url).is_ok_and(|url| is_safe(&url));
        let wrong = [
            (self.api_key.is_empty(), PaymentConfigError::ApiKey),
            (!(1..=2).contains(&self.signing_secrets.len()), PaymentConfigError::SigningSecrets),
            (!is_url, PaymentConfigError::ApiUrl),
            (self.timeout_seconds.get() > LONGEST_WRITE, PaymentConfigError::Timeout),
        ];
        let wrong = wrong.into_iter().filter_map(|(is_wrong, fault)| is_wrong.then_some(fault));
        wrong.chain(self.prices().filter_map(Result::err)).collect()
    }

    /// Which price is for which tier and interval, each as far as it can be read.
    pub fn prices(&self) -> impl Iterator<Item = Result<(String, Slug, Interval), PaymentConfigError>> {
        self.prices.iter().map(|(price, what)| {
            let wrong = || PaymentConfigError::Price(price.clone());
            let (tier, interval) = what.rsplit_once('.').ok_or_else(wrong)?;
            let interval = [Interval::Month, Interval::Year].into_iter().find(|one| one.code() == interval);
            let tier: Slug = tier.parse().map_err(|_| wrong())?;
            Ok((price.clone(), tier, interval.ok_or_else(wrong)?))
        })
    }
}
