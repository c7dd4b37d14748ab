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
    let none = || Problem::invalid_parameter(place, format!("{place}: there is no tier {slug}."));
    reading.tier(slug).await?.ok_or_else(none)
}

/// Refuses entitlements that name a tier that there is not.
pub(super) async fn tiers(
    reading: &Reading,
    place: &str,
    entitlements: &[&Entitlement],
) -> Result<(), Problem> {
    for one in entitlements {
        if let Entitlement::Tier(slug) = one {
            tier(reading, place, slug).await?;
        }
    }
    Ok(())
}

/// Refuses sections that there are not. Whoever decides is of the staff, for whom all of them exist.
pub(super) async fn sections(reading: &Reading, named: &[(String, SectionId)]) -> Result<(), Problem> {
    if named.is_empty() {
        return Ok(());
    }
    let known = reading.library().sections().await?;
    all(named, |id| known.iter().any(|section| section.id == *id))
}

/// Refuses tags that there are not.
pub(super) async fn tags(reading: &Reading, named: &[(String, TagId)]) -> Result<(), Problem> {
    let known = reading.library().tags_by_ids(&ids(named)).await?;
    all(named, |id| known.contains_key(id))
}

/// Refuses authors that there are not.
pub(super) async fn authors(reading: &Reading, named: &[(String, AuthorId)]) -> Result<(), Problem> {
    let known = reading.library().authors_by_ids(&ids(named)).await?;
    all(named, |id| known.contains_key(id))
}

fn ids<I: Copy>(named: &[(String, I)]) -> Vec<I> {
    named.iter().map(|(_, id)| *id).collect()
}

fn all<I: Display>(named: &[(String, I)], is_there: impl Fn(&I) -> bool) -> Result<(), Problem> {
    match named.iter().find(|(_, id)| !is_there(id)) {
        Some((place, id)) => Err(Problem::invalid_parameter(place, format!("{place}: there is no {id}."))),
        None => Ok(()),
    }
}
