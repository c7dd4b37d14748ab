//! Private feeds: addresses at which a member's reader finds what the member may read.

use super::super::acting::refused;
use super::sign_in::check_name;
use super::{Accounts, asking};
use crate::auth::{Caller, NewFeedSecret};
use crate::error::Problem;
use masthead_domain::id::FeedId;
use masthead_domain::member::PrivateFeed;
use secrecy::SecretString;

/// A private feed that was just made. The secret of its address is nowhere else.
pub struct MadeFeed {
    /// The feed.
    pub feed: PrivateFeed,
    /// What its address is made with, shown once.
    pub secret: SecretString,
}

impl Accounts {
    /// The member's private feeds, revoked ones too, the newest first.
    ///
    /// # Errors
    /// A problem when no member asks or the database fails.
    pub async fn feeds(&self, caller: &Caller) -> Result<Vec<PrivateFeed>, Problem> {
        Ok(self.store.registry().feeds_of(asking(caller)?.member).await?)
    }

    /// Makes a private feed for the member.
    ///
    /// # Errors
    /// 409 when they have as many as there may be, 429 when they made too many within an hour; a problem when no member asks, the name is wrong, or the database fails.
    pub async fn make_feed(&self, caller: &Caller, name: Option<String>) -> Result<MadeFeed, Problem> {
        let asking = asking(caller)?;
        check_name(name.as_deref())?;
        self.new_feeds.count_somebody("member", asking.member.uuid().as_bytes())?;
        let NewFeedSecret { text, prefix, hash } = NewFeedSecret::make(&*self.chance)?;
        let created = self.clock.now();
        let id = FeedId::new(created, self.bits()?);
        let (mut work, member) = self.begin_for(asking).await?;
        let feed = PrivateFeed { id, member: member.id, name, prefix, created, used: None, revoked: None };
        work.add_feed(&feed, hash).await.map_err(refused)?;
        work.commit().await?;
        Ok(MadeFeed { feed, secret: text })
    }

    /// Revokes one of the member's own private feeds. One that is revoked already stays so.
    ///
    /// # Errors
    /// 404 when they have no such feed; a problem when no member asks or the database fails.
    pub async fn revoke_feed(&self, caller: &Caller, id: FeedId) -> Result<(), Problem> {
        let asking = asking(caller)?;
        let found = self.store.registry().feed(id).await?;
        found.filter(|feed| feed.member == asking.member).ok_or_else(Problem::not_found)?;
        let (mut work, _) = self.begin_for(asking).await?;
        if work.revoke_feed(id).await? {
            work.commit().await?;
            self.settle().await;
        }
        Ok(())
    }
}
