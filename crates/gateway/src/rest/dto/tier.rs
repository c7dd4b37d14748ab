//! Tiers in REST bodies.

use super::fields::{given, not_null, parsed};
use crate::error::Problem;
use crate::operation::tier::{Change, Setup};
use crate::render::PriceDto;
use masthead_domain::slug::Slug;
use masthead_domain::tier::{Price, Tier};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A paid membership.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tier)]
pub(in crate::rest) struct TierDto {
    #[schema(example = "tie_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    slug: String,
    name: String,
    /// What it is.
    description: Option<String>,
    /// What comes with it, in order.
    benefits: Vec<String>,
    /// What it costs; null when it is not for sale.
    price: Option<PriceDto>,
    /// The slugs of other tiers that its holders hold too, with all that these grant.
    grants: Vec<String>,
    /// Whether it is offered now.
    active: bool,
}

/// A tier to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewTier)]
pub(in crate::rest) struct NewTierDto {
    /// Its name in URLs and entitlements. It cannot be changed later.
    #[schema(example = "patron")]
    slug: String,
    /// At most 200 bytes.
    name: String,
    /// What it is, at most 2,000 bytes.
    description: Option<String>,
    /// What comes with it, in order; at most 50, each at most 200 bytes.
    #[serde(default)]
    benefits: Vec<String>,
    /// What it costs; left out when it is not for sale.
    price: Option<PriceDto>,
    /// The slugs of other tiers that its holders hold too, with all that these grant.
    #[serde(default)]
    grants: Vec<String>,
    /// Whether it is offered.
    #[serde(default = "offered")]
    #[schema(default = true)]
    active: bool,
}

/// What changes of a tier. What is left out stays; null is refused where it is not said to mean something.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TierChange)]
pub(in crate::rest) struct TierChangeDto {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String)]
    name: Option<String>,
    /// Null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// In place of those before; an empty list for none.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>)]
    benefits: Option<Vec<String>>,
    /// Null when it is not for sale.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PriceDto>)]
    price: Option<Option<PriceDto>>,
    /// In place of those before; an empty list for none.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>)]
    grants: Option<Vec<String>>,
    /// Whether it is offered.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool)]
    active: Option<bool>,
}

const fn offered() -> bool {
    true
}

impl TierDto {
    pub(in crate::rest) fn new(tier: &Tier) -> Self {
        Self {
            id: tier.id.to_string(),
            slug: tier.slug.to_string(),
            name: tier.name.clone(),
            description: tier.description.clone(),
            benefits: tier.benefits.clone(),
            price: tier.price.as_ref().map(PriceDto::from),
            grants: tier.grants.iter().map(ToString::to_string).collect(),
            active: tier.active,
        }
    }
}

impl NewTierDto {
    pub(in crate::rest) fn setup(self) -> Result<Setup, Problem> {
        Ok(Setup {
            slug: parsed("slug", &self.slug)?,
            name: self.name,
            description: self.description,
            benefits: self.benefits,
            price: self.price.map(Price::from),
            grants: slugs(&self.grants)?,
            active: self.active,
        })
    }
}

impl TierChangeDto {
    pub(in crate::rest) fn change(self) -> Result<Change, Problem> {
        Ok(Change {
            name: self.name,
            description: self.description,
            benefits: self.benefits,
            price: self.price.map(|price| price.map(Price::from)),
            grants: self.grants.as_deref().map(slugs).transpose()?,
            active: self.active,
        })
    }
}

fn slugs(texts: &[String]) -> Result<BTreeSet<Slug>, Problem> {
    let slug = |(place, text): (usize, &String)| parsed(&format!("grants[{place}]"), text);
    texts.iter().enumerate().map(slug).collect()
}
