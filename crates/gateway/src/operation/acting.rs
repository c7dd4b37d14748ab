//! Somebody on the staff who is about to change something.

use crate::clock::Chance;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_persistence::{Store, StoreError, Work};

/// Who changes something, when, and with what chance. Whoever makes one has found that they may.
#[derive(Clone, Copy)]
pub struct Acting<'a> {
    /// The database.
    pub store: &'a Store,
    /// Where random bytes come from.
    pub chance: &'a dyn Chance,
    /// The instant.
    pub now: Timestamp,
    /// Who, as the record of the staff's deeds names them.
    pub by: &'a str,
}

impl Acting<'_> {
    /// Begins to change something.
    pub(super) async fn begin(&self) -> Result<Work, Problem> {
        Ok(self.store.begin(self.now).await?)
    }

    /// Records what was done, and makes it visible.
    pub(super) async fn finish(
        &self,
        mut work: Work,
        action: &str,
        subject: impl std::fmt::Display,
    ) -> Result<(), Problem> {
        work.record(self.by, action, &subject.to_string()).await?;
        Ok(work.commit().await?)
    }

    /// Random bits for an id.
    pub(super) fn bits(&self) -> Result<[u8; 10], Problem> {
        let mut bits = [0; 10];
        self.chance.fill(&mut bits).map_err(|_| Problem::unavailable())?;
        Ok(bits)
    }
}

/// What the store does not allow, as the client may know it.
pub(super) fn refused(error: StoreError) -> Problem {
    match error {
        StoreError::TooMany { what, limit } => {
            Problem::new(Code::Conflict, format!("There are at most {limit} {what}."))
        }
        other => other.into(),
    }
}
