//! What is asked about groups, and what is done with them.

use super::super::filter::given;
use super::super::if_there;
use super::super::page::PageArguments;
use super::super::scalar::{DateTime, Version};
use super::super::words::GroupStatus;
use super::{
    Group, GroupConnection, GroupInvitation, GroupInvitationConnection, GroupSeatConnection, MyGroups, Shown,
    mine,
};
use crate::error::Problem;
use crate::graphql::http::Sharing;
use crate::graphql::session::Session;
use crate::operation::group::{self, Change, Entry, Managing};
use crate::operation::require;
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use masthead_domain::group::GroupSelection;
use masthead_domain::viewer::Role;
use std::fmt::Display;
use std::str::FromStr;

/// Which groups a list holds: those for which every condition is true.
#[derive(Default, InputObject)]
struct GroupFilter {
    status: Option<GroupStatus>,
    /// Those whose seats open this tier, by slug.
    tier: Option<String>,
    /// The one that has this domain.
    domain: Option<String>,
    /// Those that the member with this id manages.
    owner: Option<ID>,
}

/// A group to be entered.
#[derive(InputObject)]
struct NewGroup {
    name: String,
    /// The slug of the tier that a seat opens.
    tier: String,
    seats: u32,
    /// From when on seats count; left out, from now on.
    starts: Option<DateTime>,
    /// The first instant at which it is over; left out while it goes on.
    ends: Option<DateTime>,
    /// How many seconds after its end seats still count.
    #[graphql(default)]
    grace_seconds: i64,
    /// Whose addresses may take a seat without an invitation.
    #[graphql(default)]
    domains: Vec<String>,
    /// The ids of members who manage its seats.
    #[graphql(default)]
    owners: Vec<ID>,
}

/// What changes of a group. What is left out stays; null is refused where it is not said to mean something.
#[derive(InputObject)]
struct GroupChange {
    name: MaybeUndefined<String>,
    /// The slug of the tier that a seat opens.
    tier: MaybeUndefined<String>,
    /// Not below the number of those that are taken.
    seats: MaybeUndefined<u32>,
    starts: MaybeUndefined<DateTime>,
    /// Null for a group that goes on.
    ends: MaybeUndefined<DateTime>,
    grace_seconds: MaybeUndefined<i64>,
    /// In place of those before.
    domains: MaybeUndefined<Vec<String>>,
    /// In place of those before.
    owners: MaybeUndefined<Vec<ID>>,
    /// The version that the change is based on; left out, whatever there is.
    based_on: Option<Version>,
}

/// What is asked about groups.
#[derive(Default)]
pub(in crate::graphql::types) struct GroupQuery;

#[Object]
impl GroupQuery {
    /// One group. For publishers, and for its owners.
    async fn group(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Group>, Problem> {
        let managing = managing(ctx)?;
        let Ok(id) = id.parse() else { return Ok(None) };
        if_there(group::find(&managing, id).await).map(|found| found.map(Into::into))
    }

    /// A page of the groups, the newest first. For publishers.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which groups.")] filter: Option<GroupFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<GroupConnection>, Problem> {
        ctx.data_unchecked::<Sharing>().forbid();
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let GroupFilter { status, tier, domain, owner } = filter.unwrap_or_default();
        let selection = GroupSelection {
            status: status.map(Into::into),
            tier: tier.map(|tier| parsed("tier", &tier)).transpose()?,
            domain: domain.map(|domain| parsed("domain", &domain)).transpose()?,
            owner: owner.map(|owner| parsed("owner", &owner)).transpose()?,
        };
        let list = group::list_name(&selection);
        let request = PageArguments { first, after, last, before }.request(list)?;
        Ok(Some(GroupConnection { page: group::list(reading, &selection, &request).await?, list }))
    }

    /// A page of the seats of a group that are taken, the newest first. For publishers, and for its owners.
    async fn group_seats(
        &self,
        ctx: &Context<'_>,
        group: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<GroupSeatConnection>, Problem> {
        let managing = managing(ctx)?;
        let Ok(id) = group.parse() else { return Ok(None) };
        let list = group::seats_list(id);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let shows_member = managing.sees_members();
        let page = if_there(group::seats(&managing, id, &request).await)?;
        let page = page.map(|page| page.map(|seat| Shown { seat, shows_member }));
        Ok(page.map(|page| GroupSeatConnection { page, list }))
    }

    /// A page of the invitations of a group that are good, the newest first. For publishers, and for its owners.
    async fn group_invitations(
        &self,
        ctx: &Context<'_>,
        group: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<GroupInvitationConnection>, Problem> {
        let managing = managing(ctx)?;
        let Ok(id) = group.parse() else { return Ok(None) };
        let list = group::invitations_list(id);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let page = if_there(group::invitations(&managing, id, &request).await)?;
        Ok(page.map(|page| GroupInvitationConnection { page, list }))
    }
}

/// What is done with groups.
#[derive(Default)]
pub(in crate::graphql::types) struct GroupMutation;

#[Object]
impl GroupMutation {
    /// Enters a group. For publishers.
    async fn create_group(&self, ctx: &Context<'_>, group: NewGroup) -> Result<Option<Group>, Problem> {
        let saved = group::create(&Session::of(ctx).acting(), group.entry()?).await?;
        Ok(Some(saved.into()))
    }

    /// Changes a group. For publishers. What its seats open changes within a second.
    async fn update_group(
        &self,
        ctx: &Context<'_>,
        id: ID,
        change: GroupChange,
    ) -> Result<Option<Group>, Problem> {
        let (id, based_on) = (known(&id)?, change.based_on.map(|version| version.0));
        let saved = group::change(&Session::of(ctx).acting(), id, based_on, change.change()?).await?;
        Ok(Some(saved.into()))
    }

    /// Ends a group, for good. For publishers. Its seats open nothing within a second.
    async fn end_group(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        group::end(&Session::of(ctx).acting(), known(&id)?).await?;
        Ok(Some(true))
    }

    /// Invites people to seats in a group, by mail. For publishers, and for its owners. The answer is the same whether an
    /// address has an account or not.
    async fn invite_to_group(
        &self,
        ctx: &Context<'_>,
        group: ID,
        #[graphql(desc = "Addresses, 1 to 100. All of them are invited, or none.")] emails: Vec<String>,
    ) -> Result<Option<Vec<GroupInvitation>>, Problem> {
        let session = Session::of(ctx);
        session.admit(&session.gateway().limits.redemptions)?;
        let accounts = session.accounts();
        let made = group::invite(&managing(ctx)?, accounts, known(&group)?, &emails).await?;
        Ok(Some(made.into_iter().map(Into::into).collect()))
    }

    /// Takes an invitation back. For publishers, and for the group's owners.
    async fn revoke_group_invitation(
        &self,
        ctx: &Context<'_>,
        group: ID,
        invitation: ID,
    ) -> Result<Option<bool>, Problem> {
        group::revoke_invitation(&managing(ctx)?, known(&group)?, known(&invitation)?).await?;
        Ok(Some(true))
    }

    /// Takes a seat back. For publishers, and for the group's owners. It opens nothing within a second.
    async fn take_back_group_seat(
        &self,
        ctx: &Context<'_>,
        group: ID,
        seat: ID,
    ) -> Result<Option<bool>, Problem> {
        group::take_back(&managing(ctx)?, known(&group)?, known(&seat)?).await?;
        Ok(Some(true))
    }

    /// Takes the seat that an invitation offers. The code is used up with that.
    async fn accept_group_invitation(
        &self,
        ctx: &Context<'_>,
        code: String,
    ) -> Result<Option<MyGroups>, Problem> {
        let session = Session::of(ctx);
        session.admit(&session.gateway().limits.redemptions)?;
        session.accounts().accept_invitation(&session.caller, &code).await?;
        mine(session).await.map(Some)
    }

    /// Takes a seat in the group that has the domain of the member's address.
    async fn take_group_seat(&self, ctx: &Context<'_>) -> Result<Option<MyGroups>, Problem> {
        let session = Session::of(ctx);
        session.admit(&session.gateway().limits.redemptions)?;
        session.accounts().take_seat(&session.caller).await?;
        mine(session).await.map(Some)
    }

    /// Gives up the member's seat in a group.
    async fn leave_group(&self, ctx: &Context<'_>, group: ID) -> Result<Option<MyGroups>, Problem> {
        let session = Session::of(ctx);
        session.accounts().leave_group(&session.caller, known(&group)?).await?;
        mine(session).await.map(Some)
    }
}

/// Whoever asks, who may manage seats.
fn managing<'a>(ctx: &Context<'a>) -> Result<Managing<'a>, Problem> {
    ctx.data_unchecked::<Sharing>().forbid();
    let session = Session::of(ctx);
    Managing::new(session.acting(), &session.caller)
}

/// An id as it came. What is none is nobody's.
fn known<T: FromStr>(id: &ID) -> Result<T, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

fn parsed<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error| Problem::invalid_parameter(name, format!("{name}: {error}.")))
}

fn texts(ids: Vec<ID>) -> Vec<String> {
    ids.into_iter().map(|id| id.0).collect()
}

impl NewGroup {
    fn entry(self) -> Result<Entry, Problem> {
        Ok(Entry {
            tier: parsed("tier", &self.tier)?,
            name: self.name,
            seats: self.seats,
            starts: self.starts.map(|at| at.0),
            ends: self.ends.map(|at| at.0),
            grace_seconds: self.grace_seconds,
            domains: self.domains,
            owners: texts(self.owners),
        })
    }
}

impl GroupChange {
    fn change(self) -> Result<Change, Problem> {
        let ends: Option<Option<DateTime>> = self.ends.into();
        Ok(Change {
            tier: given(self.tier, "tier")?.map(|tier| parsed("tier", &tier)).transpose()?,
            name: given(self.name, "name")?,
            seats: given(self.seats, "seats")?,
            starts: given(self.starts, "starts")?.map(|at| at.0),
            ends: ends.map(|ends| ends.map(|at| at.0)),
            grace_seconds: given(self.grace_seconds, "graceSeconds")?,
            domains: given(self.domains, "domains")?,
            owners: given(self.owners, "owners")?.map(texts),
        })
    }
}
