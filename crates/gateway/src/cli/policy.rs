//! `masthead policy`

use super::{CommandError, Common, acting, open_publication, say};
use crate::body;
use crate::error::Code;
use crate::operation::policy;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Shows and sets the paywall's policy.
#[derive(Subcommand)]
pub(super) enum PolicyCommand {
    Show(Show),
    Set(Set),
}

/// Prints the policy that holds, as JSON.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead policy show --data-dir /srv/paper > policy.json")]
pub(super) struct Show {
    #[command(flatten)]
    common: Common,
}

/// Saves the policy in a file, whole. Servers that run hold to it within a second.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead policy set policy.json\n  masthead policy set policy.json --based-on 3"
)]
pub(super) struct Set {
    #[command(flatten)]
    common: Common,
    /// The file, as JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Saves it only when this version still holds; 0 is none.
    #[arg(long, value_name = "VERSION")]
    based_on: Option<i64>,
}

impl PolicyCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Show(show) => show.run().await,
            Self::Set(set) => set.run().await,
        }
    }
}

impl Show {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let policy = store.registry().policy().await?.map(|saved| saved.policy).unwrap_or_default();
        let text = serde_json::to_string_pretty(&policy)
            .map_err(|error| CommandError::Refused(format!("the policy: {error}")))?;
        say(&text);
        Ok(store.close().await?)
    }
}

impl Set {
    async fn run(self) -> Result<(), CommandError> {
        let name = self.file.display().to_string();
        let text = std::fs::read(&self.file).map_err(CommandError::system(name.clone()))?;
        let policy = body::object(&text)
            .and_then(policy::read)
            .map_err(|problem| CommandError::Refused(format!("{name}: {}", problem.detail())))?;
        let store = open_publication(&self.common.settings(None)?).await?;
        let saved = policy::save(&acting(&store), policy, self.based_on).await.map_err(|problem| {
            if problem.code() == Code::PreconditionFailed {
                CommandError::Refused("another version holds; nothing was saved".to_owned())
            } else {
                problem.into()
            }
        })?;
        say(&format!("version {} holds", saved.version));
        Ok(store.close().await?)
    }
}
