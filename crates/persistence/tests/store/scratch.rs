//! A database of its own for every test, on SQLite and on PostgreSQL.

use masthead_persistence::{Store, StoreOptions};
use sea_orm::{ConnectionTrait, Database, QueryResult, Statement};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A database that is gone when the test ends.
pub(crate) struct Scratch {
    pub(crate) url: String,
    dropped: Dropped,
}

enum Dropped {
    File { _directory: TempDir },
    Database { server: String, name: String },
}

impl Scratch {
    pub(crate) async fn sqlite() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        Self { url, dropped: Dropped::File { _directory: directory } }
    }

    /// In the server that `MASTHEAD_TEST_POSTGRES` names. Without one the test fails: nothing is skipped.
    pub(crate) async fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("MASTHEAD_TEST_POSTGRES")
            .expect("MASTHEAD_TEST_POSTGRES must be the URL of a PostgreSQL server; scripts/test starts one");
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("masthead_test_{}_{count}", std::process::id());
        run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&server, &format!("CREATE DATABASE {name}")).await;
        let base = server.rsplit_once('/').expect("a URL with a database").0;
        Self { url: format!("{base}/{name}"), dropped: Dropped::Database { server, name } }
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.dropped, Dropped::File { .. })
    }

    /// Opens the database as it is.
    pub(crate) async fn connect(&self) -> Store {
        Store::connect(&StoreOptions::new(&self.url)).await.expect("connected")
    }

    /// Opens the database with its tables.
    pub(crate) async fn store(&self) -> Store {
        let store = self.connect().await;
        store.migrate().await.expect("migrated");
        store
    }

    /// Sends a statement past the store.
    pub(crate) async fn run(&self, statement: &str) {
        run(&self.url, statement).await;
    }

    /// Reads past the store.
    pub(crate) async fn rows(&self, statement: &str) -> Vec<QueryResult> {
        let connection = Database::connect(&self.url).await.expect("the database answers");
        let statement = Statement::from_string(connection.get_database_backend(), statement);
        let rows = connection.query_all_raw(statement).await.expect("the statement runs");
        connection.close().await.expect("closed");
        rows
    }

    /// The change log: what, what happened to it, and its version.
    pub(crate) async fn log(&self) -> Vec<(String, String, i64)> {
        let rows = self.rows("SELECT subject_kind, kind, version FROM change ORDER BY sequence").await;
        let entry = |row: &QueryResult| {
            let text = |column| row.try_get("", column).expect("a text");
            (text("subject_kind"), text("kind"), row.try_get("", "version").expect("a number"))
        };
        rows.iter().map(entry).collect()
    }

    pub(crate) async fn drop(self) {
        if let Dropped::Database { server, name } = self.dropped {
            run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn run(url: &str, statement: &str) {
    let connection = Database::connect(url).await.expect("the server answers");
    let statement = Statement::from_string(connection.get_database_backend(), statement);
    connection.execute_raw(statement).await.expect("the statement runs");
    connection.close().await.expect("closed");
}

/// Makes a test for each database of an async function that takes a [`Scratch`].
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        $crate::scratch::on_both!(@ sqlite $($test)+);
        $crate::scratch::on_both!(@ postgres $($test)+);
    };
    (@ $database:ident $($test:ident)+) => {
        mod $database {
            $(#[tokio::test]
            async fn $test() {
                use futures_util::FutureExt as _;
                let scratch = $crate::scratch::Scratch::$database().await;
                let outcome = std::panic::AssertUnwindSafe(super::$test(&scratch)).catch_unwind().await;
                scratch.drop().await;
                if let Err(panic) = outcome {
                    std::panic::resume_unwind(panic);
                }
            })+
        }
    };
}
pub(crate) use on_both;
