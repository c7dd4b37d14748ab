//! The paywall's policy: what holds, what held, and saving another.

use super::acting::Acting;
use super::named;
use super::reading::Reading;
use super::role::require;
use crate::body;
use crate::error::{Code, Problem};
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::paywall::meter::Metered;
use masthead_domain::paywall::policy::{Condition, KnownCondition, PolicyError, Rule};
use masthead_domain::paywall::{Policy, Requirement};
use masthead_domain::viewer::Role;
use masthead_persistence::{SavedPolicy, StoreError};
use serde_json::Value;

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

/// Reads a policy out of JSON. Each condition is read by its kind, so that a fault in one is named.
///
/// # Errors
/// A problem that names the place of a fault.
pub fn read(json: Value) -> Result<Policy, Problem> {
    let policy: Policy = body::value("", json)?;
    for (rule, Rule { when, .. }) in policy.rules.iter().enumerate() {
        for (at, condition) in when.iter().enumerate() {
            if let Condition::Unknown(condition) = condition {
                let place = format!("rules[{rule}].when[{at}]");
                body::value::<KnownCondition>(&place, condition.clone())?;
            }
        }
    }
    Ok(policy)
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
    check_names(acting.reading(), &policy).await?;
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

/// Checks that what the policy names is there.
async fn check_names(reading: &Reading, policy: &Policy) -> Result<(), Problem> {
    let (mut sections, mut tags, mut authors) = (Vec::new(), Vec::new(), Vec::new());
    for (rule, Rule { when, requires, .. }) in policy.rules.iter().enumerate() {
        for (at, condition) in when.iter().enumerate() {
            let place = format!("rules[{rule}].when[{at}].id");
            match condition {
                Condition::Known(KnownCondition::Section { id }) => sections.push((place, *id)),
                Condition::Known(KnownCondition::Tag { id }) => tags.push((place, *id)),
                Condition::Known(KnownCondition::Author { id }) => authors.push((place, *id)),
                Condition::Known(_) | Condition::Unknown(_) => {}
            }
        }
        let asked: Vec<_> = requires.iter().flat_map(Requirement::iter).collect();
        named::tiers(reading, &format!("rules[{rule}].requires.anyOf"), &asked).await?;
    }
    named::sections(reading, &sections).await?;
    named::tags(reading, &tags).await?;
    named::authors(reading, &authors).await?;
    for (at, meter) in policy.meters.iter().enumerate() {
        let opens: Vec<_> = meter.opens.iter().collect();
        named::tiers(reading, &format!("meters[{at}].opens"), &opens).await?;
        if let Metered::Holders(held) = &meter.who {
            named::tiers(reading, &format!("meters[{at}].who.holders"), &[held]).await?;
        }
    }
    Ok(())
}

/// What is wrong with a policy begins with its place.
fn wrong(error: &PolicyError) -> Problem {
    let text = error.to_string();
    let place = text.split(':').next().unwrap_or_default().to_owned();
    Problem::invalid_parameter(&place, format!("{text}."))
}
