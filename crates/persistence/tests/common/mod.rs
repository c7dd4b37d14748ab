//! A database of its own for every test, on SQLite and on PostgreSQL.

use masthead_persistence::{Store, StoreOptions};
use sea_orm::{ConnectionTrait, Database, Statement};
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

    pub(crate) async fn store(&self) -> Store {
        let store = Store::connect(&StoreOptions::new(&self.url)).await.expect("connected");
        store.migrate().await.expect("migrated");
        store
    }

    pub(crate) async fn drop(self) {
        if let Dropped::Database { server, name } = self.dropped {
            run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn run(server: &str, statement: &str) {
    let connection = Database::connect(server).await.expect("the server answers");
    let statement = Statement::from_string(connection.get_database_backend(), statement);
    connection.execute_raw(statement).await.expect("the statement runs");
    connection.close().await.expect("closed");
}

/// Makes a test for each database of an async function that takes a [`Scratch`].
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                let scratch = super::common::Scratch::sqlite().await;
                super::$test(&scratch).await;
                scratch.drop().await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                let scratch = super::common::Scratch::postgres().await;
                super::$test(&scratch).await;
                scratch.drop().await;
            })+
        }
    };
}
