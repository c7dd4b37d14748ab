//! Sections: the publication's table of contents.

use crate::id::SectionId;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

/// A part of the publication. Sections form a tree of at most [`MAX_DEPTH`] levels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its identifier.
    pub id: SectionId,
    /// Its name in URLs, unique among sections.
    pub slug: Slug,
    /// Its name for readers.
    pub name: String,
    /// What it covers.
    pub description: Option<String>,
    /// The section above it; `None` at the top.
    pub parent: Option<SectionId>,
    /// Its place among its siblings, in rising order.
    pub position: i32,
}

/// How deep sections may be nested; a top section is at depth one.
pub const MAX_DEPTH: usize = 8;

/// How many sections a publication may have.
pub const MAX_SECTIONS: usize = 1_000;

/// The section and those above it, from the section upward. Stops at [`MAX_DEPTH`], so a cycle in bad
/// data ends too.
#[must_use]
pub fn lineage(id: SectionId, parent_of: impl Fn(SectionId) -> Option<SectionId>) -> Vec<SectionId> {
    std::iter::successors(Some(id), |at| parent_of(*at)).take(MAX_DEPTH).collect()
}
