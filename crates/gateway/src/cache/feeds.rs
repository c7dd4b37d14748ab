//! Private feeds that were looked up before, by the hashes of the secrets that requests show.
//!
//! What a feed shows is a standing, and is not here; a secret never becomes another feed's. What is kept is used only as long as
//! the change log names no change of the feed.

use super::generations::{Generation, Generations};
use super::noted::Noted;
use crate::auth::PresentedFeed;
use crate::clock::{Chance, ChanceError};
use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{FeedId, MemberId};
use masthead_domain::member::PrivateFeed;
use masthead_domain::viewer::Bearer;
use masthead_persistence::Store;
use quick_cache::sync::Cache;

/// Private feeds that were looked up before.
pub struct Feeds {
    known: Cache<[u8; 32], Known>,
    noted: Noted<FeedId>,
    any_base: String,
}

#[derive(Clone, Copy)]
struct Known {
    feed: FeedId,
    member: MemberId,
    as_of: Generation,
}

impl Known {
    const fn bearer(self) -> Bearer {
        Bearer::Feed { feed: self.feed, member: self.member }
    }
}

impl Feeds {
    /// Remembers at most so many feeds.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new(feeds: usize, chance: &dyn Chance) -> Result<Self, ChanceError> {
        let mut random = [0; 16];
        chance.fill(&mut random)?;
        Ok(Self {
            known: Cache::new(feeds.max(1)),
            noted: Noted::new(feeds, PrivateFeed::USED_WITHIN),
            any_base: format!("http://{}.invalid", uuid::Uuid::from_bytes(random).simple()),
        })
    }

    /// What stands in kept documents in the place of the address of a private feed. Nobody can know it: whoever wrote it into an
    /// article would have every reader's own address put there.
    #[must_use]
    pub fn any_base(&self) -> &str {
        &self.any_base
    }

    /// The feed that was presented, when it was looked up before and that still holds.
    #[must_use]
    pub fn remembered(&self, presented: PresentedFeed, generations: &Generations) -> Option<Bearer> {
        let known = self.known.get(&presented.hash().0)?;
        (generations.of(known.feed.uuid()) == known.as_of).then(|| known.bearer())
    }

    /// The feed that was presented; `None` when there is none with this secret, or it was revoked. Each takes one statement.
    /// Without `generations` nothing that was looked up before is used.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn find(
        &self,
        presented: PresentedFeed,
        store: &Store,
        generations: Option<&Generations>,
    ) -> Result<Option<Bearer>, Problem> {
        if let Some(bearer) = generations.and_then(|generations| self.remembered(presented, generations)) {
            return Ok(Some(bearer));
        }
        let before = generations.map(|generations| (generations, generations.total()));
        let found = store.registry().feed_by_secret(presented.hash()).await?;
        let Some(found) = found.filter(|found| presented.is(found.secret) && found.feed.is_active()) else {
            return Ok(None);
        };
        let PrivateFeed { id: feed, member, .. } = found.feed;
        if let Some((generations, total)) = before {
            let known = Known { feed, member, as_of: generations.of(feed.uuid()) };
            // A change that was seen while the database was read may be one that was not read.
            if generations.total() == total {
                self.known.insert(presented.hash().0, known);
            }
        }
        Ok(Some(Bearer::Feed { feed, member }))
    }

    /// Whether this use of a feed is to be noted: the first, and then one an hour.
    pub fn is_to_be_noted(&self, feed: FeedId, now: Timestamp) -> bool {
        self.noted.is_due(feed, now)
    }
}
