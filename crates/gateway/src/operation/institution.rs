//! Institutions, whose people read by where they are.

use super::link::bits;
use super::reading::Reading;
use super::role::require;
use crate::clock::Chance;
use crate::error::{Code, Problem};
use ipnet::IpNet;
use masthead_domain::id::{InstitutionId, PassId};
use masthead_domain::institution::{Institution, MAX_INSTITUTIONS};
use masthead_domain::viewer::{Bearer, Entitlement, Role};
use masthead_persistence::StoreError;
use std::net::IpAddr;

/// All institutions, the newest first. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask.
pub async fn all(reading: &Reading) -> Result<Vec<Institution>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    Ok(reading.store().registry().institutions().await?)
}

/// Adds an institution. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 400 with the place of what is wrong.
pub async fn add(
    reading: &Reading,
    name: String,
    networks: Vec<IpNet>,
    entitlements: impl IntoIterator<Item = Entitlement>,
    chance: &dyn Chance,
) -> Result<Institution, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let institution = Institution {
        id: InstitutionId::new(reading.now(), bits(chance)?),
        name,
        networks,
        entitlements: entitlements.into_iter().collect(),
        active: true,
    };
    institution.check().map_err(|error| {
        let text = error.to_string();
        let place = text.split(':').next().unwrap_or_default().to_owned();
        Problem::invalid_parameter(&place, format!("{text}."))
    })?;
    put(reading, &institution).await?;
    Ok(institution)
}

/// Ends an institution's reading. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none.
pub async fn end(reading: &Reading, id: InstitutionId) -> Result<(), Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let found = reading.store().registry().institution(id).await?;
    let institution = found.ok_or_else(Problem::not_found)?;
    put(reading, &Institution { active: false, ..institution }).await
}

async fn put(reading: &Reading, institution: &Institution) -> Result<(), Problem> {
    let mut work = reading.store().begin(reading.now()).await?;
    let put = work.put_institutions(std::slice::from_ref(institution)).await;
    put.map_err(|error| match error {
        StoreError::TooMany { .. } => {
            let detail = format!("There can be at most {MAX_INSTITUTIONS} institutions.");
            Problem::new(Code::InvalidRequest, detail)
        }
        other => other.into(),
    })?;
    Ok(work.commit().await?)
}

/// The pass of the institution that reads from this address. It has the institution's own id, and ends with it.
///
/// # Errors
/// 403 when none does.
pub async fn pass_at(reading: &Reading, address: IpAddr) -> Result<Bearer, Problem> {
    let all = reading.store().registry().institutions().await?;
    let here = all.into_iter().find(|institution| institution.covers(address));
    let here = here.ok_or_else(|| {
        Problem::new(Code::NoInstitution, "No institution reads from the address of this request.")
    })?;
    Ok(Bearer::Pass(PassId::from_uuid(here.id.uuid())))
}
