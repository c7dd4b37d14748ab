//! Saved filters: which articles a partner's own feeds are of.

use crate::article::Kind;
use crate::clock::Timestamp;
use crate::id::{AuthorId, FilterId, PartnerId, SectionId, SourceId, TagId};
use crate::language::Language;
use crate::partner::{PartnerError, check_name};
use serde::{Deserialize, Serialize};

/// Which articles a saved filter lets through: those for which every condition that is set holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Conditions {
    /// Articles or pages.
    pub kind: Kind,
    /// In this section or one below it.
    pub section: Option<SectionId>,
    /// In the section itself, and in none of those below it.
    pub section_alone: bool,
    /// With this author in a byline.
    pub author: Option<AuthorId>,
    /// With this tag.
    pub tag: Option<TagId>,
    /// Citing this source.
    pub source: Option<SourceId>,
    /// In exactly this language.
    pub language: Option<Language>,
}

/// A saved filter of a partner. It chooses among what the licence covers, and never widens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFilter {
    /// Its identifier, never reused.
    pub id: FilterId,
    /// Whose it is.
    pub partner: PartnerId,
    /// What it is called, 1 to [`crate::partner::MAX_TEXT`] bytes.
    pub name: String,
    /// What it lets through.
    pub conditions: Conditions,
    /// When it was made.
    pub created: Timestamp,
}

impl SavedFilter {
    /// How many one partner may have.
    pub const MOST: usize = 50;

    /// Checks what must hold of every filter.
    ///
    /// # Errors
    /// [`PartnerError::Name`] when the name is wrong.
    pub fn check(&self) -> Result<(), PartnerError> {
        check_name(&self.name)
    }
}
