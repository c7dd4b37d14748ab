//! Tiers: what members pay for, and what holding one comes with.

mod ladder;

pub use ladder::Ladder;

use crate::id::TierId;
use crate::slug::Slug;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a tier costs. Amounts are in the currency's minor unit (cents).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Three letters by ISO 4217, in upper case.
    pub currency: String,
    /// For a month: 1 to [`MAX_AMOUNT`].
    pub monthly: Option<i64>,
    /// For a year: 1 to [`MAX_AMOUNT`].
    pub yearly: Option<i64>,
}

/// A paid membership. Whoever holds one holds `member`, `tier:<slug>`, and the tiers that it grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Its identifier.
    pub id: TierId,
    /// Its name in URLs and entitlements, unique among tiers. It never changes: what members have, what gates require and
    /// what passes count as all name it.
    pub slug: Slug,
    /// Its name for readers, 1 to [`MAX_NAME`] bytes.
    pub name: String,
    /// What it is, at most [`MAX_DESCRIPTION`] bytes.
    pub description: Option<String>,
    /// What comes with it, in order: at most [`MAX_BENEFITS`], each 1 to [`MAX_NAME`] bytes.
    pub benefits: Vec<String>,
    /// What it costs; `None` when it is not for sale (comped or gifted only).
    pub price: Option<Price>,
    /// Other tiers that whoever holds it holds too, with all that these grant in turn. See [`Ladder`].
    #[serde(default)]
    pub grants: BTreeSet<Slug>,
    /// Whether it is offered now. A tier that is no longer offered still opens what it opened.
    pub active: bool,
}

/// How many tiers a publication may have.
pub const MAX_TIERS: usize = 100;

/// The longest name of a tier, and the longest benefit, in bytes.
pub const MAX_NAME: usize = 200;

/// The longest description, in bytes.
pub const MAX_DESCRIPTION: usize = 2_000;

/// The most benefits of a tier.
pub const MAX_BENEFITS: usize = 50;

/// The highest price, in the currency's minor unit. It is what payment providers take at most: eight digits.
pub const MAX_AMOUNT: i64 = 99_999_999;

/// Why a tier cannot be kept. The text begins with the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TierError {
    /// The name is empty, has control characters, or is too long.
    #[error("name: 1 to {MAX_NAME} bytes without control characters")]
    Name,
    /// The description is empty, has control characters other than line breaks, or is too long.
    #[error("description: 1 to {MAX_DESCRIPTION} bytes without control characters but line breaks")]
    Description,
    /// There are too many benefits.
    #[error("benefits: at most {MAX_BENEFITS}")]
    Benefits,
    /// One benefit is empty, has control characters, or is too long.
    #[error("benefits[{0}]: 1 to {MAX_NAME} bytes without control characters")]
    Benefit(usize),
    /// The currency is no code.
    #[error("price.currency: the code of a currency by ISO 4217, in upper case, such as EUR")]
    Currency,
    /// A monthly price that nobody can pay.
    #[error(
        "price.monthly: 1 to {MAX_AMOUNT}, in the currency's minor unit; a tier that costs nothing has no price"
    )]
    Monthly,
    /// A yearly price that nobody can pay.
    #[error(
        "price.yearly: 1 to {MAX_AMOUNT}, in the currency's minor unit; a tier that costs nothing has no price"
    )]
    Yearly,
    /// A price of nothing in particular.
    #[error("price: needs monthly, yearly or both; leave it out for a tier that is not for sale")]
    NoAmount,
    /// It grants itself.
    #[error("grants: a tier does not grant itself")]
    Itself,
    /// It grants more tiers than there can be.
    #[error("grants: at most {MAX_TIERS}")]
    Grants,
}

impl Price {
    /// Checks what must hold of every price.
    ///
    /// # Errors
    /// [`TierError`] names the field.
    pub fn check(&self) -> Result<(), TierError> {
        if !is_currency(&self.currency) {
            return Err(TierError::Currency);
        }
        let is_payable = |amount: Option<i64>| amount.is_none_or(|amount| (1..=MAX_AMOUNT).contains(&amount));
        match (self.monthly, self.yearly) {
            (None, None) => Err(TierError::NoAmount),
            (monthly, _) if !is_payable(monthly) => Err(TierError::Monthly),
            (_, yearly) if !is_payable(yearly) => Err(TierError::Yearly),
            _ => Ok(()),
        }
    }
}

/// Whether a text is the code of a currency that people pay with (ISO 4217), in upper case: no fund, no metal, no test, and none
/// that another has taken the place of.
#[must_use]
pub fn is_currency(code: &str) -> bool {
    // Venezuela has two codes for one currency, which ISO 4217 lists side by side.
    let is_gone = |currency: Currency| currency.is_superseded().is_some() && currency != Currency::VES;
    Currency::from_code(code).is_some_and(|one| !one.is_fund() && !one.is_special() && !is_gone(one))
}

impl Tier {
    /// Checks what must hold of a tier that the staff makes or changes. Whether the tiers that it grants are there is
    /// for whoever knows all of them.
    ///
    /// # Errors
    /// [`TierError`] names the field.
    pub fn check(&self) -> Result<(), TierError> {
        let is_line = |text: &str| is_text(text, MAX_NAME) && !text.contains('\n');
        if !is_line(&self.name) {
            return Err(TierError::Name);
        }
        if self.description.as_deref().is_some_and(|text| !is_text(text, MAX_DESCRIPTION)) {
            return Err(TierError::Description);
        }
        if self.benefits.len() > MAX_BENEFITS {
            return Err(TierError::Benefits);
        }
        if let Some(place) = self.benefits.iter().position(|benefit| !is_line(benefit)) {
            return Err(TierError::Benefit(place));
        }
        if self.grants.contains(&self.slug) {
            return Err(TierError::Itself);
        }
        if self.grants.len() > MAX_TIERS {
            return Err(TierError::Grants);
        }
        self.price.as_ref().map_or(Ok(()), Price::check)
    }
}

fn is_text(text: &str, most: usize) -> bool {
    let is_plain = |letter: char| letter == '\n' || !letter.is_control();
    !text.trim().is_empty() && text.len() <= most && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn patron() -> Tier {
        Tier {
            id: TierId::new(Timestamp::EPOCH, [1; 10]),
            slug: "patron".parse().expect("a slug"),
            name: "Patron".into(),
            description: Some("Opens everything.\nForever.".into()),
            benefits: vec!["The archive".into()],
            price: Some(Price { currency: "EUR".into(), monthly: Some(500), yearly: None }),
            grants: BTreeSet::from(["reader".parse().expect("a slug")]),
            active: true,
        }
    }

    fn fault(change: impl FnOnce(&mut Tier)) -> String {
        let mut tier = patron();
        change(&mut tier);
        tier.check().expect_err("wrong").to_string()
    }

    #[test]
    fn a_fault_names_its_field() {
        assert_eq!(patron().check(), Ok(()));
        let priced = |currency: &str, monthly, yearly| {
            fault(|tier| tier.price = Some(Price { currency: currency.into(), monthly, yearly }))
        };
        for (fault, field) in [
            (fault(|tier| tier.name = " ".into()), "name: "),
            (fault(|tier| tier.name = "x".repeat(MAX_NAME + 1)), "name: "),
            (fault(|tier| tier.name = "two\nlines".into()), "name: "),
            (fault(|tier| tier.description = Some("\u{7}".into())), "description: "),
            (fault(|tier| tier.benefits = vec!["x".into(); MAX_BENEFITS + 1]), "benefits: "),
            (fault(|tier| tier.benefits.push(String::new())), "benefits[1]: "),
            (
                fault(|tier| {
                    tier.grants.insert(tier.slug.clone());
                }),
                "grants: ",
            ),
            (priced("eur", Some(1), None), "price.currency: "),
            (priced("EURO", Some(1), None), "price.currency: "),
            (priced("ZZZ", Some(1), None), "price.currency: "),
            (priced("XAU", Some(1), None), "price.currency: "),
            (priced("HRK", Some(1), None), "price.currency: "),
            (priced("XTS", Some(1), None), "price.currency: "),
            (priced("EUR", None, None), "price: "),
            (priced("EUR", Some(-1), None), "price.monthly: "),
            (priced("EUR", Some(0), None), "price.monthly: "),
            (priced("EUR", Some(1), Some(0)), "price.yearly: "),
            (priced("EUR", None, Some(MAX_AMOUNT + 1)), "price.yearly: "),
        ] {
            assert!(fault.starts_with(field), "{fault}");
        }
    }
}
