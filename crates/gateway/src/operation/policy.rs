//! The paywall's policy: what holds, what held, and saving another.

use super::acting::Acting;
use super::named;
use super::reading::Reading;
use super::role::require;
use crate::body;
use crate::error::{Code, Problem};
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::paywall::meter::{MeterError, Metered};
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

/// Reads a policy out of JSON. What a condition is wrong in is told when it is to be saved, with all the rest.
///
/// # Errors
/// A problem that names the place of a fault.
pub fn read(json: Value) -> Result<Policy, Problem> {
    body::value("", json)
}

/// Saves a policy, which holds from now on. `based_on` is the number of the version that it was made from; zero when
/// there was none. For publishers.
///
/// # Errors
/// A problem that names the places of all faults, or says that another version was saved meanwhile.
pub async fn save(
    acting: &Acting<'_>,
    policy: Policy,
    based_on: Option<i64>,
) -> Result<SavedPolicy, Problem> {
    let by = acting.must_be(Role::Publisher)?.to_owned();
    Problem::none_of(faults(acting.reading(), &policy).await?)?;
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

/// What is wrong with a policy. Whether what it names is there is looked up unless it names too much.
async fn faults(reading: &Reading, policy: &Policy) -> Result<Vec<Problem>, Problem> {
    let errors = policy.faults();
    let mut faults: Vec<_> = errors.iter().map(|error| told(policy, error)).collect();
    let is_too_much = |error: &PolicyError| {
        matches!(
            error,
            PolicyError::TooManyRules
                | PolicyError::TooManyConditions(_)
                | PolicyError::Meter(MeterError::TooMany)
        )
    };
    if !errors.iter().any(is_too_much) {
        faults.extend(missing(reading, policy).await?);
    }
    Ok(faults)
}

/// What the policy names and is not there.
async fn missing(reading: &Reading, policy: &Policy) -> Result<Vec<Problem>, Problem> {
    let (mut sections, mut tags, mut authors) = (Vec::new(), Vec::new(), Vec::new());
    let mut faults = Vec::new();
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
        faults.extend(named::tiers(reading, &format!("rules[{rule}].requires.anyOf"), &asked).await?);
    }
    faults.extend(named::sections(reading, &sections).await?);
    faults.extend(named::tags(reading, &tags).await?);
    faults.extend(named::authors(reading, &authors).await?);
    for (at, meter) in policy.meters.iter().enumerate() {
        if let Metered::Holders(held) = &meter.who {
            faults.extend(named::tiers(reading, &format!("meters[{at}].who.holders"), &[held]).await?);
        }
        let opens: Vec<_> = meter.opens.iter().collect();
        faults.extend(named::tiers(reading, &format!("meters[{at}].opens"), &opens).await?);
    }
    Ok(faults)
}

/// A fault as the client is told. It begins with its place; a condition is read once more by its kind, so that the fault in it
/// is named.
fn told(policy: &Policy, error: &PolicyError) -> Problem {
    let text = error.to_string();
    let place = text.split(':').next().unwrap_or_default();
    let condition = match error {
        PolicyError::UnknownCondition { rule, condition } => {
            policy.rules.get(*rule).and_then(|rule| rule.when.get(*condition))
        }
        _ => None,
    };
    match condition {
        Some(Condition::Unknown(json)) => body::value::<KnownCondition>(place, json.clone()).err(),
        _ => None,
    }
    .unwrap_or_else(|| Problem::invalid_parameter(place, format!("{text}.")))
}
