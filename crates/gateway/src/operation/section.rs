//! Sections: the whole tree, and one of them. A section exists for a viewer only if an article in it, or below it, does.

use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::id::SectionId;
use masthead_domain::section::{self, Section};
use masthead_persistence::SectionKey;
use std::collections::HashMap;
use std::sync::Arc;

/// The sections that exist for a viewer, with the ways up and down.
#[derive(Debug, Default)]
pub struct SectionTree {
    ordered: Vec<Section>,
    places: HashMap<SectionId, usize>,
}

impl SectionTree {
    pub(super) fn new(ordered: Vec<Section>) -> Self {
        let places = ordered.iter().enumerate().map(|(place, section)| (section.id, place)).collect();
        Self { ordered, places }
    }

    /// All sections, siblings in their order.
    #[must_use]
    pub fn all(&self) -> &[Section] {
        &self.ordered
    }

    /// The section with this id.
    #[must_use]
    pub fn get(&self, id: SectionId) -> Option<&Section> {
        self.places.get(&id).map(|place| &self.ordered[*place])
    }

    /// The section with this id or slug.
    #[must_use]
    pub fn find(&self, key: &SectionKey) -> Option<&Section> {
        match key {
            SectionKey::Id(id) => self.get(*id),
            SectionKey::Slug(slug) => self.ordered.iter().find(|section| section.slug == *slug),
        }
    }

    /// The sections directly below this one, or at the top.
    pub fn below(&self, parent: Option<SectionId>) -> impl Iterator<Item = &Section> {
        self.ordered.iter().filter(move |section| section.parent == parent)
    }

    /// The section and those above it, from the top downward.
    #[must_use]
    pub fn path(&self, id: SectionId) -> Vec<&Section> {
        let up = section::lineage(id, |at| self.get(at).and_then(|section| section.parent));
        up.into_iter().rev().filter_map(|at| self.get(at)).collect()
    }
}

/// All sections that exist for the viewer.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn all(reading: &Reading) -> Result<Arc<SectionTree>, Problem> {
    reading.sections().await.cloned()
}
