//! Members, their sessions and newsletters in REST requests and answers.

use super::feed::FeedDto;
use super::fields::given;
use super::gift_subscription::OwnGiftSubscriptionDto;
use super::group::MyGroupsDto;
use crate::operation::member::{Everything, Profile, SessionInfo, Subscribed, Tokens};
use masthead_domain::member::{Consent, Contribution, Newsletter, Subscription};
use masthead_persistence::SessionRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A wish to sign in, or up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = StartSignIn)]
pub(in crate::rest) struct StartDto {
    /// Where the mail goes.
    #[schema(example = "reader@paper.example")]
    pub(in crate::rest) email: String,
    /// The newsletters that are wanted, by slug. They are confirmed with the address.
    #[serde(default)]
    pub(in crate::rest) newsletters: Vec<String>,
    /// What a new member wants to be called.
    pub(in crate::rest) name: Option<String>,
    /// Which version of the words stood beside the button; it goes into the log of consents.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "2026-11/en")]
    pub(in crate::rest) wording: Option<String>,
}

/// An attempt that has begun. It is the same for every address.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignInBegun)]
pub(in crate::rest) struct BegunDto {
    /// What the code is sent back with.
    #[schema(example = "sgn_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    pub(in crate::rest) attempt: String,
    /// For how many seconds code and link are good.
    #[schema(example = 900)]
    pub(in crate::rest) expires_in: i64,
}

/// What came back: a code with its attempt, or the token of the link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = FinishSignIn)]
pub(in crate::rest) struct FinishDto {
    /// The attempt that the code belongs to.
    pub(in crate::rest) attempt: Option<String>,
    /// The six digits of the mail.
    #[schema(example = "123456")]
    pub(in crate::rest) code: Option<String>,
    /// The token of the mail's link; without attempt and code.
    pub(in crate::rest) token: Option<String>,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = Refresh)]
pub(in crate::rest) struct RefreshDto {
    /// It is used up with this.
    pub(in crate::rest) refresh_token: String,
}

/// What to sign out of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SignOut)]
pub(in crate::rest) struct SignOutDto {
    /// The session of this refresh token; left out, that of the access token.
    pub(in crate::rest) refresh_token: Option<String>,
}

/// What a member asks with.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tokens)]
pub(in crate::rest) struct TokensDto {
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// Good once, for `POST /v1/auth/refresh`.
    refresh_token: String,
    /// When the refresh token is good no longer.
    #[schema(format = DateTime)]
    refresh_expires: String,
    /// Whose they are.
    #[schema(example = "mem_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    member: String,
}

/// A change of the profile. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = ProfileChange)]
pub(in crate::rest) struct ProfileChangeDto {
    /// What the member wants to be called; null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub(in crate::rest) name: Option<Option<String>>,
}

/// In which words a newsletter was asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = Subscribe)]
pub(in crate::rest) struct SubscribeDto {
    /// Which version of the words stood beside the button; it goes into the log of consents.
    #[schema(example = "2026-11/en")]
    pub(in crate::rest) wording: String,
}

/// A newsletter.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Newsletter)]
pub(in crate::rest) struct NewsletterDto {
    #[schema(example = "new_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    slug: String,
    name: String,
    description: Option<String>,
    /// Whether a confirmed subscription to it opens what is for subscribers.
    makes_subscriber: bool,
}

/// A newsletter that the member gets.
#[derive(Serialize, ToSchema)]
#[schema(as = SubscribedNewsletter)]
pub(in crate::rest) struct SubscribedDto {
    newsletter: NewsletterDto,
    #[schema(format = DateTime)]
    confirmed: String,
    /// The path that stops it without signing in (RFC 8058).
    unsubscribe: String,
}

/// What the member has of a tier.
#[derive(Serialize, ToSchema)]
#[schema(as = Subscription)]
pub(in crate::rest) struct SubscriptionDto {
    #[schema(example = "sub_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// The tier's slug.
    tier: String,
    /// `paid`, `comped`, `gifted`, `group` or `imported`.
    origin: &'static str,
    #[schema(format = DateTime)]
    starts: String,
    /// When it ends; null while it goes on.
    #[schema(format = DateTime)]
    ends: Option<String>,
    #[schema(format = DateTime)]
    cancelled: Option<String>,
}

/// A member, as they see themselves.
#[derive(Serialize, ToSchema)]
#[schema(as = Profile)]
pub(in crate::rest) struct ProfileDto {
    #[schema(example = "mem_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    email: String,
    name: Option<String>,
    #[schema(format = DateTime)]
    created: String,
    newsletters: Vec<SubscribedDto>,
    /// Past and future ones too, the newest first.
    subscriptions: Vec<SubscriptionDto>,
    /// What the member has given, the newest first.
    contributions: Vec<ContributionDto>,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(in crate::rest) struct SessionDto {
    #[schema(example = "ses_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// What the program that signed in called itself.
    label: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    used: String,
    #[schema(format = DateTime)]
    expires: String,
    /// When it was ended; null while it goes on.
    #[schema(format = DateTime)]
    revoked: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

/// Something that the member agreed to.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
pub(in crate::rest) struct ConsentDto {
    #[schema(example = "cns_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// `account`, or `newsletter:` with a slug.
    purpose: String,
    /// Which version of the words stood beside the button.
    wording: String,
    /// The site and the address of the network that it came from.
    source: String,
    #[schema(format = DateTime)]
    given: String,
    #[schema(format = DateTime)]
    confirmed: String,
    #[schema(format = DateTime)]
    withdrawn: Option<String>,
}

/// Something that the member gave.
#[derive(Serialize, ToSchema)]
#[schema(as = Contribution)]
pub(in crate::rest) struct ContributionDto {
    #[schema(example = "con_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// In the currency's minor unit.
    amount: i64,
    currency: String,
    #[schema(format = DateTime)]
    at: String,
    provider: String,
    /// The provider's name for the payment.
    reference: String,
}

/// All that is known of a member.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Export)]
pub(in crate::rest) struct ExportDto {
    /// When it was put together.
    #[schema(format = DateTime)]
    at: String,
    profile: ProfileDto,
    /// What the publisher notes about them.
    note: Option<String>,
    /// The publisher's words to sort members by.
    labels: Vec<String>,
    /// Those that they have bought or redeemed.
    gift_subscriptions: Vec<OwnGiftSubscriptionDto>,
    consents: Vec<ConsentDto>,
    /// Where they were and are signed in.
    sessions: Vec<SessionDto>,
    /// Private feeds, without their addresses.
    feeds: Vec<FeedDto>,
    /// Seats in groups, groups that they manage, and invitations to their address.
    groups: MyGroupsDto,
}

impl From<Tokens> for TokensDto {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access,
            token_type: "Bearer",
            expires_in: tokens.access_seconds,
            refresh_token: tokens.refresh,
            refresh_expires: tokens.refresh_expires.to_string(),
            member: tokens.member.to_string(),
        }
    }
}

impl From<&Newsletter> for NewsletterDto {
    fn from(newsletter: &Newsletter) -> Self {
        Self {
            id: newsletter.id.to_string(),
            slug: newsletter.slug.to_string(),
            name: newsletter.name.clone(),
            description: newsletter.description.clone(),
            makes_subscriber: newsletter.makes_subscriber,
        }
    }
}

impl From<&Subscribed> for SubscribedDto {
    fn from(subscribed: &Subscribed) -> Self {
        Self {
            newsletter: (&subscribed.newsletter).into(),
            confirmed: subscribed.confirmed.to_string(),
            unsubscribe: subscribed.unsubscribe_path(),
        }
    }
}

impl From<&Subscription> for SubscriptionDto {
    fn from(subscription: &Subscription) -> Self {
        Self {
            id: subscription.id.to_string(),
            tier: subscription.tier.to_string(),
            origin: subscription.origin.code(),
            starts: subscription.starts.to_string(),
            ends: subscription.ends.map(|at| at.to_string()),
            cancelled: subscription.cancelled.map(|at| at.to_string()),
        }
    }
}

impl From<&Profile> for ProfileDto {
    fn from(profile: &Profile) -> Self {
        Self {
            id: profile.member.id.to_string(),
            email: profile.member.email.as_str().to_owned(),
            name: profile.member.name.clone(),
            created: profile.member.created.to_string(),
            newsletters: profile.newsletters.iter().map(Into::into).collect(),
            subscriptions: profile.subscriptions.iter().map(Into::into).collect(),
            contributions: profile.contributions.iter().map(Into::into).collect(),
        }
    }
}

impl SessionDto {
    fn new(record: &SessionRecord, current: bool) -> Self {
        Self {
            id: record.id.to_string(),
            label: record.label.clone(),
            created: record.created.to_string(),
            used: record.used.to_string(),
            expires: record.expires.to_string(),
            revoked: record.revoked.map(|at| at.to_string()),
            current,
        }
    }
}

impl From<&SessionInfo> for SessionDto {
    fn from(session: &SessionInfo) -> Self {
        Self::new(&session.record, session.is_current)
    }
}

impl From<&Consent> for ConsentDto {
    fn from(consent: &Consent) -> Self {
        Self {
            id: consent.id.to_string(),
            purpose: consent.purpose.to_string(),
            wording: consent.wording.clone(),
            source: consent.source.clone(),
            given: consent.given.to_string(),
            confirmed: consent.confirmed.to_string(),
            withdrawn: consent.withdrawn.map(|at| at.to_string()),
        }
    }
}

impl From<&Contribution> for ContributionDto {
    fn from(contribution: &Contribution) -> Self {
        Self {
            id: contribution.id.to_string(),
            amount: contribution.amount,
            currency: contribution.currency.clone(),
            at: contribution.at.to_string(),
            provider: contribution.provider.clone(),
            reference: contribution.reference.clone(),
        }
    }
}

impl ExportDto {
    pub(in crate::rest) fn new(
        everything: &Everything,
        session: Option<masthead_domain::id::SessionId>,
    ) -> Self {
        let member = &everything.profile.member;
        Self {
            at: everything.at.to_string(),
            profile: (&everything.profile).into(),
            note: member.note.clone(),
            labels: member.labels.clone(),
            gift_subscriptions: everything
                .gift_subscriptions
                .iter()
                .map(OwnGiftSubscriptionDto::new)
                .collect(),
            consents: everything.consents.iter().map(Into::into).collect(),
            sessions: everything
                .sessions
                .iter()
                .map(|record| SessionDto::new(record, session == Some(record.id)))
                .collect(),
            feeds: everything.feeds.iter().map(Into::into).collect(),
            groups: (&everything.groups).into(),
        }
    }
}
