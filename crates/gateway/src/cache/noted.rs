//! What was noted as used: seldom enough that using costs no write.

use masthead_domain::clock::Timestamp;
use quick_cache::sync::Cache;
use std::hash::Hash;

/// When the use of each of many was last noted.
pub(super) struct Noted<T> {
    last: Cache<T, Timestamp>,
    every: i64,
}

impl<T: Copy + Eq + Hash> Noted<T> {
    /// Remembers at most so many, of each of which one use is noted within `every` seconds.
    pub(super) fn new(most: usize, every: i64) -> Self {
        Self { last: Cache::new(most.max(1)), every }
    }

    /// Whether this use is to be noted: the first, and then one each time that so many seconds have gone by.
    pub(super) fn is_due(&self, of: T, now: Timestamp) -> bool {
        let is_due = self.last.get(&of).is_none_or(|last| last.plus_seconds(self.every) <= now);
        if is_due {
            self.last.insert(of, now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_noted_once_in_a_while() {
        let noted = Noted::new(10, 60);
        let due = |seconds| noted.is_due(1, Timestamp::EPOCH.plus_seconds(seconds));
        assert_eq!([0, 1, 59, 60, 61].map(due), [true, false, false, true, false]);
    }
}
