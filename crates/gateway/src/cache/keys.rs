//! Keys that were looked up before, by the prefixes that requests show.
//!
//! What a key is good for is a standing, and is not here. A hash of a secret never changes, but a key can be gone: what
//! is kept is used only as long as the change log names no change of the key.

use super::generations::{Generation, Generations};
use super::noted::Noted;
use crate::auth::PresentedKey;
use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::KeyId;
use masthead_persistence::{KnownKey, SecretHash, Store};
use quick_cache::sync::Cache;

/// How long after a use that was noted the next one is, in seconds.
const NOTED_EVERY: i64 = 60;

/// Keys that were looked up before.
pub struct Keys {
    known: Cache<String, Known>,
    noted: Noted<KeyId>,
}

#[derive(Clone, Copy)]
struct Known {
    id: KeyId,
    expires: Option<Timestamp>,
    secret: SecretHash,
    as_of: Generation,
}

impl Keys {
    /// Remembers at most so many keys.
    #[must_use]
    pub fn new(keys: usize) -> Self {
        Self { known: Cache::new(keys.max(1)), noted: Noted::new(keys, NOTED_EVERY) }
    }

    /// What is kept of the key with the prefix that was presented, if it still holds.
    fn kept(&self, presented: &PresentedKey, generations: &Generations) -> Option<Known> {
        self.known.get(presented.prefix()).filter(|known| generations.of(known.id.uuid()) == known.as_of)
    }

    /// The key that was presented, and when it expires, when it was looked up before and that still holds.
    #[must_use]
    pub fn remembered(
        &self,
        presented: &PresentedKey,
        generations: &Generations,
    ) -> Option<(KeyId, Option<Timestamp>)> {
        let known = self.kept(presented, generations)?;
        presented.is(Some(known.secret)).then_some((known.id, known.expires))
    }

    /// The key that was presented, and when it expires; `None` when there is none with this prefix or its secret is
    /// another. Without `generations` nothing that was looked up before is used.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn find(
        &self,
        presented: &PresentedKey,
        store: &Store,
        generations: Option<&Generations>,
    ) -> Result<Option<(KeyId, Option<Timestamp>)>, Problem> {
        if let Some(known) = generations.and_then(|generations| self.kept(presented, generations)) {
            return Ok(presented.is(Some(known.secret)).then_some((known.id, known.expires)));
        }
        let before = generations.map(|generations| (generations, generations.total()));
        let found = store.registry().key_by_prefix(presented.prefix()).await?;
        if !presented.is(found.as_ref().map(|found| found.secret)) {
            return Ok(None);
        }
        let Some(KnownKey { key, secret }) = found else { return Ok(None) };
        if let Some((generations, total)) = before {
            let as_of = generations.of(key.id.uuid());
            // A change that was seen while the database was read may be one that was not read.
            if generations.total() == total {
                let known = Known { id: key.id, expires: key.expires, secret, as_of };
                self.known.insert(key.prefix, known);
            }
        }
        Ok(Some((key.id, key.expires)))
    }

    /// Whether this use of a key is to be noted: the first, and then one a minute.
    pub fn is_to_be_noted(&self, key: KeyId, now: Timestamp) -> bool {
        self.noted.is_due(key, now)
    }
}
