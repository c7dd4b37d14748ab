//! `masthead member import` and `masthead member export`

use super::super::{CommandError, Common, acting, open_publication, say};
use crate::operation::membership::Filter;
use crate::operation::membership::table::{self, Options};
use crate::state::open_secrets;
use clap::Args;
use futures_util::{StreamExt, pin_mut};
use masthead_domain::slug::Slug;
use std::io::Write;
use std::path::PathBuf;

/// Takes a table of members in, such as Ghost's members export. All of it is checked before the first write. Taking the
/// same table in again changes nothing, and completes what was interrupted.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead member import members.csv --dry-run\n  masthead member import members.csv --comp-tier patron"
)]
pub(in crate::cli) struct Import {
    #[command(flatten)]
    common: Common,
    /// The table: CSV in UTF-8, with a header. Ghost Admin, Members, Export.
    file: PathBuf,
    /// The tier that those get who have a complimentary plan, unless their row names one tier that is here.
    #[arg(long, value_name = "SLUG")]
    comp_tier: Option<Slug>,
    /// Says what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Prints all members as a table with the columns of Ghost's members export, the newest first.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead member export > members.csv")]
pub(in crate::cli) struct Export {
    #[command(flatten)]
    common: Common,
}

impl Import {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let config = self.common.settings(None)?;
        let name = self.file.display().to_string();
        let file = std::fs::read(&self.file).map_err(CommandError::system(&name))?;
        let store = open_publication(&config).await?;
        let options = Options { comp_tier: self.comp_tier, is_dry_run: self.dry_run };
        let summary = table::import(&acting(&store), &open_secrets(&config)?, file.into(), &options).await?;
        say(&summary.to_string());
        Ok(store.close().await?)
    }
}

impl Export {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let acting = acting(&store);
        let pieces = table::export(&acting, Filter::default()).await?;
        pin_mut!(pieces);
        let failed = || CommandError::system("standard output");
        while let Some(piece) = pieces.next().await {
            std::io::stdout().write_all(&piece?).map_err(failed())?;
        }
        std::io::stdout().flush().map_err(failed())?;
        Ok(())
    }
}
