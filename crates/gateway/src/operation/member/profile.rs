//! What is known of a member: shown, changed, handed over, and erased.

use super::super::group::{MyGroups, groups_of};
use super::sign_in::check_name;
use super::{Accounts, asking};
use crate::auth::{Caller, Secrets};
use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::member::{
    Consent, Contribution, GiftSubscription, Member, Newsletter, PrivateFeed, Subscription,
};
use masthead_persistence::{SessionRecord, Store, Work};

/// A newsletter that a member gets.
pub struct Subscribed {
    /// Which.
    pub newsletter: Newsletter,
    /// Since when.
    pub confirmed: Timestamp,
    /// The token with which they leave it without signing in.
    pub unsubscribe: String,
}

impl Subscribed {
    /// The path that stops it without signing in (RFC 8058).
    #[must_use]
    pub fn unsubscribe_path(&self) -> String {
        unsubscribe_path(&self.unsubscribe)
    }
}

/// The path at which an unsubscribe token is good.
#[must_use]
pub fn unsubscribe_path(token: &str) -> String {
    format!("/v1/unsubscribe/{token}")
}

/// A member, as they see themselves.
pub struct Profile {
    /// What is stored of them.
    pub member: Member,
    /// What they are sent.
    pub newsletters: Vec<Subscribed>,
    /// What they have of tiers, past and future too, the newest first.
    pub subscriptions: Vec<Subscription>,
    /// What they have given, the newest first.
    pub contributions: Vec<Contribution>,
}

/// All that is known of a member.
pub struct Everything {
    /// When it was put together.
    pub at: Timestamp,
    /// What they see of themselves at all times.
    pub profile: Profile,
    /// The gift subscriptions that they have bought or redeemed.
    pub gift_subscriptions: Vec<GiftSubscription>,
    /// What they agreed to.
    pub consents: Vec<Consent>,
    /// Where they were and are signed in.
    pub sessions: Vec<SessionRecord>,
    /// Their private feeds, revoked ones too.
    pub feeds: Vec<PrivateFeed>,
    /// What they have to do with groups.
    pub groups: MyGroups,
}

/// What is to become of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NameChange {
    /// It stays.
    #[default]
    Keep,
    /// It goes, or another one comes.
    Set(Option<String>),
}

impl Accounts {
    /// What the member sees of themselves.
    ///
    /// # Errors
    /// A problem when no member asks or the database fails.
    pub async fn profile(&self, caller: &Caller) -> Result<Profile, Problem> {
        let member = self.member(asking(caller)?).await?;
        self.profile_of(member).await
    }

    async fn profile_of(&self, member: Member) -> Result<Profile, Problem> {
        profile_of(&self.store, &self.secrets, member).await
    }

    /// Changes what a member wants to be called, and returns what they see then.
    ///
    /// # Errors
    /// A problem when no member asks, the name is wrong, or the database fails.
    pub async fn update_profile(&self, caller: &Caller, name: NameChange) -> Result<Profile, Problem> {
        let asking = asking(caller)?;
        let NameChange::Set(name) = name else { return self.profile(caller).await };
        check_name(name.as_deref())?;
        let (mut work, member) = self.begin_for(asking).await?;
        let member = Member { name, ..member };
        work.put_members(std::slice::from_ref(&member)).await?;
        work.commit().await?;
        self.profile_of(member).await
    }

    /// All that is known of the member.
    ///
    /// # Errors
    /// A problem when no member asks or the database fails.
    pub async fn export(&self, caller: &Caller) -> Result<Everything, Problem> {
        let member = self.member(asking(caller)?).await?;
        everything_of(&self.store, &self.secrets, member, self.clock.now()).await
    }

    /// Erases the member. What stays is a hash of the address, so that nobody brings them back without their doing,
    /// and what they gave, without their name.
    ///
    /// # Errors
    /// A problem when no member asks or the database fails.
    pub async fn erase(&self, caller: &Caller) -> Result<(), Problem> {
        let asking = asking(caller)?;
        let (mut work, member) = self.begin_for(asking).await?;
        forget(&mut work, &self.secrets, &member).await?;
        work.commit().await?;
        self.settle().await;
        Ok(())
    }
}

async fn profile_of(store: &Store, secrets: &Secrets, member: Member) -> Result<Profile, Problem> {
    let registry = store.registry();
    let held = registry.newsletter_subscriptions(member.id).await?;
    let subscribed = |newsletter: Newsletter| {
        let held = held.iter().find(|one| one.newsletter == newsletter.id)?;
        let unsubscribe = secrets.unsubscribe_token(member.id, newsletter.id);
        Some(Subscribed { newsletter, confirmed: held.confirmed, unsubscribe })
    };
    let newsletters = registry.newsletters().await?.into_iter().filter_map(subscribed).collect();
    let subscriptions = registry.subscriptions(member.id).await?;
    let contributions = registry.contributions(member.id).await?;
    Ok(Profile { member, newsletters, subscriptions, contributions })
}

/// All that is known of a member, whoever asks.
pub(in crate::operation) async fn everything_of(
    store: &Store,
    secrets: &Secrets,
    member: Member,
    now: Timestamp,
) -> Result<Everything, Problem> {
    let (registry, id) = (store.registry(), member.id);
    let gifts = registry.gift_subscriptions_of(id).await?.into_iter().map(|gift| gift.seen_by(id));
    Ok(Everything {
        at: now,
        gift_subscriptions: gifts.collect(),
        consents: registry.consents(id).await?,
        sessions: registry.sessions(id).await?,
        feeds: registry.feeds_of(id).await?,
        groups: groups_of(store, &member, now).await?,
        profile: profile_of(store, secrets, member).await?,
    })
}

/// Erases a member, whoever wants it. A hash of the address stays, and what they gave, without their name.
pub(in crate::operation) async fn forget(
    work: &mut Work,
    secrets: &Secrets,
    member: &Member,
) -> Result<(), Problem> {
    work.erase_member(member).await?;
    work.suppress(&secrets.suppression_hash(&member.email)).await?;
    Ok(())
}
