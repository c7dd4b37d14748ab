//! `masthead member`

mod feeds;
mod table;

use super::{CommandError, Common, acting, instant, open_publication, say};
use crate::operation::Acting;
use crate::operation::membership::{self, Change, Comp, Entry, Known};
use crate::state::open_secrets;
use clap::{Args, Subcommand};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::MemberId;
use masthead_domain::member::{Email, Status};
use masthead_domain::slug::Slug;

/// Members, as the publisher looks after them.
#[derive(Subcommand)]
pub(super) enum Members {
    Add(Add),
    Suspend(Suspend),
    Activate(Activate),
    Erase(Erase),
    Feeds(feeds::Feeds),
    Import(table::Import),
    Export(table::Export),
}

/// Adds a member, or gives more to one who is there.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead member add reader@paper.example --newsletter weekly\n  masthead member add critic@paper.example --name 'A. Critic' --tier patron --until 2027-01-01"
)]
pub(super) struct Add {
    #[command(flatten)]
    common: Common,
    /// Their address.
    email: Email,
    /// What they want to be called.
    #[arg(long)]
    name: Option<String>,
    /// A word to sort members by; may be given several times.
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// A newsletter that they have agreed to get; may be given several times.
    #[arg(long = "newsletter", value_name = "SLUG")]
    newsletters: Vec<Slug>,
    /// A tier that they are given.
    #[arg(long, value_name = "SLUG")]
    tier: Option<Slug>,
    /// The first day on which they no longer have it; left out, it goes on.
    #[arg(long, value_name = "DATE", requires = "tier", value_parser = instant)]
    until: Option<Timestamp>,
}

/// Shuts a member out: none of their tokens is good within a second, and they cannot sign in.
#[derive(Args)]
pub(super) struct Suspend {
    #[command(flatten)]
    common: Common,
    /// Their address.
    email: Email,
}

/// Lets a member who was suspended in again.
#[derive(Args)]
pub(super) struct Activate {
    #[command(flatten)]
    common: Common,
    /// Their address.
    email: Email,
}

/// Erases a member and all that is known of them.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead member erase reader@paper.example")]
pub(super) struct Erase {
    #[command(flatten)]
    common: Common,
    /// Their address.
    email: Email,
}

impl Members {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::Suspend(Suspend { common, email }) => become_of(&common, &email, Status::Suspended).await,
            Self::Activate(Activate { common, email }) => become_of(&common, &email, Status::Active).await,
            Self::Erase(erase) => erase.run().await,
            Self::Feeds(feeds) => feeds.run().await,
            Self::Import(import) => import.run().await,
            Self::Export(export) => export.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let config = self.common.settings(None)?;
        let store = open_publication(&config).await?;
        let entry = Entry {
            email: self.email,
            name: self.name,
            note: None,
            labels: self.labels,
            newsletters: self.newsletters,
            comp: self.tier.map(|tier| Comp { tier, until: self.until }),
        };
        let secrets = open_secrets(&config)?;
        let id = membership::enter(&acting(&store), &secrets, entry, Known::Extend).await?;
        say(&id.to_string());
        Ok(store.close().await?)
    }
}

impl Erase {
    async fn run(self) -> Result<(), CommandError> {
        let config = self.common.settings(None)?;
        let store = open_publication(&config).await?;
        let acting = acting(&store);
        let id = find(&acting, &self.email).await?;
        membership::erase(&acting, &open_secrets(&config)?, id).await?;
        say(&format!("erased: {id}"));
        Ok(store.close().await?)
    }
}

async fn become_of(common: &Common, email: &Email, status: Status) -> Result<(), CommandError> {
    let store = open_publication(&common.settings(None)?).await?;
    let acting = acting(&store);
    let id = find(&acting, email).await?;
    membership::change(&acting, id, None, Change { status: Some(status), ..Change::default() }).await?;
    say(&format!("{}: {id}", status.code()));
    Ok(store.close().await?)
}

async fn find(acting: &Acting<'_>, email: &Email) -> Result<MemberId, CommandError> {
    let none = || CommandError::Refused("there is no member with this address".to_owned());
    membership::by_email(acting, email).await?.ok_or_else(none)
}
