//! Bearers whose standing was looked up before.
//!
//! A standing is used again only as long as the change log says that nothing of the bearer, or of whom the standing
//! depends on, has changed since before it was read.

use super::generations::{Generation, Generations};
use crate::auth::Caller;
use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Bearer, NoStanding, Standing, Viewer};
use masthead_persistence::Store;
use quick_cache::sync::Cache;
use std::sync::Arc;
use uuid::Uuid;

/// Bearers whose standing was looked up before.
pub struct Standings(Cache<Bearer, Arc<Known>>);

struct Known {
    viewer: Arc<Viewer>,
    class: Arc<str>,
    until: Option<Timestamp>,
    /// Of whom nothing may have changed, and in which generation they were before the standing was read.
    as_of: Vec<(Uuid, Generation)>,
}

impl Known {
    fn still_holds(&self, generations: &Generations, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
            && self.as_of.iter().all(|(subject, generation)| generations.of(*subject) == *generation)
    }

    fn caller(&self, bearer: Bearer, expires: Option<Timestamp>) -> Caller {
        Caller {
            viewer: Arc::clone(&self.viewer),
            class: Arc::clone(&self.class),
            expires,
            bearer: Some(bearer),
            agent: None,
        }
    }
}

impl Standings {
    /// Remembers at most so many bearers.
    #[must_use]
    pub fn new(bearers: usize) -> Self {
        Self(Cache::new(bearers.max(1)))
    }

    /// Forgets a bearer whom this process has changed, so that their next request sees it.
    pub fn forget(&self, bearer: &Bearer) {
        self.0.remove(bearer);
    }

    /// Who the bearer is, when that was looked up before and still holds.
    #[must_use]
    pub fn remembered(
        &self,
        bearer: Bearer,
        expires: Option<Timestamp>,
        generations: &Generations,
        now: Timestamp,
    ) -> Option<Caller> {
        let known = self.0.get(&bearer)?;
        known.still_holds(generations, now).then(|| known.caller(bearer, expires))
    }

    /// Who the bearer is now, or why they are nobody. Without `generations` nothing that was
    /// looked up before is used.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn caller(
        &self,
        bearer: Bearer,
        expires: Option<Timestamp>,
        store: &Store,
        generations: Option<&Generations>,
        now: Timestamp,
    ) -> Result<Result<Caller, NoStanding>, Problem> {
        let remembered =
            generations.and_then(|generations| self.remembered(bearer, expires, generations, now));
        if let Some(remembered) = remembered {
            return Ok(Ok(remembered));
        }
        let before = generations.map(|generations| (generations, generations.total()));
        let Standing { viewer, until, depends_on } = match store.standing(&bearer, now).await? {
            Ok(standing) => standing,
            Err(why) => {
                self.0.remove(&bearer);
                return Ok(Err(why));
            }
        };
        let mut known =
            Known { class: viewer.class().into(), viewer: Arc::new(viewer), until, as_of: Vec::new() };
        let caller = known.caller(bearer, expires);
        if let Some((generations, total)) = before {
            let subjects = bearer.subjects().into_iter().flatten().chain(depends_on);
            known.as_of = subjects.map(|subject| (subject, generations.of(subject))).collect();
            // A change that was seen while the database was read may be one that was not read.
            if generations.total() == total {
                self.0.insert(bearer, Arc::new(known));
            }
        }
        Ok(Ok(caller))
    }
}
