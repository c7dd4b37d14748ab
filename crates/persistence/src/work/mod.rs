//! Writing: one unit of work, with its entries in the change log.

mod articles;
mod audit;
mod erasure;
mod feeds;
mod gift_subscriptions;
mod groups;
mod invitations;
mod members;
mod membership;
mod partners;
mod passes;
mod payments;
mod policy;
mod records;
mod references;
mod shelves;
mod sign_in;
mod slugs;

pub use groups::Seating;
pub use payments::PaymentNotice;
pub use sign_in::{MailProof, Rotation};

pub use passes::Unlocking;

use crate::error::StoreError;
use crate::idempotency;
use crate::schema::Change;
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::SectionId;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use std::collections::{HashMap, HashSet};
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
    /// Whether every step so far has run to its end. One that failed or was dropped may have done a part.
    whole: bool,
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

/// Begins a transaction that is the only one to write until it ends.
pub(crate) async fn alone(writer: &DatabaseConnection) -> Result<DatabaseTransaction, StoreError> {
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
    Ok(transaction)
}

impl Work {
    pub(crate) async fn begin(writer: &DatabaseConnection, now: Timestamp) -> Result<Self, StoreError> {
        let transaction = alone(writer).await?;
        idempotency::mark(&transaction, now).await?;
        Ok(Self { transaction, now, parents: None, whole: true })
    }

    /// Makes everything visible.
    ///
    /// # Errors
    /// [`StoreError::Aborted`] when a put before it has failed, and [`StoreError::Unavailable`] when the
    /// database fails; then nothing has happened.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.enter()?;
        Ok(self.transaction.commit().await?)
    }

    /// Begins a step. Until [`Work::leave`] the work counts as broken, so that a step which fails, or whose
    /// future is dropped, cannot be committed in part.
    fn enter(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.whole) { Ok(()) } else { Err(StoreError::Aborted) }
    }

    fn leave(&mut self, tally: Tally) -> Tally {
        self.whole = true;
        tally
    }

    /// Marks a row of a table as taken back, and says whether it was not before. Only then it is a change.
    async fn revoke(&mut self, table: &'static str, id: Uuid, subject: Subject) -> Result<bool, StoreError> {
        self.enter()?;
        let update = Query::update()
            .table(table)
            .value("revoked_at", self.now.micros())
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("revoked_at").is_null())
            .take();
        let changed = self.transaction.execute(&update).await?.rows_affected() > 0;
        if changed {
            self.touch(subject, id, ChangeKind::Deleted).await?;
        }
        self.whole = true;
        Ok(changed)
    }

    /// The version for what is written now in place of a version before. It is the instant, in microseconds, or one more
    /// than before where the clock stands behind, so that a version that was lost with its table, or with the time
    /// since a backup, is not given out a second time.
    fn version_after(&self, before: Option<i64>) -> i64 {
        let next = before.map_or(i64::MIN, |before| before.saturating_add(1));
        std::cmp::max(next, self.now.micros())
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

/// Cuts into batches of at most `most` in which no id comes twice, so that a later one is compared with what an
/// earlier one has written.
fn batches<T>(all: &[T], most: usize, id: impl Fn(&T) -> Uuid) -> Vec<&[T]> {
    let mut batches = Vec::new();
    let mut seen = HashSet::new();
    let mut start = 0;
    for (at, one) in all.iter().enumerate() {
        if at - start == most || !seen.insert(id(one)) {
            batches.push(&all[start..at]);
            start = at;
            seen.clear();
            seen.insert(id(one));
        }
    }
    if start < all.len() {
        batches.push(&all[start..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_batch_is_too_long_or_has_an_id_twice() {
        let cut = |ids: &[u128], most| -> Vec<Vec<u128>> {
            batches(ids, most, |id| Uuid::from_u128(*id)).into_iter().map(<[u128]>::to_vec).collect()
        };
        assert_eq!(cut(&[], 2), Vec::<Vec<u128>>::new());
        assert_eq!(cut(&[1, 2, 3], 2), [vec![1, 2], vec![3]]);
        assert_eq!(cut(&[1, 1, 2, 1], 3), [vec![1], vec![1, 2], vec![1]]);
    }
}
