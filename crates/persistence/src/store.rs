//! A store: one database, opened.

use crate::cache::Articles;
use crate::connect::{StoreOptions, connect};
use crate::error::StoreError;
use crate::library::Library;
use crate::registry::Registry;
use crate::work::{Work, alone};
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::Viewer;
use masthead_migrations::{Migration, Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One database, opened. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

/// How the schema of a database stands to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// It is the one that this program works with.
    Current,
    /// Steps of it are missing.
    Older,
    /// The database has none of it.
    Absent,
}

struct Inner {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    watch: DatabaseConnection,
    articles: Articles,
    queries: Arc<AtomicU64>,
}

impl Store {
    /// Opens the database. An SQLite file is made when there is none; the schema is not touched.
    ///
    /// # Errors
    /// [`StoreError::Url`] for a URL of another database, [`StoreError::SqliteTooOld`], and
    /// [`StoreError::Unavailable`] when it cannot be reached.
    pub async fn connect(options: &StoreOptions) -> Result<Self, StoreError> {
        let mut connections = connect(options).await?;
        let queries = Arc::new(AtomicU64::new(0));
        for connection in [&mut connections.reader, &mut connections.writer, &mut connections.watch] {
            let queries = Arc::clone(&queries);
            connection.set_metric_callback(move |_| {
                queries.fetch_add(1, Ordering::Relaxed);
            });
        }
        Ok(Self(Arc::new(Inner {
            reader: connections.reader,
            writer: connections.writer,
            watch: connections.watch,
            articles: Articles::new(),
            queries,
        })))
    }

    /// Brings the schema up to date and says which steps were taken: all that were missing, or none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when a step fails.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let transaction = alone(&self.0.writer).await?;
        let pending = names(Migrator::get_pending_migrations(&transaction).await?);
        Migrator::up(&transaction, None).await?;
        transaction.commit().await?;
        Ok(pending)
    }

    /// Takes the last steps of the schema back, with everything in the tables that they made, and says which.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when a step fails.
    pub async fn migrate_down(&self, steps: u32) -> Result<Vec<String>, StoreError> {
        let transaction = alone(&self.0.writer).await?;
        let applied = names(Migrator::get_applied_migrations(&transaction).await?);
        Migrator::down(&transaction, Some(steps)).await?;
        transaction.commit().await?;
        Ok(applied.into_iter().rev().take(steps as usize).collect())
    }

    /// The steps of the schema that this database lacks. Nothing is written to find out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be read.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        Ok(names(Migrator::get_pending_migrations_read_only(&self.0.reader).await?))
    }

    /// How the schema of this database stands to this program.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be read.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        let pending = self.pending_migrations().await?.len();
        Ok(match pending {
            0 => Schema::Current,
            _ if pending == Migrator::migrations().len() => Schema::Absent,
            _ => Schema::Older,
        })
    }

    /// How many statements have been sent since the store was opened.
    #[must_use]
    pub fn queries(&self) -> u64 {
        self.0.queries.load(Ordering::Relaxed)
    }

    /// What exists for this viewer at this instant.
    #[must_use]
    pub const fn library<'s>(&'s self, viewer: &'s Viewer, now: Timestamp) -> Library<'s> {
        Library { store: self, viewer, now }
    }

    /// What is known of people, for whoever has been found to have the right to read it.
    #[must_use]
    pub const fn registry(&self) -> Registry<'_> {
        Registry { store: self }
    }

    /// Begins to write. Nothing is visible before [`Work::commit`]; dropping the work takes it all back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection is free in time, and [`StoreError::Overtaken`] within a claim that
    /// somebody else has by now.
    pub async fn begin(&self, now: Timestamp) -> Result<Work, StoreError> {
        Work::begin(&self.0.writer, now).await
    }

    /// Closes the connections after the statements under way.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when a connection does not close.
    pub async fn close(self) -> Result<(), StoreError> {
        self.0.reader.close_by_ref().await?;
        self.0.watch.close_by_ref().await?;
        Ok(self.0.writer.close_by_ref().await?)
    }

    /// A connection of its own for following the log, however busy the readers are; a database in memory has only one.
    pub(crate) fn watch(&self) -> &DatabaseConnection {
        &self.0.watch
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.0.reader
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.0.writer
    }

    pub(crate) fn articles(&self) -> &Articles {
        &self.0.articles
    }
}

fn names(steps: Vec<Migration>) -> Vec<String> {
    steps.iter().map(|step| step.name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::TransactionTrait;
    use std::time::Duration;

    async fn slow_readers_do_not_keep_the_watch_waiting(url: String) {
        let mut options = StoreOptions::new(url);
        options.read_connections = 2;
        options.acquire_timeout = Duration::from_millis(500);
        let store = Store::connect(&options).await.expect("connected");
        let slow = [store.reader().begin().await.expect("one"), store.reader().begin().await.expect("two")];
        let now = Timestamp::try_from(0).expect("in range");
        let viewer = Viewer::Anonymous;
        let found = store.library(&viewer, now).sections().await;
        assert!(matches!(found, Err(StoreError::Unavailable(_))), "every reader is busy: {found:?}");
        // The database may be without tables; to say so it must have been asked.
        let horizon = store.glance(None, &Default::default(), now).await;
        assert!(matches!(horizon, Ok(_) | Err(StoreError::NotMigrated)), "{horizon:?}");
        drop(slow);
        store.close().await.expect("closed");
    }

    #[tokio::test]
    async fn slow_readers_do_not_keep_the_watch_waiting_on_sqlite() {
        let directory = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        slow_readers_do_not_keep_the_watch_waiting(url).await;
    }

    #[tokio::test]
    async fn slow_readers_do_not_keep_the_watch_waiting_on_postgres() {
        let server = std::env::var("MASTHEAD_TEST_POSTGRES")
            .expect("MASTHEAD_TEST_POSTGRES must be the URL of a PostgreSQL server; scripts/test starts one");
        slow_readers_do_not_keep_the_watch_waiting(server).await;
    }
}
