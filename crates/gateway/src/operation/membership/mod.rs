//! Members as the staff looks after them, for publishers. What members do themselves is in [`super::member`].

pub mod comp;
pub mod feeds;
mod list;
pub mod table;

pub use comp::Comp;
pub use list::{Card, Details, Filter, find, list};

use super::acting::Acting;
use super::link::bits;
use super::member::{Everything, everything_of, forget};
use crate::auth::Secrets;
use crate::error::{Code, Problem};
use masthead_domain::id::{ConsentId, MemberId};
use masthead_domain::member::{Consent, Email, Member, Newsletter, Purpose, Status};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;
use masthead_persistence::SavedMember;

/// What a member is entered with.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Their address. That it is theirs is on the publisher's word.
    pub email: Email,
    /// What they want to be called.
    pub name: Option<String>,
    /// What the publisher notes about them.
    pub note: Option<String>,
    /// The publisher's words to sort members by.
    pub labels: Vec<String>,
    /// The newsletters that they have agreed to get.
    pub newsletters: Vec<Slug>,
    /// A tier that they are given.
    pub comp: Option<Comp>,
}

/// What is to become of an entry whose address a member has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is refused.
    Refuse,
    /// The member gets what the entry holds besides what they have.
    Extend,
}

/// What changes of a member. `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What they are called; `Some(None)` for nothing.
    pub name: Option<Option<String>>,
    /// What the publisher notes about them; `Some(None)` for nothing.
    pub note: Option<Option<String>>,
    /// The publisher's words to sort members by, in place of those before.
    pub labels: Option<Vec<String>>,
    /// Whether they may use their account.
    pub status: Option<Status>,
}

/// The name of the words in which the publisher says that somebody has agreed.
const WORDING: &str = "as the publisher says";

/// Enters a member. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 409 when a member has the address or whoever has it asked to be forgotten; a problem
/// that names what is wrong.
pub async fn enter(
    acting: &Acting<'_>,
    secrets: &Secrets,
    entry: Entry,
    known: Known,
) -> Result<MemberId, Problem> {
    acting.must_be(Role::Publisher)?;
    let Entry { email, name, note, labels, newsletters, comp } = entry;
    let now = acting.now();
    let newsletters = wanted(acting, &newsletters).await?;
    if let Some(comp) = &comp {
        comp.check(acting, "comp.").await?;
    }
    let new = Member {
        id: MemberId::new(now, bits(acting.chance())?),
        email,
        name,
        status: Status::Active,
        created: now,
        note,
        labels,
    };
    check(&new)?;
    let mut work = acting.begin().await?;
    let hash = secrets.suppression_hash(&new.email);
    if !work.suppressed(&[hash]).await?.is_empty() {
        let detail = "Whoever has this address asked to be forgotten. They can sign up themselves.";
        return Err(Problem::new(Code::Conflict, detail).about("email"));
    }
    let there = work.member_by_email(&new.email).await?;
    let is_new = there.is_none();
    let member = match (there, known) {
        (None, _) => new,
        (Some(_), Known::Refuse) => {
            return Err(Problem::new(Code::Conflict, "A member has this address.").about("email"));
        }
        (Some(there), Known::Extend) => extended(there, &new),
    };
    check(&member)?;
    work.put_members(std::slice::from_ref(&member)).await?;
    if is_new {
        work.log_consent(&consent(acting, member.id, Purpose::Account, WORDING)?).await?;
    }
    for newsletter in newsletters {
        if work.confirm_newsletter(member.id, newsletter.id).await? {
            let purpose = Purpose::Newsletter(newsletter.slug);
            work.log_consent(&consent(acting, member.id, purpose, WORDING)?).await?;
        }
    }
    if let Some(comp) = comp {
        comp.put(acting, &mut work, member.id).await?;
    }
    acting.finish(work, if is_new { "member.created" } else { "member.changed" }, member.id).await?;
    Ok(member.id)
}

/// Changes a member. To suspend them shuts all of their tokens. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none, 412 when `based_on` is another version than they have; a
/// problem that names what is wrong.
pub async fn change(
    acting: &Acting<'_>,
    id: MemberId,
    based_on: Option<i64>,
    change: Change,
) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    let SavedMember { mut member, version } = work.saved_member(id).await?.ok_or_else(Problem::not_found)?;
    if based_on.is_some_and(|known| known != version) {
        let detail = "The member has been changed since. Read them again.";
        return Err(Problem::new(Code::PreconditionFailed, detail).about("If-Match"));
    }
    let before = member.clone();
    let Change { name, note, labels, status } = change;
    member.name = name.unwrap_or(member.name);
    member.note = note.unwrap_or(member.note);
    member.labels = labels.unwrap_or(member.labels);
    member.status = status.unwrap_or(member.status);
    check(&member)?;
    if member == before {
        return Ok(());
    }
    let action = match (before.status, member.status) {
        (Status::Active, Status::Suspended) => "member.suspended",
        (Status::Suspended, Status::Active) => "member.activated",
        _ => "member.changed",
    };
    work.put_members(&[member]).await?;
    acting.finish(work, action, id).await
}

/// Erases a member and all that is known of them, as they can do themselves. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none; a problem when the database fails.
pub async fn erase(acting: &Acting<'_>, secrets: &Secrets, id: MemberId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    let member = work.member(id).await?.ok_or_else(Problem::not_found)?;
    forget(&mut work, secrets, &member).await?;
    acting.finish(work, "member.erased", id).await
}

/// All that is known of a member, as they can take it along themselves. That somebody did is recorded. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none; a problem when the database fails.
pub async fn export(acting: &Acting<'_>, secrets: &Secrets, id: MemberId) -> Result<Everything, Problem> {
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    let member = work.member(id).await?.ok_or_else(Problem::not_found)?;
    acting.finish(work, "member.exported", id).await?;
    everything_of(acting.store(), secrets, member, acting.now()).await
}

/// The member with this address. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not; a problem when the database fails.
pub async fn by_email(acting: &Acting<'_>, email: &Email) -> Result<Option<MemberId>, Problem> {
    acting.must_be(Role::Publisher)?;
    Ok(acting.store().registry().member_by_email(email).await?.map(|member| member.id))
}

/// Who was there, with what the entry says besides.
fn extended(there: Member, new: &Member) -> Member {
    let mut labels = there.labels;
    for label in &new.labels {
        if !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    Member { name: new.name.clone().or(there.name), note: new.note.clone().or(there.note), labels, ..there }
}

fn check(member: &Member) -> Result<(), Problem> {
    member.check().map_err(|error| Problem::invalid_parameter(error.field(), format!("{error}.")))
}

async fn wanted(acting: &Acting<'_>, slugs: &[Slug]) -> Result<Vec<Newsletter>, Problem> {
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let all = acting.store().registry().newsletters().await?;
    let one = |slug: &Slug| {
        let found = all.iter().find(|newsletter| newsletter.slug == *slug).cloned();
        let none = || format!("newsletters: there is no newsletter {slug}.");
        found.ok_or_else(|| Problem::invalid_parameter("newsletters", none()))
    };
    slugs.iter().map(one).collect()
}

/// What the publisher says that somebody has agreed to.
fn consent(
    acting: &Acting<'_>,
    member: MemberId,
    purpose: Purpose,
    wording: &str,
) -> Result<Consent, Problem> {
    Ok(Consent {
        id: ConsentId::new(acting.now(), bits(acting.chance())?),
        member,
        purpose,
        wording: wording.to_owned(),
        source: "operator".to_owned(),
        given: acting.now(),
        confirmed: acting.now(),
        withdrawn: None,
    })
}
