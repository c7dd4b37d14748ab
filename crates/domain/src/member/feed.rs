//! Private feeds: addresses at which a member's reader finds what the member may read, without signing in.

use crate::clock::Timestamp;
use crate::id::{FeedId, MemberId};

/// A private feed of a member. Its address holds a secret, of which a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateFeed {
    /// Its identifier, never reused.
    pub id: FeedId,
    /// Whose it is.
    pub member: MemberId,
    /// What the member calls it, 1 to [`super::MAX_NAME`] bytes.
    pub name: Option<String>,
    /// The beginning of the secret, by which the member tells one address from another.
    pub prefix: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last read, to the hour.
    pub used: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl PrivateFeed {
    /// How many feeds of one member may be good at the same time.
    pub const MOST_ACTIVE: usize = 10;
    /// Within how many seconds one use of a feed stands for all.
    pub const USED_WITHIN: i64 = 3_600;

    /// Whether its address leads anywhere, as far as the feed itself goes.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.revoked.is_none()
    }
}
