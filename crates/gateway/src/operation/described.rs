//! Viewers whom somebody describes: to see with their eyes, or to make a token that speaks for them.

use super::entitlement::holdable;
use super::named;
use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::{Entitlement, Reader, Viewer};

/// A kind of viewer that can be described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescribedKind {
    /// Without a token.
    Anonymous,
    /// A device on which nobody is signed in.
    Guest,
    /// Somebody with an account, who holds nothing by that.
    Account,
    /// Somebody with an account and the free newsletter.
    Subscriber,
    /// Somebody with an account who pays, or is treated so.
    Member,
    /// Somebody on the staff.
    Staff,
}

/// A viewer, described.
#[derive(Clone, Debug)]
pub struct Described {
    /// What they are.
    pub kind: DescribedKind,
    /// What they hold besides: `subscriber`, `member`, `tier:SLUG`.
    pub entitlements: Vec<String>,
    /// The tiers that a member holds, by their slugs.
    pub tiers: Vec<String>,
}

impl Described {
    /// The viewer.
    ///
    /// # Errors
    /// A problem with the place of what no such viewer holds, or of a tier that there is not.
    pub async fn viewer(&self, reading: &Reading) -> Result<Viewer, Problem> {
        let mut held = holdable(reading, &self.entitlements).await?;
        let tiers = self.tiers.iter().enumerate().map(|(at, text)| {
            let place = format!("tiers[{at}]");
            let wrong = |error| Problem::invalid_parameter(&place, format!("{place}: {error}."));
            text.parse::<Slug>().map_err(wrong).map(|slug| (place, slug))
        });
        for tier in tiers.collect::<Result<Vec<_>, _>>()? {
            let (place, slug) = tier;
            named::tier(reading, &place, &slug).await?;
            held.push(Entitlement::Tier(slug));
        }
        if !self.tiers.is_empty() && self.kind != DescribedKind::Member {
            return Err(Problem::invalid_parameter("tiers", "tiers: only a member holds tiers."));
        }
        // Where tiers come with other tiers, the viewer holds those too.
        let held = reading.store().held_with(held.into_iter().collect(), reading.now()).await?;
        let held: Vec<Entitlement> = held.iter().cloned().collect();
        let entitlement = match self.kind {
            DescribedKind::Account => None,
            DescribedKind::Subscriber => Some(Entitlement::Subscriber),
            DescribedKind::Member => Some(Entitlement::Member),
            DescribedKind::Guest => {
                let entitlements = held.into_iter().collect();
                return Ok(Viewer::Reader(Reader { entitlements, ..Reader::nobody("described:guest") }));
            }
            DescribedKind::Anonymous | DescribedKind::Staff if !held.is_empty() => {
                let detail = "entitlements: only readers with a token hold any.";
                return Err(Problem::invalid_parameter("entitlements", detail));
            }
            DescribedKind::Anonymous => return Ok(Viewer::Anonymous),
            DescribedKind::Staff => return Ok(Viewer::staff("described:staff")),
        };
        let subject = match self.kind {
            DescribedKind::Subscriber => "described:subscriber",
            DescribedKind::Account => "described:account",
            _ => "described:member",
        };
        Ok(Viewer::member(subject, entitlement.into_iter().chain(held)))
    }
}
