//! A number of requests a minute.

use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// The most that a setting may say: above it, what one request takes could not be measured well.
const MOST: u32 = 1_000_000;

/// A number of requests a minute, at most a million; zero is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PerMinute(u32);

/// The number is no [`PerMinute`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0 to {MOST}; 0 is no limit")]
pub struct PerMinuteError;

impl PerMinute {
    /// No limit.
    pub const OFF: Self = Self(0);

    /// So many, if that is a limit which can be set.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number > MOST { None } else { Some(Self(number)) }
    }

    /// The limit, if there is one.
    #[must_use]
    pub const fn limit(self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.0)
    }
}

impl TryFrom<u32> for PerMinute {
    type Error = PerMinuteError;

    fn try_from(number: u32) -> Result<Self, PerMinuteError> {
        Self::new(number).ok_or(PerMinuteError)
    }
}

impl From<PerMinute> for u32 {
    fn from(rate: PerMinute) -> Self {
        rate.0
    }
}
