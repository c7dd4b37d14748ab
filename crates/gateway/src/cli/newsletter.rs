//! `masthead newsletter`

use super::{CommandError, Common, acting, open_publication, say};
use crate::operation::member::unsubscribe_path;
use crate::operation::newsletter::{Setup, save};
use crate::state::open_secrets;
use clap::{Args, Subcommand};
use masthead_domain::member::{Newsletter, Status};
use masthead_domain::slug::Slug;
use masthead_persistence::Store;
use serde_json::json;

/// Newsletters, and who gets them.
#[derive(Subcommand)]
pub(super) enum Newsletters {
    Add(Add),
    Recipients(Recipients),
}

/// Adds a newsletter, or changes the one with this slug.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead newsletter add weekly --name 'The Weekly'")]
pub(super) struct Add {
    #[command(flatten)]
    common: Common,
    /// Its name in URLs.
    slug: Slug,
    /// Its name for readers.
    #[arg(long)]
    name: String,
    /// What it brings, and how often.
    #[arg(long)]
    description: Option<String>,
    /// Whoever gets it is no subscriber by that: it opens nothing.
    #[arg(long)]
    opens_nothing: bool,
    /// It is no longer offered.
    #[arg(long)]
    inactive: bool,
}

/// Prints who gets a newsletter, one JSON object a line, for the program that sends it.
#[derive(Args)]
#[command(
    after_help = "Put `unsubscribe` between < and > into the header field List-Unsubscribe, and `List-Unsubscribe=One-Click` into\nList-Unsubscribe-Post (RFC 8058).\n\nExample:\n  masthead newsletter recipients weekly --api-url https://api.paper.example"
)]
pub(super) struct Recipients {
    #[command(flatten)]
    common: Common,
    /// The newsletter's slug.
    slug: Slug,
    /// Where the API is reached, for the unsubscribe addresses.
    #[arg(long, value_name = "URL")]
    api_url: String,
}

/// How many members are read at once.
const PAGE: u32 = 500;

impl Newsletters {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::Recipients(recipients) => recipients.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let setup = Setup {
            slug: self.slug,
            name: self.name,
            description: self.description,
            makes_subscriber: !self.opens_nothing,
            active: !self.inactive,
        };
        let id = save(&acting(&store), setup).await?;
        say(&id.to_string());
        Ok(())
    }
}

impl Recipients {
    async fn run(self) -> Result<(), CommandError> {
        let config = self.common.settings(None)?;
        let store = open_publication(&config).await?;
        let secrets = open_secrets(&config)?;
        let none = || CommandError::Refused("there is no newsletter with this slug".to_owned());
        let newsletter = find(&store, &self.slug).await?.ok_or_else(none)?;
        let base = self.api_url.trim_end_matches('/');
        let mut after = None;
        loop {
            let page = store.registry().recipients(newsletter.id, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            for member in page.iter().filter(|member| member.status == Status::Active) {
                let token = secrets.unsubscribe_token(member.id, newsletter.id);
                let unsubscribe = format!("{base}{}", unsubscribe_path(&token));
                let line = json!({
                    "email": member.email.as_str(),
                    "name": member.name,
                    "unsubscribe": unsubscribe,
                });
                say(&line.to_string());
            }
        }
    }
}

/// The newsletter with this slug.
async fn find(store: &Store, slug: &Slug) -> Result<Option<Newsletter>, CommandError> {
    let all = store.registry().newsletters().await?;
    Ok(all.into_iter().find(|newsletter| newsletter.slug == *slug))
}
