//! Which sections a licence comes to. What is below the ones that it names changes when sections move, and nothing else
//! that happens to a section changes what is covered.

use super::follower::name;
use crate::error::StoreError;
use crate::shelf::parents_of_sections;
use masthead_domain::id::SectionId;
use masthead_domain::section::lineage;
use masthead_domain::viewer::Licence;
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The sections that a licence names, as far as they are there, and all below them. One statement; none, and no section, where
/// it names none.
pub(super) async fn covered_sections(
    connection: &impl ConnectionTrait,
    licence: &Licence,
) -> Result<BTreeSet<SectionId>, StoreError> {
    let Some(named) = &licence.sections else { return Ok(BTreeSet::new()) };
    let parents = parents_of_sections(connection).await?;
    let parent_of = |section| parents.get(&section).copied().flatten();
    let is_covered =
        |section: &SectionId| lineage(*section, parent_of).iter().any(|above| named.contains(above));
    Ok(parents.keys().copied().filter(is_covered).collect())
}

/// A name for some sections in their order; another one when they are others.
pub(super) fn sections_name<'a>(sections: impl Iterator<Item = &'a SectionId>) -> String {
    let mut text = String::new();
    for section in sections {
        // Writing to a string does not fail.
        let _ = write!(text, "{} ", section.uuid().simple());
    }
    name(&text)
}
