//! `masthead gift`

use super::{CommandError, Common, acting, open_publication, print_all, reading, say};
use crate::operation::payment::{self, Present};
use clap::{Args, Subcommand};
use masthead_domain::id::GiftSubscriptionId;
use masthead_domain::slug::Slug;

/// Gift subscriptions: codes, each good once, for a tier over some months.
#[derive(Subcommand)]
pub(super) enum Gifts {
    Add(Add),
    List(List),
    Revoke(Revoke),
}

/// Makes gift subscriptions and prints the id and, after a tab, the code of each. Codes are shown this once.
#[derive(Args)]
#[command(
    after_help = "Example:\n  masthead gift add patron --months 3 --count 20 > gifts.txt && cut -f2 gifts.txt"
)]
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

/// Lists the gift subscriptions, the newest first: state, since when it has been so, when it was made, months and tier. Codes
/// are not kept.
#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

/// Takes a gift subscription back that nobody has redeemed.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead gift revoke gsu_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
pub(super) struct Revoke {
    #[command(flatten)]
    common: Common,
    /// The gift subscription's id.
    gift: GiftSubscriptionId,
}

impl Gifts {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Revoke(revoke) => revoke.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let present = Present { tier: self.tier, months: self.months, recipient: None };
        for wrapped in payment::make(&acting(&store), present, self.count).await? {
            say(&format!("{}\t{}", wrapped.gift.id, wrapped.code.as_str()));
        }
        Ok(store.close().await?)
    }
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let reading = reading(&store);
        print_all(
            async |request| payment::list(&reading, &request).await,
            |gift| {
                let (state, since, created) = (gift.state().code(), gift.since(), gift.created);
                format!(
                    "{}  {state:<8}  {since:<27}  {created:<27}  {:>2}  {}",
                    gift.id, gift.months, gift.tier
                )
            },
        )
        .await?;
        Ok(store.close().await?)
    }
}

impl Revoke {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        payment::revoke(&acting(&store), self.gift).await?;
        say(&format!("revoked: {}", self.gift));
        Ok(store.close().await?)
    }
}
