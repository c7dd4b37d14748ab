//! Somebody who is about to change something.

use super::reading::Reading;
use super::role::{refuse_who_only_reads, require_to_change};
use crate::clock::Chance;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Role, Viewer};
use masthead_persistence::{Store, StoreError, Work};
use std::fmt::Display;

/// Somebody who is about to change something, at one instant. What the staff does is recorded.
pub struct Acting<'a> {
    reading: Reading,
    chance: &'a dyn Chance,
}

impl<'a> Acting<'a> {
    /// Whoever this reading is for.
    #[must_use]
    pub const fn new(reading: Reading, chance: &'a dyn Chance) -> Self {
        Self { reading, chance }
    }

    /// What they see.
    pub(super) const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Where random bytes come from.
    pub(super) const fn chance(&self) -> &'a dyn Chance {
        self.chance
    }

    pub(super) fn store(&self) -> &Store {
        self.reading.store()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.reading.now()
    }

    /// What the record calls them, if they may change what this role may.
    pub(super) fn must_be(&self, role: Role) -> Result<&str, Problem> {
        Ok(&require_to_change(self.reading.viewer(), role)?.subject)
    }

    /// Begins to change something, which nobody may who only reads.
    pub(super) async fn begin(&self) -> Result<Work, Problem> {
        refuse_who_only_reads(self.reading.viewer())?;
        Ok(self.store().begin(self.now()).await?)
    }

    /// Records what was done, when somebody of the staff did it, and makes it visible.
    pub(super) async fn finish(
        &self,
        mut work: Work,
        action: &str,
        subject: impl Display,
    ) -> Result<(), Problem> {
        self.record(&mut work, action, subject).await?;
        Ok(work.commit().await?)
    }

    /// Records one thing of several that are done together.
    pub(super) async fn record(
        &self,
        work: &mut Work,
        action: &str,
        subject: impl Display,
    ) -> Result<(), Problem> {
        if let Viewer::Staff(staff) = self.reading.viewer() {
            work.record(&staff.subject, action, &subject.to_string()).await?;
        }
        Ok(())
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
