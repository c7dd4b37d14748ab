//! `masthead partner`

use super::{CommandError, Common, acting, open_publication, print_all, reading, say};
use crate::body;
use crate::error::Problem;
use crate::feed;
use crate::operation::partner::{self, Change, Entry, LicenceTerms, deliveries, preview};
use crate::rest::LicenceDto;
use crate::state::open_site;
use clap::{Args, Subcommand};
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::page::{PageRequest, PageSize};
use masthead_domain::partner::PartnerStatus;
use std::path::{Path, PathBuf};

/// Enters partners, lists, suspends and activates them.
#[derive(Subcommand)]
pub(super) enum Partner {
    Add(Add),
    List(List),
    Deliveries(Deliveries),
    Preview(Preview),
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

/// Lists what was delivered to a partner, the newest articles first.
#[derive(Args)]
#[command(
    after_help = "Example:\n  masthead partner deliveries par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b\n\nA line has the article, the most of it that ever went out, how many editions of so much did, when anything of it first and\nlast went out, and by which way the last time."
)]
pub(super) struct Deliveries {
    #[command(flatten)]
    common: Common,
    /// The partner's id.
    partner: PartnerId,
    /// Of this article alone: its id.
    #[arg(long, value_name = "ID")]
    article: Option<ArticleId>,
}

/// Tells what a licence would deliver, before it is granted: the articles of the last seven days.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead partner preview licence.json --partner par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b\n  masthead partner preview licence.json --feed atom > sample.xml"
)]
pub(super) struct Preview {
    #[command(flatten)]
    common: Common,
    /// The file with the licence.
    licence: PathBuf,
    /// The partner whose present licence it is compared with.
    #[arg(long, value_name = "ID")]
    partner: Option<PartnerId>,
    /// Print the feed of all articles that it would have: `rss`, `atom`, `json` or `ninjs`.
    #[arg(long, value_name = "FORMAT")]
    feed: Option<String>,
}

impl Preview {
    async fn run(self) -> Result<(), CommandError> {
        let terms = licence_in(&self.licence)?;
        let settings = self.common.settings(None)?;
        let store = open_publication(&settings).await?;
        let reading = reading(&store);
        if let Some(format) = &self.feed {
            let site = open_site(&settings)?;
            let theirs = preview::sample(&reading, self.partner, terms).await?;
            let document = feed::printed(&theirs, &site, format).await?;
            say(&String::from_utf8_lossy(&document));
            return Ok(store.close().await?);
        }
        let preview = async |request| preview::preview(&reading, self.partner, terms.clone(), &request).await;
        let size = PageSize::new(1).map_err(|error| CommandError::Refused(error.to_string()))?;
        let all = preview(PageRequest::first(size)).await?;
        say(&format!("{} articles in seven days", all.count));
        if self.partner.is_some() {
            say(&format!("{} more than now, and {} fewer", all.adds, all.loses));
        }
        print_all(
            async |request| Ok(preview(request).await?.page),
            |dossier| {
                let view = &dossier.view;
                let open = view.locks.iter().filter(|lock| lock.access.granted()).count();
                let published = view.published.map(|at| at.to_string()).unwrap_or_default();
                let locks = format!("{open} of {} locks open", view.locks.len());
                format!("{}  {published}  {:>5} words  {locks}  {}", view.id, view.measure.words, view.title)
            },
        )
        .await?;
        Ok(store.close().await?)
    }
}

/// The licence that a file holds.
fn licence_in(file: &Path) -> Result<LicenceTerms, CommandError> {
    let text = std::fs::read(file).map_err(CommandError::system(file.display().to_string()))?;
    let wrong = |problem: Problem| CommandError::Refused(format!("{}: {}", file.display(), problem.detail()));
    let read: LicenceDto = body::object(&text).map_err(wrong)?;
    Ok(read.terms()?)
}

impl Partner {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Deliveries(deliveries) => deliveries.run().await,
            Self::Preview(preview) => preview.run().await,
            Self::Suspend(it) => put_status(&it.common, it.partner, PartnerStatus::Suspended).await,
            Self::Activate(it) => put_status(&it.common, it.partner, PartnerStatus::Active).await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let licence = self.licence.as_deref().map(licence_in).transpose()?;
        let store = open_publication(&self.common.settings(None)?).await?;
        let entry = Entry { name: self.name, contact: self.contact, licence };
        let saved = partner::create(&acting(&store), entry).await?;
        say(&saved.partner.id.to_string());
        Ok(store.close().await?)
    }
}

impl Deliveries {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let reading = reading(&store);
        print_all(
            async |request| deliveries::to(&reading, self.partner, self.article, &request).await,
            |delivery| {
                let most = &delivery.most;
                let links = if most.source_links { "with links" } else { "no links" };
                format!(
                    "{}  {:<9}  {links:<10}  {}  {}  {}  {}",
                    most.article,
                    most.extent.code(),
                    delivery.editions,
                    delivery.first_at,
                    delivery.last_at,
                    delivery.surface
                )
            },
        )
        .await?;
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
