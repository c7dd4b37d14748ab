//! Looking through the members.

use super::super::cursor::ListName;
use super::super::reading::Reading;
use super::super::role::require;
use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::MemberId;
use masthead_domain::member::{
    Contribution, Email, MemberSelection, Newsletter, NewsletterSubscription, Origin, Status, Subscription,
};
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::selection::Span;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;
use masthead_persistence::SavedMember;
use std::collections::{BTreeSet, HashMap};

/// Which members a list holds, as one asks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who has this address.
    pub email: Option<Email>,
    /// Who may use their account, or may not.
    pub status: Option<Status>,
    /// Who has this tier now.
    pub tier: Option<Slug>,
    /// Who gets this newsletter.
    pub newsletter: Option<Slug>,
    /// Who has this label.
    pub label: Option<String>,
    /// Whose account was made within this span.
    pub created: Span,
}

/// A member in a list.
#[derive(Clone, Debug)]
pub struct Card {
    /// Who.
    pub saved: SavedMember,
    /// The tiers that they have now, each once.
    pub tiers: BTreeSet<Slug>,
    /// Whether the publisher has given them one of these.
    pub is_comped: bool,
    /// The newsletters that they get.
    pub newsletters: BTreeSet<Slug>,
}

/// What the staff sees of one member.
#[derive(Clone, Debug)]
pub struct Details {
    /// Who.
    pub saved: SavedMember,
    /// What they have of tiers, past and future too, the newest first.
    pub subscriptions: Vec<Subscription>,
    /// What they have given, the newest first.
    pub contributions: Vec<Contribution>,
    /// What they are sent, and since when.
    pub newsletters: Vec<(Newsletter, Timestamp)>,
    /// In how many places they are signed in.
    pub sessions: usize,
    /// When they signed in last, as far as a session that is kept says so.
    pub last_sign_in: Option<Timestamp>,
}

impl Filter {
    /// The name of the list, for cursors.
    #[must_use]
    pub fn list(&self) -> ListName {
        let Self { email, status, tier, newsletter, label, created } = self;
        let email = email.as_ref().map(Email::as_str);
        ListName::new(&format!("members {email:?} {status:?} {tier:?} {newsletter:?} {label:?} {created:?}"))
    }
}

/// A page of members, the newest first. Five statements, whatever its length. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the database cannot be read.
pub async fn list(reading: &Reading, filter: &Filter, request: &PageRequest) -> Result<Page<Card>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let (registry, now) = (reading.store().registry(), reading.now());
    let newsletters = registry.newsletters().await?;
    let newsletter = match &filter.newsletter {
        None => None,
        Some(slug) => match newsletters.iter().find(|newsletter| newsletter.slug == *slug) {
            Some(newsletter) => Some(newsletter.id),
            None => return Ok(Page::empty()),
        },
    };
    let Filter { email, status, tier, label, created, .. } = filter.clone();
    let selection = MemberSelection { email, status, tier, newsletter, label, created };
    let page = registry.members(&selection, now, request).await?;
    reading.charge(page.rows.len())?;
    let ids: Vec<MemberId> = page.items().map(|saved| saved.member.id).collect();
    let mut tiers: HashMap<MemberId, (BTreeSet<Slug>, bool)> = HashMap::new();
    for subscription in registry.subscriptions_that_count(&ids, now).await? {
        let (held, is_comped) = tiers.entry(subscription.member).or_default();
        *is_comped |= subscription.origin == Origin::Comped;
        held.insert(subscription.tier);
    }
    let slugs: HashMap<_, _> = newsletters.iter().map(|one| (one.id, &one.slug)).collect();
    let mut sent: HashMap<MemberId, BTreeSet<Slug>> = HashMap::new();
    for (member, newsletter) in registry.newsletters_of(&ids).await? {
        sent.entry(member).or_default().extend(slugs.get(&newsletter).map(|slug| (*slug).clone()));
    }
    Ok(page.map(|saved| {
        let (tiers, is_comped) = tiers.remove(&saved.member.id).unwrap_or_default();
        let newsletters = sent.remove(&saved.member.id).unwrap_or_default();
        Card { saved, tiers, is_comped, newsletters }
    }))
}

/// One member. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when there is none; a problem when the database cannot be read.
pub async fn find(reading: &Reading, id: MemberId) -> Result<Details, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let registry = reading.store().registry();
    let saved = registry.saved_member(id).await?.ok_or_else(Problem::not_found)?;
    let held = registry.newsletter_subscriptions(id).await?;
    let sent = |newsletter: Newsletter| {
        let is_this = |one: &&NewsletterSubscription| one.newsletter == newsletter.id;
        let confirmed = held.iter().find(is_this)?.confirmed;
        Some((newsletter, confirmed))
    };
    let newsletters = registry.newsletters().await?.into_iter().filter_map(sent).collect();
    let sessions = registry.sessions(id).await?;
    Ok(Details {
        saved,
        subscriptions: registry.subscriptions(id).await?,
        contributions: registry.contributions(id).await?,
        newsletters,
        sessions: sessions.iter().filter(|session| session.is_live(reading.now())).count(),
        last_sign_in: sessions.iter().map(|session| session.created).max(),
    })
}
