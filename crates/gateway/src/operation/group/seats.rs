//! The seats of a group, for those who manage them: publishers, and the group's owners.

use super::super::acting::Acting;
use super::super::cursor::ListName;
use super::super::link::bits;
use super::super::member::{Accounts, active};
use super::super::role::require;
use crate::auth::{Caller, Secrets};
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::group::{Invitation, Seat};
use masthead_domain::id::{GroupId, InvitationId, MemberId, SubscriptionId};
use masthead_domain::member::Email;
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::viewer::{Bearer, Role};
use masthead_persistence::{Invitations, SavedGroup, Work};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::time::Duration;

/// For how many days an invitation is good.
const GOOD_FOR_DAYS: i64 = 14;
const DAY: i64 = 24 * 3_600;

/// How many addresses one request invites, at most.
const MAX_INVITED: usize = 100;

/// How many letters one group may cause in a day, and how many of them to one address.
const LETTERS_A_DAY: u64 = 1_000;
const LETTERS_TO_ONE_A_DAY: u64 = 3;

/// Somebody who manages seats: of every group for publishers, of their own for owners.
pub struct Managing<'a> {
    pub(super) acting: Acting<'a>,
    owner: Option<MemberId>,
}

impl<'a> Managing<'a> {
    /// Whoever this caller is.
    ///
    /// # Errors
    /// 401 and 403 for whoever is neither a publisher nor a member.
    pub fn new(acting: Acting<'a>, caller: &Caller) -> Result<Self, Problem> {
        let owner = match (require(&caller.viewer, Role::Publisher), caller.bearer) {
            (Ok(_), _) => None,
            (Err(_), Some(Bearer::Member { member, .. })) => Some(member),
            (Err(problem), _) => return Err(problem),
        };
        Ok(Self { acting, owner })
    }

    /// Somebody of the staff, who manages all of them.
    ///
    /// # Errors
    /// 401 and 403 for whoever may not.
    pub fn of_staff(acting: Acting<'a>) -> Result<Self, Problem> {
        acting.must_be(Role::Publisher)?;
        Ok(Self { acting, owner: None })
    }

    /// Whether they see whose the seats are; owners see by which address they know them.
    #[must_use]
    pub const fn sees_members(&self) -> bool {
        self.owner.is_none()
    }

    /// The group, if they manage it. For everybody else there is none.
    pub(super) fn may(&self, found: Option<SavedGroup>) -> Result<SavedGroup, Problem> {
        let manages = |saved: &SavedGroup| self.owner.is_none_or(|owner| saved.group.owners.contains(&owner));
        found.filter(manages).ok_or_else(Problem::not_found)
    }

    /// The group as they see it: an owner sees no other owners.
    pub(super) fn shown(&self, saved: SavedGroup) -> SavedGroup {
        match self.owner {
            Some(owner) => for_owner(saved, owner),
            None => saved,
        }
    }

    async fn looks_into(&self, id: GroupId) -> Result<(), Problem> {
        super::find(self, id).await.map(drop)
    }

    /// Begins to change something of the group.
    async fn begin(&self, id: GroupId) -> Result<(Work, SavedGroup), Problem> {
        let mut work = self.acting.begin().await?;
        if let Some(owner) = self.owner {
            active(work.member(owner).await?)?;
        }
        let saved = self.may(work.group(id).await?)?;
        Ok((work, saved))
    }

    /// Records what was done, by owners too, and makes it visible.
    async fn finish(&self, mut work: Work, action: &str, subject: impl Display) -> Result<(), Problem> {
        let Some(owner) = self.owner else { return self.acting.finish(work, action, subject).await };
        work.record(&owner.to_string(), action, &subject.to_string()).await?;
        Ok(work.commit().await?)
    }
}

/// A group as one of its owners sees it.
pub(super) fn for_owner(mut saved: SavedGroup, owner: MemberId) -> SavedGroup {
    saved.group.owners.retain(|one| *one == owner);
    saved
}

/// The name of the list of a group's seats, for cursors.
#[must_use]
pub fn seats_list(group: GroupId) -> ListName {
    ListName::new(&format!("seats of {group}"))
}

/// The name of the list of a group's invitations, for cursors.
#[must_use]
pub fn invitations_list(group: GroupId) -> ListName {
    ListName::new(&format!("invitations of {group}"))
}

/// A page of the seats that are taken, the newest first.
///
/// # Errors
/// 404 when there is no such group that they manage; a problem when the database cannot be read.
pub async fn seats(
    managing: &Managing<'_>,
    group: GroupId,
    request: &PageRequest,
) -> Result<Page<Seat>, Problem> {
    managing.looks_into(group).await?;
    let page = managing.acting.store().registry().seats(group, request).await?;
    managing.acting.reading().charge(page.rows.len())?;
    Ok(page)
}

/// Takes a seat back. It opens nothing within a second, and is free. Whoever had it gets another one by invitation alone.
///
/// # Errors
/// 404 when there is no such group that they manage, or no such seat in it; a problem when the database fails.
pub async fn take_back(managing: &Managing<'_>, group: GroupId, seat: SubscriptionId) -> Result<(), Problem> {
    let (mut work, _) = managing.begin(group).await?;
    if !work.take_back_seat(group, seat).await? {
        return Err(Problem::not_found());
    }
    managing.finish(work, "seat.taken_back", seat).await
}

/// A page of the invitations that are good, the newest first.
///
/// # Errors
/// As [`seats`].
pub async fn invitations(
    managing: &Managing<'_>,
    group: GroupId,
    request: &PageRequest,
) -> Result<Page<Invitation>, Problem> {
    managing.looks_into(group).await?;
    let now = managing.acting.now();
    let page = managing.acting.store().registry().invitations(group, now, request).await?;
    managing.acting.reading().charge(page.rows.len())?;
    Ok(page)
}

/// Takes an invitation back: its code is good no longer.
///
/// # Errors
/// 404 when there is no such group that they manage, or no such invitation that is good; a problem when the database
/// fails.
pub async fn revoke_invitation(
    managing: &Managing<'_>,
    group: GroupId,
    id: InvitationId,
) -> Result<(), Problem> {
    let (mut work, _) = managing.begin(group).await?;
    if !work.revoke_invitation(group, id).await? {
        return Err(Problem::not_found());
    }
    managing.finish(work, "invitation.taken_back", id).await
}

/// Invites addresses, all of them or none: each gets a letter with a code that is good once. What is answered is the same
/// whether somebody has an account or not, which is looked up only when the code comes back. Whoever asked to be
/// forgotten gets no letter, and the answer says nothing of it.
///
/// # Errors
/// 404 when there is no such group that they manage, 409 when it is over or has fewer seats left, 429 when too many
/// letters were sent; a problem that names what is wrong.
pub async fn invite(
    managing: &Managing<'_>,
    accounts: &Accounts,
    group: GroupId,
    emails: &[String],
) -> Result<Vec<Invitation>, Problem> {
    let acting = &managing.acting;
    let now = acting.now();
    let (emails, yesterday) = (addresses(emails)?, now.plus_seconds(-DAY));
    // Asked before anything is made, and outside of the one turn of writing, which everybody waits for; and asked again
    // within it, where nobody else can invite meanwhile.
    let saved = super::find(managing, group).await?;
    let there = acting.store().registry().invited(group, &emails, now, yesterday).await?;
    admit(&saved, &there, emails.len(), now)?;
    let (mut made, mut letters) = (Vec::new(), Vec::new());
    for email in &emails {
        let code = Secrets::new_invitation(acting.chance())?;
        let link = accounts.links.invitation.with(&code);
        let letter =
            accounts.templates.invitation(&accounts.site, &saved.group.name, &link, GOOD_FOR_DAYS)?;
        letters.push((
            accounts.secrets.suppression_hash(email),
            accounts.post.envelope(letter, email, now, acting.chance())?,
        ));
        let invitation = Invitation {
            id: InvitationId::new(now, bits(acting.chance())?),
            group,
            email: email.clone(),
            created: now,
            expires: now.plus_seconds(GOOD_FOR_DAYS * DAY),
        };
        made.push((invitation, accounts.secrets.invitation_hash(&code)));
    }
    let room = accounts.post.spare_room(letters.len())?;

    let (mut work, saved) = managing.begin(group).await?;
    admit(&saved, &work.invited(group, &emails, yesterday).await?, emails.len(), now)?;
    work.invite(group, &made).await?;
    let hashes: Vec<_> = letters.iter().map(|(hash, _)| hash.clone()).collect();
    let forgotten = work.suppressed(&hashes).await?;
    managing.finish(work, "group.invited", group).await?;
    room.post(letters.into_iter().filter(|(hash, _)| !forgotten.contains(hash)).map(|(_, letter)| letter));
    Ok(made.into_iter().map(|(invitation, _)| invitation).collect())
}

/// Refuses to invite so many addresses when the group is over, has fewer seats left, or has sent enough.
fn admit(saved: &SavedGroup, there: &Invitations, addresses: usize, now: Timestamp) -> Result<(), Problem> {
    if !saved.group.is_open(now) {
        return Err(Problem::new(Code::Conflict, "The group is over."));
    }
    let addresses = addresses as u64;
    if there.open + addresses > u64::from(saved.group.left(saved.taken)) + there.again {
        return Err(no_seats_left());
    }
    if there.written + addresses > LETTERS_A_DAY || there.to_one >= LETTERS_TO_ONE_A_DAY {
        return Err(Problem::rate_limited("invitations by mail", Duration::from_secs(DAY.unsigned_abs())));
    }
    Ok(())
}

/// Each address once, in the order in which they came.
fn addresses(texts: &[String]) -> Result<Vec<Email>, Problem> {
    if !(1..=MAX_INVITED).contains(&texts.len()) {
        let detail = format!("emails: must be 1 to {MAX_INVITED} addresses.");
        return Err(Problem::invalid_parameter("emails", detail));
    }
    let mut seen = BTreeSet::new();
    let mut emails = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        let name = format!("emails[{place}]");
        let email: Email =
            text.parse().map_err(|error| Problem::invalid_parameter(&name, format!("{name}: {error}.")))?;
        if seen.insert(email.clone()) {
            emails.push(email);
        }
    }
    Ok(emails)
}

/// That a group is full.
fn no_seats_left() -> Problem {
    Problem::new(Code::NoSeatsLeft, "The group has no seat left; open invitations count too.")
}
