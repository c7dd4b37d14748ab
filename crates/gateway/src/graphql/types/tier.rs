//! Tiers.

use super::filter::given;
use super::if_there;
use super::scalar::Version;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::require;
use crate::operation::tier::{self, Change, Setup};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use masthead_domain::slug::Slug;
use masthead_domain::tier::Tier;
use masthead_domain::viewer::Role;
use masthead_persistence::SavedTier;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A paid membership.
pub(super) struct TierObject(pub(super) Arc<Tier>);

#[Object(name = "Tier")]
impl TierObject {
    /// Its identifier.
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name in URLs and entitlements.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Its name for readers.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// What comes with it, in order.
    async fn benefits(&self) -> &[String] {
        &self.0.benefits
    }

    /// What it costs; null when it is not for sale.
    async fn price(&self) -> Option<Price> {
        let price = self.0.price.as_ref()?;
        Some(Price { currency: price.currency.clone(), monthly: price.monthly, yearly: price.yearly })
    }

    /// The slugs of other tiers that its holders hold too, with all that these grant.
    async fn grants(&self) -> Vec<&str> {
        self.0.grants.iter().map(Slug::as_str).collect()
    }

    /// Whether it is offered now.
    async fn active(&self) -> bool {
        self.0.active
    }
}

/// What a tier costs, in the currency's minor unit (cents).
#[derive(SimpleObject)]
struct Price {
    /// Three letters by ISO 4217.
    currency: String,
    /// For a month.
    monthly: Option<i64>,
    /// For a year.
    yearly: Option<i64>,
}

/// A tier as publishers see it.
#[derive(SimpleObject)]
pub(super) struct TierRecord {
    tier: TierObject,
    /// Grows with every change; a change names the one that it is based on.
    version: Version,
}

impl From<SavedTier> for TierRecord {
    fn from(SavedTier { tier, version }: SavedTier) -> Self {
        Self { tier: TierObject(Arc::new(tier)), version: Version(version) }
    }
}

/// What a tier is to cost, in the currency's minor unit (cents).
#[derive(InputObject)]
struct PriceInput {
    /// Three upper-case letters by ISO 4217.
    currency: String,
    /// For a month.
    monthly: Option<i64>,
    /// For a year.
    yearly: Option<i64>,
}

impl From<PriceInput> for masthead_domain::tier::Price {
    fn from(PriceInput { currency, monthly, yearly }: PriceInput) -> Self {
        Self { currency, monthly, yearly }
    }
}

/// A tier to be made.
#[derive(InputObject)]
struct NewTier {
    /// Its name in URLs and entitlements. It cannot be changed later.
    slug: String,
    name: String,
    description: Option<String>,
    /// What comes with it, in order.
    #[graphql(default)]
    benefits: Vec<String>,
    /// What it costs; left out when it is not for sale.
    price: Option<PriceInput>,
    /// The slugs of other tiers that its holders hold too, with all that these grant.
    #[graphql(default)]
    grants: Vec<String>,
    /// Whether it is offered.
    #[graphql(default = true)]
    active: bool,
}

/// What changes of a tier. What is left out stays; null is refused where it is not said to mean something.
#[derive(InputObject)]
struct TierChange {
    name: MaybeUndefined<String>,
    /// Null for nothing.
    description: MaybeUndefined<String>,
    /// In place of those before; an empty list for none.
    benefits: MaybeUndefined<Vec<String>>,
    /// Null when it is not for sale.
    price: MaybeUndefined<PriceInput>,
    /// In place of those before; an empty list for none.
    grants: MaybeUndefined<Vec<String>>,
    /// Whether it is offered. Whoever has a tier that is no longer offered keeps it.
    active: MaybeUndefined<bool>,
    /// The version that the change is based on; left out, whatever there is.
    based_on: Option<Version>,
}

/// What publishers ask about tiers.
#[derive(Default)]
pub(super) struct TierQuery;

#[Object]
impl TierQuery {
    /// One tier with its version. For publishers.
    async fn tier_record(&self, ctx: &Context<'_>, slug: String) -> Result<Option<TierRecord>, Problem> {
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let Ok(slug) = slug.parse() else { return Ok(None) };
        Ok(if_there(tier::saved(reading, &slug).await)?.map(Into::into))
    }
}

/// What publishers do with tiers.
#[derive(Default)]
pub(super) struct TierMutation;

#[Object]
impl TierMutation {
    /// Makes a tier. For publishers.
    async fn create_tier(&self, ctx: &Context<'_>, tier: NewTier) -> Result<Option<TierRecord>, Problem> {
        let setup = Setup {
            slug: slug("slug", &tier.slug)?,
            name: tier.name,
            description: tier.description,
            benefits: tier.benefits,
            price: tier.price.map(Into::into),
            grants: slugs(&tier.grants)?,
            active: tier.active,
        };
        Ok(Some(tier::create(&Session::of(ctx).acting(), setup).await?.into()))
    }

    /// Changes a tier. For publishers. What it grants is held, or no longer held, within a second.
    async fn update_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier's slug.")] slug: String,
        change: TierChange,
    ) -> Result<Option<TierRecord>, Problem> {
        let slug = slug.parse().map_err(|_| Problem::not_found())?;
        let based_on = change.based_on.map(|version| version.0);
        let price: Option<Option<PriceInput>> = change.price.into();
        let change = Change {
            name: given(change.name, "name")?,
            description: change.description.into(),
            benefits: given(change.benefits, "benefits")?,
            price: price.map(|price| price.map(Into::into)),
            grants: given(change.grants, "grants")?.as_deref().map(slugs).transpose()?,
            active: given(change.active, "active")?,
        };
        let is_based_on = |there: &SavedTier| based_on.is_none_or(|version| version == there.version);
        Ok(Some(tier::change(&Session::of(ctx).acting(), &slug, is_based_on, change).await?.into()))
    }
}

fn slug(field: &str, text: &str) -> Result<Slug, Problem> {
    text.parse().map_err(|error| Problem::invalid_parameter(field, format!("{field}: {error}.")))
}

fn slugs(texts: &[String]) -> Result<BTreeSet<Slug>, Problem> {
    texts.iter().enumerate().map(|(place, text)| slug(&format!("grants[{place}]"), text)).collect()
}
