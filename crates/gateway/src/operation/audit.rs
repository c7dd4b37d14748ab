//! What the staff has done, for admins.

use super::partner::forward;
use super::reading::Reading;
use super::role::require;
use crate::error::Problem;
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::partner::Deed;
use masthead_domain::viewer::Role;
use uuid::Uuid;

/// The name of the list, for cursors.
pub const LIST: &str = "audit";

/// A page of what the staff has done, the newest first. The list goes forward only. For admins.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the request looks back.
pub async fn deeds(reading: &Reading, request: &PageRequest) -> Result<Page<Deed>, Problem> {
    require(reading.viewer(), Role::Admin)?;
    let before = match forward(request)?.map(|position| &position.key) {
        Some(SortKey::Micros(sequence)) => *sequence,
        Some(SortKey::Text(_)) => return Ok(Page::empty()),
        None => i64::MAX,
    };
    let (rows, has_next) = reading.store().registry().deeds(before, request.size).await?;
    let row = |deed: Deed| (Position { key: SortKey::Micros(deed.sequence), id: Uuid::nil() }, deed);
    Ok(Page { rows: rows.into_iter().map(row).collect(), has_next, has_previous: false })
}
