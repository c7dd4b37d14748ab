//! Tags: what an article is about, across sections.

use crate::id::TagId;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

/// A keyword that articles share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its identifier.
    pub id: TagId,
    /// Its name in URLs, unique among tags.
    pub slug: Slug,
    /// Its name for readers.
    pub name: String,
    /// What it covers.
    pub description: Option<String>,
}
