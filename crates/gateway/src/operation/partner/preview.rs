//! What a licence would deliver, before it is granted; and what a partner has used of its quota.

use super::terms::LicenceTerms;
use super::{check, stored};
use crate::error::Problem;
use crate::operation::article::{self, Dossier};
use crate::operation::filter::Filter;
use crate::operation::reading::Reading;
use crate::operation::role::require;
use crate::quota::{self, Used};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PartnerId;
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::partner::{Partner, PartnerStatus};
use masthead_domain::selection::Span;
use masthead_domain::viewer::{Licence, Partner as Licensed, Role, Viewer};
use std::sync::Arc;

const WEEK: i64 = 7 * 24 * 3_600;

/// What a licence would have delivered in the last seven days.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Articles that were published from this instant on: a week before the last one that the delay lets through.
    pub since: Timestamp,
    /// How many articles.
    pub count: u64,
    /// How many of them the present licence does not cover.
    pub adds: u64,
    /// How many that the present licence covers it would not.
    pub loses: u64,
    /// Some of them, as the licence would show them.
    pub page: Page<Dossier>,
}

/// The name of the list of what a licence would deliver, for cursors.
#[must_use]
pub fn list(partner: Option<PartnerId>, terms: &LicenceTerms) -> String {
    format!("preview {partner:?} {terms:?}")
}

/// What a licence would deliver to a partner, or to anybody, as if it were valid now. Nothing goes out, and nothing is granted.
/// For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when there is no such partner; a problem that names what is wrong with the licence.
pub async fn preview(
    reading: &Reading,
    partner: Option<PartnerId>,
    terms: LicenceTerms,
    page: &PageRequest,
) -> Result<Preview, Problem> {
    let Draft { drafted, present, since } = draft(reading, partner, terms).await?;
    let filter = Filter { published: Span { since: Some(since), until: None }, ..Filter::default() };
    let count = article::count(&drafted, &filter).await?;
    let (adds, loses) = match present {
        None => (count, 0),
        Some(present) => match filter.resolve(&drafted).await? {
            None => (0, 0),
            Some(all) => (
                drafted.library().count_beside(&present.library(), &all).await?,
                present.library().count_beside(&drafted.library(), &all).await?,
            ),
        },
    };
    Ok(Preview { since, count, adds, loses, page: article::list(&drafted, &filter, page).await? })
}

/// The eyes of a partner that had this licence, valid now, for a sample of what it would get. For publishers.
///
/// # Errors
/// Those of [`preview`].
pub async fn sample(
    reading: &Reading,
    partner: Option<PartnerId>,
    terms: LicenceTerms,
) -> Result<Reading, Problem> {
    Ok(draft(reading, partner, terms).await?.drafted)
}

/// A licence that is not granted, beside the one that is.
struct Draft {
    /// As whoever had the licence would read.
    drafted: Reading,
    /// As the partner reads now, when it may.
    present: Option<Reading>,
    /// A week before the last instant that the delay lets through.
    since: Timestamp,
}

async fn draft(reading: &Reading, partner: Option<PartnerId>, terms: LicenceTerms) -> Result<Draft, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let now = reading.now();
    let present = match partner {
        Some(id) => stored(reading.store(), id).await?.partner.licensed(now).ok().cloned(),
        None => None,
    };
    let id = partner.unwrap_or(PartnerId::new(Timestamp::EPOCH, [0; 10]));
    let draft = Partner {
        id,
        name: "Draft".into(),
        contact: None,
        status: PartnerStatus::Active,
        created: now,
        licence: Some(terms.licence(now)?),
    };
    check(reading, &draft).await?;
    let Some(licence) = draft.licence else { return Err(Problem::internal()) };
    let since = now.plus_seconds(-licence.delay_seconds - WEEK);
    let as_of_now = Licence { valid_from: now, valid_until: None, ..licence };
    let theirs =
        |licence| reading.seen_by(Arc::new(Viewer::Partner(Licensed { id, licence: Arc::new(licence) })));
    Ok(Draft { drafted: theirs(as_of_now), present: present.map(theirs), since })
}

/// How many requests for articles a partner has made on each of the last 31 days on which it made any under a quota, the
/// latest first. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when there is no such partner.
pub async fn usage(reading: &Reading, partner: PartnerId) -> Result<Vec<Used>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    stored(reading.store(), partner).await?;
    quota::history(partner, reading.store(), reading.now()).await
}
