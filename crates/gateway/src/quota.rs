//! How many requests for articles a partner's licence covers a day.
//!
//! Every request to a route that reads articles counts as one, whatever its answer is: a page of a list, one article, a
//! 304, a 404. So does every GraphQL request. The day is that of UTC. What is left stands in the answer's header
//! (draft-ietf-httpapi-ratelimit-headers-10).

use crate::error::{Code, Problem};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::{Partner, Viewer};
use masthead_persistence::Store;
use quick_cache::sync::Cache;
use std::collections::HashMap;

const DAY: i64 = 86_400;
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

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

    /// The header fields that tell it.
    fn fields(self) -> [(HeaderName, HeaderValue); 2] {
        let value = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        [
            (POLICY, value(format!(r#""daily";q={};w={DAY}"#, self.limit))),
            (LIMIT, value(format!(r#""daily";r={};t={}"#, self.left, self.seconds))),
        ]
    }

    /// Tells it with an answer.
    pub fn tell(self, headers: &mut HeaderMap) {
        for (name, value) in self.fields() {
            headers.insert(name, value);
        }
    }

    /// Tells it with a problem.
    #[must_use]
    pub fn tell_with(self, problem: Problem) -> Problem {
        self.fields().into_iter().fold(problem, |problem, (name, value)| problem.with_header(name, value))
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
    /// Counts one request of the viewer, and says what is left of the day; `None` for a viewer without a quota.
    ///
    /// # Errors
    /// 429 when nothing is left; a problem when the database cannot count, for then nobody knows.
    pub async fn count(
        &self,
        viewer: &Viewer,
        store: &Store,
        now: Timestamp,
    ) -> Result<Option<Quota>, Problem> {
        let Viewer::Partner(partner) = viewer else { return Ok(None) };
        let Some(limit) = limit(partner) else { return Ok(None) };
        let today = (day(now), limit);
        if self.used_up.get(&partner.id) != Some(today) {
            if let Some(used) = store.count_request(partner.id, day(now), limit).await? {
                return Ok(Some(Quota::new(limit, used, now)));
            }
            self.used_up.insert(partner.id, today);
        }
        let quota = Quota::new(limit, i64::from(limit), now);
        let detail = format!("The licence covers {limit} requests for articles a day, and they are used up.");
        let problem = Problem::new(Code::RateLimited, detail);
        Err(quota.tell_with(problem.with_header(RETRY_AFTER, quota.seconds.into())))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_as_the_draft_says() {
        let now = Timestamp::parse("2026-11-25T23:59:30Z").expect("valid");
        let quota = Quota::new(1_000, 1, now);
        assert_eq!(quota.resets.to_string(), "2026-11-26T00:00:00Z");
        let told = quota.fields().map(|(name, value)| format!("{name}: {}", value.to_str().expect("ascii")));
        assert_eq!(told, [r#"ratelimit-policy: "daily";q=1000;w=86400"#, r#"ratelimit: "daily";r=999;t=30"#]);
        assert_eq!(Quota::new(3, 9, now).left, 0, "a quota that has become smaller");
    }
}
