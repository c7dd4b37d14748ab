//! Nonces that one machine has used, for as long as the signatures with them are good.

use masthead_domain::clock::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// The most that are remembered of one machine: some megabytes. At a thousand requests a minute an hour has fewer.
const MOST: usize = 100_000;

/// A hash of a nonce: as long as needed to tell them apart, whatever was sent.
pub(super) type Nonce = [u8; 16];

#[derive(Default)]
pub(super) struct Nonces(Mutex<Used>);

#[derive(Default)]
struct Used {
    /// When each is forgotten, in seconds since the epoch.
    until: HashMap<Nonce, i64>,
    by_end: BTreeSet<(i64, Nonce)>,
}

impl Nonces {
    /// Whether a nonce comes for the first time. It is remembered until its signature ends, or, when there are too many,
    /// until it is the one that would end first: then the time alone bounds how long its signature can be used again.
    pub(super) fn admit(&self, nonce: Nonce, expires: i64, now: Timestamp) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(first) = used.by_end.first().copied().filter(|(end, _)| *end <= now.seconds()) {
            used.forget(first);
        }
        if used.until.contains_key(&nonce) {
            return false;
        }
        if used.until.len() >= MOST
            && let Some(first) = used.by_end.first().copied()
        {
            used.forget(first);
        }
        used.until.insert(nonce, expires);
        used.by_end.insert((expires, nonce));
        true
    }
}

impl Used {
    fn forget(&mut self, one: (i64, Nonce)) {
        self.by_end.remove(&one);
        self.until.remove(&one.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    #[test]
    fn a_nonce_is_good_once_until_its_signature_ends() {
        let nonces = Nonces::default();
        assert!(nonces.admit([1; 16], 60, at(0)));
        assert!(nonces.admit([2; 16], 60, at(0)));
        assert!(!nonces.admit([1; 16], 60, at(59)));
        assert!(!nonces.admit([1; 16], 3_000, at(59)), "whatever the end is");
        assert!(nonces.admit([1; 16], 120, at(60)), "a signature from before is good no longer");
    }

    #[test]
    fn they_take_a_bounded_room() {
        let nonces = Nonces::default();
        let nonce = |number: usize| {
            let mut nonce = [0; 16];
            nonce[..8].copy_from_slice(&number.to_le_bytes());
            nonce
        };
        let most = i64::try_from(MOST).expect("few");
        for number in 0..MOST + 10 {
            let end = 10_000 + i64::try_from(number).expect("few");
            assert!(nonces.admit(nonce(number), end, at(0)));
        }
        let used = nonces.0.lock().expect("unpoisoned");
        assert_eq!((used.until.len(), used.by_end.len()), (MOST, MOST));
        assert!(!used.until.contains_key(&nonce(0)), "the first to end went");
        assert_eq!(used.until.get(&nonce(MOST)), Some(&(10_000 + most)));
    }
}
