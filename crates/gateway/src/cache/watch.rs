//! Following the change log, so that what is no longer true is not sent again.

use super::generations::Generations;
use masthead_domain::change::{Glance, Subject};
use masthead_domain::clock::{Clock, Timestamp};
use masthead_persistence::{Mark, Store, StoreError};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch::{Receiver, Sender};

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
    next_flip: Option<Timestamp>,
    /// When the look began: everything acknowledged before this instant was seen.
    at: Timestamp,
}

/// Where the next look goes on.
#[derive(Default)]
struct Place {
    mark: Option<Mark>,
    /// The ages that the policy's rules ask about, as of the last look.
    ages: BTreeSet<i64>,
}

/// Knows in which epoch the publication is, and of whom something has changed.
pub struct Watch {
    clock: Arc<dyn Clock>,
    seen: RwLock<Option<Seen>>,
    place: Mutex<Place>,
    generations: Generations,
    /// Told whenever a look has seen something new.
    news: Sender<()>,
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
        Self {
            clock,
            seen: RwLock::new(None),
            place: Mutex::default(),
            generations: Generations::default(),
            news: Sender::new(()),
        }
    }

    /// Tells whoever waits of everything new that a look sees from now on.
    #[must_use]
    pub fn news(&self) -> Receiver<()> {
        self.news.subscribe()
    }

    /// The present epoch; `None` when the last look is too old or something has become visible since.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        let now = self.clock.now();
        let seen = (*self.seen.read().unwrap_or_else(PoisonError::into_inner))?;
        let flipped = seen.next_flip.is_some_and(|flip| flip <= now);
        (is_fresh(&seen, now) && !flipped).then_some(seen.epoch)
    }

    /// How often something has changed of each subject; `None` when the last look is too old to say.
    #[must_use]
    pub fn generations(&self) -> Option<&Generations> {
        let now = self.clock.now();
        let seen = (*self.seen.read().unwrap_or_else(PoisonError::into_inner))?;
        is_fresh(&seen, now).then_some(&self.generations)
    }

    /// Looks at the log once. Only one look goes on at a time.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; what was seen before ages on.
    pub async fn look(&self, store: &Store) -> Result<(), StoreError> {
        let at = self.clock.now();
        let (mark, mut ages) = {
            let place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
            (place.mark, place.ages.clone())
        };
        let (next, mut glance) = store.glance(mark, &ages, at).await?;
        let is_of_policy = |(subject, _): &(Subject, _)| *subject == Subject::Policy;
        if mark.is_none() || glance.overflowed || glance.changed.iter().any(is_of_policy) {
            ages = store.registry().policy().await?.map(|saved| saved.policy.ages()).unwrap_or_default();
            // The flips of the new policy; what was seen stays seen, and what came in between is seen next time.
            glance.next_flip = store.glance(None, &ages, at).await?.1.next_flip;
        }
        self.saw(&glance, at);
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        (place.mark, place.ages) = (Some(next), ages);
        Ok(())
    }

    fn saw(&self, glance: &Glance, at: Timestamp) {
        // First the generations: whoever sees the new epoch must find them.
        if glance.overflowed || glance.changed.iter().any(|(subject, _)| subject.concerns_every_bearer()) {
            self.generations.end_all();
        }
        for (_, id) in &glance.changed {
            self.generations.end(*id);
        }
        let is_new = glance.overflowed || glance.changed.iter().any(|(subject, _)| subject.is_content());
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        let epoch = match *seen {
            Some(before) if !is_new && before.next_flip == glance.next_flip => before.epoch,
            Some(before) => Epoch(before.epoch.0 + 1),
            None => Epoch(1),
        };
        let is_news = seen.is_none_or(|before| before.epoch != epoch) || !glance.changed.is_empty();
        *seen = Some(Seen { epoch, next_flip: glance.next_flip, at });
        drop(seen);
        if is_news {
            self.news.send_replace(());
        }
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
                    tracing::error!(error = %error, "the change log cannot be read; nothing kept is used");
                }
                Err(_) => {}
            }
        }
    }
}

fn is_fresh(seen: &Seen, now: Timestamp) -> bool {
    (0..=TRUSTED).contains(&(now.micros() - seen.at.micros()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};
    use uuid::Uuid;

    struct Hands(AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp::try_from(self.0.load(Ordering::Relaxed)).expect("in range")
        }
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::try_from(micros).expect("in range")
    }

    fn watch() -> (Arc<Hands>, Watch) {
        let hands = Arc::new(Hands(AtomicI64::new(0)));
        (Arc::clone(&hands), Watch::new(hands as Arc<dyn Clock>))
    }

    fn change(subject: Subject, id: u128) -> Glance {
        Glance { changed: vec![(subject, Uuid::from_u128(id))], ..Glance::default() }
    }

    #[test]
    fn an_epoch_ends_with_a_write_with_a_flip_and_with_age() {
        let (hands, watch) = watch();
        assert_eq!(watch.epoch(), None, "nothing seen yet");

        let waiting = Glance { next_flip: Some(at(500_000)), ..Glance::default() };
        watch.saw(&waiting, at(0));
        assert_eq!(watch.epoch(), Some(Epoch(1)));
        watch.saw(&waiting, at(0));
        assert_eq!(watch.epoch(), Some(Epoch(1)), "nothing happened");

        hands.0.store(500_000, Ordering::Relaxed);
        assert_eq!(watch.epoch(), None, "an article has become visible");
        watch.saw(&Glance::default(), at(500_000));
        assert_eq!(watch.epoch(), Some(Epoch(2)));

        watch.saw(&change(Subject::Article, 1), at(500_000));
        assert_eq!(watch.epoch(), Some(Epoch(3)), "a write");
        watch.saw(&Glance { overflowed: true, ..Glance::default() }, at(500_000));
        assert_eq!(watch.epoch(), Some(Epoch(4)), "more than can be told apart");

        hands.0.store(500_000 + TRUSTED + 1, Ordering::Relaxed);
        assert_eq!(watch.epoch(), None, "the look is too old");
        assert!(watch.generations().is_none());
        hands.0.store(400_000, Ordering::Relaxed);
        assert_eq!(watch.epoch(), None, "the clock was set back");
    }

    #[test]
    fn a_member_changes_without_a_new_epoch() {
        let (_, watch) = watch();
        watch.saw(&Glance::default(), at(0));
        let generation = || watch.generations().expect("fresh").of(Uuid::from_u128(7));
        let before = generation();
        watch.saw(&change(Subject::Article, 7), at(0));
        assert_ne!(generation(), before, "a preview depends on its article");
        let before = generation();
        watch.saw(&change(Subject::Article, 8), at(0));
        assert_eq!(generation(), before, "another article does not matter");
        watch.saw(&change(Subject::Policy, 0), at(0));
        assert_ne!(generation(), before, "a policy may have another meter");
        let before = generation();
        let epoch = watch.epoch();
        watch.saw(&change(Subject::Member, 7), at(0));
        assert_ne!(generation(), before);
        assert_eq!(watch.epoch(), epoch);
        let before = generation();
        watch.saw(&Glance { overflowed: true, ..Glance::default() }, at(0));
        assert_ne!(generation(), before, "anybody may have changed");
    }
}
