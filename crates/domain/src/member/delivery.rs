//! A letter that is tried until the mail server has accepted it.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How many seconds after each try the next one may begin. There are as many tries as pauses, over almost five days. The first
/// pause is longer than a try may take, so that nobody else begins one meanwhile; the last is for a try of which nobody says
/// how it ended.
const PAUSES: [i64; 11] =
    [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, DAY, DAY, DAY, DAY];

/// How many tries begin within the first day.
const OF_THE_FIRST_DAY: u8 = 7;

/// How it stands with a letter that has to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// How many tries have begun, at most [`Delivery::TRIES`].
    pub tries: u8,
    /// From when on the next one may begin.
    pub next: Timestamp,
}

impl Delivery {
    /// How many tries there are at most.
    #[expect(clippy::cast_possible_truncation, reason = "a list that is written above")]
    pub const TRIES: u8 = PAUSES.len() as u8;

    /// For how many seconds a try that has begun is nobody else's, at the least.
    pub const LEAST_PAUSE: i64 = PAUSES[0];

    /// A letter that is to leave from this instant on.
    #[must_use]
    pub const fn due(now: Timestamp) -> Self {
        Self { tries: 0, next: now }
    }

    /// The same when another try begins now; `None` when there have been all of them.
    #[must_use]
    pub fn tried(self, now: Timestamp) -> Option<Self> {
        let pause = PAUSES.get(usize::from(self.tries))?;
        Some(Self { tries: self.tries + 1, next: now.plus_seconds(*pause) })
    }

    /// Whether the tries of the first day are over with the one that has begun.
    #[must_use]
    pub const fn has_taken_a_day(self) -> bool {
        self.tries >= OF_THE_FIRST_DAY
    }

    /// Whether no other try follows the one that has begun.
    #[must_use]
    pub const fn is_last(self) -> bool {
        self.tries >= Self::TRIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_tried_less_and_less_often_for_five_days() {
        let mut delivery = Delivery::due(Timestamp::EPOCH);
        let mut begun = Vec::new();
        while let Some(tried) = delivery.tried(delivery.next) {
            begun.push(delivery.next.seconds());
            assert_eq!((usize::from(tried.tries), tried.is_last()), (begun.len(), begun.len() == 11));
            assert_eq!(tried.has_taken_a_day(), tried.next.seconds() > DAY, "{tried:?}");
            delivery = tried;
        }
        let pauses: Vec<_> = begun.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(pauses.is_sorted() && pauses[0] == Delivery::LEAST_PAUSE, "{pauses:?}");
        assert!((4 * DAY..=5 * DAY).contains(begun.last().expect("a try")), "{begun:?}");
        assert_eq!(delivery.tried(Timestamp::EPOCH.plus_seconds(100 * DAY)), None);
    }

    #[test]
    fn who_was_away_for_long_still_tries() {
        let week = Timestamp::EPOCH.plus_seconds(7 * DAY);
        let tried = Delivery::due(Timestamp::EPOCH).tried(week).expect("the first of many");
        assert_eq!((tried.tries, tried.next), (1, week.plus_seconds(15 * MINUTE)));
    }
}
