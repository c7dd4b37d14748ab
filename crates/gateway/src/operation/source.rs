//! Sources. A source exists for a viewer only if an article that cites it does. Its link is no part of it:
//! links stand with the citations, behind each article's sources lock.

use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::id::SourceId;
use masthead_domain::source::Source;

/// One source.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn find(reading: &Reading, id: SourceId) -> Result<Option<Source>, Problem> {
    Ok(reading.library().source(id).await?)
}

/// The sources with these ids, in their order; `None` for one that does not exist for the viewer.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn by_ids(reading: &Reading, ids: &[SourceId]) -> Result<Vec<Option<Source>>, Problem> {
    let found = reading.library().sources_by_ids(ids).await?;
    reading.charge(found.len())?;
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}
