//! `masthead token`

use super::{CommandError, Common, say};
use crate::clock::SystemClock;
use crate::state::open_tokens;
use clap::{Args, Subcommand, ValueEnum};
use masthead_domain::clock::Clock;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::{Entitlement, Role, Staff, Viewer};

/// Makes tokens.
#[derive(Subcommand)]
pub(super) enum Token {
    Mint(Mint),
}

/// Prints a token that speaks for a described viewer. The token stands alone on the last line.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead token mint --as member --tier patron --ttl 15m\n  curl -H \"Authorization: Bearer $(masthead token mint --as subscriber)\" http://127.0.0.1:8080/v1/me"
)]
pub(super) struct Mint {
    #[command(flatten)]
    common: Common,
    /// Whom the token speaks for.
    #[arg(long = "as", value_enum)]
    viewer: Kind,
    /// A tier that the member holds; may be given several times.
    #[arg(long = "tier", value_name = "SLUG")]
    tiers: Vec<Slug>,
    /// What somebody on the staff may do: writer, editor, publisher or admin. Reading alone when nothing is said.
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<Role>,
    /// How long the token lives: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
    ttl: i64,
    /// The reader's or editor's name in the token (`sub`); described:KIND when nothing is said.
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

impl Kind {
    /// The viewer whom a token of this kind speaks for.
    pub(super) fn viewer(self, tiers: &[Slug], role: Role) -> Viewer {
        let subject = match self {
            Self::Anonymous => return Viewer::Anonymous,
            Self::Subscriber => "described:subscriber",
            Self::Member => "described:member",
            Self::Staff => "described:staff",
        };
        self.named(subject.to_owned(), tiers, role)
    }

    /// The same, with this name. Nobody is anonymous with a name.
    fn named(self, subject: String, tiers: &[Slug], role: Role) -> Viewer {
        let held = match self {
            Self::Anonymous => return Viewer::Anonymous,
            Self::Staff => return Viewer::Staff(Staff { subject, role }),
            Self::Subscriber => Entitlement::Subscriber,
            Self::Member => Entitlement::Member,
        };
        let tiers = tiers.iter().cloned().map(Entitlement::Tier);
        Viewer::member(subject, std::iter::once(held).chain(tiers))
    }
}

impl Token {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self::Mint(mint) = self;
        if !mint.tiers.is_empty() && mint.viewer != Kind::Member {
            return Err(CommandError::Refused("--tier goes with --as member only".to_owned()));
        }
        if mint.role.is_some() && mint.viewer != Kind::Staff {
            return Err(CommandError::Refused("--role goes with --as staff only".to_owned()));
        }
        let role = mint.role.unwrap_or(Role::Writer);
        let viewer = match mint.subject {
            None => mint.viewer.viewer(&mint.tiers, role),
            Some(_) if mint.viewer == Kind::Anonymous => {
                return Err(CommandError::Refused("--subject does not go with --as anonymous".to_owned()));
            }
            Some(subject) => mint.viewer.named(subject, &mint.tiers, role),
        };
        let config = mint.common.settings(None)?;
        let tokens = open_tokens(&config)?;
        let token = tokens.mint(&viewer, mint.ttl, SystemClock.now())?;
        say(&token);
        Ok(())
    }
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.into_iter().find(|role| role.code() == text);
    known.ok_or_else(|| "is none of writer, editor, publisher, admin".to_owned())
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
