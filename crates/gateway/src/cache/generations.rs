//! How often something has changed of each of very many subjects, in a bounded room.

use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// How many counters there are. Subjects that share one are looked up anew together, which is never wrong.
const COUNTERS: usize = 4_096;

/// Counts the changes of subjects. What was read before a change has another number than what is read after it.
pub struct Generations {
    counters: Box<[AtomicU64]>,
    total: AtomicU64,
}

/// How often something had changed of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation(u64);

impl Default for Generations {
    fn default() -> Self {
        let counters = (0..COUNTERS).map(|_| AtomicU64::new(0)).collect();
        Self { counters, total: AtomicU64::new(0) }
    }
}

impl Generations {
    /// The generation of this subject.
    #[must_use]
    pub fn of(&self, subject: Uuid) -> Generation {
        Generation(self.counter(subject).load(Ordering::Acquire))
    }

    /// How many changes have been counted of all subjects together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Acquire)
    }

    /// Something of this subject has changed. The total goes first: whoever finds it unmoved after a reading has
    /// taken generations that this change will end.
    pub(super) fn end(&self, subject: Uuid) {
        self.total.fetch_add(1, Ordering::AcqRel);
        self.counter(subject).fetch_add(1, Ordering::AcqRel);
    }

    /// Something of any subject may have changed.
    pub(super) fn end_all(&self) {
        self.total.fetch_add(1, Ordering::AcqRel);
        for counter in &self.counters {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// The last bits of an id are its random ones.
    fn counter(&self, subject: Uuid) -> &AtomicU64 {
        &self.counters[usize::from(subject.as_u128() as u16) % COUNTERS]
    }
}
