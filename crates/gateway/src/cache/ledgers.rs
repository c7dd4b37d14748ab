//! Which ledgers of partners are known to be up to date, so that a partner who asks again and again costs no look at the log.

use super::generations::Generation;
use super::watch::{Epoch, Watch};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PartnerId;
use quick_cache::sync::Cache;
use uuid::Uuid;

/// A state of the publication, and of whoever follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    epoch: Epoch,
    follower: Generation,
}

impl AsOf {
    /// The present state; `None` when the last look at the log is too old to say.
    #[must_use]
    pub fn of(watch: &Watch, follower: Uuid) -> Option<Self> {
        Some(Self { epoch: watch.epoch()?, follower: watch.generations()?.of(follower) })
    }
}

/// What is known of a ledger.
#[derive(Clone, Copy)]
struct UpToDate {
    as_of: AsOf,
    /// When time alone may bring something more.
    due: Option<Timestamp>,
}

/// How many ledgers are remembered.
const MOST: usize = 10_000;

/// Which ledgers are up to date.
pub struct Ledgers {
    known: Cache<PartnerId, UpToDate>,
}

impl Default for Ledgers {
    fn default() -> Self {
        Self { known: Cache::new(MOST) }
    }
}

impl Ledgers {
    /// Whether everything is in the ledger that there was in this state. A state must be taken before the ledger is looked at.
    #[must_use]
    pub fn is_current(&self, partner: PartnerId, as_of: Option<AsOf>, now: Timestamp) -> bool {
        let known = self.known.get(&partner);
        known.is_some_and(|known| Some(known.as_of) == as_of && known.due.is_none_or(|due| now < due))
    }

    /// When time alone may bring something more, as far as is known.
    #[must_use]
    pub fn due(&self, partner: PartnerId) -> Option<Timestamp> {
        self.known.get(&partner)?.due
    }

    /// Notes that a ledger holds everything that there was in this state.
    pub fn note(&self, partner: PartnerId, as_of: Option<AsOf>, due: Option<Timestamp>) {
        match as_of {
            Some(as_of) => self.known.insert(partner, UpToDate { as_of, due }),
            None => {
                self.known.remove(&partner);
            }
        }
    }
}
