//! Groups, seats and invitations in REST bodies.

use super::fields::{given, instant, not_null, parsed};
use crate::error::Problem;
use crate::operation::group::{Change, Entry, Invited, MyGroups};
use masthead_domain::group::{Group, Invitation, Seat};
use masthead_persistence::SavedGroup;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Group)]
pub(in crate::rest) struct GroupDto {
    #[schema(example = "grp_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    name: String,
    /// The slug of the tier that a seat opens.
    #[schema(example = "patron")]
    tier: String,
    /// How many seats it has.
    seats: u32,
    /// How many of them are taken.
    taken: u32,
    #[schema(format = DateTime)]
    starts: String,
    /// The first instant at which it is over; null while it goes on.
    #[schema(format = DateTime)]
    ends: Option<String>,
    /// How many seconds after its end seats still count.
    grace_seconds: i64,
    /// Whose addresses may take a seat without an invitation.
    #[schema(example = json!(["faculty.example"]))]
    domains: Vec<String>,
    /// The ids of members who manage its seats. Owners see their own alone.
    owners: Vec<String>,
    /// How many owners it has.
    owner_count: usize,
    /// `active` or `ended`.
    status: &'static str,
    #[schema(format = DateTime)]
    created: String,
}

/// A group to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewGroup)]
pub(in crate::rest) struct NewGroupDto {
    name: String,
    /// The slug of the tier that a seat opens.
    tier: String,
    #[schema(minimum = 1, maximum = 100_000)]
    seats: u32,
    /// From when on seats count; left out, from now on.
    #[schema(format = DateTime)]
    starts: Option<String>,
    /// The first instant at which it is over; null while it goes on.
    #[schema(format = DateTime)]
    ends: Option<String>,
    /// How many seconds after its end seats still count.
    #[serde(default)]
    #[schema(minimum = 0)]
    grace_seconds: i64,
    /// Whose addresses may take a seat without an invitation. A domain stands for itself alone, not for those below it.
    #[serde(default)]
    domains: Vec<String>,
    /// The ids of members who manage its seats.
    #[serde(default)]
    owners: Vec<String>,
}

/// What changes of a group. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = GroupChange)]
pub(in crate::rest) struct GroupChangeDto {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String)]
    name: Option<String>,
    /// The slug of the tier that a seat opens.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String)]
    tier: Option<String>,
    /// Not below the number of those that are taken.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = u32, minimum = 1, maximum = 100_000)]
    seats: Option<u32>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = DateTime)]
    starts: Option<String>,
    /// Null for a group that goes on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends: Option<Option<String>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, minimum = 0)]
    grace_seconds: Option<i64>,
    /// In place of those before.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>)]
    domains: Option<Vec<String>>,
    /// In place of those before.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>)]
    owners: Option<Vec<String>>,
}

/// A seat, as those see it who manage it.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupSeat)]
pub(in crate::rest) struct SeatDto {
    #[schema(example = "sub_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// Whose it is; null for owners, who know them by their address.
    member: Option<String>,
    /// The address that was invited, or that is of the group's domain; null when whoever has it was erased.
    email: Option<String>,
    /// `invitation` or `domain`.
    by: &'static str,
    #[schema(format = DateTime)]
    since: String,
}

/// An invitation that is good. It says nothing about whether the address has an account.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupInvitation)]
pub(in crate::rest) struct InvitationDto {
    #[schema(example = "inv_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    email: String,
    #[schema(format = DateTime)]
    created: String,
    /// The first instant at which it is good no longer.
    #[schema(format = DateTime)]
    expires: String,
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroupInvitations)]
pub(in crate::rest) struct NewInvitationsDto {
    /// Addresses, 1 to 100. All of them are invited, or none.
    #[schema(min_items = 1, max_items = 100)]
    pub(in crate::rest) emails: Vec<String>,
}

/// A seat, as its member sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = MySeat)]
pub(in crate::rest) struct MySeatDto {
    /// It is the id of the subscription too.
    #[schema(example = "sub_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// The group's id.
    #[schema(example = "grp_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    group: String,
    /// The group's name.
    name: String,
    /// The slug of the tier that it opens.
    tier: String,
    /// By which address the group knows them.
    email: Option<String>,
    /// `invitation` or `domain`.
    by: &'static str,
    #[schema(format = DateTime)]
    since: String,
    /// When the group is over; null while it goes on.
    #[schema(format = DateTime)]
    ends: Option<String>,
}

/// An invitation to the member's address. The code is in the letter.
#[derive(Serialize, ToSchema)]
#[schema(as = MyInvitation)]
struct MyInvitationDto {
    /// The group's name.
    name: String,
    #[schema(format = DateTime)]
    expires: String,
}

/// What a member has to do with groups.
#[derive(Serialize, ToSchema)]
#[schema(as = MyGroups)]
pub(in crate::rest) struct MyGroupsDto {
    /// Their seats, the newest first.
    seats: Vec<MySeatDto>,
    /// The groups whose seats they manage.
    owned: Vec<GroupDto>,
    /// The invitations to their address that are good.
    invited: Vec<MyInvitationDto>,
}

impl NewGroupDto {
    pub(in crate::rest) fn entry(self) -> Result<Entry, Problem> {
        Ok(Entry {
            tier: parsed("tier", &self.tier)?,
            starts: instant("starts", self.starts.as_deref())?,
            ends: instant("ends", self.ends.as_deref())?,
            name: self.name,
            seats: self.seats,
            grace_seconds: self.grace_seconds,
            domains: self.domains,
            owners: self.owners,
        })
    }
}

impl GroupChangeDto {
    pub(in crate::rest) fn change(self) -> Result<Change, Problem> {
        Ok(Change {
            tier: self.tier.map(|tier| parsed("tier", &tier)).transpose()?,
            starts: instant("starts", self.starts.as_deref())?,
            ends: self.ends.map(|ends| instant("ends", ends.as_deref())).transpose()?,
            name: self.name,
            seats: self.seats,
            grace_seconds: self.grace_seconds,
            domains: self.domains,
            owners: self.owners,
        })
    }
}

impl From<&SavedGroup> for GroupDto {
    fn from(SavedGroup { group, taken, owner_count, .. }: &SavedGroup) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.clone(),
            tier: group.tier.to_string(),
            seats: group.seats,
            taken: *taken,
            starts: group.starts.to_string(),
            ends: group.ends.map(|at| at.to_string()),
            grace_seconds: group.grace_seconds,
            domains: group.domains.iter().map(ToString::to_string).collect(),
            owners: group.owners.iter().map(ToString::to_string).collect(),
            owner_count: *owner_count,
            status: group.status.code(),
            created: group.created.to_string(),
        }
    }
}

impl SeatDto {
    pub(in crate::rest) fn new(seat: &Seat, shows_member: bool) -> Self {
        Self {
            id: seat.id.to_string(),
            member: shows_member.then(|| seat.member.to_string()),
            email: seat.email.as_ref().map(|email| email.as_str().to_owned()),
            by: seat.by.code(),
            since: seat.since.to_string(),
        }
    }
}

impl From<&Invitation> for InvitationDto {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email.as_str().to_owned(),
            created: invitation.created.to_string(),
            expires: invitation.expires.to_string(),
        }
    }
}

impl From<&(Seat, Group)> for MySeatDto {
    fn from((seat, group): &(Seat, Group)) -> Self {
        Self {
            id: seat.id.to_string(),
            group: group.id.to_string(),
            name: group.name.clone(),
            tier: group.tier.to_string(),
            email: seat.email.as_ref().map(|email| email.as_str().to_owned()),
            by: seat.by.code(),
            since: seat.since.to_string(),
            ends: group.ends.map(|at| at.to_string()),
        }
    }
}

impl From<&MyGroups> for MyGroupsDto {
    fn from(groups: &MyGroups) -> Self {
        let invited = |one: &Invited| MyInvitationDto {
            name: one.group.name.clone(),
            expires: one.invitation.expires.to_string(),
        };
        Self {
            seats: groups.seats.iter().map(Into::into).collect(),
            owned: groups.owned.iter().map(Into::into).collect(),
            invited: groups.invited.iter().map(invited).collect(),
        }
    }
}
