//! `masthead gift`

use super::{CommandError, Common, acting, open_publication, say};
use crate::operation::payment::{Present, make};
use clap::{Args, Subcommand};
use masthead_domain::slug::Slug;

/// Gift subscriptions: codes, each good once, for a tier over some months.
#[derive(Subcommand)]
pub(super) enum Gifts {
    Add(Add),
}

/// Makes gift subscriptions and prints their codes, one a line. They are shown this once.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead gift add patron --months 3 --count 20 > codes.txt")]
pub(super) struct Add {
    #[command(flatten)]
    common: Common,
    /// The tier's slug.
    tier: Slug,
    /// For how many months: 1, 3, 6 or 12.
    #[arg(long)]
    months: u8,
    /// How many: 1 to 100.
    #[arg(long, default_value_t = 1)]
    count: u8,
}

impl Gifts {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let present = Present { tier: self.tier, months: self.months };
        for wrapped in make(&acting(&store), present, self.count).await? {
            say(wrapped.code.as_str());
        }
        Ok(store.close().await?)
    }
}
