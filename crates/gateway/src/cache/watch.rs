//! Following the change log, so that answers which are no longer true are not sent again.

use masthead_domain::change::Horizon;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_persistence::{Store, StoreError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// A span in which the publication stayed the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The number of the epoch, counted from the start of this process.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    #[cfg(test)]
    pub(crate) const fn for_tests(number: u64) -> Self {
        Self(number)
    }
}

#[derive(Clone, Copy)]
struct Seen {
    epoch: Epoch,
    horizon: Horizon,
    /// When the look began: everything acknowledged before this instant is in the horizon.
    at: Timestamp,
}

/// Knows in which epoch the publication is.
pub struct Watch {
    clock: Arc<dyn Clock>,
    seen: RwLock<Option<Seen>>,
}

/// How often the log is read. Together with [`TRUSTED`] it keeps the second that a tightening may take.
const EVERY: Duration = Duration::from_millis(200);

/// For how many microseconds a look is believed. After that, answers are made anew from the database, and
/// when it cannot be reached there are none.
const TRUSTED: i64 = 800_000;

impl Watch {
    /// A watch that has not looked yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, seen: RwLock::new(None) }
    }

    /// The present epoch; `None` when the last look is too old or something has become visible since.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        let now = self.clock.now();
        let seen = (*self.seen.read().unwrap_or_else(PoisonError::into_inner))?;
        let fresh = (0..=TRUSTED).contains(&(now.micros() - seen.at.micros()));
        let flipped = seen.horizon.next_flip.is_some_and(|flip| flip <= now);
        (fresh && !flipped).then_some(seen.epoch)
    }

    /// Looks at the log once.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; what was seen before ages on.
    pub async fn look(&self, store: &Store) -> Result<(), StoreError> {
        let at = self.clock.now();
        let horizon = store.horizon(at).await?;
        self.saw(horizon, at);
        Ok(())
    }

    fn saw(&self, horizon: Horizon, at: Timestamp) {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        let epoch = match *seen {
            Some(before) if before.horizon == horizon => before.epoch,
            Some(before) => Epoch(before.epoch.0 + 1),
            None => Epoch(1),
        };
        *seen = Some(Seen { epoch, horizon, at });
    }

    /// Keeps looking until the task is dropped. A failure is logged once, and so is the recovery.
    pub async fn follow(&self, store: &Store) {
        let mut failing = false;
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.look(store).await {
                Ok(()) if failing => {
                    failing = false;
                    tracing::info!("the change log can be read again");
                }
                Ok(()) => {}
                Err(error) if !failing => {
                    failing = true;
                    tracing::error!(error = %error, "the change log cannot be read; no kept answer is sent");
                }
                Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    struct Hands(AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp::try_from(self.0.load(Ordering::Relaxed)).expect("in range")
        }
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::try_from(micros).expect("in range")
    }

    #[test]
    fn an_epoch_ends_with_a_write_with_a_flip_and_with_age() {
        let hands = Arc::new(Hands(AtomicI64::new(0)));
        let watch = Watch::new(Arc::clone(&hands) as Arc<dyn Clock>);
        assert_eq!(watch.epoch(), None, "nothing seen yet");

        watch.saw(Horizon { sequence: 1, next_flip: Some(at(500_000)) }, at(0));
        assert_eq!(watch.epoch(), Some(Epoch(1)));
        watch.saw(Horizon { sequence: 1, next_flip: Some(at(500_000)) }, at(0));
        assert_eq!(watch.epoch(), Some(Epoch(1)), "nothing happened");

        hands.0.store(500_000, Ordering::Relaxed);
        assert_eq!(watch.epoch(), None, "an article has become visible");
        watch.saw(Horizon { sequence: 1, next_flip: None }, at(500_000));
        assert_eq!(watch.epoch(), Some(Epoch(2)));

        watch.saw(Horizon { sequence: 2, next_flip: None }, at(500_000));
        assert_eq!(watch.epoch(), Some(Epoch(3)), "a write");

        hands.0.store(500_000 + TRUSTED + 1, Ordering::Relaxed);
        assert_eq!(watch.epoch(), None, "the look is too old");
        hands.0.store(400_000, Ordering::Relaxed);
        assert_eq!(watch.epoch(), None, "the clock was set back");
    }
}
