//! Tags: a page of them, and one. A tag exists for a viewer only if an article with it does.

use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::id::TagId;
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::tag::Tag;
use masthead_persistence::TagKey;

/// The name of the list, for cursors.
pub const LIST: &str = "tags";

/// A page of all tags, by slug.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn list(reading: &Reading, page: &PageRequest) -> Result<Page<Tag>, Problem> {
    let found = reading.library().tags(page).await?;
    reading.charge(found.rows.len())?;
    Ok(found)
}

/// One tag, by id or slug.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn find(reading: &Reading, key: &TagKey) -> Result<Option<Tag>, Problem> {
    Ok(reading.library().tag(key).await?)
}

/// The tags with these ids, in their order; `None` for one that does not exist.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn by_ids(reading: &Reading, ids: &[TagId]) -> Result<Vec<Option<Tag>>, Problem> {
    let found = reading.library().tags_by_ids(ids).await?;
    reading.charge(found.len())?;
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}
