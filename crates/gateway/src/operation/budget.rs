//! How many rows one request may read.

use crate::error::{Code, Problem};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many rows one request may read, and how many it has read: articles, and the authors, tags, sources,
/// sections and tiers beside them.
#[derive(Debug)]
pub struct Budget {
    most: u64,
    used: AtomicU64,
}

impl Budget {
    /// A budget of so many rows.
    #[must_use]
    pub const fn new(most: u64) -> Self {
        Self { most, used: AtomicU64::new(0) }
    }

    /// Notes that rows were read.
    ///
    /// # Errors
    /// A problem when the budget is used up.
    pub fn charge(&self, rows: usize) -> Result<(), Problem> {
        self.used.fetch_add(rows as u64, Ordering::Relaxed);
        self.check()
    }

    /// # Errors
    /// A problem when the budget is used up.
    pub fn check(&self) -> Result<(), Problem> {
        if self.used.load(Ordering::Relaxed) <= self.most {
            return Ok(());
        }
        let detail = format!("The request reads more than {} rows; ask for less at once.", self.most);
        Err(Problem::new(Code::QueryTooComplex, detail))
    }
}

impl Default for Budget {
    /// No limit: for requests whose form bounds what they read.
    fn default() -> Self {
        Self::new(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_passes_and_the_next_does_not() {
        let budget = Budget::new(3);
        assert_eq!(budget.charge(3), Ok(()));
        assert_eq!(budget.charge(1).map_err(|problem| problem.code()), Err(Code::QueryTooComplex));
        assert!(budget.check().is_err(), "and it stays used up");
    }
}
