//! The answer for one lock.

use super::requirement::Requirement;
use crate::id::ArticleId;
use crate::tier::Tier;
use crate::viewer::{Entitlement, Extent, PassKind, Viewer};
use std::sync::Arc;

/// Why a lock is open or shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Open: nothing is required.
    Public,
    /// Open: the viewer holds what is required.
    Entitled,
    /// Open: the viewer works for the publisher.
    Staff,
    /// Open: the reader's meter opened this article.
    Metered,
    /// Open: somebody gave this article to the reader.
    Gifted,
    /// Open: the partner's licence covers it.
    Licensed,
    /// Open: the viewer was sent a link to this article before its publication.
    Preview,
    /// Shut: nobody is signed in.
    SignInRequired,
    /// Shut: who is signed in does not hold what is required.
    NotEntitled,
    /// Shut: the partner's licence does not cover it.
    NotLicensed,
    /// Shut: nothing that a reader can get opens it.
    Unavailable,
}

impl Reason {
    /// Every reason, in the order of the declaration.
    pub const ALL: [Self; 11] = [
        Self::Public,
        Self::Entitled,
        Self::Staff,
        Self::Metered,
        Self::Gifted,
        Self::Licensed,
        Self::Preview,
        Self::SignInRequired,
        Self::NotEntitled,
        Self::NotLicensed,
        Self::Unavailable,
    ];

    /// The reason in snake case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Entitled => "entitled",
            Self::Staff => "staff",
            Self::Metered => "metered",
            Self::Gifted => "gifted",
            Self::Licensed => "licensed",
            Self::Preview => "preview",
            Self::SignInRequired => "sign_in_required",
            Self::NotEntitled => "not_entitled",
            Self::NotLicensed => "not_licensed",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether the lock is open.
    #[must_use]
    pub const fn grants(self) -> bool {
        match self {
            Self::Public
            | Self::Entitled
            | Self::Staff
            | Self::Metered
            | Self::Gifted
            | Self::Licensed
            | Self::Preview => true,
            Self::SignInRequired | Self::NotEntitled | Self::NotLicensed | Self::Unavailable => false,
        }
    }
}

/// One thing in an article that can be open or shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lock {
    /// A gate in the body of this article.
    Gate(ArticleId),
    /// The source links of this article.
    Sources(ArticleId),
}

/// The decision on one lock: the one place where a requirement meets a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    reason: Reason,
}

impl Decision {
    /// Decides.
    #[must_use]
    pub fn on(lock: Lock, requirement: &Requirement, viewer: &Viewer) -> Self {
        let reason = match viewer {
            Viewer::Staff(_) if !requirement.is_public() => Reason::Staff,
            Viewer::Partner(partner) => licensed(lock, requirement, &partner.licence),
            _ if requirement.is_public() => Reason::Public,
            _ if requirement.met_by(viewer) => Reason::Entitled,
            _ if !requirement.is_for_readers() => Reason::Unavailable,
            Viewer::Preview(preview) if lock.article() == preview.article => Reason::Preview,
            _ => passed(lock, requirement, viewer).unwrap_or(if viewer.is_signed_in() {
                Reason::NotEntitled
            } else {
                Reason::SignInRequired
            }),
        };
        Self { reason }
    }

    /// Whether the lock is open.
    #[must_use]
    pub const fn granted(self) -> bool {
        self.reason.grants()
    }

    /// Why.
    #[must_use]
    pub const fn reason(self) -> Reason {
        self.reason
    }
}

impl Lock {
    /// The article that it is in.
    #[must_use]
    pub const fn article(self) -> ArticleId {
        match self {
            Self::Gate(article) | Self::Sources(article) => article,
        }
    }
}

/// A licence covers gates and source links by its own terms, whatever readers need for them. What no reader can
/// get is not for partners either.
fn licensed(lock: Lock, requirement: &Requirement, licence: &crate::viewer::Licence) -> Reason {
    let covered = match lock {
        Lock::Gate(_) => licence.extent == Extent::FullText,
        Lock::Sources(_) => licence.source_links,
    };
    match (covered, requirement.is_public() || requirement.is_for_readers()) {
        (true, true) => Reason::Licensed,
        (true, false) => Reason::Unavailable,
        (false, _) => Reason::NotLicensed,
    }
}

/// A pass counts for the gates of its article and for nothing else.
fn passed(lock: Lock, requirement: &Requirement, viewer: &Viewer) -> Option<Reason> {
    let (Lock::Gate(article), Viewer::Reader(reader)) = (lock, viewer) else { return None };
    let pass = reader.passes.get(article)?;
    let opens = requirement.iter().any(|entitlement| pass.entitlements.holds(entitlement));
    opens.then_some(match pass.kind {
        PassKind::Metered => Reason::Metered,
        PassKind::Gifted => Reason::Gifted,
    })
}

/// Something a reader can do to open a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Subscribe to the free newsletter.
    Newsletter,
    /// Become a member of this tier.
    Tier(Arc<Tier>),
    /// Open this article by the meter.
    Meter {
        /// How many articles may still be opened in this period.
        left: u32,
    },
}

/// The answer for one lock, as it stands in a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    decision: Decision,
    /// The entitlements any one of which opens the lock; empty when it is public. What this version does
    /// not know is left out, because its name is nobody's business.
    pub required: Vec<Entitlement>,
    /// What the viewer could do to open it; empty when it is open.
    pub offers: Vec<Offer>,
}

impl Access {
    pub(super) fn of(lock: Lock, requirement: &Requirement, viewer: &Viewer, tiers: &[Arc<Tier>]) -> Self {
        let decision = Decision::on(lock, requirement, viewer);
        let offers = match decision.reason {
            Reason::SignInRequired | Reason::NotEntitled => offers(lock, requirement, viewer, tiers),
            _ => Vec::new(),
        };
        let required =
            requirement.iter().filter(|one| !matches!(one, Entitlement::Unknown(_))).cloned().collect();
        Self { decision, required, offers }
    }

    /// Whether the lock is open.
    #[must_use]
    pub const fn granted(&self) -> bool {
        self.decision.granted()
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.decision.reason()
    }
}

fn offers(lock: Lock, requirement: &Requirement, viewer: &Viewer, tiers: &[Arc<Tier>]) -> Vec<Offer> {
    let newsletter = requirement.iter().any(|one| *one == Entitlement::Subscriber);
    let opens = |tier: &Tier| {
        requirement.iter().any(|one| match one {
            Entitlement::Member => true,
            Entitlement::Tier(slug) => *slug == tier.slug,
            _ => false,
        })
    };
    let memberships =
        tiers.iter().filter(|tier| tier.active && opens(tier)).map(|tier| Offer::Tier(Arc::clone(tier)));
    let metered = metered(lock, requirement, viewer);
    metered.into_iter().chain(newsletter.then_some(Offer::Newsletter)).chain(memberships).collect()
}

/// The meter is offered where opening the article by it would open the lock.
fn metered(lock: Lock, requirement: &Requirement, viewer: &Viewer) -> Option<Offer> {
    let (Lock::Gate(_), Viewer::Reader(reader)) = (lock, viewer) else { return None };
    let meter = reader.meter.as_ref().filter(|meter| meter.left > 0)?;
    let opens = requirement.iter().any(|entitlement| meter.opens.holds(entitlement));
    opens.then_some(Offer::Meter { left: meter.left })
}
