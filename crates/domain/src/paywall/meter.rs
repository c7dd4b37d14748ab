//! Meters: how many locked articles a reader may open by themselves in a period.

use crate::clock::Timestamp;
use crate::viewer::{Entitlement, Entitlements, MeterReading};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime, Time};

/// Lets some readers open so many locked articles a period. An article counts once a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Meter {
    /// Whom it is for.
    pub who: Metered,
    /// How many articles: 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// In how long.
    pub period: Period,
    /// What an article that it opens is opened with: each of the article's gates that one of these opens.
    #[serde(default = "subscriber_and_member")]
    pub opens: BTreeSet<Entitlement>,
}

/// Whom a meter is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Metered {
    /// Whoever has a device token and is not signed in.
    Devices,
    /// Every member who is signed in.
    Members,
    /// Members who hold this.
    Holders(Entitlement),
}

/// How long a meter runs before it starts again, by the calendar in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// From midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first.
    Month,
}

/// The most articles that a meter opens in a period.
pub const MAX_LIMIT: u32 = 1_000;

const MAX_METERS: usize = 20;

/// What is wrong with the meters of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeterError {
    /// Too many of them.
    #[error(": at most {MAX_METERS}")]
    TooMany,
    /// A limit outside its range.
    #[error("[{0}].limit: must be 1 to {MAX_LIMIT}")]
    Limit(usize),
    /// It is for nobody.
    #[error("[{0}].who.holders: must be subscriber, member or tier:SLUG")]
    Holders(usize),
    /// It opens nothing, or what no reader can hold.
    #[error("[{0}].opens: must name one at least, and nothing but subscriber, member and tier:SLUG")]
    Opens(usize),
}

fn subscriber_and_member() -> BTreeSet<Entitlement> {
    BTreeSet::from([Entitlement::Subscriber, Entitlement::Member])
}

pub(super) fn faults(meters: &[Meter]) -> Vec<MeterError> {
    let mut faults = Vec::new();
    if meters.len() > MAX_METERS {
        faults.push(MeterError::TooMany);
    }
    for (at, meter) in meters.iter().take(MAX_METERS).enumerate() {
        if !(1..=MAX_LIMIT).contains(&meter.limit) {
            faults.push(MeterError::Limit(at));
        }
        if matches!(&meter.who, Metered::Holders(held) if !held.is_for_readers()) {
            faults.push(MeterError::Holders(at));
        }
        if meter.opens.is_empty() || !meter.opens.iter().all(Entitlement::is_for_readers) {
            faults.push(MeterError::Opens(at));
        }
    }
    faults
}

impl Meter {
    /// What an article that it opens is opened with.
    #[must_use]
    pub fn opens(&self) -> Entitlements {
        self.opens.iter().cloned().collect()
    }

    /// Where it stands when so many articles have been opened by it since its period began.
    #[must_use]
    pub fn reading(&self, opened: usize, resets: Timestamp) -> MeterReading {
        let opened = u32::try_from(opened).unwrap_or(u32::MAX);
        let left = self.limit.saturating_sub(opened);
        MeterReading { limit: self.limit, left, resets, opens: self.opens() }
    }
}

/// The meter that runs for a member who holds these, or for a device when nobody is signed in.
#[must_use]
pub fn meter_for<'m>(meters: &'m [Meter], member: Option<&Entitlements>) -> Option<&'m Meter> {
    meters.iter().find(|meter| match (&meter.who, member) {
        (Metered::Devices, None) | (Metered::Members, Some(_)) => true,
        (Metered::Holders(entitlement), Some(held)) => held.holds(entitlement),
        _ => false,
    })
}

impl Period {
    /// The period around this instant: its first instant, and the first after it.
    #[must_use]
    pub fn around(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let today = now.to_utc().replace_time(Time::MIDNIGHT);
        let (start, days) = match self {
            Self::Day => (today, 1),
            Self::Week => (today - Duration::days(i64::from(today.weekday().number_days_from_monday())), 7),
            Self::Month => {
                let first = today - Duration::days(i64::from(today.day()) - 1);
                (first, i64::from(first.month().length(first.year())))
            }
        };
        (instant(start), instant(start).plus_seconds(days * 24 * 3_600))
    }
}

fn instant(at: OffsetDateTime) -> Timestamp {
    let micros = i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX);
    // A day of a valid instant begins in the same year, so it is valid.
    Timestamp::try_from(micros).unwrap_or(Timestamp::EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_follows_the_calendar() {
        let at = |text| Timestamp::parse(text).expect("valid");
        let around = |period: Period, now| {
            let (start, end) = period.around(at(now));
            (start.to_string(), end.to_string())
        };
        let days = |start: &str, end: &str| (format!("{start}T00:00:00Z"), format!("{end}T00:00:00Z"));
        assert_eq!(around(Period::Day, "2026-11-25T23:59:59.9Z"), days("2026-11-25", "2026-11-26"));
        assert_eq!(around(Period::Day, "2026-11-25T00:00:00Z"), days("2026-11-25", "2026-11-26"));
        assert_eq!(around(Period::Week, "2026-11-25T10:00:00Z"), days("2026-11-23", "2026-11-30"));
        assert_eq!(around(Period::Week, "2026-11-23T00:00:00Z"), days("2026-11-23", "2026-11-30"));
        assert_eq!(around(Period::Month, "2026-02-28T10:00:00Z"), days("2026-02-01", "2026-03-01"));
        assert_eq!(around(Period::Month, "2028-02-29T10:00:00Z"), days("2028-02-01", "2028-03-01"));
        assert_eq!(around(Period::Month, "2026-12-31T10:00:00Z"), days("2026-12-01", "2027-01-01"));
    }
}
