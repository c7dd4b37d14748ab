//! `masthead partner`

use super::{CommandError, Common, acting, open_publication, print_all, reading, say};
use crate::body;
use crate::error::Problem;
use crate::operation::partner::{self, Change, Entry};
use crate::rest::LicenceDto;
use clap::{Args, Subcommand};
use masthead_domain::id::PartnerId;
use masthead_domain::partner::PartnerStatus;
use std::path::PathBuf;

/// Enters partners, lists, suspends and activates them.
#[derive(Subcommand)]
pub(super) enum Partner {
    Add(Add),
    List(List),
    Suspend(Suspend),
    Activate(Activate),
}

/// Suspends a partner: none of its keys is good any more, within a second.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead partner suspend par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
pub(super) struct Suspend {
    #[command(flatten)]
    common: Common,
    /// The partner's id.
    partner: PartnerId,
}

/// Lets a partner in again that was suspended.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead partner activate par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
pub(super) struct Activate {
    #[command(flatten)]
    common: Common,
    /// The partner's id.
    partner: PartnerId,
}

async fn put_status(common: &Common, partner: PartnerId, status: PartnerStatus) -> Result<(), CommandError> {
    let store = open_publication(&common.settings(None)?).await?;
    let change = Change { status: Some(status), ..Change::default() };
    let saved = partner::change(&acting(&store), partner, None, change).await?;
    say(&format!("{} is {}", saved.partner.name, status.code()));
    Ok(store.close().await?)
}

/// Enters a partner and prints its id.
#[derive(Args)]
#[command(
    after_help = "Example:\n  masthead partner add --name 'The Agency' --licence licence.json\n\nA licence is a JSON document, for example:\n  { \"sections\": null, \"tags\": null, \"languages\": [\"en\"], \"extent\": \"full_text\", \"sourceLinks\": false,\n    \"delaySeconds\": 3600, \"dailyQuota\": 1000, \"attribution\": \"First in The Paper.\" }"
)]
pub(super) struct Add {
    #[command(flatten)]
    common: Common,
    /// What it is called.
    #[arg(long)]
    name: String,
    /// Whom to write to.
    #[arg(long)]
    contact: Option<String>,
    /// A file with the licence; without one the partner may take nothing yet.
    #[arg(long, value_name = "FILE")]
    licence: Option<PathBuf>,
}

/// Lists the partners, the newest first.
#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

impl Partner {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Suspend(it) => put_status(&it.common, it.partner, PartnerStatus::Suspended).await,
            Self::Activate(it) => put_status(&it.common, it.partner, PartnerStatus::Active).await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let licence = match &self.licence {
            None => None,
            Some(file) => {
                let text = std::fs::read(file).map_err(CommandError::system(file.display().to_string()))?;
                let wrong = |problem: Problem| {
                    CommandError::Refused(format!("{}: {}", file.display(), problem.detail()))
                };
                let read: LicenceDto = body::object(&text).map_err(wrong)?;
                Some(read.terms()?)
            }
        };
        let store = open_publication(&self.common.settings(None)?).await?;
        let entry = Entry { name: self.name, contact: self.contact, licence };
        let saved = partner::create(&acting(&store), entry).await?;
        say(&saved.partner.id.to_string());
        Ok(store.close().await?)
    }
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let reading = reading(&store);
        print_all(
            async |request| partner::list(&reading, &request).await,
            |saved| {
                let partner = &saved.partner;
                let licence = partner.licence.as_ref().map_or("no licence", |licence| licence.extent.code());
                format!("{}  {:<9}  {licence:<10}  {}", partner.id, partner.status.code(), partner.name)
            },
        )
        .await?;
        Ok(store.close().await?)
    }
}
