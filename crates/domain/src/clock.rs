//! Time as the domain sees it: an instant in UTC, cut to microseconds, read from a clock that is handed in.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// An instant in UTC, in microseconds since 1970-01-01T00:00:00Z.
///
/// Microseconds are what PostgreSQL keeps, so a value survives every database unchanged and cursors made
/// from it meet their row again. Valid years are 0001 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Timestamp(i64);

/// Why a value is no [`Timestamp`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// The text is not RFC 3339 (section 5.6), for example `2026-11-22T09:30:00Z`.
    #[error("not an RFC 3339 date and time such as 2026-11-22T09:30:00Z")]
    NotRfc3339,
    /// The instant lies outside the years 0001 to 9999.
    #[error("outside the years 0001 to 9999")]
    OutOfRange,
}

const MIN_MICROS: i64 = -62_135_596_800_000_000;
const MAX_MICROS: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Reads an RFC 3339 date and time; digits below the microsecond are cut.
    ///
    /// # Errors
    /// [`TimestampError`] when the text has another form or lies out of range.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimestampError::NotRfc3339)?;
        let micros = at.unix_timestamp_nanos().div_euclid(1_000);
        i64::try_from(micros).map_err(|_| TimestampError::OutOfRange)?.try_into()
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The instant `seconds` later, or earlier when negative; stops at the ends of the valid range.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        let micros = self.0.saturating_add(seconds.saturating_mul(1_000_000));
        Self(if micros < MIN_MICROS {
            MIN_MICROS
        } else if micros > MAX_MICROS {
            MAX_MICROS
        } else {
            micros
        })
    }

    /// The same time of day so many calendar months later in UTC, on the last day of a month that is shorter; stops at the
    /// end of the valid range.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let at = self.to_utc();
        let count = i64::from(at.year()) * 12 + i64::from(u8::from(at.month())) - 1 + i64::from(months);
        let later = || {
            let year = i32::try_from(count.div_euclid(12)).ok()?;
            let month = Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
            let date = Date::from_calendar_date(year, month, at.day().min(month.length(year))).ok()?;
            let micros = at.replace_date(date).unix_timestamp_nanos().div_euclid(1_000);
            Self::try_from(i64::try_from(micros).ok()?).ok()
        };
        later().unwrap_or(Self(MAX_MICROS))
    }

    /// The instant as a calendar value in UTC, for formats other than RFC 3339.
    #[must_use]
    pub fn to_utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(UtcOffset::UTC)
    }
}

impl TryFrom<i64> for Timestamp {
    type Error = TimestampError;

    fn try_from(micros: i64) -> Result<Self, TimestampError> {
        if (MIN_MICROS..=MAX_MICROS).contains(&micros) {
            Ok(Self(micros))
        } else {
            Err(TimestampError::OutOfRange)
        }
    }
}

impl From<Timestamp> for i64 {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

/// Writes RFC 3339 in UTC, with as many digits below the second as are needed.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.to_utc().format(&Rfc3339).map_err(|_| std::fmt::Error)?;
        f.write_str(&text)
    }
}

/// Where the time of day comes from. The gateway passes the machine's clock; tests pass their own.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still, for tests and for work that must see one instant throughout.
impl Clock for Timestamp {
    fn now(&self) -> Timestamp {
        *self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_rfc_3339_in_utc() {
        let at = Timestamp::parse("2026-11-22T10:30:00.1234567+01:00").expect("valid");
        assert_eq!(at.to_string(), "2026-11-22T09:30:00.123456Z");
        assert_eq!(Timestamp::try_from(at.micros()), Ok(at));
    }

    #[test]
    fn refuses_other_forms() {
        for text in ["", "yesterday", "2026-11-22", "2026-11-22 09:30:00", "1795384386802"] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError::NotRfc3339), "{text}");
        }
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_last_one() {
        let later =
            |text: &str, months| Timestamp::parse(text).expect("valid").plus_months(months).to_string();
        assert_eq!(later("2026-11-26T09:30:00.5Z", 1), "2026-12-26T09:30:00.5Z");
        assert_eq!(later("2026-11-30T00:00:00Z", 3), "2027-02-28T00:00:00Z");
        assert_eq!(later("2027-08-31T00:00:00Z", 6), "2028-02-29T00:00:00Z");
        assert_eq!(later("2026-12-31T23:59:59Z", 12), "2027-12-31T23:59:59Z");
        assert_eq!(later("9999-12-01T00:00:00Z", 1), "9999-12-31T23:59:59.999999Z");
    }

    #[test]
    fn the_valid_range_is_the_years_1_to_9999() {
        assert_eq!(Timestamp::try_from(MIN_MICROS).expect("first").to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Timestamp::try_from(MAX_MICROS).expect("last").to_string(), "9999-12-31T23:59:59.999999Z");
        assert!(Timestamp::try_from(MAX_MICROS + 1).is_err());
    }
}
