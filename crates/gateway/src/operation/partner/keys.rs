//! Keys: of partners, and of programs of the publisher's own.

use super::super::acting::{Acting, refused};
use super::super::link::bits;
use super::super::reading::Reading;
use super::super::role::require;
use super::find;
use crate::auth::NewKey;
use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::partner::{ApiKey, Holder, KeyScope, Unlicensed};
use masthead_domain::viewer::Role;
use secrecy::SecretString;
use std::collections::{BTreeSet, HashMap};

/// A key that was just made. Its text is nowhere else.
pub struct Made {
    /// The key.
    pub key: ApiKey,
    /// What is shown once.
    pub text: SecretString,
}

/// How a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It opens what its holder may read.
    Good,
    /// It is good, and opens nothing.
    Unlicensed(Unlicensed),
    /// It is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// The keys of a partner, the newest first. For publishers.
///
/// # Errors
/// As [`find`].
pub async fn of_partner(reading: &Reading, id: PartnerId) -> Result<Vec<ApiKey>, Problem> {
    find(reading, id).await?;
    Ok(of_each(reading, &[id]).await?.pop().unwrap_or_default())
}

/// The keys of each of these partners, the newest first. One statement. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the database cannot be read.
pub async fn of_each(reading: &Reading, partners: &[PartnerId]) -> Result<Vec<Vec<ApiKey>>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let found = reading.store().registry().keys_of_partners(partners).await?;
    reading.charge(found.len())?;
    let mut of: HashMap<Holder, Vec<ApiKey>> = HashMap::new();
    for key in found {
        of.entry(key.holder).or_default().push(key);
    }
    Ok(partners.iter().map(|id| of.remove(&Holder::Partner(*id)).unwrap_or_default()).collect())
}

/// The keys of the publisher's own programs, the newest first. For admins.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the database cannot be read.
pub async fn of_services(reading: &Reading) -> Result<Vec<ApiKey>, Problem> {
    require(reading.viewer(), Role::Admin)?;
    Ok(reading.store().registry().keys_of_services().await?)
}

/// A page of all keys, of partners and of programs, the newest first, with how each stands. Two statements, whatever its
/// length. For admins.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the database cannot be read.
pub async fn list(reading: &Reading, request: &PageRequest) -> Result<Page<(ApiKey, KeyState)>, Problem> {
    require(reading.viewer(), Role::Admin)?;
    let (registry, now) = (reading.store().registry(), reading.now());
    let page = registry.keys(request).await?;
    let holders: BTreeSet<PartnerId> = page.items().filter_map(|key| key.holder.partner()).collect();
    let holders: Vec<_> = holders.into_iter().collect();
    let unlicensed: HashMap<PartnerId, Unlicensed> = registry
        .partners_by_ids(&holders)
        .await?
        .into_iter()
        .filter_map(|saved| Some((saved.partner.id, saved.partner.licensed(now).err()?)))
        .collect();
    Ok(page.map(|key| {
        let why = key.holder.partner().and_then(|partner| unlicensed.get(&partner).copied());
        let state = match (key.revoked, why) {
            (Some(_), _) => KeyState::Revoked,
            (None, _) if !key.is_active(now) => KeyState::Expired,
            (None, Some(why)) => KeyState::Unlicensed(why),
            (None, None) => KeyState::Good,
        };
        (key, state)
    }))
}

/// Makes a key for a partner. For publishers.
///
/// # Errors
/// 404 when there is no such partner, 409 when two keys are good already; a problem that names what is wrong.
pub async fn add(
    acting: &Acting<'_>,
    partner: PartnerId,
    name: String,
    expires: Option<Timestamp>,
) -> Result<Made, Problem> {
    make(acting, Role::Publisher, Holder::Partner(partner), [KeyScope::Read].into(), name, expires).await
}

/// Makes a key for a program of the publisher's own. For admins.
///
/// # Errors
/// A problem that names what is wrong, or when the database fails.
pub async fn add_for_service(
    acting: &Acting<'_>,
    role: Role,
    manages: bool,
    name: String,
    expires: Option<Timestamp>,
) -> Result<Made, Problem> {
    let scopes = std::iter::once(KeyScope::Read).chain(manages.then_some(KeyScope::Manage));
    make(acting, Role::Admin, Holder::Service(role), scopes.collect(), name, expires).await
}

async fn make(
    acting: &Acting<'_>,
    least: Role,
    holder: Holder,
    scopes: BTreeSet<KeyScope>,
    name: String,
    expires: Option<Timestamp>,
) -> Result<Made, Problem> {
    acting.must_be(least)?;
    let NewKey { text, prefix, hash } = NewKey::make(acting.chance()).map_err(|_| Problem::unavailable())?;
    let id = KeyId::new(acting.now(), bits(acting.chance())?);
    let key = ApiKey {
        id,
        holder,
        name,
        prefix,
        scopes,
        created: acting.now(),
        expires,
        revoked: None,
        used: None,
    };
    key.check().map_err(|error| Problem::invalid_parameter("name", format!("{error}.")))?;
    if expires.is_some_and(|expires| expires <= acting.now()) {
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

/// Revokes any key, whosever it is. For admins.
///
/// # Errors
/// 404 when there is no such key; a problem when the database fails.
pub async fn revoke_any(acting: &Acting<'_>, id: KeyId) -> Result<(), Problem> {
    acting.must_be(Role::Admin)?;
    let key = acting.store().registry().key(id).await?.ok_or_else(Problem::not_found)?;
    revoke(acting, key.holder.partner(), id).await
}

/// Revokes a key of a partner, or one of a program where no partner is named. One that is revoked already stays so.
/// For publishers; the keys of programs are for admins.
///
/// # Errors
/// 404 when there is no such key; a problem when the database fails.
pub async fn revoke(acting: &Acting<'_>, of: Option<PartnerId>, id: KeyId) -> Result<(), Problem> {
    acting.must_be(if of.is_some() { Role::Publisher } else { Role::Admin })?;
    let key = acting.store().registry().key(id).await?.ok_or_else(Problem::not_found)?;
    let is_of = match key.holder {
        Holder::Partner(partner) => of == Some(partner),
        Holder::Service(_) => of.is_none(),
    };
    if !is_of {
        return Err(Problem::not_found());
    }
    let mut work = acting.begin().await?;
    if work.revoke_key(id).await? {
        acting.finish(work, "key.revoked", id).await?;
    }
    Ok(())
}
