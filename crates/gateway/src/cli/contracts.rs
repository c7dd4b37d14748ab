//! `masthead contracts`

use super::{CommandError, say};
use crate::graphql;
use crate::rest;
use clap::Args;
use std::path::PathBuf;

/// Writes the contract files: schema.graphql and openapi/v1.json. Needs no database.
#[derive(Args)]
#[command(after_help = "Examples:\n  masthead contracts\n  masthead contracts --check")]
pub(super) struct Contracts {
    /// Writes nothing, and fails when a file differs from what would be written.
    #[arg(long)]
    check: bool,
    /// Where the files lie.
    #[arg(long, value_name = "DIR", default_value = ".")]
    into: PathBuf,
}

impl Contracts {
    pub(super) fn run(self) -> Result<(), CommandError> {
        for (name, text) in documents()? {
            self.settle(name, &text)?;
        }
        Ok(())
    }

    fn settle(&self, name: &str, text: &str) -> Result<(), CommandError> {
        let path = self.into.join(name);
        let stands = std::fs::read_to_string(&path).is_ok_and(|found| found == text);
        if self.check && !stands {
            let advice = "is not what the code says; run `masthead contracts` and commit the change";
            return Err(CommandError::Refused(format!("{name} {advice}")));
        }
        if !stands {
            let failed = || CommandError::system(path.display().to_string());
            if let Some(directory) = path.parent() {
                std::fs::create_dir_all(directory).map_err(failed())?;
            }
            std::fs::write(&path, text).map_err(failed())?;
        }
        say(&format!("{name}: {}", if stands { "up to date" } else { "written" }));
        Ok(())
    }
}

/// The files that the code says, by name.
fn documents() -> Result<Vec<(&'static str, String)>, CommandError> {
    let mut openapi = rest::document()
        .to_pretty_json()
        .map_err(|error| CommandError::Refused(format!("openapi/v1.json: {error}")))?;
    openapi.push('\n');
    Ok(vec![("openapi/v1.json", openapi), ("schema.graphql", graphql::sdl())])
}
