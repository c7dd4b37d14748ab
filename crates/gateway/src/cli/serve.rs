//! `masthead serve`

use super::{CommandError, Common, has_schema, log, open_store, say};
use crate::config::Config;
use crate::logging::Lines;
use crate::operation::payment::EVERY;
use crate::server::{ServerOptions, listen};
use crate::state::Gateway;
use clap::Args;
use futures_util::FutureExt;
use masthead_persistence::Store;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Serves the publication.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead serve --data-dir /srv/paper\n  masthead serve --listen 0.0.0.0:8080 --database-url postgres://desk@localhost/paper"
)]
pub(super) struct Serve {
    #[command(flatten)]
    common: Common,
    /// Where to listen; 127.0.0.1:8080 when nothing is said. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Brings the schema up to date first. A new SQLite file gets its schema in any case.
    #[arg(long)]
    migrate: bool,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let config = self.common.settings(self.listen)?;
        let (lines, _written) = log(&config)?;
        let is_new = config.database_url.is_none() && !config.data_dir.join("masthead.db").exists();
        let store = open_store(&config).await?;
        if self.migrate || is_new {
            store.migrate().await?;
        }
        has_schema(&store, &config, "run `masthead migrate`, or serve with --migrate").await?;
        serve(config, store, lines, |_| Ok(())).await
    }
}

/// Serves until the process is told to stop. `ready` is called with the address when the server listens.
pub(super) async fn serve(
    config: Config,
    store: Store,
    lines: Lines,
    ready: impl FnOnce(SocketAddr) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let gateway = Arc::new(Gateway::open(&config, store.clone())?);
    gateway.watch.look(&store).await?;
    let watching = {
        let (gateway, store) = (Arc::clone(&gateway), store.clone());
        tokio::spawn(async move { gateway.watch.follow(&store).await })
    };
    let leaving = {
        let gateway = Arc::clone(&gateway);
        tokio::spawn(async move {
            // Whoever waits for changes is answered before the server drains.
            if told_to_stop().await.is_ok() {
                gateway.waiting.close();
            }
        })
    };
    let options = ServerOptions {
        listen: config.listen,
        workers: config.workers.map(NonZeroUsize::get),
        cors_origins: config.web_origins(),
        docs: config.docs.swagger,
        graphiql: config.docs.graphiql,
        graphql: config.graphql.limits(),
        lines,
        log_format: config.log.format,
        head_timeout: Duration::from_secs(10),
        drain_timeout: Duration::from_secs(config.drain_seconds),
    };
    gateway.agents.fetch_keys(gateway.clock.now()).await;
    let listening =
        listen(Arc::clone(&gateway), &options).map_err(CommandError::system(format!("{}", config.listen)))?;
    ready(listening.address)?;
    say(&format!("listening on http://{}", listening.address));
    // Not before it listens: who cannot, and is started again and again, would begin letters and leave them.
    let mut carrying = {
        let gateway = Arc::clone(&gateway);
        tokio::spawn(async move {
            let carry = || AssertUnwindSafe(gateway.accounts.carry_letters(EVERY)).catch_unwind();
            while carry().await.is_err() {
                tracing::error!("the courier of letters failed, and begins anew");
                tokio::time::sleep(EVERY).await;
            }
        })
    };
    let served = listening.server.await;
    // What the courier does not carry yet stays in the database.
    gateway.accounts.close_letters();
    let drain = Duration::from_secs(config.drain_seconds);
    let (unsent, carried) =
        tokio::join!(gateway.accounts.post.finish(drain), tokio::time::timeout(drain, &mut carrying));
    if unsent > 0 {
        tracing::warn!(unsent, "letters were not sent before the end");
    }
    if carried.is_err() {
        carrying.abort();
        tracing::warn!("the mail server has not answered before the end; letters with gifts may come twice");
    }
    watching.abort();
    leaving.abort();
    store.close().await?;
    served.map_err(CommandError::system("the server"))
}

/// Ends when the process is told to stop. The server listens for that as well.
async fn told_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminated.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
