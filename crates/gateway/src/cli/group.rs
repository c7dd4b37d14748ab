//! `masthead group`

use super::{CommandError, Common, acting, instant, open_publication, print_all, reading, say};
use crate::operation::Acting;
use crate::operation::group::{self, Entry, Managing};
use crate::operation::membership;
use crate::state::Gateway;
use clap::{Args, Subcommand};
use masthead_domain::clock::Timestamp;
use masthead_domain::group::{GroupSelection, GroupStatus};
use masthead_domain::id::GroupId;
use masthead_domain::member::Email;
use masthead_domain::slug::Slug;
use std::time::Duration;

/// Enters groups, lists and ends them, and invites people to their seats.
#[derive(Subcommand)]
pub(super) enum Group {
    Add(Add),
    List(List),
    End(End),
    Invite(Invite),
}

/// Enters a group and prints its id.
#[derive(Args)]
#[command(
    after_help = "Example:\n  masthead group add --name 'The faculty' --tier patron --seats 200 --until 2027-10-01 --domain faculty.example --owner dean@faculty.example"
)]
pub(super) struct Add {
    #[command(flatten)]
    common: Common,
    /// What it is called.
    #[arg(long)]
    name: String,
    /// The tier that a seat opens.
    #[arg(long, value_name = "SLUG")]
    tier: Slug,
    /// How many seats it has.
    #[arg(long)]
    seats: u32,
    /// From when on they count; left out, from now on.
    #[arg(long, value_name = "DATE", value_parser = instant)]
    from: Option<Timestamp>,
    /// The first day on which it is over; left out, it goes on.
    #[arg(long, value_name = "DATE", value_parser = instant)]
    until: Option<Timestamp>,
    /// How many days after its end seats still count.
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    grace_days: u16,
    /// Whose addresses may take a seat without an invitation; may be given several times.
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<String>,
    /// The address of a member who manages the seats; may be given several times.
    #[arg(long = "owner", value_name = "ADDRESS")]
    owners: Vec<Email>,
}

/// Lists the groups, the newest first: seats taken of how many, tier and name.
#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
    /// Those too that were ended.
    #[arg(long)]
    all: bool,
}

/// Ends a group, for good: its seats open nothing within a second.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead group end grp_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
pub(super) struct End {
    #[command(flatten)]
    common: Common,
    /// The group's id.
    group: GroupId,
}

/// Invites people to seats in a group, by mail.
#[derive(Args)]
#[command(
    after_help = "Example:\n  masthead group invite grp_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b anna@faculty.example ben@faculty.example"
)]
pub(super) struct Invite {
    #[command(flatten)]
    common: Common,
    /// The group's id.
    group: GroupId,
    /// Their addresses.
    #[arg(required = true, value_name = "ADDRESS")]
    emails: Vec<String>,
}

impl Group {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::End(end) => end.run().await,
            Self::Invite(invite) => invite.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let acting = acting(&store);
        let entry = Entry {
            name: self.name,
            tier: self.tier,
            seats: self.seats,
            starts: self.from,
            ends: self.until,
            grace_seconds: i64::from(self.grace_days) * 24 * 3_600,
            domains: self.domains,
            owners: owners(&acting, &self.owners).await?,
        };
        let saved = group::create(&acting, entry).await?;
        say(&saved.group.id.to_string());
        Ok(store.close().await?)
    }
}

async fn owners(acting: &Acting<'_>, emails: &[Email]) -> Result<Vec<String>, CommandError> {
    let mut ids = Vec::new();
    for email in emails {
        let none =
            || CommandError::Refused(format!("there is no member with the address {}", email.as_str()));
        ids.push(membership::by_email(acting, email).await?.ok_or_else(none)?.to_string());
    }
    Ok(ids)
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let reading = reading(&store);
        let status = (!self.all).then_some(GroupStatus::Active);
        let selection = GroupSelection { status, ..GroupSelection::default() };
        print_all(
            async |request| group::list(&reading, &selection, &request).await,
            |saved| {
                let group = &saved.group;
                let (status, seats) = (group.status.code(), format!("{}/{}", saved.taken, group.seats));
                format!("{}  {status:<6}  {seats:>13}  {}  {}", group.id, group.tier, group.name)
            },
        )
        .await?;
        Ok(store.close().await?)
    }
}

impl End {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        group::end(&acting(&store), self.group).await?;
        say(&format!("ended: {}", self.group));
        Ok(store.close().await?)
    }
}

impl Invite {
    async fn run(self) -> Result<(), CommandError> {
        let config = self.common.settings(None)?;
        let store = open_publication(&config).await?;
        let gateway = Gateway::open(&config, store.clone())?;
        let managing = Managing::of_staff(acting(&store))?;
        let made = group::invite(&managing, &gateway.accounts, self.group, &self.emails).await?;
        let unsent = gateway.accounts.post.finish(Duration::from_secs(config.drain_seconds)).await;
        store.close().await?;
        if unsent > 0 {
            let detail =
                format!("{unsent} of {} letters were not sent; is the mail server away?", made.len());
            return Err(CommandError::Refused(detail));
        }
        say(&format!("invited: {}", made.len()));
        Ok(())
    }
}
