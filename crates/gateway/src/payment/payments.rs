//! Through whom readers pay, on which terms, and what the publisher takes.

use super::{Provider, Returns};
use crate::error::{Code, Problem};
use masthead_domain::payment::Terms;
use masthead_domain::tier::is_currency;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Through whom readers pay, and on which terms.
pub struct Payments {
    /// The providers, each with the terms for what is paid through it.
    pub providers: Vec<(Arc<dyn Provider>, Terms)>,
    /// Where payers come back to.
    pub returns: Returns,
    /// What contributions are taken.
    pub contributions: ContributionBounds,
}

impl Payments {
    /// The provider of this name, and the terms for what is paid through it.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<(&dyn Provider, &Terms)> {
        let found = self.providers.iter().find(|(provider, _)| provider.name() == name);
        found.map(|(provider, terms)| (provider.as_ref(), terms))
    }

    /// The provider with which a checkout begins.
    ///
    /// # Errors
    /// A problem when there is none.
    pub fn cashier(&self) -> Result<&dyn Provider, Problem> {
        let first = self.providers.first().map(|(provider, _)| provider.as_ref());
        first
            .ok_or_else(|| Problem::new(Code::NoPayments, "This publication takes no payments over the API."))
    }
}

/// What contributions are taken.
#[derive(Clone, Debug)]
pub struct ContributionBounds {
    /// How much, in the currency's minor unit.
    pub amounts: RangeInclusive<i64>,
    /// In which currencies (ISO 4217).
    pub currencies: Vec<String>,
}

impl ContributionBounds {
    /// Whether such bounds make sense.
    #[must_use]
    pub fn are_sound(&self) -> bool {
        *self.amounts.start() >= 1
            && self.amounts.start() <= self.amounts.end()
            && *self.amounts.end() <= masthead_domain::tier::MAX_AMOUNT
            && self.currencies.iter().all(|code| is_currency(code))
    }

    /// Checks a contribution.
    ///
    /// # Errors
    /// A problem that names the field, and says what is taken.
    pub fn check(&self, amount: i64, currency: &str) -> Result<(), Problem> {
        if !self.currencies.iter().any(|taken| taken == currency) {
            let taken = self.currencies.join(", ");
            return Err(Problem::invalid_parameter("currency", format!("currency: must be one of {taken}.")));
        }
        if !self.amounts.contains(&amount) {
            let (least, most) = (self.amounts.start(), self.amounts.end());
            let detail = format!("amount: must be {least} to {most}, in the currency's minor unit.");
            return Err(Problem::invalid_parameter("amount", detail));
        }
        Ok(())
    }
}
