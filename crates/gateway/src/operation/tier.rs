//! Tiers: what readers can become members of, and how publishers set them up.
//!
//! A tier is never taken out: what members have, what gates require and what passes count as name it by its slug. One
//! that is no longer wanted is taken off sale, and opens what it opened.

use super::acting::{Acting, refused};
use super::link::bits;
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem};
use masthead_domain::id::TierId;
use masthead_domain::slug::Slug;
use masthead_domain::tier::{Price, Tier};
use masthead_domain::viewer::Role;
use masthead_persistence::{SavedTier, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a new tier is to be.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its name in URLs and entitlements, for good.
    pub slug: Slug,
    /// Its name for readers.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// What comes with it, in order.
    pub benefits: Vec<String>,
    /// What it costs; `None` when it is not for sale.
    pub price: Option<Price>,
    /// The tiers that its holders hold too.
    pub grants: BTreeSet<Slug>,
    /// Whether it is offered.
    pub active: bool,
}

/// What changes of a tier. `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name for readers.
    pub name: Option<String>,
    /// What it is; `Some(None)` for nothing.
    pub description: Option<Option<String>>,
    /// What comes with it, in place of what did before.
    pub benefits: Option<Vec<String>>,
    /// What it costs; `Some(None)` when it is not for sale.
    pub price: Option<Option<Price>>,
    /// The tiers that its holders hold too, in place of those before.
    pub grants: Option<BTreeSet<Slug>>,
    /// Whether it is offered.
    pub active: Option<bool>,
}

/// All tiers, cheapest first.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn all(reading: &Reading) -> Result<Arc<[Arc<Tier>]>, Problem> {
    reading.tiers().await.cloned()
}

/// One tier, whether it is offered or not.
///
/// # Errors
/// 404 when there is none; a problem when the database cannot be read.
pub async fn find(reading: &Reading, slug: &Slug) -> Result<Arc<Tier>, Problem> {
    reading.tier(slug).await?.ok_or_else(Problem::not_found)
}

/// One tier with the number of its state. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none; a problem when the database cannot be read.
pub async fn saved(reading: &Reading, slug: &Slug) -> Result<SavedTier, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    reading.store().registry().tier(slug).await?.ok_or_else(Problem::not_found)
}

/// Makes a tier. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 409 when the slug is taken or there are too many; a problem that names what is wrong.
pub async fn create(acting: &Acting<'_>, setup: Setup) -> Result<SavedTier, Problem> {
    acting.must_be(Role::Publisher)?;
    let Setup { slug, name, description, benefits, price, grants, active } = setup;
    let id = TierId::new(acting.now(), bits(acting.chance())?);
    let tier = Tier { id, slug, name, description, benefits, price, grants, active };
    check(acting, &tier).await?;
    let mut work = acting.begin().await?;
    work.put_tiers(std::slice::from_ref(&tier)).await.map_err(|error| match error {
        StoreError::Conflict { .. } => {
            Problem::new(Code::Conflict, format!("There is a tier {} already.", tier.slug)).about("slug")
        }
        other => refused(other),
    })?;
    let saved = work.tier(&tier.slug).await?.ok_or_else(Problem::internal)?;
    acting.finish(work, "tier.created", id).await?;
    Ok(saved)
}

/// Changes a tier. What it grants is held, or no longer held, within a second. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none, 412 when the change is not based on what there is; a problem that
/// names what is wrong.
pub async fn change(
    acting: &Acting<'_>,
    slug: &Slug,
    is_based_on: impl Fn(&SavedTier) -> bool,
    change: Change,
) -> Result<SavedTier, Problem> {
    // What the change says is checked before the turn of the writers, and made to the tier as it is then.
    let before = saved(acting.reading(), slug).await?;
    check(acting, &changed(before.tier, &change)).await?;
    let mut work = acting.begin().await?;
    let before = work.tier(slug).await?.ok_or_else(Problem::not_found)?;
    if !is_based_on(&before) {
        let detail = "The tier has been changed since. Read it again.";
        return Err(Problem::new(Code::PreconditionFailed, detail).about("If-Match"));
    }
    let tier = changed(before.tier.clone(), &change);
    if tier == before.tier {
        return Ok(before);
    }
    let action = match (before.tier.active, tier.active) {
        (true, false) => "tier.retired",
        (false, true) => "tier.offered",
        _ => "tier.changed",
    };
    work.put_tiers(std::slice::from_ref(&tier)).await?;
    let saved = work.tier(slug).await?.ok_or_else(Problem::internal)?;
    acting.finish(work, action, tier.id).await?;
    Ok(saved)
}

fn changed(tier: Tier, change: &Change) -> Tier {
    let Change { name, description, benefits, price, grants, active } = change.clone();
    Tier {
        name: name.unwrap_or(tier.name),
        description: description.unwrap_or(tier.description),
        benefits: benefits.unwrap_or(tier.benefits),
        price: price.unwrap_or(tier.price),
        grants: grants.unwrap_or(tier.grants),
        active: active.unwrap_or(tier.active),
        ..tier
    }
}

/// Checks a tier, and that it grants what there is. Tiers are never taken out, so what is there now stays there.
async fn check(acting: &Acting<'_>, tier: &Tier) -> Result<(), Problem> {
    tier.check().map_err(|error| {
        let text = error.to_string();
        let field = text.split(':').next().unwrap_or_default().to_owned();
        Problem::invalid_parameter(&field, format!("{text}."))
    })?;
    let there = acting.reading().tiers().await?;
    match tier.grants.iter().find(|slug| there.iter().all(|one| one.slug != **slug)) {
        Some(unknown) => {
            Err(Problem::invalid_parameter("grants", format!("grants: there is no tier {unknown}.")))
        }
        None => Ok(()),
    }
}
