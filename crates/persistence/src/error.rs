//! What can go wrong with a store.

use sea_orm::{DbErr, SqlErr};
use std::error::Error;
use uuid::Uuid;

/// What went wrong. No message holds a value from the database, but for the slug of a conflict.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is none that a store can be opened with.
    #[error("the database URL must start with sqlite:// or postgres://")]
    Url,
    /// The SQLite library is older than 3.51.3 and can corrupt a database in WAL mode.
    #[error("SQLite {found} is too old: 3.51.3 or newer is needed")]
    SqliteTooOld {
        /// The version that was found.
        found: String,
    },
    /// The schema is older than this version of the program.
    #[error("the database has not been migrated; run `masthead migrate`")]
    NotMigrated,
    /// The database cannot be reached, is overloaded, or failed.
    #[error("the database failed")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// Something else has this value already, which must be unique.
    #[error("the {what} {value:?} is taken")]
    Conflict {
        /// What must be unique.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A row that this program did not write, or that was damaged.
    #[error("{table} {id} is corrupt: {fault}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: Uuid,
        /// What is wrong, without quoting the row.
        fault: String,
    },
    /// More was asked for in one call than a statement may hold.
    #[error("at most {limit} {what} in one call")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The most there may be.
        limit: usize,
    },
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// Names what must be unique, when that is why a write failed.
pub(crate) fn conflict(error: DbErr, what: &'static str) -> StoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => StoreError::Conflict { what, value: String::new() },
        _ => error.into(),
    }
}
