//! The keys of one publisher, kept and fetched anew as needed.

use super::Publisher;
use super::fetch::Fetcher;
use super::keys::{ForeignKey, KeySet};
use masthead_domain::clock::{Clock, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// For how many seconds fetched keys are used without asking again.
const FRESH: i64 = 10 * 60;

/// For how many seconds fetched keys are used while the publisher is away.
const USABLE: i64 = 24 * 3_600;

/// How many seconds after a search for an unknown key the next one may be.
const BETWEEN_SEARCHES: i64 = 30;

/// How many seconds a publisher that is away is left alone.
const LEFT_ALONE: i64 = 5;

/// Why there is no key.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::auth) enum NoKey {
    /// The publisher has none with this id.
    Unknown,
    /// The publisher has been out of reach for too long.
    Away,
}

/// The keys of one publisher.
pub(in crate::auth) struct KeySource {
    publisher: String,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Whoever fetches holds it. It outlives the request that began, which may be given up at any time.
    flight: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    /// The keys, and when they were fetched.
    known: Option<(Arc<KeySet>, Timestamp)>,
    /// How often keys were fetched.
    fetched: u64,
    /// When the publisher was last found away.
    failed: Option<Timestamp>,
    /// When an unknown key was last searched for.
    searched: Option<Timestamp>,
}

impl State {
    /// The keys, if they are not older than so many seconds.
    fn keys(&self, seconds: i64, now: Timestamp) -> Option<Arc<KeySet>> {
        let (keys, fetched) = self.known.as_ref()?;
        (now < fetched.plus_seconds(seconds)).then(|| Arc::clone(keys))
    }

    /// Whether the keys have to be fetched, and the publisher can be asked again.
    fn is_due(&self, now: Timestamp) -> bool {
        self.keys(FRESH, now).is_none() && has_passed(self.failed, LEFT_ALONE, now)
    }
}

fn has_passed(since: Option<Timestamp>, seconds: i64, now: Timestamp) -> bool {
    since.is_none_or(|since| since.plus_seconds(seconds) <= now)
}

impl KeySource {
    pub(in crate::auth) fn new(
        publisher: &Publisher<'_>,
        client: &reqwest::Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            publisher: publisher.name.to_owned(),
            fetcher: Fetcher::new(publisher, client),
            clock,
            state: Mutex::default(),
            flight: Arc::default(),
        }
    }

    /// A source that has just fetched these keys.
    #[cfg(test)]
    pub(in crate::auth) fn holding(publisher: &Publisher<'_>, keys: KeySet, now: Timestamp) -> Self {
        let clock = Arc::new(crate::clock::SystemClock);
        let source = Self::new(publisher, &super::fetch::client().expect("a client"), clock);
        source.state().known = Some((Arc::new(keys), now));
        source
    }

    /// How often keys were fetched until now.
    pub(in crate::auth) fn fetched(&self) -> u64 {
        self.state().fetched
    }

    /// The keys that hold now, when nobody has to be asked for them.
    pub(in crate::auth) fn at_hand(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        let state = self.state();
        if state.is_due(now) { None } else { state.keys(USABLE, now) }
    }

    /// The keys that hold now; `None` when there are none and the publisher is away.
    pub(in crate::auth) async fn current(self: &Arc<Self>, now: Timestamp) -> Option<Arc<KeySet>> {
        let (fresh, usable, is_due) = {
            let state = self.state();
            (state.keys(FRESH, now), state.keys(USABLE, now), state.is_due(now))
        };
        if fresh.is_some() || !is_due {
            return usable;
        }
        let flight = match usable {
            // One request asks; the others read on with the old keys until there is an answer.
            Some(usable) => match Arc::clone(&self.flight).try_lock_owned() {
                Ok(flight) => flight,
                Err(_) => return Some(usable),
            },
            None => Arc::clone(&self.flight).lock_owned().await,
        };
        if self.state().is_due(now) {
            self.fetch(flight, now).await;
        }
        self.state().keys(USABLE, now)
    }

    /// The key with this id, and the number of the set that it is of. An id that is not known is searched for once, and
    /// then not again for a while, whoever asks for which.
    /// `before` is [`Self::fetched`] at the beginning of the request.
    pub(in crate::auth) async fn find(
        self: &Arc<Self>,
        kid: &str,
        before: u64,
        now: Timestamp,
    ) -> Result<(u64, Arc<ForeignKey>), NoKey> {
        let keys = self.current(now).await.ok_or(NoKey::Away)?;
        if let Some(key) = keys.find(kid) {
            return Ok((keys.number, Arc::clone(key)));
        }
        let flight = Arc::clone(&self.flight).lock_owned().await;
        let is_to_search = {
            let mut state = self.state();
            let is_open = has_passed(state.searched, BETWEEN_SEARCHES, now)
                && has_passed(state.failed, LEFT_ALONE, now);
            if is_open {
                state.searched = Some(now);
            }
            // What was fetched for this very request is as new as can be.
            is_open && state.fetched == before
        };
        if is_to_search {
            self.fetch(flight, now).await;
        }
        let keys = self.state().keys(USABLE, now).ok_or(NoKey::Away)?;
        let key = keys.find(kid).ok_or(NoKey::Unknown)?;
        Ok((keys.number, Arc::clone(key)))
    }

    /// The key with this id, if it is here. When it is not, or the keys are old, the publisher is asked meanwhile, and nobody
    /// waits for the answer.
    pub(in crate::auth) fn find_here(
        self: &Arc<Self>,
        kid: &str,
        now: Timestamp,
    ) -> Result<Arc<ForeignKey>, NoKey> {
        let (keys, is_due) = {
            let state = self.state();
            (state.keys(USABLE, now), state.is_due(now))
        };
        let is_there = keys.is_some();
        let found = keys.and_then(|keys| keys.find(kid).cloned());
        if found.is_none() || is_due {
            self.ask_meanwhile(kid, now);
        }
        found.ok_or(if is_there { NoKey::Unknown } else { NoKey::Away })
    }

    /// Asks the publisher, unless somebody does so already.
    fn ask_meanwhile(self: &Arc<Self>, kid: &str, now: Timestamp) {
        if self.flight.try_lock().is_err() {
            return;
        }
        let (this, kid, before) = (Arc::clone(self), kid.to_owned(), self.fetched());
        tokio::spawn(async move { this.find(&kid, before, now).await.is_ok() });
    }

    /// Fetches the keys. When that fails, those from before stay.
    async fn fetch(self: &Arc<Self>, flight: OwnedMutexGuard<()>, now: Timestamp) {
        let this = Arc::clone(self);
        let fetching = tokio::spawn(async move {
            let number = this.state().fetched + 1;
            let fetched = this.fetcher.fetch(number).await;
            let mut state = this.state();
            match fetched {
                Ok(keys) => {
                    if keys.len() == 0 {
                        tracing::warn!(
                            publisher = this.publisher,
                            "none of the published keys can be used here"
                        );
                    }
                    (state.known, state.fetched, state.failed) = (Some((Arc::new(keys), now)), number, None);
                }
                Err(error) => {
                    tracing::warn!(publisher = this.publisher, %error, "published keys cannot be fetched");
                    // Now, and not when it was asked: to find out took as long as it is left alone.
                    state.failed = Some(this.clock.now());
                }
            }
            drop(state);
            drop(flight);
        });
        // It fails only when the process ends.
        let _ = fetching.await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
