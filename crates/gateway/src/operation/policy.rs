//! The paywall's policy: what holds, what held, and saving another.

use super::acting::Acting;
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem};
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::paywall::Policy;
use masthead_domain::paywall::policy::PolicyError;
use masthead_domain::viewer::Role;
use masthead_persistence::{SavedPolicy, StoreError};

/// The name of the list of versions, for cursors.
pub const VERSIONS: &str = "policy versions";

/// The policy that holds; `None` before the first. For editors.
///
/// # Errors
/// A problem when the viewer may not ask or the database cannot be read.
pub async fn current(reading: &Reading) -> Result<Option<SavedPolicy>, Problem> {
    require(reading.viewer(), Role::Editor)?;
    Ok(reading.store().registry().policy().await?)
}

/// A page of all policies that were saved, the newest first. For editors.
///
/// # Errors
/// As [`current`].
pub async fn versions(reading: &Reading, page: &PageRequest) -> Result<Page<SavedPolicy>, Problem> {
    require(reading.viewer(), Role::Editor)?;
    Ok(reading.store().registry().policies(page).await?)
}

/// Saves a policy, which holds from now on. `based_on` is the number of the version that it was made from; zero when
/// there was none. For publishers.
///
/// # Errors
/// A problem that names the place of a fault, or says that another version was saved meanwhile.
pub async fn save(
    acting: &Acting<'_>,
    policy: Policy,
    based_on: Option<i64>,
) -> Result<SavedPolicy, Problem> {
    let by = acting.must_be(Role::Publisher)?.to_owned();
    policy.check().map_err(|error| wrong(&error))?;
    let mut work = acting.begin().await?;
    let version = work.save_policy(&policy, &by, based_on).await.map_err(|error| match error {
        StoreError::Outdated => Problem::new(
            Code::PreconditionFailed,
            "Another version of the policy was saved meanwhile. Read it, and send your change of it.",
        )
        .about("If-Match"),
        other => other.into(),
    })?;
    acting.finish(work, "policy.saved", version).await?;
    Ok(SavedPolicy { version, policy, at: acting.now(), by })
}

/// What is wrong with a policy begins with its place.
fn wrong(error: &PolicyError) -> Problem {
    let text = error.to_string();
    let place = text.split(':').next().unwrap_or_default().to_owned();
    Problem::invalid_parameter(&place, format!("{text}."))
}
