//! How often very many clients have asked, in a bounded room and without a lock.
//!
//! A client has a bucket that leaks (the generic cell rate algorithm): what is kept is the instant at which it will be empty.
//! A bucket that is empty already says nothing, so whoever comes next may have it, and nobody has to tidy up.
//! A client may use the eight buckets of one row, which is one cache line. When all eight are in use by others it shares the
//! emptiest of them: nobody is turned away because many ask, and a row lets no more through than its buckets hold.

use crate::clock::{Chance, ChanceError};
use masthead_domain::clock::Clock;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many rows there are: a mebibyte, for 131 072 clients at a time.
const ROWS: usize = 1 << 14;

/// The bits of a bucket that are its instant, in microseconds. The others are the mark of its client.
const INSTANT: u64 = (1 << 48) - 1;

/// How long before the start the count of microseconds begins, for a clock that is put back: a year.
const BEFORE_THE_START: i64 = 365 * 24 * 3_600 * 1_000_000;

#[derive(Default)]
#[repr(align(64))]
struct Row([AtomicU64; 8]);

/// Counts what clients ask for within a time that is the same for all of them.
pub struct Counters {
    rows: Box<[Row]>,
    within: u64,
    /// Makes names that nobody can foresee, so that nobody can seek out somebody else's bucket.
    key: [u8; 32],
    clock: Arc<dyn Clock>,
    origin: i64,
}

/// A client, as the counters know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    row: usize,
    mark: u64,
}

/// What a client has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many more it may ask for at once.
    pub left: u32,
    /// When it has everything again.
    pub whole_in: Duration,
}

/// A client has nothing left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedUp {
    /// When it has one again.
    pub wait: Duration,
    /// When it has everything again.
    pub whole_in: Duration,
}

/// How fast a bucket leaks and how much it holds, in microseconds.
struct Pace {
    one: u64,
    whole: u64,
}

impl Pace {
    fn new(most: NonZeroU32, within: u64) -> Self {
        let most = u64::from(most.get());
        let one = (within / most).max(1);
        Self { one, whole: (one * most).min(within) }
    }
}

impl Counters {
    /// Counters for what may be asked for within this time.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new(within: Duration, clock: Arc<dyn Clock>, chance: &dyn Chance) -> Result<Self, ChanceError> {
        let mut key = [0; 32];
        chance.fill(&mut key)?;
        let rows = (0..ROWS).map(|_| Row::default()).collect();
        let within = u64::try_from(within.as_micros()).unwrap_or(INSTANT);
        let origin = clock.now().micros().saturating_sub(BEFORE_THE_START);
        Ok(Self { rows, within, key, clock, origin })
    }

    /// The time within which is counted.
    #[must_use]
    pub const fn within(&self) -> Duration {
        Duration::from_micros(self.within)
    }

    /// The name of a client. Two kinds of clients never mean the same.
    #[must_use]
    pub fn name(&self, kind: &str, client: &[u8]) -> Name {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(kind.as_bytes()).update(&[0]).update(client);
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        let hash = u64::from_le_bytes(first);
        Name { row: hash as usize % ROWS, mark: hash & !INSTANT }
    }

    /// Takes one of the `most` that a client has.
    ///
    /// # Errors
    /// [`UsedUp`] when nothing is left; nothing is taken then.
    pub fn take(&self, client: Name, most: NonZeroU32) -> Result<Share, UsedUp> {
        let (pace, now) = (Pace::new(most, self.within), self.now());
        let full = now + pace.whole;
        loop {
            let (bucket, found) = self.bucket(client, now);
            let in_use = self.is_in_use(found, now);
            let before = if in_use { found & INSTANT } else { now };
            let after = before + pace.one;
            if after > full {
                let wait = Duration::from_micros(after - full);
                return Err(UsedUp { wait, whole_in: Duration::from_micros(before - now) });
            }
            let mark = if in_use { found & !INSTANT } else { client.mark };
            if bucket.compare_exchange(found, mark | after, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                let left = u32::try_from((full - after) / pace.one).unwrap_or(u32::MAX);
                return Ok(Share { left, whole_in: Duration::from_micros(after - now) });
            }
        }
    }

    /// Gives one back that was taken.
    pub fn give_back(&self, client: Name, most: NonZeroU32) {
        let (pace, now) = (Pace::new(most, self.within), self.now());
        loop {
            let (bucket, found) = self.bucket(client, now);
            if !self.is_in_use(found, now) {
                return;
            }
            let after = (found & INSTANT).saturating_sub(pace.one);
            let given = found & !INSTANT | after;
            if bucket.compare_exchange(found, given, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                return;
            }
        }
    }

    /// The client's bucket, and what is in it: its own, or an empty one, or the emptiest of others.
    fn bucket(&self, client: Name, now: u64) -> (&AtomicU64, u64) {
        let row = &self.rows[client.row].0;
        let seen = row.each_ref().map(|bucket| bucket.load(Ordering::Relaxed));
        let in_use = |found: &u64| self.is_in_use(*found, now);
        let own = seen.iter().position(|found| found & !INSTANT == client.mark && in_use(found));
        let empty = || seen.iter().position(|found| !in_use(found));
        let emptiest = || (0..seen.len()).min_by_key(|place| seen[*place] & INSTANT).unwrap_or_default();
        let place = own.or_else(empty).unwrap_or_else(emptiest);
        (&row[place], seen[place])
    }

    /// Whether a bucket still leaks. One that would take longer than any does was filled before the clock was put back.
    const fn is_in_use(&self, found: u64, now: u64) -> bool {
        let empty_at = found & INSTANT;
        now < empty_at && empty_at - now <= self.within
    }

    fn now(&self) -> u64 {
        let micros = self.clock.now().micros().saturating_sub(self.origin);
        // Half of the range is left for what is added: four years after the start, every client is the first.
        u64::try_from(micros).unwrap_or(0).min(INSTANT / 2)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use masthead_domain::clock::Timestamp;
    use std::collections::HashSet;
    use std::sync::atomic::AtomicI64;

    /// A clock whose hands a test moves, in milliseconds.
    pub(crate) struct Hands(AtomicI64);

    impl Hands {
        pub(crate) fn new() -> Arc<Self> {
            Arc::new(Self(AtomicI64::new(0)))
        }

        pub(crate) fn go_on(&self, milliseconds: i64) {
            self.0.fetch_add(milliseconds, Ordering::Relaxed);
        }
    }

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            let start = Timestamp::parse("2026-11-26T00:00:00Z").expect("valid");
            Timestamp::try_from(start.micros() + self.0.load(Ordering::Relaxed) * 1_000).expect("valid")
        }
    }

    /// Bytes that can be foreseen.
    pub(crate) struct Foreseen;

    impl Chance for Foreseen {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), ChanceError> {
            bytes.fill(7);
            Ok(())
        }
    }

    /// Counters of a minute.
    pub(crate) fn counters(hands: &Arc<Hands>) -> Counters {
        let clock = Arc::clone(hands) as Arc<dyn Clock>;
        Counters::new(Duration::from_secs(60), clock, &Foreseen).expect("chance")
    }

    fn most(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).expect("some")
    }

    /// Clients that share a row, whose marks are these.
    fn in_a_row(marks: impl IntoIterator<Item = u64>) -> Vec<Name> {
        marks.into_iter().map(|mark| Name { row: 3, mark: mark << 48 }).collect()
    }

    #[test]
    fn a_client_has_so_many_at_once_and_one_more_from_time_to_time() {
        let hands = Hands::new();
        let counters = counters(&hands);
        let client = counters.name("test", b"one");
        let left: Vec<_> = (0..4).map(|_| counters.take(client, most(4)).expect("some left").left).collect();
        assert_eq!(left, [3, 2, 1, 0]);
        let used_up = counters.take(client, most(4)).expect_err("nothing left");
        assert_eq!(used_up, UsedUp { wait: Duration::from_secs(15), whole_in: Duration::from_secs(60) });
        counters.take(counters.name("test", b"other"), most(4)).expect("somebody else");
        hands.go_on(14_999);
        counters.take(client, most(4)).expect_err("too early");
        hands.go_on(1);
        let share = counters.take(client, most(4)).expect("one");
        assert_eq!(share, Share { left: 0, whole_in: Duration::from_secs(60) });
        counters.take(client, most(4)).expect_err("one alone");
        hands.go_on(3_600_000);
        assert_eq!(counters.take(client, most(4)).expect("all").left, 3, "no more than at first");
    }

    #[test]
    fn what_is_given_back_was_never_taken() {
        let counters = counters(&Hands::new());
        let client = counters.name("test", b"one");
        for _ in 0..10 {
            assert_eq!(counters.take(client, most(2)).expect("some left").left, 1);
            counters.give_back(client, most(2));
        }
        counters.give_back(client, most(2));
        assert_eq!(counters.take(client, most(2)).expect("some left").left, 1, "no more than at first");
    }

    #[test]
    fn a_row_that_is_in_use_is_shared_and_nobody_is_turned_away_for_it() {
        let hands = Hands::new();
        let counters = counters(&hands);
        let eight = in_a_row(1..=8);
        for client in &eight {
            for _ in 0..3 {
                counters.take(*client, most(4)).expect("some left");
            }
        }
        let late = in_a_row(9..=40);
        let let_in = late.iter().filter(|client| counters.take(**client, most(4)).is_ok()).count();
        assert_eq!(let_in, 8, "what the others have left, and no more");
        assert!(counters.take(eight[0], most(4)).is_err(), "it has shared");
        hands.go_on(60_000);
        for client in late.iter().take(8) {
            assert_eq!(counters.take(*client, most(4)).expect("a bucket of its own").left, 3);
        }
    }

    #[test]
    fn many_more_clients_than_there_are_buckets_take_no_more_room() {
        let counters = counters(&Hands::new());
        let clients = (0..200_000_u32).map(|number| counters.name("test", &number.to_le_bytes()));
        let turned_away = clients.filter(|client| counters.take(*client, most(100)).is_err()).count();
        assert_eq!(turned_away, 0, "each of them asks once");
        assert_eq!(counters.rows.len() * size_of::<Row>(), 1 << 20);
    }

    #[test]
    fn threads_together_take_no_more_than_there_is() {
        let counters = counters(&Hands::new());
        let client = counters.name("test", b"one");
        let taken = std::thread::scope(|scope| {
            let take = || (0..1_000).filter(|_| counters.take(client, most(1_500)).is_ok()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().map(|thread| thread.join().expect("it ends")).sum::<usize>()
        });
        assert_eq!(taken, 1_500);
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out() {
        let hands = Hands::new();
        let counters = counters(&hands);
        let client = counters.name("test", b"one");
        counters.take(client, most(1)).expect("one");
        counters.take(client, most(1)).expect_err("one alone");
        hands.go_on(-3_600_000);
        counters.take(client, most(1)).expect("one");
    }

    #[test]
    fn names_depend_on_the_kind_and_spread_over_the_rows() {
        let counters = counters(&Hands::new());
        assert_ne!(counters.name("a", b"bc"), counters.name("ab", b"c"));
        let rows: HashSet<_> = (0..10_000_u32).map(|n| counters.name("a", &n.to_le_bytes()).row).collect();
        assert!(rows.len() > 6_000, "{}", rows.len());
    }
}
