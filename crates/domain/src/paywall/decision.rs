//! The answer for one lock.

use super::requirement::Requirement;
use crate::tier::Tier;
use crate::viewer::{Entitlement, Viewer};
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
    /// Shut: nobody is signed in.
    SignInRequired,
    /// Shut: who is signed in does not hold what is required.
    NotEntitled,
    /// Shut: nothing that a reader can get opens it.
    Unavailable,
}

impl Reason {
    /// Every reason, in the order of the declaration.
    pub const ALL: [Self; 6] = [
        Self::Public,
        Self::Entitled,
        Self::Staff,
        Self::SignInRequired,
        Self::NotEntitled,
        Self::Unavailable,
    ];

    /// The reason in snake case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Entitled => "entitled",
            Self::Staff => "staff",
            Self::SignInRequired => "sign_in_required",
            Self::NotEntitled => "not_entitled",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether the lock is open.
    #[must_use]
    pub const fn grants(self) -> bool {
        matches!(self, Self::Public | Self::Entitled | Self::Staff)
    }
}

/// The decision on one lock: the one place where a requirement meets a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    reason: Reason,
}

impl Decision {
    /// Decides.
    #[must_use]
    pub fn on(requirement: &Requirement, viewer: &Viewer) -> Self {
        let reason = if requirement.is_public() {
            Reason::Public
        } else if viewer.is_staff() {
            Reason::Staff
        } else if requirement.met_by(viewer) {
            Reason::Entitled
        } else if requirement.iter().all(|one| matches!(one, Entitlement::Staff | Entitlement::Unknown(_))) {
            Reason::Unavailable
        } else if *viewer == Viewer::Anonymous {
            Reason::SignInRequired
        } else {
            Reason::NotEntitled
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

/// Something a reader can do to open a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Subscribe to the free newsletter.
    Newsletter,
    /// Become a member of this tier.
    Tier(Arc<Tier>),
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
    pub(super) fn of(requirement: &Requirement, viewer: &Viewer, tiers: &[Arc<Tier>]) -> Self {
        let decision = Decision::on(requirement, viewer);
        let offers = if decision.granted() { Vec::new() } else { offers(requirement, tiers) };
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

fn offers(requirement: &Requirement, tiers: &[Arc<Tier>]) -> Vec<Offer> {
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
    newsletter.then_some(Offer::Newsletter).into_iter().chain(memberships).collect()
}
