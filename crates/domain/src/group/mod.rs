//! Groups: a company or a department that has a tier for several members at once. Each of them takes a seat.

mod domain;

pub use domain::{EmailDomain, EmailDomainError};

use crate::clock::Timestamp;
use crate::id::{GroupId, InvitationId, MemberId, SubscriptionId};
use crate::member::{Email, MAX_GRACE, Origin, Subscription};
use crate::slug::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a group has come to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupStatus {
    /// It runs as its dates say.
    #[default]
    Active,
    /// The publisher has ended it, for good.
    Ended,
}

impl GroupStatus {
    /// The status in lower case, as APIs and the database write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }

    /// The status with this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Active, Self::Ended].into_iter().find(|status| status.code() == code)
    }
}

/// A group. Its seats open its tier from `starts` until `ends`, and for a grace period after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its identifier, never reused.
    pub id: GroupId,
    /// What it is called: 1 to [`MAX_NAME`] bytes.
    pub name: String,
    /// The tier that a seat opens, by its slug.
    pub tier: Slug,
    /// How many members may have a seat at the same time: 1 to [`MAX_SEATS`].
    pub seats: u32,
    /// From when on seats count.
    pub starts: Timestamp,
    /// The first instant at which it is over; `None` while it goes on.
    pub ends: Option<Timestamp>,
    /// How many seconds after its end seats still count: 0 to [`MAX_GRACE`].
    pub grace_seconds: i64,
    /// Whose addresses may take a seat without an invitation: at most [`MAX_DOMAINS`]. No other group that runs has them.
    pub domains: BTreeSet<EmailDomain>,
    /// Members who manage the seats: at most [`MAX_OWNERS`]. To manage is not to read: an owner has no seat by that.
    pub owners: BTreeSet<MemberId>,
    /// Whether it was ended.
    pub status: GroupStatus,
    /// When it was entered.
    pub created: Timestamp,
}

/// The longest name, in bytes.
pub const MAX_NAME: usize = 200;
/// The most seats of one group.
pub const MAX_SEATS: u32 = 100_000;
/// The most domains of one group.
pub const MAX_DOMAINS: usize = 100;
/// The most owners of one group.
pub const MAX_OWNERS: usize = 20;

/// What is wrong with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// The name is empty, too long, or holds control characters.
    #[error("name: must have 1 to {MAX_NAME} bytes and no control characters")]
    Name,
    /// The number of seats is out of range.
    #[error("seats: must be 1 to {MAX_SEATS}")]
    Seats,
    /// It ends before it starts.
    #[error("ends: must lie after starts")]
    Ends,
    /// The grace is out of range.
    #[error("graceSeconds: must be 0 to {MAX_GRACE}")]
    Grace,
    /// There are too many domains.
    #[error("domains: at most {MAX_DOMAINS}")]
    Domains,
    /// There are too many owners.
    #[error("owners: at most {MAX_OWNERS}")]
    Owners,
}

impl GroupError {
    /// The field that is wrong.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Seats => "seats",
            Self::Ends => "ends",
            Self::Grace => "graceSeconds",
            Self::Domains => "domains",
            Self::Owners => "owners",
        }
    }
}

/// By what somebody has come to a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeatBy {
    /// They were invited.
    Invitation,
    /// Their address is of a domain of the group.
    Domain,
}

impl SeatBy {
    /// The word in lower case, as APIs and the database write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Domain => "domain",
        }
    }

    /// What this word says.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Invitation, Self::Domain].into_iter().find(|by| by.code() == code)
    }
}

/// A seat that a member has in a group. They have at most one in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Its identifier, which is that of the subscription that it is.
    pub id: SubscriptionId,
    /// The group.
    pub group: GroupId,
    /// Whose it is.
    pub member: MemberId,
    /// By what they came to it.
    pub by: SeatBy,
    /// The address by which the group knows them: the one that was invited, or their own of the group's domain. `None`
    /// when whoever has that address was erased.
    pub email: Option<Email>,
    /// Since when they have it.
    pub since: Timestamp,
}

/// A letter that offers a seat. The code in it is known to whoever has the letter alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its identifier, never reused.
    pub id: InvitationId,
    /// The group.
    pub group: GroupId,
    /// Where the letter went.
    pub email: Email,
    /// When it was written.
    pub created: Timestamp,
    /// The first instant at which it is good no longer.
    pub expires: Timestamp,
}

/// Which groups a list holds: those for which every condition is true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSelection {
    /// Those with this status.
    pub status: Option<GroupStatus>,
    /// Those whose seats open this tier.
    pub tier: Option<Slug>,
    /// The one that has this domain.
    pub domain: Option<EmailDomain>,
    /// Those that this member manages.
    pub owner: Option<MemberId>,
}

impl Group {
    /// Checks what must hold of every group.
    ///
    /// # Errors
    /// [`GroupError`] names the field.
    pub fn check(&self) -> Result<(), GroupError> {
        let is_plain = (1..=MAX_NAME).contains(&self.name.len())
            && !self.name.trim().is_empty()
            && !self.name.chars().any(char::is_control);
        if !is_plain {
            return Err(GroupError::Name);
        }
        if !(1..=MAX_SEATS).contains(&self.seats) {
            return Err(GroupError::Seats);
        }
        if self.ends.is_some_and(|ends| ends < self.starts) {
            return Err(GroupError::Ends);
        }
        if !(0..=MAX_GRACE).contains(&self.grace_seconds) {
            return Err(GroupError::Grace);
        }
        if self.domains.len() > MAX_DOMAINS {
            return Err(GroupError::Domains);
        }
        if self.owners.len() > MAX_OWNERS {
            return Err(GroupError::Owners);
        }
        Ok(())
    }

    /// Whether seats of it may be offered and taken at this instant: before it starts too, but not in its grace.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == GroupStatus::Active && self.ends.is_none_or(|ends| now < ends)
    }

    /// How many seats are left when so many are taken.
    #[must_use]
    pub const fn left(&self, taken: u32) -> u32 {
        self.seats.saturating_sub(taken)
    }

    /// The first instant at which no seat of it counts any longer; `None` while it goes on.
    #[must_use]
    pub fn lapses(&self) -> Option<Timestamp> {
        self.ends.map(|ends| ends.plus_seconds(self.grace_seconds))
    }

    /// The same group, over from this instant on and without grace. One that has not begun never counts. Its domains are
    /// free for another.
    #[must_use]
    pub fn ended(self, now: Timestamp) -> Self {
        Self {
            starts: self.starts.min(now),
            ends: Some(self.ends.map_or(now, |ends| ends.min(now))),
            grace_seconds: 0,
            domains: BTreeSet::new(),
            status: GroupStatus::Ended,
            ..self
        }
    }

    /// What a seat of it is worth: a subscription to the group's tier that counts while the group runs and from when on
    /// the member has the seat.
    #[must_use]
    pub fn subscription(&self, seat: &Seat) -> Subscription {
        Subscription {
            id: seat.id,
            member: seat.member,
            tier: self.tier.clone(),
            origin: Origin::Group { id: self.id },
            starts: self.starts.max(seat.since),
            ends: self.ends,
            grace_seconds: self.grace_seconds,
            cancelled: None,
        }
    }
}

#[cfg(test)]
mod tests;
