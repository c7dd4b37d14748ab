//! Institutions, whose people read by where they are.

use super::acting::{Acting, refused};
use super::entitlement::holdable;
use super::link::{Opened, bits};
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem};
use ipnet::IpNet;
use masthead_domain::id::{InstitutionId, PassId};
use masthead_domain::institution::Institution;
use masthead_domain::viewer::{Bearer, Role};
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
    acting: &Acting<'_>,
    name: String,
    networks: &[String],
    entitlements: &[String],
) -> Result<Institution, Problem> {
    acting.must_be(Role::Publisher)?;
    let institution = Institution {
        id: InstitutionId::new(acting.now(), bits(acting.chance())?),
        name,
        networks: networks.iter().enumerate().map(network).collect::<Result<_, _>>()?,
        entitlements: holdable(acting.reading(), entitlements).await?.into_iter().collect(),
        active: true,
    };
    institution.check().map_err(|error| {
        let text = error.to_string();
        let place = text.split(':').next().unwrap_or_default().to_owned();
        Problem::invalid_parameter(&place, format!("{text}."))
    })?;
    put(acting, &institution, "institution.added").await?;
    Ok(institution)
}

fn network((at, text): (usize, &String)) -> Result<IpNet, Problem> {
    let place = format!("networks[{at}]");
    let wrong =
        |_| Problem::invalid_parameter(&place, format!("{place}: is no network such as 192.0.2.0/24."));
    text.parse().map_err(wrong)
}

/// Ends an institution's reading. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none.
pub async fn end(acting: &Acting<'_>, id: InstitutionId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let found = acting.store().registry().institution(id).await?;
    let institution = found.ok_or_else(Problem::not_found)?;
    put(acting, &Institution { active: false, ..institution }, "institution.ended").await
}

async fn put(acting: &Acting<'_>, institution: &Institution, action: &str) -> Result<(), Problem> {
    let mut work = acting.begin().await?;
    work.put_institutions(std::slice::from_ref(institution)).await.map_err(refused)?;
    acting.finish(work, action, institution.id).await
}

/// How long the token of an institution lives, in seconds: an hour, after which the address is looked at again.
const LIFE: i64 = 3_600;

/// A pass of the institution that reads from this address. It has the institution's own id, and ends with it.
///
/// # Errors
/// 403 when none does.
pub async fn open_at(reading: &Reading, address: IpAddr) -> Result<Opened, Problem> {
    let all = reading.store().registry().institutions().await?;
    let here = all.into_iter().find(|institution| institution.covers(address));
    let here = here.ok_or_else(|| {
        Problem::new(Code::NoInstitution, "No institution reads from the address of this request.")
    })?;
    let bearer = Bearer::Pass(PassId::from_uuid(here.id.uuid()));
    Ok(Opened { bearer, article: None, seconds: LIFE })
}
