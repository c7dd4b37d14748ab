//! `masthead import`

use super::{CommandError, Common, log, open_store, say};
use crate::clock::SystemClock;
use crate::import::ghost::{GhostOptions, Target, import_ghost};
use crate::import::progress::Bar;
use clap::{Args, Subcommand};
use masthead_domain::clock::Clock;
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// Takes in a publication from another system.
#[derive(Subcommand)]
pub(super) enum Import {
    Ghost(Ghost),
}

/// Takes in an export of Ghost 5 or 6. The whole file is checked before the first write. Taking the same file in
/// again changes nothing, and completes what was interrupted.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead import ghost export.json --dry-run\n  masthead import ghost export.json --site-url https://paper.example"
)]
pub(super) struct Ghost {
    #[command(flatten)]
    common: Common,
    /// The export: Ghost Admin, Settings, Migration tools, Export.
    file: PathBuf,
    /// Reads, converts and checks everything beside what the database holds, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where the Ghost site stands; without it, addresses on it become paths on the publication's own site.
    #[arg(long, value_name = "URL")]
    site_url: Option<Url>,
}

impl Import {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let Self::Ghost(import) = self;
        let config = import.common.settings(None)?;
        let _logs = log(&config)?;
        let options = GhostOptions { site_url: import.site_url, now: SystemClock.now() };
        let store = match import.dry_run && !config.database_url().may_be_there() {
            true => None,
            false => Some(open_store(&config).await?),
        };
        let target = match &store {
            Some(store) if !import.dry_run => {
                store.migrate().await?;
                Target::Store(store)
            }
            beside => Target::Nowhere(beside.as_ref()),
        };
        let bar = Arc::new(Bar::default());
        let summary = import_ghost(target, &import.file, &options, bar).await.map_err(Box::new)?;
        say(&summary.to_string());
        if let Some(store) = store {
            store.close().await?;
        }
        Ok(())
    }
}
