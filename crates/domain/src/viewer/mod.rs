//! Who is asking, and what they hold.

mod bearer;
mod entitlement;
mod partner;
mod reader;
mod staff;

pub use bearer::{Bearer, NoStanding, Standing};
pub use entitlement::{Entitlement, Entitlements};
pub use partner::{Extent, Licence, LicenceError, Partner};
pub use reader::{MeterReading, Pass, PassKind, Passes, Reader};
pub use staff::{Role, RoleError, Staff};

use crate::id::ArticleId;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who has not said.
    Anonymous,
    /// Somebody who reads: a member, or the bearer of a device token, a gift or a day pass.
    Reader(Reader),
    /// Somebody who syndicates: what the licence does not cover does not exist for them.
    Partner(Partner),
    /// Somebody who works for the publisher: every lock is open, and what is not published exists.
    Staff(Staff),
    /// The bearer of a link to one article before its publication, who otherwise reads as anybody.
    Preview(Preview),
}

/// One version of one article, shown to whoever has the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The article.
    pub article: ArticleId,
    /// Its version, as the store counts them. A later version is not shown.
    pub version: i64,
}

impl Viewer {
    /// A signed-in member who holds these.
    #[must_use]
    pub fn member(subject: impl Into<String>, held: impl IntoIterator<Item = Entitlement>) -> Self {
        let entitlements = held.into_iter().collect();
        Self::Reader(Reader { is_member: true, entitlements, ..Reader::nobody(subject) })
    }

    /// Somebody on the publisher's staff with every right.
    #[must_use]
    pub fn staff(subject: impl Into<String>) -> Self {
        Self::Staff(Staff::new(subject, Role::Admin))
    }

    /// Whether this one is held. Staff hold everything.
    #[must_use]
    pub fn holds(&self, entitlement: &Entitlement) -> bool {
        match self {
            Self::Anonymous | Self::Partner(_) | Self::Preview(_) => false,
            Self::Reader(reader) => reader.entitlements.holds(entitlement),
            Self::Staff(_) => true,
        }
    }

    /// What the viewer holds, in a stable order.
    #[must_use]
    pub fn entitlements(&self) -> Vec<&Entitlement> {
        match self {
            Self::Anonymous | Self::Partner(_) | Self::Preview(_) => Vec::new(),
            Self::Reader(reader) => reader.entitlements.iter().collect(),
            Self::Staff(_) => vec![&Entitlement::Staff],
        }
    }

    /// Where the viewer's meter stands; `None` when none runs for them.
    #[must_use]
    pub const fn meter(&self) -> Option<&MeterReading> {
        match self {
            Self::Reader(reader) => reader.meter.as_ref(),
            _ => None,
        }
    }

    /// Whether drafts, scheduled and withdrawn articles exist for this viewer.
    #[must_use]
    pub const fn is_staff(&self) -> bool {
        matches!(self, Self::Staff(_))
    }

    /// How many seconds after its publication an article exists for the viewer; zero for all but partners whose licence
    /// says otherwise.
    #[must_use]
    pub fn delay_seconds(&self) -> i64 {
        match self {
            Self::Partner(partner) => partner.licence.delay_seconds,
            Self::Anonymous | Self::Reader(_) | Self::Staff(_) | Self::Preview(_) => 0,
        }
    }

    /// Whether somebody is signed in, so that holding nothing is the reason for a shut lock.
    #[must_use]
    pub const fn is_signed_in(&self) -> bool {
        match self {
            Self::Anonymous | Self::Preview(_) => false,
            Self::Reader(reader) => reader.is_member,
            Self::Partner(_) | Self::Staff(_) => true,
        }
    }

    /// What the viewer is, in lower case, as APIs write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Reader(reader) if reader.is_member => "member",
            Self::Reader(_) => "guest",
            Self::Partner(_) => "partner",
            Self::Staff(_) => "staff",
            Self::Preview(_) => "preview",
        }
    }

    /// A text that is equal for two viewers only when every article looks the same to both. Caches use it as
    /// a key.
    #[must_use]
    pub fn class(&self) -> String {
        match self {
            Self::Anonymous | Self::Staff(_) => self.kind().to_owned(),
            Self::Reader(reader) => format!("{} {}", self.kind(), reader.class()),
            Self::Partner(partner) => format!("{} {}", self.kind(), partner.class()),
            Self::Preview(Preview { article, version }) => format!("{} {article} {version}", self.kind()),
        }
    }
}
