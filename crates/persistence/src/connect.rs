//! Opening the database that a URL names.

use crate::error::StoreError;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use std::time::Duration;

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`. May hold a password: not for logs.
    pub url: String,
    /// How many connections read at the same time, at most.
    pub read_connections: u32,
    /// How long a request waits for a connection before it fails.
    pub acquire_timeout: Duration,
}

impl StoreOptions {
    /// The usual options for this URL: four readers, five seconds.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), read_connections: 4, acquire_timeout: Duration::from_secs(5) }
    }
}

/// The connections of a store. On SQLite there is one writer, so that writers queue here and not in the file's
/// lock; on PostgreSQL both are pools of the same server.
pub(crate) struct Connections {
    pub(crate) reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
}

/// How long SQLite waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long PostgreSQL works on one statement of a reader.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);

const WRITE_CONNECTIONS_POSTGRES: u32 = 4;

/// The first release in which two writers or checkpointers cannot corrupt a database in WAL mode.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

pub(crate) async fn connect(options: &StoreOptions) -> Result<Connections, StoreError> {
    if options.url.starts_with("sqlite:") {
        let writer = Database::connect(sqlite(options, 1, false)).await?;
        assert_version(&writer).await?;
        let reader = Database::connect(sqlite(options, options.read_connections, true)).await?;
        Ok(Connections { reader, writer })
    } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
        let mut read = common(options, options.read_connections);
        read.statement_timeout(STATEMENT_TIMEOUT);
        let reader = Database::connect(read).await?;
        let writer = Database::connect(common(options, WRITE_CONNECTIONS_POSTGRES)).await?;
        Ok(Connections { reader, writer })
    } else {
        Err(StoreError::Url)
    }
}

fn common(options: &StoreOptions, connections: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(options.acquire_timeout)
        // Both would write the values of statements into logs.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        // A broken connection shows itself when it is used; asking first costs every request.
        .test_before_acquire(false);
    connect
}

fn sqlite(options: &StoreOptions, connections: u32, read_only: bool) -> ConnectOptions {
    let mut connect = common(options, connections);
    connect.map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
        let sqlite = sqlite
            .create_if_missing(!read_only)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true);
        if read_only { sqlite.pragma("query_only", "ON") } else { sqlite }
    });
    connect
}

async fn assert_version(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let ask = Statement::from_string(connection.get_database_backend(), "SELECT sqlite_version()");
    let row = connection.query_one_raw(ask).await?;
    let found: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    let mut parts = found.split('.').map(|part| part.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < SQLITE_AT_LEAST {
        return Err(StoreError::SqliteTooOld { found });
    }
    Ok(())
}
