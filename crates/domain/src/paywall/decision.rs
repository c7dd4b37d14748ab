//! The answer for one lock.

use super::requirement::Requirement;
use crate::id::ArticleId;
use crate::tier::{Ladder, Tier};
use crate::viewer::{Entitlement, Extent, Licence, MeterReading, PassKind, Viewer};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    reason: Reason,
    by: Option<Entitlement>,
}

impl From<Reason> for Decision {
    fn from(reason: Reason) -> Self {
        Self { reason, by: None }
    }
}

impl Decision {
    /// Decides.
    #[must_use]
    pub fn on(lock: Lock, requirement: &Requirement, viewer: &Viewer) -> Self {
        match viewer {
            Viewer::Staff(_) if !requirement.is_public() => Reason::Staff.into(),
            Viewer::Partner(partner) => licensed(lock, requirement, &partner.licence).into(),
            _ if requirement.is_public() => Reason::Public.into(),
            _ => entitled(requirement, viewer).unwrap_or_else(|| match viewer {
                _ if !requirement.is_for_readers() => Reason::Unavailable.into(),
                Viewer::Preview(preview) if lock.article() == preview.article => Reason::Preview.into(),
                _ => passed(lock, requirement, viewer).unwrap_or(if viewer.is_signed_in() {
                    Reason::NotEntitled.into()
                } else {
                    Reason::SignInRequired.into()
                }),
            }),
        }
    }

    /// Whether the lock is open.
    #[must_use]
    pub const fn granted(&self) -> bool {
        self.reason.grants()
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The entitlement that opened it, held by the viewer or counted by a pass; `None` where it is open for another
    /// reason, or shut.
    #[must_use]
    pub const fn by(&self) -> Option<&Entitlement> {
        self.by.as_ref()
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
fn licensed(lock: Lock, requirement: &Requirement, licence: &Licence) -> Reason {
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

/// What is required may be held.
fn entitled(requirement: &Requirement, viewer: &Viewer) -> Option<Decision> {
    let by = requirement.iter().find(|entitlement| viewer.holds(entitlement))?;
    Some(Decision { reason: Reason::Entitled, by: Some(by.clone()) })
}

/// A pass counts for the gates of its article and for nothing else.
fn passed(lock: Lock, requirement: &Requirement, viewer: &Viewer) -> Option<Decision> {
    let (Lock::Gate(article), Viewer::Reader(reader)) = (lock, viewer) else { return None };
    let pass = reader.passes.get(article)?;
    let by = requirement.iter().find(|entitlement| pass.entitlements.holds(entitlement))?;
    let reason = match pass.kind {
        PassKind::Metered => Reason::Metered,
        PassKind::Gifted => Reason::Gifted,
    };
    Some(Decision { reason, by: Some(by.clone()) })
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
    /// Whether opening the article by the viewer's meter would open it, if anything is left of it.
    pub is_metered: bool,
}

impl Access {
    pub(super) fn of(lock: Lock, requirement: &Requirement, viewer: &Viewer, tiers: &[Arc<Tier>]) -> Self {
        let decision = Decision::on(lock, requirement, viewer);
        let could_open = matches!(decision.reason, Reason::SignInRequired | Reason::NotEntitled);
        let meter = metered(lock, requirement, viewer).filter(|_| could_open);
        let offers = if could_open { offers(meter, requirement, tiers) } else { Vec::new() };
        let required =
            requirement.iter().filter(|one| !matches!(one, Entitlement::Unknown(_))).cloned().collect();
        Self { is_metered: meter.is_some(), decision, required, offers }
    }

    /// The decision that it tells of.
    #[must_use]
    pub const fn decision(&self) -> &Decision {
        &self.decision
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

fn offers(meter: Option<&MeterReading>, requirement: &Requirement, tiers: &[Arc<Tier>]) -> Vec<Offer> {
    let newsletter = requirement.iter().any(|one| *one == Entitlement::Subscriber);
    let ladder = Ladder::of(tiers.iter().map(AsRef::as_ref));
    let opens = |tier: &Tier| {
        let with = ladder.with(&tier.slug);
        requirement.iter().any(|one| match one {
            Entitlement::Member => true,
            Entitlement::Tier(slug) => with.contains(slug),
            _ => false,
        })
    };
    let memberships =
        tiers.iter().filter(|tier| tier.active && opens(tier)).map(|tier| Offer::Tier(Arc::clone(tier)));
    let meter = meter.filter(|meter| meter.left > 0).map(|meter| Offer::Meter { left: meter.left });
    meter.into_iter().chain(newsletter.then_some(Offer::Newsletter)).chain(memberships).collect()
}

/// The viewer's meter, where opening the article by it would open the lock.
fn metered<'v>(lock: Lock, requirement: &Requirement, viewer: &'v Viewer) -> Option<&'v MeterReading> {
    let (Lock::Gate(_), Viewer::Reader(reader)) = (lock, viewer) else { return None };
    let meter = reader.meter.as_ref()?;
    requirement.iter().any(|entitlement| meter.opens.holds(entitlement)).then_some(meter)
}
