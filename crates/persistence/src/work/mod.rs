//! Writing: one unit of work, with its entries in the change log.

mod articles;
mod records;
mod shelves;

use crate::error::StoreError;
use crate::schema::Change;
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::SectionId;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use std::collections::HashMap;
use uuid::Uuid;

/// What a put has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that are new.
    pub created: u64,
    /// Rows that are different now.
    pub updated: u64,
    /// Rows that were like this already; nothing was written for them.
    pub unchanged: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.created += more.created;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
    }
}

/// A unit of work. Everything that is put, and the log that records it, becomes visible with
/// [`Work::commit`]; when the work is dropped instead, nothing has happened. Putting what is there already
/// changes nothing and logs nothing.
pub struct Work {
    transaction: DatabaseTransaction,
    now: Timestamp,
    parents: Option<HashMap<SectionId, Option<SectionId>>>,
}

/// An entry of the change log that is about to be written.
struct Entry {
    subject: Subject,
    id: Uuid,
    kind: ChangeKind,
    version: i64,
}

/// The rows that one statement writes. SQLite takes 32,766 values in a statement, and no row has more than ten.
const ROWS_A_STATEMENT: usize = 2_000;

/// The rows that are looked up by id in one statement.
const IDS_A_STATEMENT: usize = 500;

/// The number of the lock that writers take on PostgreSQL; any number that nothing else uses.
const WRITERS: i64 = 0x6d61_7374;

impl Work {
    pub(crate) async fn begin(writer: &DatabaseConnection, now: Timestamp) -> Result<Self, StoreError> {
        // A deferred transaction that later wants to write fails at once when another writer was faster.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = writer.begin_with_options(options).await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            // Sequence numbers are given out before the commit. With one writer at a time they become visible
            // in their order, so whoever has seen a number has seen all before it.
            let lock = format!("SELECT pg_advisory_xact_lock({WRITERS})");
            transaction.execute_raw(Statement::from_string(DbBackend::Postgres, lock)).await?;
        }
        Ok(Self { transaction, now, parents: None })
    }

    /// Makes everything visible.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails; then nothing has happened.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }

    async fn log(&self, entries: &[Entry]) -> Result<(), StoreError> {
        for entries in entries.chunks(ROWS_A_STATEMENT) {
            let mut insert = Query::insert();
            insert.into_table(Change::Table).columns([
                Change::SubjectKind,
                Change::SubjectId,
                Change::Kind,
                Change::Version,
                Change::At,
            ]);
            for entry in entries {
                insert.values_panic([
                    Expr::val(entry.subject.code()),
                    Expr::val(entry.id),
                    Expr::val(entry.kind.code()),
                    Expr::val(entry.version),
                    Expr::val(self.now.micros()),
                ]);
            }
            self.transaction.execute(&insert).await?;
        }
        Ok(())
    }
}

/// A hash of what is stored, to see whether a write changes anything.
fn fingerprint(stored: &str) -> String {
    blake3::hash(stored.as_bytes()).to_hex().to_string()
}
