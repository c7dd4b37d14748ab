//! Opening the database that a URL names.

use crate::error::StoreError;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite://PATH`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST:PORT/NAME`. May hold a password: not
    /// for logs. A database in memory has one connection, so nothing is read while a unit of work is open.
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
/// lock; on PostgreSQL all are pools of the same server. A database in memory has one connection for everything.
pub(crate) struct Connections {
    pub(crate) reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    /// One connection for looking at the change log. Kept answers depend on these looks, so that slow readers must not
    /// keep them waiting: otherwise a slow database would get all the work that the answers save it.
    pub(crate) watch: DatabaseConnection,
}

/// How long SQLite waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of the file SQLite keeps in memory, in the negative KiB of its `cache_size`. Writers need the inner pages
/// of every index at hand: with the usual 2 MiB an import is half as fast.
const WRITER_CACHE: &str = "-65536";
const READER_CACHE: &str = "-16384";

/// After how many pages of 4 KiB SQLite's write-ahead log goes into the file: 32 MiB. Many batches of an import
/// change the same pages, which then reach the file once.
const CHECKPOINT_AFTER: &str = "8000";

/// To how many bytes the log is cut back afterwards.
const LOG_AT_MOST: &str = "67108864";

/// How long PostgreSQL works on one statement of a reader.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a unit of work may do nothing on PostgreSQL, where it keeps other writers waiting.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// After so much rest a connection to PostgreSQL is tried before it is used: the server may have been restarted.
const TRIED_AFTER: Duration = Duration::from_secs(10);

const WRITE_CONNECTIONS_POSTGRES: u32 = 4;

/// The first release in which two writers or checkpointers cannot corrupt a database in WAL mode.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

pub(crate) async fn connect(options: &StoreOptions) -> Result<Connections, StoreError> {
    let url = options.url.as_str();
    if url.starts_with("sqlite:") {
        connect_sqlite(options).await
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        connect_postgres(options).await
    } else {
        Err(StoreError::Url)
    }
}

async fn connect_sqlite(options: &StoreOptions) -> Result<Connections, StoreError> {
    let in_memory = options.url.contains(":memory:") || options.url.contains("mode=memory");
    let mut write = sqlite(options, 1, false);
    if in_memory {
        // The database goes with its last connection.
        write.idle_timeout(None).max_lifetime(None);
    }
    let writer = Database::connect(write).await?;
    assert_version(&writer).await?;
    if in_memory {
        return Ok(Connections { reader: writer.clone(), watch: writer.clone(), writer });
    }
    let reader = Database::connect(sqlite(options, options.read_connections, true)).await?;
    let watch = Database::connect(sqlite(options, 1, true)).await?;
    Ok(Connections { reader, writer, watch })
}

async fn connect_postgres(options: &StoreOptions) -> Result<Connections, StoreError> {
    let readers = [
        ("statement_timeout", milliseconds(STATEMENT_TIMEOUT)),
        ("default_transaction_read_only", "on".to_owned()),
    ];
    let writers = [
        // Writers take turns; whoever waits too long fails like whoever waits for a connection.
        ("lock_timeout", milliseconds(options.acquire_timeout)),
        ("idle_in_transaction_session_timeout", milliseconds(IDLE_TIMEOUT)),
    ];
    let reader = Database::connect(postgres(options, options.read_connections, readers.clone())).await;
    let reader = match reader {
        Ok(reader) => reader,
        Err(error) => return Err(out_of_reach(options).await.unwrap_or_else(|| error.into())),
    };
    let watch = Database::connect(postgres(options, 1, readers)).await?;
    let writer = Database::connect(postgres(options, WRITE_CONNECTIONS_POSTGRES, writers)).await?;
    Ok(Connections { reader, writer, watch })
}

/// Why the server cannot be reached; `None` when it can. The pool tries again and again until its time is up, and then
/// knows of nothing but that.
async fn out_of_reach(options: &StoreOptions) -> Option<StoreError> {
    let server: PgConnectOptions = options.url.parse().ok()?;
    if server.get_socket().is_some() {
        return None;
    }
    let (host, port) = (server.get_host(), server.get_port());
    let tried = timeout(options.acquire_timeout, TcpStream::connect((host, port))).await;
    let fault =
        tried.map_or_else(|_| Some("no answer".to_owned()), |tried| Some(tried.err()?.to_string()))?;
    Some(StoreError::Unavailable(format!("{host}:{port} cannot be reached: {fault}").into()))
}

fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
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
        .record_stmt_in_spans(false);
    connect
}

fn postgres(
    options: &StoreOptions,
    connections: u32,
    settings: [(&'static str, String); 2],
) -> ConnectOptions {
    let mut connect = common(options, connections);
    connect.test_before_acquire_if_idle_for(TRIED_AFTER);
    connect.map_sqlx_postgres_opts(move |postgres: PgConnectOptions| postgres.options(settings.clone()));
    connect
}

fn sqlite(options: &StoreOptions, connections: u32, read_only: bool) -> ConnectOptions {
    let mut connect = common(options, connections);
    // A file does not go away; asking first would cost every request.
    connect.test_before_acquire(false);
    connect.map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
        let sqlite = sqlite
            .create_if_missing(!read_only)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true);
        if read_only {
            sqlite.pragma("query_only", "ON").pragma("cache_size", READER_CACHE)
        } else {
            sqlite
                .pragma("cache_size", WRITER_CACHE)
                .pragma("wal_autocheckpoint", CHECKPOINT_AFTER)
                .pragma("journal_size_limit", LOG_AT_MOST)
        }
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
