//! Groups: publishers make, change and end them; publishers and owners manage their seats; members take seats and give
//! them up.

mod mine;
mod seats;

pub(super) use mine::groups_of;
pub use mine::{Invited, MyGroups};
pub use seats::{
    Managing, invitations, invitations_list, invite, revoke_invitation, seats, seats_list, take_back,
};

use super::acting::Acting;
use super::cursor::ListName;
use super::link::bits;
use super::named;
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem, quote};
use masthead_domain::clock::Timestamp;
use masthead_domain::group::{EmailDomain, Group, GroupSelection, GroupStatus, MAX_DOMAINS, MAX_OWNERS};
use masthead_domain::id::{GroupId, MemberId};
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;
use masthead_persistence::{SavedGroup, StoreError, Work};
use std::collections::BTreeSet;

/// What a group is entered with.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// The tier that a seat opens.
    pub tier: Slug,
    /// How many seats it has.
    pub seats: u32,
    /// From when on they count; `None` for now.
    pub starts: Option<Timestamp>,
    /// The first instant at which it is over; `None` while it goes on.
    pub ends: Option<Timestamp>,
    /// How many seconds after its end seats still count.
    pub grace_seconds: i64,
    /// Whose addresses may take a seat without an invitation.
    pub domains: Vec<String>,
    /// The ids of members who manage the seats.
    pub owners: Vec<String>,
}

/// What changes of a group. `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What it is called.
    pub name: Option<String>,
    /// The tier that a seat opens.
    pub tier: Option<Slug>,
    /// How many seats it has.
    pub seats: Option<u32>,
    /// From when on they count.
    pub starts: Option<Timestamp>,
    /// The first instant at which it is over; `Some(None)` for one that goes on.
    pub ends: Option<Option<Timestamp>>,
    /// How many seconds after its end seats still count.
    pub grace_seconds: Option<i64>,
    /// Domains in place of those before.
    pub domains: Option<Vec<String>>,
    /// The ids of owners in place of those before.
    pub owners: Option<Vec<String>>,
}

/// Enters a group. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 409 when another group has a domain of it; a problem that names what is wrong.
pub async fn create(acting: &Acting<'_>, entry: Entry) -> Result<SavedGroup, Problem> {
    acting.must_be(Role::Publisher)?;
    let now = acting.now();
    let group = Group {
        id: GroupId::new(now, bits(acting.chance())?),
        name: entry.name,
        tier: entry.tier,
        seats: entry.seats,
        starts: entry.starts.unwrap_or(now),
        ends: entry.ends,
        grace_seconds: entry.grace_seconds,
        domains: domains(&entry.domains)?,
        owners: owners(&entry.owners)?,
        status: GroupStatus::Active,
        created: now,
    };
    if !group.is_open(now) {
        return Err(Problem::invalid_parameter("ends", "ends: must lie ahead."));
    }
    check(&group)?;
    named::tier(acting.reading(), "tier", &group.tier).await?;
    let mut work = acting.begin().await?;
    let saved = put(&mut work, &group).await?;
    acting.finish(work, "group.created", group.id).await?;
    Ok(saved)
}

/// Changes a group. What its seats open changes within a second, for all of them. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none, 412 when `based_on` is another version than it has, 409 when
/// it was ended, when more seats are taken than it would have, or when another group has a domain of it; a problem that
/// names what is wrong.
pub async fn change(
    acting: &Acting<'_>,
    id: GroupId,
    based_on: Option<i64>,
    change: Change,
) -> Result<SavedGroup, Problem> {
    acting.must_be(Role::Publisher)?;
    let domains = change.domains.as_deref().map(domains).transpose()?;
    let owners = change.owners.as_deref().map(owners).transpose()?;
    if let Some(slug) = &change.tier {
        named::tier(acting.reading(), "tier", slug).await?;
    }
    let mut work = acting.begin().await?;
    let before = work.group(id).await?.ok_or_else(Problem::not_found)?;
    if based_on.is_some_and(|known| known != before.version) {
        let detail = "The group has been changed since. Read it again.";
        return Err(Problem::new(Code::PreconditionFailed, detail).about("If-Match"));
    }
    if before.group.status == GroupStatus::Ended {
        return Err(Problem::new(Code::Conflict, "The group was ended. Enter another one."));
    }
    let group = Group {
        name: change.name.unwrap_or_else(|| before.group.name.clone()),
        tier: change.tier.unwrap_or_else(|| before.group.tier.clone()),
        seats: change.seats.unwrap_or(before.group.seats),
        starts: change.starts.unwrap_or(before.group.starts),
        ends: change.ends.unwrap_or(before.group.ends),
        grace_seconds: change.grace_seconds.unwrap_or(before.group.grace_seconds),
        domains: domains.unwrap_or_else(|| before.group.domains.clone()),
        owners: owners.unwrap_or_else(|| before.group.owners.clone()),
        ..before.group.clone()
    };
    check(&group)?;
    if group.seats < before.taken {
        let (wanted, taken) = (group.seats, before.taken);
        let detail = format!("seats: {taken} are taken. Take some of them back before there are {wanted}.");
        return Err(Problem::new(Code::Conflict, detail).about("seats"));
    }
    if group == before.group {
        return Ok(before);
    }
    let saved = put(&mut work, &group).await?;
    acting.finish(work, "group.changed", id).await?;
    Ok(saved)
}

/// Ends a group, for good. Its seats open nothing within a second; its domains are free for another group, and its
/// invitations are gone. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none; a problem when the database fails.
pub async fn end(acting: &Acting<'_>, id: GroupId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    let SavedGroup { group, .. } = work.group(id).await?.ok_or_else(Problem::not_found)?;
    if group.status == GroupStatus::Ended {
        return Ok(());
    }
    work.put_group(&group.ended(acting.now())).await?;
    acting.finish(work, "group.ended", id).await
}

/// The name of a list of groups, for cursors.
#[must_use]
pub fn list_name(selection: &GroupSelection) -> ListName {
    let GroupSelection { status, tier, domain, owner } = selection;
    ListName::new(&format!("groups {status:?} {tier:?} {domain:?} {owner:?}"))
}

/// A page of the groups, the newest first. One statement, whatever its length. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the database cannot be read.
pub async fn list(
    reading: &Reading,
    selection: &GroupSelection,
    request: &PageRequest,
) -> Result<Page<SavedGroup>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let page = reading.store().registry().groups(selection, request).await?;
    reading.charge(page.rows.len())?;
    Ok(page)
}

/// One group. For publishers, and for its owners.
///
/// # Errors
/// 404 when there is none that they manage; a problem when the database cannot be read.
pub async fn find(managing: &Managing<'_>, id: GroupId) -> Result<SavedGroup, Problem> {
    let found = managing.acting.store().registry().group(id).await?;
    managing.may(found).map(|saved| managing.shown(saved))
}

fn check(group: &Group) -> Result<(), Problem> {
    group.check().map_err(|error| Problem::invalid_parameter(error.field(), format!("{error}.")))
}

/// The domains that these texts are, each of them of one organisation alone.
fn domains(texts: &[String]) -> Result<BTreeSet<EmailDomain>, Problem> {
    bounded("domains", texts.len(), MAX_DOMAINS)?;
    let domain = |(place, text): (usize, &String)| {
        let wrong = |fault: &dyn std::fmt::Display| {
            let name = format!("domains[{place}]");
            Problem::invalid_parameter(&name, format!("{name}: {fault}."))
        };
        let domain: EmailDomain = text.parse().map_err(|error| wrong(&error))?;
        if domain.is_public() {
            return Err(wrong(&"anybody can have an address there; name a domain of the group's own"));
        }
        Ok(domain)
    };
    texts.iter().enumerate().map(domain).collect()
}

fn owners(texts: &[String]) -> Result<BTreeSet<MemberId>, Problem> {
    bounded("owners", texts.len(), MAX_OWNERS)?;
    let owner = |(place, text): (usize, &String)| {
        let name = format!("owners[{place}]");
        text.parse().map_err(|error| Problem::invalid_parameter(&name, format!("{name}: {error}.")))
    };
    texts.iter().enumerate().map(owner).collect()
}

fn bounded(field: &str, there: usize, most: usize) -> Result<(), Problem> {
    if there <= most {
        return Ok(());
    }
    Err(Problem::invalid_parameter(field, format!("{field}: at most {most}.")))
}

/// Puts a group whose owners are members.
async fn put(work: &mut Work, group: &Group) -> Result<SavedGroup, Problem> {
    let wanted: Vec<_> = group.owners.iter().copied().collect();
    let there: BTreeSet<_> =
        work.members_by_ids(&wanted).await?.into_iter().map(|member| member.id).collect();
    if let Some(nobody) = wanted.iter().find(|owner| !there.contains(owner)) {
        return Err(Problem::invalid_parameter("owners", format!("owners: there is no member {nobody}.")));
    }
    work.put_group(group).await.map_err(|error| match error {
        StoreError::Conflict { value, .. } => {
            let detail = format!("domains: another group has {}.", quote(&value));
            Problem::new(Code::Conflict, detail).about("domains")
        }
        other => other.into(),
    })?;
    work.group(group.id).await?.ok_or_else(Problem::internal)
}
