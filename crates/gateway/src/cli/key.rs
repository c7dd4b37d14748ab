//! `masthead key`

use super::{CommandError, Common, acting, open_publication, print_all, reading, say};
use crate::clock::SystemClock;
use crate::operation::partner::keys::{self, KeyState};
use clap::{ArgGroup, Args, Subcommand};
use masthead_domain::clock::Clock;
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::partner::{ApiKey, Holder, Unlicensed};
use masthead_domain::viewer::Role;
use secrecy::ExposeSecret;

/// Makes keys for partners and programs, lists and revokes them.
#[derive(Subcommand)]
pub(super) enum Key {
    Add(Add),
    List(List),
    Revoke(Revoke),
}

/// Makes a key and prints its id and then, this once, the key itself.
#[derive(Args)]
#[command(
    group(ArgGroup::new("holder").required(true).args(["partner", "role"])),
    after_help = "Examples:\n  masthead key add --partner par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b --name 'Feed reader' --ttl 365d\n  masthead key add --role editor --name 'Site build'\n  masthead key add --role publisher --manage --name 'Back office'"
)]
pub(super) struct Add {
    #[command(flatten)]
    common: Common,
    /// The partner that it is for.
    #[arg(long, value_name = "ID")]
    partner: Option<PartnerId>,
    /// For a program of your own, which may do what this role may: writer, editor, publisher or admin.
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,
    /// Lets the program write as its role may. Without it, it reads what its role may read, changes nothing, and exports
    /// no members.
    #[arg(long, requires = "role")]
    manage: bool,
    /// What it is for.
    #[arg(long)]
    name: String,
    /// How long it lives: a number with s, m, h or d. Left out, until it is revoked.
    #[arg(long, value_name = "TIME", value_parser = super::token::seconds)]
    ttl: Option<i64>,
}

/// Lists the keys of partners and programs, the newest first: state, whose it is or what it may do, and name.
#[derive(Args)]
#[command(
    after_help = "States:\n  good        it opens what its holder may read\n  revoked     by the publisher\n  expired     its time is over\n  suspended   its partner is suspended\n  no licence  its partner has none\n  early       its partner's licence has not begun\n  ended       its partner's licence is over"
)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

/// Revokes a key. It is good no longer within a second.
#[derive(Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    common: Common,
    /// The key's id.
    key: KeyId,
}

impl Key {
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
        let now = SystemClock.now();
        let store = open_publication(&self.common.settings(None)?).await?;
        let acting = acting(&store);
        let expires = self.ttl.map(|seconds| now.plus_seconds(seconds));
        let made = match (self.partner, self.role) {
            (Some(partner), None) => keys::add(&acting, partner, self.name, expires).await?,
            (None, Some(role)) => {
                keys::add_for_service(&acting, role, self.manage, self.name, expires).await?
            }
            _ => return Err(CommandError::Refused("a key is for --partner or for --role".to_owned())),
        };
        say(&made.key.id.to_string());
        say(made.text.expose_secret());
        Ok(store.close().await?)
    }
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let reading = reading(&store);
        let line = |(key, state): &(ApiKey, KeyState)| {
            let holder = match key.holder {
                Holder::Partner(partner) => partner.to_string(),
                Holder::Service(role) if key.manages() => format!("{}, manages", role.code()),
                Holder::Service(role) => role.code().to_owned(),
            };
            format!("{}  {:<10}  {holder:<36}  {}", key.id, word(*state), key.name)
        };
        print_all(async |request| keys::list(&reading, &request).await, line).await?;
        Ok(store.close().await?)
    }
}

const fn word(state: KeyState) -> &'static str {
    match state {
        KeyState::Good => "good",
        KeyState::Revoked => "revoked",
        KeyState::Expired => "expired",
        KeyState::Unlicensed(Unlicensed::Suspended) => "suspended",
        KeyState::Unlicensed(Unlicensed::Without) => "no licence",
        KeyState::Unlicensed(Unlicensed::Early(_)) => "early",
        KeyState::Unlicensed(Unlicensed::Ended(_)) => "ended",
    }
}

impl Revoke {
    async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        keys::revoke_any(&acting(&store), self.key).await?;
        say("revoked");
        Ok(store.close().await?)
    }
}
