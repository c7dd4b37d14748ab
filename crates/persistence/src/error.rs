//! What can go wrong with a store.

use masthead_domain::id::ArticleId;
use sea_orm::{DbErr, RuntimeErr};
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
    /// What is to be replaced has been replaced by somebody else.
    #[error("there is a newer version")]
    Outdated,
    /// An article refers to something that is not there.
    #[error("the article {article} refers to the {what} {id}, which is not there")]
    Missing {
        /// The article.
        article: ArticleId,
        /// What it refers to: a section, a tag, an author or a source.
        what: &'static str,
        /// The id of that.
        id: String,
    },
    /// A row that this program did not write, or that was damaged.
    #[error("{table} {id}, column {column}: is corrupt: {fault}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row; nil when its id is what cannot be read.
        id: Uuid,
        /// What is wrong, without quoting the row.
        fault: String,
    },
    /// More was given than a call takes or a publication may have.
    #[error("at most {limit} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The most there may be.
        limit: usize,
    },
    /// An earlier step of this unit of work failed or was cut short, so none of it can be kept.
    #[error("an earlier step of this unit of work failed; nothing of it is kept")]
    Aborted,
    /// A later request with the same key does what was asked, since this one took too long to begin.
    #[error("a later request with the same key has taken over")]
    Overtaken,
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if lacks_a_table(&error) { Self::NotMigrated } else { Self::Unavailable(Box::new(error)) }
    }
}

/// Whether a statement failed because a table is not there. SQLite has no code of its own for that.
fn lacks_a_table(error: &DbErr) -> bool {
    const UNDEFINED_TABLE: &str = "42P01";
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == UNDEFINED_TABLE) || error.message().contains("no such table")
    })
}
