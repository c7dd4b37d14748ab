//! Time and chance as the machine gives them. Everything else is handed a [`Clock`] and a [`Chance`], so
//! that tests own both.

use masthead_domain::clock::{Clock, Timestamp};
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock, cut to microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let micros = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
        };
        // A clock outside the years 1 to 9999 is broken; the epoch makes every token not yet valid.
        Timestamp::try_from(micros).or_else(|_| Timestamp::try_from(0)).expect("the epoch is an instant")
    }
}

/// Where random bytes come from.
pub trait Chance: Send + Sync {
    /// Fills `bytes` with bytes that nobody can foresee.
    ///
    /// # Errors
    /// [`ChanceError`] when the source gives none.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), ChanceError>;
}

/// The source of random bytes failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct ChanceError;

/// The operating system's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system for chance")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), ChanceError> {
        getrandom::fill(bytes).map_err(|_| ChanceError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_lives_after_this_was_written() {
        assert!(SystemClock.now() > Timestamp::parse("2026-01-01T00:00:00Z").expect("valid"));
    }

    #[test]
    fn chance_differs() {
        let (mut one, mut other) = ([0; 16], [0; 16]);
        SystemChance.fill(&mut one).expect("bytes");
        SystemChance.fill(&mut other).expect("bytes");
        assert_ne!(one, other);
    }
}
