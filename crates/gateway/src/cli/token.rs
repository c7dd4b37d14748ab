//! `masthead token`

use super::{CommandError, Common, open_publication, reading, say};
use crate::auth::{KeyRing, Secrets};
use crate::clock::{SystemChance, SystemClock};
use crate::operation::{Described, DescribedKind, Reading};
use crate::state::open_tokens;
use clap::{Args, Subcommand, ValueEnum};
use masthead_domain::clock::Clock;
use masthead_domain::member::Email;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::{Bearer, Role, Viewer};
use std::mem::take;
use std::path::{Path, PathBuf};

/// Makes tokens.
#[derive(Subcommand)]
pub(super) enum Token {
    Mint(Mint),
    Key(Key),
    Secret(Secret),
}

/// Makes a key that signs tokens (Ed25519, PKCS#8 in PEM), for tokens.signing_key. All servers on one PostgreSQL
/// need the same.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead token key /srv/paper/signing.pem")]
pub(super) struct Key {
    /// The file to make. One that is there is left alone.
    file: PathBuf,
}

/// Makes the secret that codes, links and refresh tokens are hashed with, for auth.secret. All servers on one PostgreSQL
/// need the same.
#[derive(Args)]
#[command(after_help = "Example:\n  masthead token secret /srv/paper/secret")]
pub(super) struct Secret {
    /// The file to make. One that is there is left alone.
    file: PathBuf,
}

fn tell_of(file: &Path, is_made: bool) -> Result<(), CommandError> {
    let file = file.display();
    if !is_made {
        return Err(CommandError::Refused(format!("{file} is there already, and is left as it is")));
    }
    say(&format!("{file}: written"));
    Ok(())
}

/// Prints a token that speaks for a described viewer, or for a member. The token stands alone on the last line.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead token mint --as member --tier patron --ttl 15m\n  masthead token mint --as staff --role editor --subject anna\n  masthead token mint --member reader@paper.example\n  curl -H \"Authorization: Bearer $(masthead token mint --as subscriber)\" http://127.0.0.1:8080/v1/me"
)]
pub(super) struct Mint {
    #[command(flatten)]
    common: Common,
    /// Whom the token speaks for: a viewer that it describes.
    #[arg(long = "as", value_enum, required_unless_present = "member")]
    viewer: Option<Kind>,
    /// Whom the token speaks for: the member with this address. What they hold is looked up whenever it is used.
    #[arg(long, value_name = "EMAIL", conflicts_with_all = ["viewer", "tiers", "role", "subject"])]
    member: Option<Email>,
    /// A tier that the member holds; may be given several times.
    #[arg(long = "tier", value_name = "SLUG")]
    tiers: Vec<Slug>,
    /// What somebody on the staff may do: writer, editor, publisher or admin. Reading alone when nothing is said.
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,
    /// How long the token lives: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
    ttl: i64,
    /// The reader's or editor's name in the token (`sub`), by which the audit log tells what somebody on the staff did;
    /// described:KIND when nothing is said.
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
}

/// A kind of viewer.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Reads as without a token.
    Anonymous,
    /// Has the free newsletter.
    Subscriber,
    /// Pays for a membership.
    Member,
    /// Works for the publisher.
    Staff,
}

impl From<Kind> for DescribedKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Anonymous => Self::Anonymous,
            Kind::Subscriber => Self::Subscriber,
            Kind::Member => Self::Member,
            Kind::Staff => Self::Staff,
        }
    }
}

impl Token {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let mint = match self {
            Self::Mint(mint) => mint,
            Self::Key(key) => return tell_of(&key.file, KeyRing::make(&key.file, &SystemChance)?),
            Self::Secret(secret) => {
                return tell_of(&secret.file, Secrets::make(&secret.file, &SystemChance)?);
            }
        };
        let config = mint.common.settings(None)?;
        let store = open_publication(&config).await?;
        let tokens = open_tokens(&config)?;
        let token = match (&mint.member, mint.viewer) {
            (Some(email), _) => {
                let member = store.registry().member_by_email(email).await?;
                let none = || CommandError::Refused("there is no member with this address".to_owned());
                let bearer = Bearer::Member { member: member.ok_or_else(none)?.id, session: None };
                tokens.issue(&bearer, mint.ttl, SystemClock.now())?
            }
            (None, Some(kind)) => {
                let viewer = mint.described(kind, &reading(&store)).await?;
                tokens.mint(&viewer, mint.ttl, SystemClock.now())?
            }
            (None, None) => return Err(CommandError::Refused("say --as or --member".to_owned())),
        };
        say(&token);
        Ok(store.close().await?)
    }
}

impl Mint {
    async fn described(&self, kind: Kind, reading: &Reading) -> Result<Viewer, CommandError> {
        let refused = |rule: &str| Err(CommandError::Refused(rule.to_owned()));
        if !self.tiers.is_empty() && kind != Kind::Member {
            return refused("--tier goes with --as member only");
        }
        if self.role.is_some() && kind != Kind::Staff {
            return refused("--role goes with --as staff only");
        }
        if self.subject.is_some() && kind == Kind::Anonymous {
            return refused("--subject does not go with --as anonymous");
        }
        let tiers = self.tiers.iter().map(ToString::to_string).collect();
        let described = Described { kind: kind.into(), entitlements: Vec::new(), tiers };
        let mut viewer = described.viewer(reading).await?;
        match &mut viewer {
            Viewer::Reader(reader) => {
                reader.subject = self.subject.clone().unwrap_or(take(&mut reader.subject))
            }
            Viewer::Staff(staff) => {
                staff.role = self.role.unwrap_or(Role::Writer);
                staff.subject = self.subject.clone().unwrap_or(take(&mut staff.subject));
            }
            _ => {}
        }
        Ok(viewer)
    }
}

pub(super) fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is not a number with s, m, h or d, such as 15m");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: i64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number.checked_mul(factor).filter(|seconds| *seconds > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_number_with_a_unit() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("15m"), Ok(900));
        assert_eq!(seconds("1h"), Ok(3_600));
        assert_eq!(seconds("30d"), Ok(2_592_000));
        for bad in ["", "h", "1", "-1h", "0s", "1w", "1.5h", "9999999999999999d", "1é"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
