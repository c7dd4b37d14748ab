//! `masthead member`

use super::{CommandError, Common, instant, newsletter, open_publication, say};
use crate::clock::{Chance, ChanceError, SystemChance, SystemClock};
use crate::config::Config;
use crate::state::open_secrets;
use clap::{Args, Subcommand};
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::{ConsentId, MemberId, SubscriptionId};
use masthead_domain::member::{Consent, Email, Member, Newsletter, Origin, Purpose, Status, Subscription};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Viewer;
use masthead_persistence::Store;

/// Members, as the publisher adds and erases them.
#[derive(Subcommand)]
pub(super) enum Members {
    Add(Add),
    Erase(Erase),
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
            Self::Add(add) => {
                let config = add.common.settings(None)?;
                add.run(&config).await
            }
            Self::Erase(erase) => erase.run().await,
        }
    }
}

impl Add {
    async fn run(self, config: &Config) -> Result<(), CommandError> {
        let store = open_publication(config).await?;
        let now = SystemClock.now();
        let hash = open_secrets(config)?.suppression_hash(&self.email);
        if store.registry().is_suppressed(&hash).await? {
            let rule = "whoever has this address asked to be forgotten; they can sign up themselves";
            return Err(CommandError::Refused(rule.to_owned()));
        }
        let newsletters = self.wanted(&store).await?;
        if let Some(tier) = &self.tier {
            let tiers = store.library(&Viewer::Anonymous, now).tiers().await?;
            if !tiers.iter().any(|one| one.slug == *tier) {
                return Err(CommandError::Refused(format!("there is no tier {tier}")));
            }
        }
        let mut work = store.begin(now).await?;
        let before = work.member_by_email(&self.email).await?;
        let is_new = before.is_none();
        let mut member = match before {
            Some(member) => member,
            None => Member {
                id: MemberId::new(now, bits()?),
                email: self.email,
                name: None,
                status: Status::Active,
                created: now,
                note: None,
                labels: Vec::new(),
            },
        };
        member.name = self.name.or(member.name);
        member.check().map_err(|error| CommandError::Refused(error.to_string()))?;
        work.put_members(std::slice::from_ref(&member)).await?;
        if is_new {
            work.log_consent(&consent(&member, Purpose::Account, now)?).await?;
        }
        for newsletter in newsletters {
            if work.confirm_newsletter(member.id, newsletter.id).await? {
                let purpose = Purpose::Newsletter(newsletter.slug);
                work.log_consent(&consent(&member, purpose, now)?).await?;
            }
        }
        if let Some(tier) = self.tier {
            let subscription = Subscription {
                id: SubscriptionId::new(now, bits()?),
                member: member.id,
                tier,
                origin: Origin::Comped,
                starts: now,
                ends: self.until,
                grace_seconds: 0,
                cancelled: None,
            };
            subscription.check().map_err(|error| CommandError::Refused(error.to_string()))?;
            work.put_subscriptions(&[subscription]).await?;
        }
        work.commit().await?;
        say(&member.id.to_string());
        Ok(())
    }

    async fn wanted(&self, store: &Store) -> Result<Vec<Newsletter>, CommandError> {
        let mut wanted = Vec::new();
        for slug in &self.newsletters {
            let none = || CommandError::Refused(format!("there is no newsletter {slug}"));
            wanted.push(newsletter::find(store, slug).await?.ok_or_else(none)?);
        }
        Ok(wanted)
    }
}

impl Erase {
    async fn run(self) -> Result<(), CommandError> {
        let config = self.common.settings(None)?;
        let store = open_publication(&config).await?;
        let secrets = open_secrets(&config)?;
        let mut work = store.begin(SystemClock.now()).await?;
        let none = || CommandError::Refused("there is no member with this address".to_owned());
        let member = work.member_by_email(&self.email).await?.ok_or_else(none)?;
        work.erase_member(&member).await?;
        work.suppress(&secrets.suppression_hash(&member.email)).await?;
        work.commit().await?;
        say(&format!("erased: {}", member.id));
        Ok(())
    }
}

/// What the publisher says that somebody has agreed to.
fn consent(member: &Member, purpose: Purpose, now: Timestamp) -> Result<Consent, ChanceError> {
    Ok(Consent {
        id: ConsentId::new(now, bits()?),
        member: member.id,
        purpose,
        wording: "as the publisher says".to_owned(),
        source: "operator".to_owned(),
        given: now,
        confirmed: now,
        withdrawn: None,
    })
}

fn bits() -> Result<[u8; 10], ChanceError> {
    let mut bits = [0; 10];
    SystemChance.fill(&mut bits)?;
    Ok(bits)
}
