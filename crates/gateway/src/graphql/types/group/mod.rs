//! Groups with their seats, as publishers and owners see them, and as members see their own.

mod roots;

pub(super) use roots::{GroupMutation, GroupQuery};

use super::page::connection;
use super::scalar::{DateTime, Version};
use super::words::{GroupStatus, SeatBy};
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::group;
use async_graphql::{ID, SimpleObject};
use masthead_domain::group::{Group as Known, Invitation, Seat};
use masthead_domain::id::GroupId;
use masthead_persistence::SavedGroup;

/// A company, a department or a library that has a tier for several members at once.
#[derive(SimpleObject)]
pub(super) struct Group {
    id: ID,
    name: String,
    /// The slug of the tier that a seat opens.
    tier: String,
    /// How many seats it has.
    seats: u32,
    /// How many of them are taken.
    taken: u32,
    starts: DateTime,
    /// The first instant at which it is over; null while it goes on.
    ends: Option<DateTime>,
    /// How many seconds after its end seats still count.
    grace_seconds: i64,
    /// Whose addresses may take a seat without an invitation.
    domains: Vec<String>,
    /// The ids of members who manage its seats. Owners see their own alone.
    owners: Vec<ID>,
    /// How many owners it has.
    owner_count: usize,
    status: GroupStatus,
    created: DateTime,
    /// Grows with every change; a change names the one that it is based on.
    version: Version,
}

/// A seat, as those see it who manage it.
#[derive(SimpleObject)]
pub(super) struct GroupSeat {
    id: ID,
    /// Whose it is; null for owners, who know them by their address.
    member: Option<ID>,
    /// The address that was invited, or that is of the group's domain; null when whoever has it was erased.
    email: Option<String>,
    by: SeatBy,
    since: DateTime,
}

/// An invitation that is good. It says nothing about whether the address has an account.
#[derive(SimpleObject)]
pub(super) struct GroupInvitation {
    id: ID,
    email: String,
    created: DateTime,
    /// The first instant at which it is good no longer.
    expires: DateTime,
}

/// A seat, as its member sees it.
#[derive(SimpleObject)]
struct MySeat {
    /// It is the id of the subscription too.
    id: ID,
    /// The group's id.
    group: ID,
    /// The group's name.
    name: String,
    /// The slug of the tier that it opens.
    tier: String,
    /// By which address the group knows them.
    email: Option<String>,
    by: SeatBy,
    since: DateTime,
    /// When the group is over; null while it goes on.
    ends: Option<DateTime>,
}

/// An invitation to the member's address. The code is in the letter.
#[derive(SimpleObject)]
struct MyInvitation {
    /// The group's name.
    name: String,
    expires: DateTime,
}

/// What a member has to do with groups.
#[derive(SimpleObject)]
pub(super) struct MyGroups {
    /// Their seats, the newest first.
    seats: Vec<MySeat>,
    /// The groups whose seats they manage.
    owned: Vec<Group>,
    /// The invitations to their address that are good.
    invited: Vec<MyInvitation>,
}

/// A seat that is listed for somebody.
#[derive(Clone)]
pub(super) struct Shown {
    seat: Seat,
    shows_member: bool,
}

connection! {
    /// A page of the groups, the newest first.
    GroupConnection, GroupEdge, Group, SavedGroup, "GroupConnection", "GroupEdge"
}
connection! {
    /// A page of the seats of a group, the newest first.
    GroupSeatConnection, GroupSeatEdge, GroupSeat, Shown, "GroupSeatConnection", "GroupSeatEdge"
}
connection! {
    /// A page of the invitations of a group, the newest first.
    GroupInvitationConnection, GroupInvitationEdge, GroupInvitation, Invitation, "GroupInvitationConnection",
    "GroupInvitationEdge"
}

/// What the member who asks has to do with groups.
pub(super) async fn mine(session: &Session) -> Result<MyGroups, Problem> {
    Ok(session.accounts().groups(&session.caller).await?.into())
}

fn id_of(id: GroupId) -> ID {
    id.to_string().into()
}

impl From<SavedGroup> for Group {
    fn from(SavedGroup { group, version, taken, owner_count }: SavedGroup) -> Self {
        Self {
            id: id_of(group.id),
            tier: group.tier.to_string(),
            seats: group.seats,
            taken,
            starts: DateTime(group.starts),
            ends: group.ends.map(DateTime),
            grace_seconds: group.grace_seconds,
            domains: group.domains.iter().map(ToString::to_string).collect(),
            owners: group.owners.iter().map(|owner| owner.to_string().into()).collect(),
            owner_count,
            status: group.status.into(),
            created: DateTime(group.created),
            version: Version(version),
            name: group.name,
        }
    }
}

impl From<Shown> for GroupSeat {
    fn from(Shown { seat, shows_member }: Shown) -> Self {
        Self {
            id: seat.id.to_string().into(),
            member: shows_member.then(|| seat.member.to_string().into()),
            email: seat.email.map(String::from),
            by: seat.by.into(),
            since: DateTime(seat.since),
        }
    }
}

impl From<Invitation> for GroupInvitation {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id.to_string().into(),
            email: invitation.email.into(),
            created: DateTime(invitation.created),
            expires: DateTime(invitation.expires),
        }
    }
}

impl From<(Seat, Known)> for MySeat {
    fn from((seat, group): (Seat, Known)) -> Self {
        Self {
            id: seat.id.to_string().into(),
            group: id_of(group.id),
            name: group.name,
            tier: group.tier.to_string(),
            email: seat.email.map(String::from),
            by: seat.by.into(),
            since: DateTime(seat.since),
            ends: group.ends.map(DateTime),
        }
    }
}

impl From<group::MyGroups> for MyGroups {
    fn from(groups: group::MyGroups) -> Self {
        let invited = |one: group::Invited| MyInvitation {
            name: one.group.name,
            expires: DateTime(one.invitation.expires),
        };
        Self {
            seats: groups.seats.into_iter().map(Into::into).collect(),
            owned: groups.owned.into_iter().map(Into::into).collect(),
            invited: groups.invited.into_iter().map(invited).collect(),
        }
    }
}
