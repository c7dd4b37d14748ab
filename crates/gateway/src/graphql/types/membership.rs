//! Members as the staff sees them. What members see of themselves is in [`super::member`].

use super::feed::PrivateFeed;
use super::filter::given;
use super::member::{Contribution, Newsletter, TierSubscription};
use super::page::connection;
use super::scalar::DateTime;
use super::words::MemberStatus;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::membership::{self, Card, Change, Comp, Details, Entry, Filter, Known, comp, feeds};
use async_graphql::{ComplexObject, Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use masthead_domain::id::MemberId;
use masthead_domain::selection::Span;
use std::fmt::Display;
use std::str::FromStr;

/// Which members a list holds: those for whom every condition is true.
#[derive(Default, InputObject)]
pub(super) struct MemberFilter {
    /// Who has this address.
    email: Option<String>,
    /// Who may use their account, or may not.
    status: Option<MemberStatus>,
    /// Who has this tier now, by slug.
    tier: Option<String>,
    /// Who gets this newsletter, by slug.
    newsletter: Option<String>,
    /// Who has this label.
    label: Option<String>,
    /// Accounts made at this instant or later.
    created_from: Option<DateTime>,
    /// Accounts made before this instant.
    created_to: Option<DateTime>,
}

/// A member in a list.
#[derive(SimpleObject)]
pub(super) struct MemberSummary {
    id: ID,
    email: String,
    name: Option<String>,
    status: MemberStatus,
    created: DateTime,
    /// What the publisher notes about them.
    note: Option<String>,
    /// The publisher's words to sort members by.
    labels: Vec<String>,
    /// The slugs of the tiers that they have now.
    tiers: Vec<String>,
    /// The slugs of the newsletters that they get.
    newsletters: Vec<String>,
}

/// A member, with what they have.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct MemberRecord {
    id: ID,
    email: String,
    name: Option<String>,
    status: MemberStatus,
    created: DateTime,
    /// What the publisher notes about them.
    note: Option<String>,
    /// The publisher's words to sort members by.
    labels: Vec<String>,
    /// Past and future ones too, the newest first.
    subscriptions: Vec<TierSubscription>,
    contributions: Vec<Contribution>,
    newsletters: Vec<MembersNewsletter>,
    /// In how many places they are signed in.
    sessions: u64,
    /// When they signed in last, as far as that is still known.
    last_sign_in: Option<DateTime>,
    #[graphql(skip)]
    known: MemberId,
}

#[ComplexObject]
impl MemberRecord {
    /// Their private feeds, revoked ones too, the newest first.
    async fn feeds(&self, ctx: &Context<'_>) -> Result<Option<Vec<PrivateFeed>>, Problem> {
        let found = feeds::of_member(&Session::of(ctx).reading, self.known).await?;
        Ok(Some(found.iter().map(Into::into).collect()))
    }
}

/// A newsletter that a member gets.
#[derive(SimpleObject)]
struct MembersNewsletter {
    newsletter: Newsletter,
    confirmed: DateTime,
}

/// A member to be entered.
#[derive(InputObject)]
struct NewMember {
    email: String,
    name: Option<String>,
    note: Option<String>,
    #[graphql(default)]
    labels: Vec<String>,
    /// The slugs of the newsletters that they have agreed to get.
    #[graphql(default)]
    newsletters: Vec<String>,
    /// A tier that they are given.
    comp: Option<NewComp>,
}

/// A tier that is given.
#[derive(InputObject)]
struct NewComp {
    /// The tier's slug.
    tier: String,
    /// The first instant at which they no longer have it; left out while it goes on.
    until: Option<DateTime>,
}

/// What changes of a member. What is left out stays; null is refused where it is not said to mean something.
#[derive(InputObject)]
struct MemberChange {
    /// Null for nothing.
    name: MaybeUndefined<String>,
    /// Null for nothing.
    note: MaybeUndefined<String>,
    /// In place of those before.
    labels: MaybeUndefined<Vec<String>>,
    /// To suspend a member shuts all of their tokens within a second.
    status: MaybeUndefined<MemberStatus>,
}

connection! {
    /// A page of the members, the newest first.
    MemberConnection, MemberEdge, MemberSummary, Card, "MemberConnection", "MemberEdge"
}

/// What the staff does with members. For publishers.
#[derive(Default)]
pub(super) struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Enters a member, on the publisher's word that the address is theirs.
    async fn create_member(
        &self,
        ctx: &Context<'_>,
        member: NewMember,
    ) -> Result<Option<MemberRecord>, Problem> {
        let session = Session::of(ctx);
        let acting = session.acting();
        let id =
            membership::enter(&acting, &session.accounts().secrets, member.entry()?, Known::Refuse).await?;
        find(session, id).await.map(Some)
    }

    /// Changes a member's name, note, labels or status.
    async fn update_member(
        &self,
        ctx: &Context<'_>,
        id: ID,
        change: MemberChange,
    ) -> Result<Option<MemberRecord>, Problem> {
        let session = Session::of(ctx);
        let id = known(&id)?;
        membership::change(&session.acting(), id, None, change.change()?).await?;
        find(session, id).await.map(Some)
    }

    /// Erases a member and all that is known of them, as they can do themselves.
    async fn erase_member(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        membership::erase(&session.acting(), &session.accounts().secrets, known(&id)?).await?;
        Ok(Some(true))
    }

    /// Gives a member a tier. It opens within a second, with the tokens that they have.
    async fn give_subscription(
        &self,
        ctx: &Context<'_>,
        member: ID,
        #[graphql(desc = "The tier's slug.")] tier: String,
        #[graphql(desc = "The first instant at which they no longer have it; left out while it goes on.")]
        until: Option<DateTime>,
    ) -> Result<Option<TierSubscription>, Problem> {
        let session = Session::of(ctx);
        let given = Comp { tier: parsed("tier", &tier)?, until: until.map(|at| at.0) };
        let subscription = comp::give(&session.acting(), known(&member)?, given).await?;
        Ok(Some((&subscription).into()))
    }

    /// Ends a subscription that nobody pays for. It opens nothing within a second.
    async fn end_subscription(
        &self,
        ctx: &Context<'_>,
        member: ID,
        subscription: ID,
    ) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        comp::end(&session.acting(), known(&member)?, known(&subscription)?).await?;
        Ok(Some(true))
    }
}

/// One member.
pub(super) async fn find(session: &Session, id: MemberId) -> Result<MemberRecord, Problem> {
    Ok(membership::find(&session.reading, id).await?.into())
}

/// An id as it came. What is none is nobody's.
fn known<T: FromStr>(id: &ID) -> Result<T, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

fn parsed<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error| Problem::invalid_parameter(name, format!("{name}: {error}.")))
}

fn parsed_all<T: FromStr<Err: Display>>(name: &str, texts: &[String]) -> Result<Vec<T>, Problem> {
    texts.iter().map(|text| parsed(name, text)).collect()
}

impl MemberFilter {
    pub(super) fn into_filter(self) -> Result<Filter, Problem> {
        let Self { email, status, tier, newsletter, label, created_from, created_to } = self;
        Ok(Filter {
            email: email.map(|email| parsed("email", &email)).transpose()?,
            status: status.map(Into::into),
            tier: tier.map(|tier| parsed("tier", &tier)).transpose()?,
            newsletter: newsletter.map(|slug| parsed("newsletter", &slug)).transpose()?,
            label,
            created: Span { since: created_from.map(|at| at.0), until: created_to.map(|at| at.0) },
        })
    }
}

impl NewMember {
    fn entry(self) -> Result<Entry, Problem> {
        let comp = self.comp.map(|NewComp { tier, until }| {
            Ok::<_, Problem>(Comp { tier: parsed("comp.tier", &tier)?, until: until.map(|at| at.0) })
        });
        Ok(Entry {
            email: parsed("email", &self.email)?,
            name: self.name,
            note: self.note,
            labels: self.labels,
            newsletters: parsed_all("newsletters", &self.newsletters)?,
            comp: comp.transpose()?,
        })
    }
}

impl MemberChange {
    fn change(self) -> Result<Change, Problem> {
        Ok(Change {
            name: self.name.into(),
            note: self.note.into(),
            labels: given(self.labels, "labels")?,
            status: given(self.status, "status")?.map(Into::into),
        })
    }
}

impl From<Card> for MemberSummary {
    fn from(card: Card) -> Self {
        let member = card.saved.member;
        Self {
            id: member.id.to_string().into(),
            email: member.email.as_str().to_owned(),
            name: member.name,
            status: member.status.into(),
            created: DateTime(member.created),
            note: member.note,
            labels: member.labels,
            tiers: card.tiers.iter().map(ToString::to_string).collect(),
            newsletters: card.newsletters.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<Details> for MemberRecord {
    fn from(details: Details) -> Self {
        let member = details.saved.member;
        let newsletters = details.newsletters.iter().map(|(newsletter, confirmed)| MembersNewsletter {
            newsletter: newsletter.into(),
            confirmed: DateTime(*confirmed),
        });
        Self {
            id: member.id.to_string().into(),
            email: member.email.as_str().to_owned(),
            name: member.name,
            status: member.status.into(),
            created: DateTime(member.created),
            note: member.note,
            labels: member.labels,
            subscriptions: details.subscriptions.iter().map(Into::into).collect(),
            contributions: details.contributions.iter().map(Into::into).collect(),
            newsletters: newsletters.collect(),
            sessions: details.sessions as u64,
            last_sign_in: details.last_sign_in.map(DateTime),
            known: member.id,
        }
    }
}
