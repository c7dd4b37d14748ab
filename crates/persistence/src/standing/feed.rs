//! Private feeds: what their member may read, as long as the feed is not revoked.

use crate::error::StoreError;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{FeedId, MemberId};
use masthead_domain::viewer::Standing;

impl Store {
    /// The member's own standing, so that the feed shows what they see themselves: in one statement more. It ends with the
    /// feed, and with whatever ends the member's.
    pub(super) async fn standing_of_feed(
        &self,
        id: FeedId,
        member: MemberId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let feed = self.registry().feed(id).await?;
        if feed.is_none_or(|feed| !feed.is_active() || feed.member != member) {
            return Ok(None);
        }
        self.standing_of_member(member, None, now).await
    }
}
