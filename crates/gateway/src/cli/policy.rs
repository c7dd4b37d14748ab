//! `masthead policy`

use super::{CommandError, Common, acting, open_store, say};
use crate::body;
use crate::error::Code;
use crate::operation::policy;
use clap::{Args, Subcommand};
use masthead_domain::paywall::Policy;
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
        let store = open_store(&self.common.settings(None)?).await?;
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
        let policy = read(&text).map_err(|fault| CommandError::Refused(format!("{name}: {fault}")))?;
        let store = open_store(&self.common.settings(None)?).await?;
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

/// Reads a policy that may be saved, or says where it is wrong.
fn read(text: &[u8]) -> Result<Policy, String> {
    let policy: Policy = body::object(text).map_err(|problem| problem.detail().to_owned())?;
    policy.check().map_err(|error| error.to_string())?;
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_named_with_its_place() {
        assert!(read(b"{}").is_ok());
        let fault = |text: &str| read(text.as_bytes()).expect_err("a fault");
        assert!(fault(r#"{"rules": [{"nam": "a"}]}"#).contains("rules[0].nam"));
        assert!(
            fault(r#"{"rules": [{"name": "a", "freeBlocks": 2000}]}"#).starts_with("rules[0].freeBlocks")
        );
        assert!(fault("{} {}").contains("behind the JSON object"));
        assert!(fault("[]").contains("is a JSON object"), "an empty list is no empty policy");
    }
}
