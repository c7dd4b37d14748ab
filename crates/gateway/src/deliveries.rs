//! What was delivered to whom: noted before an answer leaves, whichever surface it leaves by, and read by the publisher.
//!
//! What is noted already costs nothing: an answer from the cache, asked for again and again, is noted once an hour.

use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::partner::Delivered;
use masthead_domain::viewer::{Extent, Viewer};
use masthead_persistence::Store;
use quick_cache::sync::Cache;

/// By which way an answer leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// REST.
    Rest,
    /// GraphQL.
    GraphQl,
    /// What has changed since a place.
    Changes,
    /// A feed.
    Feed,
    /// A sitemap.
    Sitemap,
}

impl Surface {
    const fn code(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::GraphQl => "graphql",
            Self::Changes => "changes",
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
        }
    }
}

/// How many articles of partners are remembered as noted.
const MOST: usize = 200_000;

/// After how many seconds the same is noted again, so that it can be told when it last went out.
const AGAIN_AFTER: i64 = 3_600;

/// What has been noted of an article in one extent and a partner.
#[derive(Clone, Copy)]
struct Noted {
    last: Delivered,
    at: Timestamp,
}

impl Noted {
    /// Whether another delivery adds nothing to it.
    fn holds(&self, delivered: &Delivered, now: Timestamp) -> bool {
        let Self { last, at } = self;
        last.digest == delivered.digest
            && last.source_links >= delivered.source_links
            && (at.plus_seconds(0)..at.plus_seconds(AGAIN_AFTER)).contains(&now)
    }
}

/// Notes what goes out to partners.
pub struct Deliveries {
    noted: Cache<(PartnerId, ArticleId, Extent), Noted>,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self { noted: Cache::new(MOST) }
    }
}

impl Deliveries {
    /// Notes what goes out to a viewer, if it is a partner.
    ///
    /// # Errors
    /// A problem when it cannot be noted: then nothing may go out.
    pub async fn note(
        &self,
        viewer: &Viewer,
        delivered: &[Delivered],
        surface: Surface,
        store: &Store,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let Viewer::Partner(partner) = viewer else { return Ok(()) };
        let is_new = |one: &&Delivered| {
            let noted = self.noted.get(&(partner.id, one.article, one.extent));
            noted.is_none_or(|noted| !noted.holds(one, now))
        };
        let new: Vec<_> = delivered.iter().filter(is_new).copied().collect();
        if new.is_empty() {
            return Ok(());
        }
        store.note_deliveries(partner.id, &new, surface.code(), now).await?;
        for last in new {
            self.noted.insert((partner.id, last.article, last.extent), Noted { last, at: now });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_noted_once_an_hour_and_more_at_once() {
        let last = Delivered {
            article: ArticleId::new(Timestamp::EPOCH, [1; 10]),
            digest: [1; 16],
            updated: Timestamp::EPOCH,
            extent: Extent::Teaser,
            source_links: false,
        };
        let noted = Noted { last, at: Timestamp::EPOCH };
        let holds = |delivered, seconds| noted.holds(&delivered, Timestamp::EPOCH.plus_seconds(seconds));
        assert!(holds(last, 0) && holds(last, 3_599) && !holds(last, 3_600));
        assert!(!holds(Delivered { source_links: true, ..last }, 0));
        assert!(!holds(Delivered { digest: [2; 16], ..last }, 0), "another edition");
    }
}
