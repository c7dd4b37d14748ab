//! Members, as they see themselves.

use super::scalar::DateTime;
use crate::operation::member;
use async_graphql::{ID, SimpleObject};
use masthead_domain::member::Subscription;

/// A newsletter.
#[derive(SimpleObject)]
pub(super) struct Newsletter {
    id: ID,
    slug: String,
    name: String,
    description: Option<String>,
    /// Whether a confirmed subscription to it opens what is for subscribers.
    makes_subscriber: bool,
}

/// A newsletter that the member gets.
#[derive(SimpleObject)]
pub(super) struct SubscribedNewsletter {
    newsletter: Newsletter,
    confirmed: DateTime,
    /// The path that stops it without signing in (RFC 8058).
    unsubscribe: String,
}

/// What the member has of a tier.
#[derive(SimpleObject)]
pub(super) struct TierSubscription {
    id: ID,
    /// The tier's slug.
    tier: String,
    /// `paid`, `comped`, `gifted`, `group` or `imported`.
    origin: String,
    starts: DateTime,
    /// When it ends; null while it goes on.
    ends: Option<DateTime>,
    cancelled: Option<DateTime>,
}

/// Something that a member gave.
#[derive(SimpleObject)]
pub(super) struct Contribution {
    id: ID,
    /// In the currency's minor unit.
    amount: i64,
    currency: String,
    at: DateTime,
    provider: String,
    /// The provider's name for the payment.
    reference: String,
}

/// A member, as they see themselves.
#[derive(SimpleObject)]
pub(super) struct Member {
    id: ID,
    email: String,
    name: Option<String>,
    created: DateTime,
    newsletters: Vec<SubscribedNewsletter>,
    /// Past and future ones too, the newest first.
    subscriptions: Vec<TierSubscription>,
    /// What the member has given, the newest first.
    contributions: Vec<Contribution>,
}

/// An attempt to sign in that has begun. It is the same for every address.
#[derive(SimpleObject)]
pub(super) struct SignInAttempt {
    /// What the code is sent back with.
    pub(super) attempt: ID,
    /// For how many seconds code and link are good.
    pub(super) expires_in: i64,
}

/// What a member asks with.
#[derive(SimpleObject)]
pub(super) struct Tokens {
    access_token: String,
    /// For how many seconds the access token is good.
    expires_in: i64,
    /// Good once.
    refresh_token: String,
    /// When the refresh token is good no longer.
    refresh_expires: DateTime,
    /// Whose they are.
    member: ID,
}

impl From<&masthead_domain::member::Newsletter> for Newsletter {
    fn from(newsletter: &masthead_domain::member::Newsletter) -> Self {
        Self {
            id: newsletter.id.to_string().into(),
            slug: newsletter.slug.to_string(),
            name: newsletter.name.clone(),
            description: newsletter.description.clone(),
            makes_subscriber: newsletter.makes_subscriber,
        }
    }
}

impl From<&Subscription> for TierSubscription {
    fn from(subscription: &Subscription) -> Self {
        Self {
            id: subscription.id.to_string().into(),
            tier: subscription.tier.to_string(),
            origin: subscription.origin.code().to_owned(),
            starts: DateTime(subscription.starts),
            ends: subscription.ends.map(DateTime),
            cancelled: subscription.cancelled.map(DateTime),
        }
    }
}

impl From<&masthead_domain::member::Contribution> for Contribution {
    fn from(contribution: &masthead_domain::member::Contribution) -> Self {
        Self {
            id: contribution.id.to_string().into(),
            amount: contribution.amount,
            currency: contribution.currency.clone(),
            at: DateTime(contribution.at),
            provider: contribution.provider.clone(),
            reference: contribution.reference.clone(),
        }
    }
}

impl From<member::Profile> for Member {
    fn from(profile: member::Profile) -> Self {
        let newsletter = |one: &member::Subscribed| SubscribedNewsletter {
            newsletter: (&one.newsletter).into(),
            confirmed: DateTime(one.confirmed),
            unsubscribe: one.unsubscribe_path(),
        };
        Self {
            id: profile.member.id.to_string().into(),
            email: profile.member.email.as_str().to_owned(),
            name: profile.member.name.clone(),
            created: DateTime(profile.member.created),
            newsletters: profile.newsletters.iter().map(newsletter).collect(),
            subscriptions: profile.subscriptions.iter().map(Into::into).collect(),
            contributions: profile.contributions.iter().map(Into::into).collect(),
        }
    }
}

impl From<member::Tokens> for Tokens {
    fn from(tokens: member::Tokens) -> Self {
        Self {
            access_token: tokens.access,
            expires_in: tokens.access_seconds,
            refresh_token: tokens.refresh,
            refresh_expires: DateTime(tokens.refresh_expires),
            member: tokens.member.to_string().into(),
        }
    }
}
