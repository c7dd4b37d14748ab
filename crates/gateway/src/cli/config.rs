//! `masthead config`

use super::{CommandError, Common, filter, open_store, reading, say};
use crate::config::Config;
use crate::operation::tier;
use crate::state::check;
use clap::Args;
use masthead_domain::slug::Slug;
use masthead_persistence::Schema;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a database may take that is asked for its tiers.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prints the settings and where each came from: a default, the file, a variable or a flag. Secrets are hidden. Fails when
/// `serve` would refuse them, or when a price is for a tier that the database does not have, and tells all that is wrong.
#[derive(Args)]
#[command(after_help = "Example:\n  MASTHEAD_LISTEN=0.0.0.0:80 masthead config --data-dir /srv/paper")]
pub(super) struct Show {
    #[command(flatten)]
    common: Common,
}

impl Show {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let (config, origins) = self.common.settings_with_origins(None)?;
        say(&config.shown(&origins));
        let mut faults: Vec<String> =
            filter(&config).err().map(|fault| fault.to_string()).into_iter().collect();
        faults.extend(check(&config).iter().map(ToString::to_string));
        faults.extend(prices_of_no_tier(&config).await);
        if faults.is_empty() { Ok(()) } else { Err(CommandError::Refused(faults.join("\nmasthead: "))) }
    }
}

/// The prices for tiers that are not there. Where there is no database yet nothing is known of that, and where it cannot be read
/// that is told.
async fn prices_of_no_tier(config: &Config) -> Vec<String> {
    let Some(stripe) = &config.payments.stripe else { return Vec::new() };
    let prices: Vec<_> = stripe.prices().filter_map(Result::ok).collect();
    if prices.is_empty() || !config.database_url().may_be_there() {
        return Vec::new();
    }
    let Ok(Ok(Some(tiers))) = tokio::time::timeout(PATIENCE, tiers(config)).await else {
        say(
            "# whether the tiers of payments.stripe.prices exist was not checked: the database cannot be read",
        );
        return Vec::new();
    };
    let none = |(price, tier, _): &(String, Slug, _)| {
        (!tiers.contains(tier)).then(|| format!("payments.stripe.prices.{price}: there is no tier {tier}"))
    };
    prices.iter().filter_map(none).collect()
}

/// The tiers of a database that has its schema.
async fn tiers(config: &Config) -> Result<Option<BTreeSet<Slug>>, CommandError> {
    let store = open_store(config).await?;
    let tiers = match store.schema().await? {
        Schema::Current => Some(tier::all(&reading(&store)).await?),
        Schema::Older | Schema::Absent => None,
    };
    store.close().await?;
    Ok(tiers.map(|tiers| tiers.iter().map(|tier| tier.slug.clone()).collect()))
}
