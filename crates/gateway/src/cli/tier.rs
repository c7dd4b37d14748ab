//! `masthead tier`

use super::{CommandError, Common, acting, open_publication, reading, say};
use crate::error::Code;
use crate::operation::tier::{Change, Setup, all, change, create};
use clap::{Args, Subcommand};
use masthead_domain::slug::Slug;
use masthead_domain::tier::{Price, Tier};
use std::collections::BTreeSet;

/// Tiers: what members pay for.
#[derive(Subcommand)]
pub(super) enum Tiers {
    Add(Add),
    Change(Edit),
    List(List),
}

/// Adds a tier. Its slug stays as it is for good.
#[derive(Args)]
#[command(
    after_help = "Amounts are in the currency's minor unit (cents).\n\nExample:\n  masthead tier add patron --name Patron --currency EUR --monthly 500 --yearly 5000 --grant reader"
)]
pub(super) struct Add {
    #[command(flatten)]
    common: Common,
    /// Its name in URLs and entitlements.
    slug: Slug,
    /// Its name for readers.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    terms: Terms,
    /// It is not offered yet.
    #[arg(long)]
    inactive: bool,
}

/// Changes a tier. What is left out stays.
#[derive(Args)]
#[command(
    after_help = "A tier that is retired is no longer offered, and opens what it opened.\n\nExample:\n  masthead tier change patron --retire"
)]
pub(super) struct Edit {
    #[command(flatten)]
    common: Common,
    /// The tier's slug.
    slug: Slug,
    /// Its name for readers.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    terms: Terms,
    /// It is not for sale: given only.
    #[arg(long, conflicts_with_all = ["currency", "monthly", "yearly"])]
    not_for_sale: bool,
    /// It grants no other tier.
    #[arg(long, conflicts_with = "grants")]
    grant_nothing: bool,
    /// It is no longer offered.
    #[arg(long, conflicts_with = "offer")]
    retire: bool,
    /// It is offered again.
    #[arg(long)]
    offer: bool,
}

/// What a tier is sold as.
#[derive(Args)]
struct Terms {
    /// What it is.
    #[arg(long)]
    description: Option<String>,
    /// What comes with it; again for each. `change` puts these in place of those before.
    #[arg(long = "benefit", value_name = "TEXT")]
    benefits: Vec<String>,
    /// The currency of its price by ISO 4217, such as EUR.
    #[arg(long)]
    currency: Option<String>,
    /// What a month costs, in the currency's minor unit: at least 1. A tier that costs nothing has no price.
    #[arg(long, requires = "currency", value_name = "AMOUNT")]
    monthly: Option<i64>,
    /// What a year costs, in the currency's minor unit: at least 1.
    #[arg(long, requires = "currency", value_name = "AMOUNT")]
    yearly: Option<i64>,
    /// Another tier that its holders hold too, with all that it grants; again for each. `change` puts these in place of those
    /// before.
    #[arg(long = "grant", value_name = "SLUG")]
    grants: Vec<Slug>,
}

/// Prints all tiers, one JSON object a line, cheapest first.
#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

impl Tiers {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::Change(edit) => edit.run().await,
            Self::List(list) => list.run().await,
        }
    }
}

impl Terms {
    fn price(&self) -> Option<Price> {
        let currency = self.currency.clone()?;
        Some(Price { currency, monthly: self.monthly, yearly: self.yearly })
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let setup = Setup {
            slug: self.slug,
            name: self.name,
            price: self.terms.price(),
            description: self.terms.description,
            benefits: self.terms.benefits,
            grants: self.terms.grants.into_iter().collect(),
            active: !self.inactive,
        };
        say(&create(&acting(&store), setup).await?.tier.id.to_string());
        Ok(store.close().await?)
    }
}

impl Edit {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let price = self.terms.price();
        let grants: BTreeSet<Slug> = self.terms.grants.into_iter().collect();
        let wanted = Change {
            name: self.name,
            price: (self.not_for_sale || price.is_some()).then_some(price),
            description: self.terms.description.map(Some),
            benefits: Some(self.terms.benefits).filter(|benefits| !benefits.is_empty()),
            grants: (self.grant_nothing || !grants.is_empty()).then_some(grants),
            active: (self.retire || self.offer).then_some(self.offer),
        };
        let saved = change(&acting(&store), &self.slug, |_| true, wanted).await.map_err(|problem| {
            if problem.code() == Code::NotFound {
                CommandError::Refused("there is no tier with this slug".to_owned())
            } else {
                problem.into()
            }
        })?;
        say(&line(&saved.tier)?);
        Ok(store.close().await?)
    }
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        for tier in all(&reading(&store)).await?.iter() {
            say(&line(tier)?);
        }
        Ok(store.close().await?)
    }
}

fn line(tier: &Tier) -> Result<String, CommandError> {
    serde_json::to_string(tier).map_err(|error| CommandError::Refused(error.to_string()))
}
