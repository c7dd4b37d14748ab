//! How many requests for articles a partner's licence covers a day.
//!
//! Every request to a route that reads articles counts as one, whatever its answer is: a page of a list, one article, a
//! 304, a 404. So does every GraphQL request. The day is that of UTC. What is left is told with the answer, beside what is
//! left of the minute (`limits`).

use crate::error::{Code, Problem};
use crate::limits::Remaining;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpMessage, HttpRequest};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::{Partner, Viewer};
use masthead_persistence::Store;
use quick_cache::sync::Cache;
use std::collections::HashMap;

const DAY: i64 = 86_400;

/// How much of a day a partner has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many requests the licence covers a day.
    pub limit: u32,
    /// How many are left.
    pub left: u32,
    /// When the next day begins.
    pub resets: Timestamp,
    seconds: i64,
}

impl Quota {
    fn new(limit: u32, used: i64, now: Timestamp) -> Self {
        let left = u32::try_from((i64::from(limit) - used).max(0)).unwrap_or(0);
        let seconds = DAY - now.seconds().rem_euclid(DAY);
        let resets = Timestamp::try_from((now.seconds() + seconds) * 1_000_000).unwrap_or(now);
        Self { limit, left, resets, seconds }
    }

    /// What is told with the answer.
    #[must_use]
    pub const fn remaining(self) -> Remaining {
        Remaining { policy: "daily", quota: self.limit, window: DAY, left: self.left, whole_in: self.seconds }
    }
}

fn day(now: Timestamp) -> i64 {
    now.seconds().div_euclid(DAY)
}

fn limit(partner: &Partner) -> Option<u32> {
    partner.licence.daily_quota
}

/// How many partners are remembered who have used up their day.
const MOST_USED_UP: usize = 10_000;

/// Counts requests, in the database. Who has used up the day is remembered, so that asking on costs nobody a write.
pub struct Quotas {
    /// Which limit a partner has used up on which day.
    used_up: Cache<PartnerId, (i64, u32)>,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { used_up: Cache::new(MOST_USED_UP) }
    }
}

impl Quotas {
    /// Counts a request if its viewer has a quota, and leaves a note of what is left of the day, which is told with the
    /// answer.
    ///
    /// # Errors
    /// 429 when nothing is left; a problem when the database cannot count, for then nobody knows.
    pub async fn count(
        &self,
        request: &HttpRequest,
        viewer: &Viewer,
        store: &Store,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let Viewer::Partner(partner) = viewer else { return Ok(()) };
        let Some(limit) = limit(partner) else { return Ok(()) };
        self.must_be_left(request, viewer, now)?;
        if let Some(used) = store.count_request(partner.id, day(now), limit).await? {
            request.extensions_mut().insert(Quota::new(limit, used, now));
            return Ok(());
        }
        self.used_up.insert(partner.id, (day(now), limit));
        Err(used_up(request, limit, now))
    }

    /// Refuses a viewer whose day is known to be used up, without counting: nothing has to be made for them.
    ///
    /// # Errors
    /// 429 when it is.
    pub fn must_be_left(
        &self,
        request: &HttpRequest,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let Viewer::Partner(partner) = viewer else { return Ok(()) };
        match limit(partner) {
            Some(limit) if self.used_up.get(&partner.id) == Some((day(now), limit)) => {
                Err(used_up(request, limit, now))
            }
            _ => Ok(()),
        }
    }
}

/// The answer to a partner whose day is used up; that is told with it.
fn used_up(request: &HttpRequest, limit: u32, now: Timestamp) -> Problem {
    let quota = Quota::new(limit, i64::from(limit), now);
    request.extensions_mut().insert(quota);
    let detail = format!("The licence covers {limit} requests for articles a day, and they are used up.");
    Problem::new(Code::RateLimited, detail).with_header(RETRY_AFTER, quota.seconds.into())
}

/// What is left of the day for each of these partners, without counting; `None` for one without a quota. One statement.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn look(
    partners: &[Partner],
    store: &Store,
    now: Timestamp,
) -> Result<Vec<Option<Quota>>, Problem> {
    let limited: Vec<_> = partners.iter().filter(|one| limit(one).is_some()).map(|one| one.id).collect();
    let used = match limited.is_empty() {
        true => HashMap::default(),
        false => store.registry().usage_of_partners(&limited, day(now)).await?,
    };
    let quota = |one: &Partner| Some(Quota::new(limit(one)?, used.get(&one.id).copied().unwrap_or(0), now));
    Ok(partners.iter().map(quota).collect())
}

/// What a partner has used on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// When the day began.
    pub day: Timestamp,
    /// How many requests for articles were counted.
    pub requests: i64,
}

/// How many days a history tells of.
const HISTORY: i64 = 31;

/// What a partner has used on each of the last 31 days on which anything was counted, the latest first.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn history(partner: PartnerId, store: &Store, now: Timestamp) -> Result<Vec<Used>, Problem> {
    let found = store.registry().usage_since(partner, day(now) - HISTORY + 1).await?;
    let used = |(day, requests): (i64, i64)| Used { day: Timestamp::EPOCH.plus_seconds(day * DAY), requests };
    Ok(found.into_iter().map(used).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight() {
        let now = Timestamp::parse("2026-11-25T23:59:30Z").expect("valid");
        let quota = Quota::new(1_000, 1, now);
        assert_eq!(quota.resets.to_string(), "2026-11-26T00:00:00Z");
        assert_eq!(
            quota.remaining(),
            Remaining { policy: "daily", quota: 1_000, window: 86_400, left: 999, whole_in: 30 }
        );
        assert_eq!(Quota::new(3, 9, now).left, 0, "a quota that has become smaller");
    }
}
