//! Stripe: signed events about customers, subscriptions and payments, and its checkout.

mod event;
mod signature;

use super::{CheckoutError, Interval, NoticeError, Noticed, Order, Payer, Provider, Wanted};
use actix_web::http::header::HeaderMap;
use async_trait::async_trait;
use masthead_domain::clock::Timestamp;
use masthead_domain::slug::Slug;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::HashMap;
use std::time::Duration;

/// The provider's name, in URLs and in the database.
pub const NAME: &str = "stripe";

/// The most of an answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// The name of what marks a payment, so that the payments of subscriptions are told apart.
const MARK: &str = "masthead";

/// What marks a contribution.
const CONTRIBUTION: &str = "contribution";

/// What marks the payment for a gift subscription, whose id stands beside it under the same name.
const GIFT: &str = "gift";

/// Stripe, as the settings describe it.
pub struct Stripe {
    api_url: String,
    api_key: SecretString,
    /// The secrets that sign events: the present one, and another while it is rotated.
    signing_secrets: Vec<SecretString>,
    prices: Prices,
    client: reqwest::Client,
}

/// Which of Stripe's prices stands for which tier and interval.
#[derive(Clone, Debug, Default)]
pub struct Prices(HashMap<String, (Slug, Interval)>);

impl Prices {
    /// The tier that this price pays for.
    #[must_use]
    pub fn tier(&self, price: &str) -> Option<&Slug> {
        self.0.get(price).map(|(tier, _)| tier)
    }

    fn price(&self, tier: &Slug, interval: Interval) -> Option<&str> {
        let wanted = |(_, (of, every)): &(&String, &(Slug, Interval))| of == tier && *every == interval;
        self.0.iter().find(wanted).map(|(price, _)| price.as_str())
    }
}

impl FromIterator<(String, Slug, Interval)> for Prices {
    fn from_iter<I: IntoIterator<Item = (String, Slug, Interval)>>(prices: I) -> Self {
        Self(prices.into_iter().map(|(price, tier, interval)| (price, (tier, interval))).collect())
    }
}

impl Stripe {
    /// Stripe with these keys, which may take so long to answer.
    ///
    /// # Errors
    /// When the machine has no roots of trust for TLS.
    pub fn new(
        api_url: &str,
        api_key: SecretString,
        signing_secrets: Vec<SecretString>,
        prices: Prices,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("masthead")
            .build()?;
        let api_url = api_url.trim_end_matches('/').to_owned();
        Ok(Self { api_url, api_key, signing_secrets, prices, client })
    }

    /// What Stripe is told about an order.
    fn form(&self, order: &Order) -> Result<Vec<(&'static str, String)>, CheckoutError> {
        let mut form = vec![
            ("success_url", order.back.success.clone()),
            ("cancel_url", order.back.cancel.clone()),
            ("line_items[0][quantity]", "1".to_owned()),
        ];
        let email = match &order.payer {
            Payer::Member { id, email } => {
                form.push(("client_reference_id", id.to_string()));
                Some(email)
            }
            Payer::Anybody { email } => email.as_ref(),
        };
        form.extend(email.map(|email| ("customer_email", email.as_str().to_owned())));
        match &order.what {
            Wanted::Tier { tier, interval } => {
                let none = || CheckoutError::NoPrice { tier: tier.clone(), interval: *interval };
                let price = self.prices.price(tier, *interval).ok_or_else(none)?;
                form.push(("mode", "subscription".to_owned()));
                form.push(("line_items[0][price]", price.to_owned()));
            }
            Wanted::Contribution { amount, currency } => {
                one_off(&mut form, CONTRIBUTION, "Contribution", *amount, currency);
            }
            Wanted::GiftSubscription { id, name, amount, currency } => {
                one_off(&mut form, GIFT, name, *amount, currency);
                form.push(("payment_intent_data[metadata][gift]", id.to_string()));
            }
        }
        Ok(form)
    }
}

#[derive(Deserialize)]
struct CheckoutSession {
    url: String,
}

#[async_trait]
impl Provider for Stripe {
    fn name(&self) -> &'static str {
        NAME
    }

    fn read(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Noticed, NoticeError> {
        let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
        signature::verify(header.ok_or(NoticeError::Unsigned)?, body, &self.signing_secrets, now)?;
        event::understand(body, &self.prices)
    }

    async fn checkout(&self, order: &Order) -> Result<String, CheckoutError> {
        let failed = |error: reqwest::Error| CheckoutError::Provider(error.without_url().to_string());
        let mut ask = self
            .client
            .post(format!("{}/v1/checkout/sessions", self.api_url))
            .bearer_auth(self.api_key.expose_secret())
            .form(&self.form(order)?);
        if let Wanted::GiftSubscription { id, .. } = &order.what {
            // However often the request is sent on the way, there is one page for one gift subscription.
            ask = ask.header("idempotency-key", id.to_string());
        }
        let mut answer = ask.send().await.map_err(failed)?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            body.extend_from_slice(&piece);
            if body.len() > MAX_ANSWER {
                return Err(CheckoutError::Provider("its answer is too long".to_owned()));
            }
        }
        if !status.is_success() {
            return Err(CheckoutError::Provider(format!("it answered {status}: {}", fault(&body))));
        }
        let page = serde_json::from_slice(&body).ok().map(|session: CheckoutSession| session.url);
        let is_page =
            |url: &String| url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        page.filter(is_page).ok_or_else(|| CheckoutError::Provider("its answer names no page".to_owned()))
    }
}

/// What Stripe is told about a payment that is made once.
fn one_off(form: &mut Vec<(&'static str, String)>, mark: &str, name: &str, amount: i64, currency: &str) {
    form.extend([
        ("mode", "payment".to_owned()),
        ("customer_creation", "always".to_owned()),
        ("payment_intent_data[metadata][masthead]", mark.to_owned()),
        ("line_items[0][price_data][currency]", currency.to_ascii_lowercase()),
        ("line_items[0][price_data][unit_amount]", amount.to_string()),
        ("line_items[0][price_data][product_data][name]", name.to_owned()),
    ]);
}

/// What Stripe says is wrong, for the log: its code, and the parameter that it is about.
fn fault(body: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let part = |name: &str| crate::error::cut(answer["error"][name].as_str().unwrap_or("-"));
    format!("{} {} {}", part("type"), part("code"), part("param"))
}
