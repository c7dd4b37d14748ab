//! Partners, their licences and their keys, for the publisher's staff.

use super::acting::{Acting, refused};
use crate::auth::NewKey;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{KeyId, PartnerId, SectionId};
use masthead_domain::page::{Page, PageRequest, Position, SortKey, Window};
use masthead_domain::partner::{ApiKey, Deed, Holder, KeyScope, Partner, PartnerStatus};
use masthead_domain::viewer::{Licence, Role, Viewer};
use masthead_persistence::{SavedPartner, Store};
use secrecy::SecretString;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The name of the list of partners, for cursors.
pub const LIST: &str = "partners";

/// The name of the list of the staff's deeds, for cursors.
pub const DEEDS: &str = "audit";

/// What a partner is entered with.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// Whom to write to.
    pub contact: Option<String>,
    /// What it may take, if that is known already.
    pub licence: Option<Licence>,
}

/// What changes of a partner. `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What it is called.
    pub name: Option<String>,
    /// Whom to write to; `Some(None)` for nobody.
    pub contact: Option<Option<String>>,
    /// Whether it may take anything.
    pub status: Option<PartnerStatus>,
}

/// On which state of a thing a change is based.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasedOn {
    /// Whatever there is.
    Any,
    /// This version and no other.
    Version(i64),
}

/// A key that was just made. Its text is nowhere else.
pub struct Made {
    /// The key.
    pub key: ApiKey,
    /// What is shown once.
    pub text: SecretString,
}

/// Enters a partner.
///
/// # Errors
/// A problem that names what is wrong, or when the database fails.
pub async fn create(acting: &Acting<'_>, entry: Entry) -> Result<SavedPartner, Problem> {
    let Entry { name, contact, licence } = entry;
    let id = PartnerId::new(acting.now, acting.bits()?);
    let partner = Partner { id, name, contact, status: PartnerStatus::Active, created: acting.now, licence };
    check(acting, &partner).await?;
    let mut work = acting.begin().await?;
    work.put_partner(&partner).await?;
    let saved = work.partner(id).await?.ok_or_else(Problem::internal)?;
    acting.finish(work, "partner.created", id).await?;
    Ok(saved)
}

/// Changes a partner.
///
/// # Errors
/// 404 when there is none, 412 when it is not as `based_on` says; a problem that names what is wrong.
pub async fn change(
    acting: &Acting<'_>,
    id: PartnerId,
    based_on: BasedOn,
    change: Change,
) -> Result<SavedPartner, Problem> {
    let action = match change.status {
        Some(PartnerStatus::Suspended) => "partner.suspended",
        Some(PartnerStatus::Active) => "partner.activated",
        None => "partner.changed",
    };
    replace(acting, id, based_on, action, |partner| {
        let Change { name, contact, status } = change.clone();
        partner.name = name.unwrap_or(std::mem::take(&mut partner.name));
        partner.contact = contact.unwrap_or(partner.contact.take());
        partner.status = status.unwrap_or(partner.status);
    })
    .await
}

/// Grants a licence in place of the one before.
///
/// # Errors
/// As [`change`].
pub async fn license(
    acting: &Acting<'_>,
    id: PartnerId,
    based_on: BasedOn,
    licence: Licence,
) -> Result<SavedPartner, Problem> {
    replace(acting, id, based_on, "licence.replaced", |partner| partner.licence = Some(licence.clone())).await
}

async fn replace(
    acting: &Acting<'_>,
    id: PartnerId,
    based_on: BasedOn,
    action: &str,
    change: impl Fn(&mut Partner),
) -> Result<SavedPartner, Problem> {
    // What the change says is checked before the turn of the writers, and made to the partner as it is then.
    let mut partner = find(acting.store, id).await?.partner;
    change(&mut partner);
    check(acting, &partner).await?;
    let mut work = acting.begin().await?;
    let SavedPartner { mut partner, version } = work.partner(id).await?.ok_or_else(Problem::not_found)?;
    if matches!(based_on, BasedOn::Version(known) if known != version) {
        let detail = "The partner has been changed since. Read it again.";
        return Err(Problem::new(Code::PreconditionFailed, detail).about("If-Match"));
    }
    change(&mut partner);
    work.put_partner(&partner).await?;
    let saved = work.partner(id).await?.ok_or_else(Problem::internal)?;
    acting.finish(work, action, id).await?;
    Ok(saved)
}

/// Takes a partner out, with its keys.
///
/// # Errors
/// 404 when there is none; a problem when the database fails.
pub async fn remove(acting: &Acting<'_>, id: PartnerId) -> Result<(), Problem> {
    let mut work = acting.begin().await?;
    work.partner(id).await?.ok_or_else(Problem::not_found)?;
    work.remove_partner(id).await?;
    acting.finish(work, "partner.deleted", id).await
}

/// Makes a key for a partner.
///
/// # Errors
/// 404 when there is no such partner, 409 when two keys are good already; a problem that names what is wrong.
pub async fn add_key(
    acting: &Acting<'_>,
    partner: PartnerId,
    name: String,
    expires: Option<Timestamp>,
) -> Result<Made, Problem> {
    make_key(acting, Holder::Partner(partner), [KeyScope::Read].into(), name, expires).await
}

/// Makes a key for a program of the publisher's own.
///
/// # Errors
/// A problem that names what is wrong, or when the database fails.
pub async fn add_service_key(
    acting: &Acting<'_>,
    role: Role,
    manages: bool,
    name: String,
    expires: Option<Timestamp>,
) -> Result<Made, Problem> {
    let scopes = std::iter::once(KeyScope::Read).chain(manages.then_some(KeyScope::Manage));
    make_key(acting, Holder::Service(role), scopes.collect(), name, expires).await
}

async fn make_key(
    acting: &Acting<'_>,
    holder: Holder,
    scopes: BTreeSet<KeyScope>,
    name: String,
    expires: Option<Timestamp>,
) -> Result<Made, Problem> {
    let NewKey { text, prefix, hash } = NewKey::make(acting.chance).map_err(|_| Problem::unavailable())?;
    let id = KeyId::new(acting.now, acting.bits()?);
    let key =
        ApiKey { id, holder, name, prefix, scopes, created: acting.now, expires, revoked: None, used: None };
    key.check().map_err(|error| Problem::invalid_parameter("name", format!("{error}.")))?;
    if expires.is_some_and(|expires| expires <= acting.now) {
        return Err(Problem::invalid_parameter("expires", "expires: must lie ahead."));
    }
    let mut work = acting.begin().await?;
    if let Holder::Partner(partner) = holder {
        work.partner(partner).await?.ok_or_else(Problem::not_found)?;
    }
    work.add_key(&key, hash).await.map_err(refused)?;
    acting.finish(work, "key.created", id).await?;
    Ok(Made { key, text })
}

/// Revokes a key of a partner, or any key where no partner is named. One that is revoked already stays so.
///
/// # Errors
/// 404 when there is no such key; a problem when the database fails.
pub async fn revoke_key(acting: &Acting<'_>, of: Option<PartnerId>, id: KeyId) -> Result<(), Problem> {
    let key = acting.store.registry().key(id).await?.ok_or_else(Problem::not_found)?;
    if of.is_some_and(|partner| key.holder != Holder::Partner(partner)) {
        return Err(Problem::not_found());
    }
    let mut work = acting.begin().await?;
    if work.revoke_key(id).await? {
        acting.finish(work, "key.revoked", id).await?;
    }
    Ok(())
}

/// One partner.
///
/// # Errors
/// 404 when there is none; a problem when the database cannot be read.
pub async fn find(store: &Store, id: PartnerId) -> Result<SavedPartner, Problem> {
    store.registry().partner(id).await?.ok_or_else(Problem::not_found)
}

/// The keys of a partner, the newest first.
///
/// # Errors
/// As [`find`].
pub async fn keys(store: &Store, id: PartnerId) -> Result<Vec<ApiKey>, Problem> {
    find(store, id).await?;
    Ok(store.registry().keys_of_partner(id).await?)
}

/// A page of partners, the newest first. The list goes forward only.
///
/// # Errors
/// A problem when the request looks back, or the database cannot be read.
pub async fn list(store: &Store, request: &PageRequest) -> Result<Page<SavedPartner>, Problem> {
    let before = forward(request)?.map(|position| PartnerId::from_uuid(position.id));
    let (rows, has_next) = store.registry().partners(before, request.size).await?;
    let row = |saved: SavedPartner| {
        let key = SortKey::Micros(saved.partner.created.micros());
        (Position { key, id: saved.partner.id.uuid() }, saved)
    };
    Ok(Page { rows: rows.into_iter().map(row).collect(), has_next, has_previous: false })
}

/// A page of what the staff has done, the newest first. The list goes forward only.
///
/// # Errors
/// As [`list`].
pub async fn deeds(store: &Store, request: &PageRequest) -> Result<Page<Deed>, Problem> {
    let before = match forward(request)?.map(|position| &position.key) {
        Some(SortKey::Micros(sequence)) => *sequence,
        Some(SortKey::Text(_)) => return Ok(Page::empty()),
        None => i64::MAX,
    };
    let (rows, has_next) = store.registry().deeds(before, request.size).await?;
    let row = |deed: Deed| (Position { key: SortKey::Micros(deed.sequence), id: Uuid::nil() }, deed);
    Ok(Page { rows: rows.into_iter().map(row).collect(), has_next, has_previous: false })
}

fn forward(request: &PageRequest) -> Result<Option<&Position>, Problem> {
    match &request.window {
        Window::After(position) => Ok(position.as_ref()),
        Window::Before(_) => {
            Err(Problem::new(Code::InvalidCursor, "This list goes forward only.").about("cursor"))
        }
    }
}

/// Checks a partner, and that its licence names what there is: a slip would cover nothing, and nobody would know why.
async fn check(acting: &Acting<'_>, partner: &Partner) -> Result<(), Problem> {
    partner.check().map_err(|error| {
        let text = error.to_string();
        let field = text.split(':').next().unwrap_or_default().to_owned();
        Problem::invalid_parameter(&field, format!("{text}."))
    })?;
    let Some(licence) = &partner.licence else { return Ok(()) };
    // Who may grant a licence may see everything.
    let eyes = Viewer::staff(acting.by);
    let library = acting.store.library(&eyes, acting.now);
    if let Some(sections) = &licence.sections {
        let known: BTreeSet<SectionId> = library.sections().await?.into_iter().map(|one| one.id).collect();
        if let Some(id) = sections.iter().find(|id| !known.contains(id)) {
            return Err(unknown("licence.sections", id));
        }
    }
    if let Some(tags) = &licence.tags {
        let wanted: Vec<_> = tags.iter().copied().collect();
        let known = library.tags_by_ids(&wanted).await?;
        if let Some(id) = tags.iter().find(|id| !known.contains_key(id)) {
            return Err(unknown("licence.tags", id));
        }
    }
    Ok(())
}

fn unknown(field: &str, id: &dyn std::fmt::Display) -> Problem {
    Problem::invalid_parameter(field, format!("{field}: there is no {id}."))
}
