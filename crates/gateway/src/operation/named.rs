//! What the publisher's decisions name must be there: a slip would lock or cover nothing, and nobody would know why.

use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::id::{AuthorId, SectionId, TagId};
use masthead_domain::slug::Slug;
use masthead_domain::tier::Tier;
use masthead_domain::viewer::Entitlement;
use std::fmt::Display;
use std::sync::Arc;

/// The tier of this name. One that there is not is refused.
pub(super) async fn tier(reading: &Reading, place: &str, slug: &Slug) -> Result<Arc<Tier>, Problem> {
    reading.tier(slug).await?.ok_or_else(|| no_tier(place, slug))
}

fn no_tier(place: &str, slug: &Slug) -> Problem {
    Problem::invalid_parameter(place, format!("{place}: there is no tier {slug}."))
}

/// The faults of entitlements that name tiers that there are not.
pub(super) async fn tiers(
    reading: &Reading,
    place: &str,
    entitlements: &[&Entitlement],
) -> Result<Vec<Problem>, Problem> {
    let mut faults = Vec::new();
    for one in entitlements {
        if let Entitlement::Tier(slug) = one
            && reading.tier(slug).await?.is_none()
        {
            faults.push(no_tier(place, slug));
        }
    }
    Ok(faults)
}

/// The faults that name sections that there are not. Whoever decides is of the staff, for whom all of them exist.
pub(super) async fn sections(
    reading: &Reading,
    named: &[(String, SectionId)],
) -> Result<Vec<Problem>, Problem> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let known = reading.library().sections().await?;
    Ok(missing(named, |id| known.iter().any(|section| section.id == *id)))
}

/// The faults that name tags that there are not.
pub(super) async fn tags(reading: &Reading, named: &[(String, TagId)]) -> Result<Vec<Problem>, Problem> {
    let known = reading.library().tags_by_ids(&ids(named)).await?;
    Ok(missing(named, |id| known.contains_key(id)))
}

/// The faults that name authors that there are not.
pub(super) async fn authors(
    reading: &Reading,
    named: &[(String, AuthorId)],
) -> Result<Vec<Problem>, Problem> {
    let known = reading.library().authors_by_ids(&ids(named)).await?;
    Ok(missing(named, |id| known.contains_key(id)))
}

fn ids<I: Copy>(named: &[(String, I)]) -> Vec<I> {
    named.iter().map(|(_, id)| *id).collect()
}

fn missing<I: Display>(named: &[(String, I)], is_there: impl Fn(&I) -> bool) -> Vec<Problem> {
    let fault =
        |(place, id): &(String, I)| Problem::invalid_parameter(place, format!("{place}: there is no {id}."));
    named.iter().filter(|(_, id)| !is_there(id)).map(fault).collect()
}
