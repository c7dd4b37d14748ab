//! Newsletters: which there are, and who gets them.

use super::{Accounts, Words, asking};
use crate::auth::Caller;
use crate::client::Client;
use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::MemberId;
use masthead_domain::member::{Newsletter, Purpose};
use masthead_persistence::Work;

impl Accounts {
    /// The newsletters that are offered now, by slug.
    ///
    /// # Errors
    /// A problem when the database fails.
    pub async fn newsletters(&self) -> Result<Vec<Newsletter>, Problem> {
        let mut all = self.store.registry().newsletters().await?;
        all.retain(|newsletter| newsletter.active);
        Ok(all)
    }

    /// Gives the member a newsletter from now on. Their address is proven, so that needs no mail.
    ///
    /// # Errors
    /// A problem when no member asks, when it is not offered, or the wording is wrong.
    pub async fn subscribe(
        &self,
        caller: &Caller,
        slug: &str,
        wording: &str,
        client: &Client,
    ) -> Result<(), Problem> {
        let asking = asking(caller)?;
        let now = self.clock.now();
        let words = Words::new(wording, client, now)?;
        let offered = self.newsletters().await?;
        let newsletter = offered.iter().find(|one| one.slug.as_str() == slug);
        let newsletter = newsletter.ok_or_else(Problem::not_found)?;
        let (mut work, member) = self.begin_for(asking).await?;
        self.confirm(&mut work, member.id, newsletter, &words, now).await?;
        work.commit().await?;
        self.settle().await;
        Ok(())
    }

    /// Stops sending the member a newsletter. One that they do not get is no error.
    ///
    /// # Errors
    /// A problem when no member asks or there is no such newsletter.
    pub async fn unsubscribe(&self, caller: &Caller, slug: &str) -> Result<(), Problem> {
        let member = asking(caller)?.member;
        let all = self.store.registry().newsletters().await?;
        let newsletter = all.iter().find(|one| one.slug.as_str() == slug).ok_or_else(Problem::not_found)?;
        self.leave(member, newsletter).await
    }

    /// Stops sending a newsletter to whoever the token names, without signing in (RFC 8058). A token stays good, and
    /// using it again changes nothing.
    ///
    /// # Errors
    /// A problem when the token is none of ours.
    pub async fn unsubscribe_by_token(&self, token: &str) -> Result<(), Problem> {
        let (member, newsletter) = self.secrets.unsubscription(token).ok_or_else(Problem::not_found)?;
        let all = self.store.registry().newsletters().await?;
        match all.iter().find(|one| one.id == newsletter) {
            Some(newsletter) => self.leave(member, newsletter).await,
            None => Ok(()),
        }
    }

    async fn leave(&self, member: MemberId, newsletter: &Newsletter) -> Result<(), Problem> {
        let held = self.store.registry().newsletter_subscriptions(member).await?;
        if !held.iter().any(|one| one.newsletter == newsletter.id) {
            return Ok(());
        }
        let mut work = self.store.begin(self.clock.now()).await?;
        work.leave_newsletter(member, newsletter.id).await?;
        work.withdraw_consent(member, &Purpose::Newsletter(newsletter.slug.clone())).await?;
        work.commit().await?;
        self.settle().await;
        Ok(())
    }

    /// Confirms a newsletter, and writes down the consent unless they have it already.
    pub(super) async fn confirm(
        &self,
        work: &mut Work,
        member: MemberId,
        newsletter: &Newsletter,
        words: &Words,
        now: Timestamp,
    ) -> Result<(), Problem> {
        if work.confirm_newsletter(member, newsletter.id).await? {
            let purpose = Purpose::Newsletter(newsletter.slug.clone());
            work.log_consent(&self.consent(member, purpose, words, now)?).await?;
        }
        Ok(())
    }
}
