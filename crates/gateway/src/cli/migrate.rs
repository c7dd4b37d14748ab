//! `masthead migrate`

use super::{CommandError, Common, open_store, say};
use clap::Args;

/// Brings the database's schema up to date, or takes steps back.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead migrate\n  masthead migrate --database-url postgres://desk@localhost/paper\n  masthead migrate --down 1"
)]
pub(super) struct Migrate {
    #[command(flatten)]
    common: Common,
    /// Takes so many steps back instead. What stands in their tables is lost.
    #[arg(long, value_name = "STEPS")]
    down: Option<u32>,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let store = open_store(&self.common.settings(None)?).await?;
        let (done, steps) = match self.down {
            Some(steps) => ("taken back", store.migrate_down(steps).await?),
            None => ("applied", store.migrate().await?),
        };
        if steps.is_empty() {
            say("nothing to do");
        }
        for step in steps {
            say(&format!("{done}: {step}"));
        }
        Ok(store.close().await?)
    }
}
