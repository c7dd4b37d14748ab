//! Members' private feeds, as the staff sees and revokes them. Nobody but the member ever sees an address.

use super::super::acting::Acting;
use super::super::reading::Reading;
use super::super::role::require;
use crate::error::Problem;
use masthead_domain::id::{FeedId, MemberId};
use masthead_domain::member::PrivateFeed;
use masthead_domain::viewer::Role;

/// A member's private feeds, revoked ones too, the newest first. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when there is no such member; a problem when the database cannot be read.
pub async fn of_member(reading: &Reading, member: MemberId) -> Result<Vec<PrivateFeed>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let registry = reading.store().registry();
    registry.member(member).await?.ok_or_else(Problem::not_found)?;
    let found = registry.feeds_of(member).await?;
    reading.charge(found.len())?;
    Ok(found)
}

/// Revokes a private feed of a member. Its address leads nowhere within a second. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when the member has no such feed; a problem when the database fails.
pub async fn revoke(acting: &Acting<'_>, member: MemberId, id: FeedId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let found = acting.store().registry().feed(id).await?;
    found.filter(|feed| feed.member == member).ok_or_else(Problem::not_found)?;
    let mut work = acting.begin().await?;
    if work.revoke_feed(id).await? {
        acting.finish(work, "feed.revoked", id).await?;
    }
    Ok(())
}
