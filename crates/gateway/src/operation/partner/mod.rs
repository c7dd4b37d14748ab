//! Partners and their licences, for publishers.

pub mod deliveries;
pub mod filters;
pub mod keys;
pub mod preview;
mod terms;

pub use terms::LicenceTerms;

use super::acting::Acting;
use super::link::bits;
use super::named;
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem};
use masthead_domain::id::PartnerId;
use masthead_domain::page::{Page, PageRequest, Position, SortKey, Window};
use masthead_domain::partner::{Partner, PartnerStatus};
use masthead_domain::viewer::Role;
use masthead_persistence::{SavedPartner, Store};

/// The name of the list of partners, for cursors.
pub const LIST: &str = "partners";

/// What a partner is entered with.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// Whom to write to.
    pub contact: Option<String>,
    /// What it may take, if that is known already.
    pub licence: Option<LicenceTerms>,
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

/// Enters a partner.
///
/// # Errors
/// A problem that names what is wrong, or when the database fails.
pub async fn create(acting: &Acting<'_>, entry: Entry) -> Result<SavedPartner, Problem> {
    acting.must_be(Role::Publisher)?;
    let Entry { name, contact, licence } = entry;
    let licence = licence.map(|licence| licence.licence(acting.now())).transpose()?;
    let id = PartnerId::new(acting.now(), bits(acting.chance())?);
    let partner =
        Partner { id, name, contact, status: PartnerStatus::Active, created: acting.now(), licence };
    check(acting.reading(), &partner).await?;
    let mut work = acting.begin().await?;
    work.put_partner(&partner).await?;
    let saved = work.partner(id).await?.ok_or_else(Problem::internal)?;
    acting.finish(work, "partner.created", id).await?;
    Ok(saved)
}

/// Changes a partner.
///
/// # Errors
/// 404 when there is none, 412 when `based_on` is another version than it has; a problem that names what is wrong.
pub async fn change(
    acting: &Acting<'_>,
    id: PartnerId,
    based_on: Option<i64>,
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
    based_on: Option<i64>,
    licence: LicenceTerms,
) -> Result<SavedPartner, Problem> {
    acting.must_be(Role::Publisher)?;
    let licence = licence.licence(acting.now())?;
    replace(acting, id, based_on, "licence.replaced", |partner| partner.licence = Some(licence.clone())).await
}

async fn replace(
    acting: &Acting<'_>,
    id: PartnerId,
    based_on: Option<i64>,
    action: &str,
    change: impl Fn(&mut Partner),
) -> Result<SavedPartner, Problem> {
    acting.must_be(Role::Publisher)?;
    // What the change says is checked before the turn of the writers, and made to the partner as it is then.
    let mut partner = stored(acting.store(), id).await?.partner;
    change(&mut partner);
    check(acting.reading(), &partner).await?;
    let mut work = acting.begin().await?;
    let SavedPartner { mut partner, version } = work.partner(id).await?.ok_or_else(Problem::not_found)?;
    if based_on.is_some_and(|known| known != version) {
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
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    work.partner(id).await?.ok_or_else(Problem::not_found)?;
    work.remove_partner(id).await?;
    acting.finish(work, "partner.deleted", id).await
}

/// One partner. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when there is none; a problem when the database cannot be read.
pub async fn find(reading: &Reading, id: PartnerId) -> Result<SavedPartner, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    stored(reading.store(), id).await
}

/// A page of partners, the newest first. The list goes forward only. For publishers.
///
/// # Errors
/// As [`find`]; a problem when the request looks back.
pub async fn list(reading: &Reading, request: &PageRequest) -> Result<Page<SavedPartner>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let before = forward(request)?.map(|position| PartnerId::from_uuid(position.id));
    let (rows, has_next) = reading.store().registry().partners(before, request.size).await?;
    let row = |saved: SavedPartner| {
        let key = SortKey::Micros(saved.partner.created.micros());
        (Position { key, id: saved.partner.id.uuid() }, saved)
    };
    Ok(Page { rows: rows.into_iter().map(row).collect(), has_next, has_previous: false })
}

async fn stored(store: &Store, id: PartnerId) -> Result<SavedPartner, Problem> {
    store.registry().partner(id).await?.ok_or_else(Problem::not_found)
}

/// Where a list begins that goes forward only.
pub(in crate::operation) fn forward(request: &PageRequest) -> Result<Option<&Position>, Problem> {
    match &request.window {
        Window::After(position) => Ok(position.as_ref()),
        Window::Before(_) => {
            Err(Problem::new(Code::InvalidCursor, "This list goes forward only.").about("cursor"))
        }
    }
}

/// Checks a partner, and that its licence names what there is: a slip would cover nothing, and nobody would know why.
async fn check(reading: &Reading, partner: &Partner) -> Result<(), Problem> {
    partner.check().map_err(|error| {
        let text = error.to_string();
        let field = text.split(':').next().unwrap_or_default().to_owned();
        Problem::invalid_parameter(&field, format!("{text}."))
    })?;
    let Some(licence) = &partner.licence else { return Ok(()) };
    let sections = licence.sections.iter().flatten().map(|id| ("licence.sections".to_owned(), *id));
    let mut faults = named::sections(reading, &sections.collect::<Vec<_>>()).await?;
    let tags = licence.tags.iter().flatten().map(|id| ("licence.tags".to_owned(), *id));
    faults.extend(named::tags(reading, &tags.collect::<Vec<_>>()).await?);
    Problem::none_of(faults)
}
