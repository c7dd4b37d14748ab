//! Whose token it is, when what it grants is looked up rather than written in it.

use super::Viewer;
use crate::clock::Timestamp;
use crate::id::{DeviceId, FeedId, GiftId, KeyId, MemberId, PartnerId, PassId, PreviewId, SessionId};
use crate::partner::Unlicensed;
use uuid::Uuid;

/// Whose token it is. What they may read is looked up each time, so that a change holds without a new token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bearer {
    /// A member, signed in or given a token by the publisher.
    Member {
        /// Who.
        member: MemberId,
        /// The session; a token that the publisher made has none.
        session: Option<SessionId>,
    },
    /// Whoever has the address of a member's private feed. It is no token: the address itself says so.
    Feed {
        /// The feed.
        feed: FeedId,
        /// Whose it is.
        member: MemberId,
    },
    /// A device on which nobody is signed in.
    Device(DeviceId),
    /// Whoever was given an article.
    Gift(GiftId),
    /// Whoever has a pass for some time.
    Pass(PassId),
    /// Whoever was sent a preview link.
    Preview(PreviewId),
    /// A partner or a program, by its key.
    Key(KeyId),
    /// A machine that the publisher lets read as this partner. It has proved who it is itself; no token says so.
    Partner(PartnerId),
}

impl Bearer {
    /// What the token's `sub` is.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Member { member, .. } => member.to_string(),
            Self::Feed { feed, .. } => feed.to_string(),
            Self::Device(id) => id.to_string(),
            Self::Gift(id) => id.to_string(),
            Self::Pass(id) => id.to_string(),
            Self::Preview(id) => id.to_string(),
            Self::Key(id) => id.to_string(),
            Self::Partner(id) => id.to_string(),
        }
    }

    /// The subjects of the change log that the token itself names.
    #[must_use]
    pub fn subjects(&self) -> [Option<Uuid>; 2] {
        match self {
            Self::Member { member, session } => [Some(member.uuid()), session.map(SessionId::uuid)],
            Self::Feed { feed, member } => [Some(feed.uuid()), Some(member.uuid())],
            Self::Device(id) => [Some(id.uuid()), None],
            Self::Gift(id) => [Some(id.uuid()), None],
            Self::Pass(id) => [Some(id.uuid()), None],
            Self::Preview(id) => [Some(id.uuid()), None],
            Self::Key(id) => [Some(id.uuid()), None],
            Self::Partner(id) => [Some(id.uuid()), None],
        }
    }

    /// On whose account a request counts: a kind and an id. A member is one, whatever the session or feed.
    #[must_use]
    pub fn account(&self) -> (&'static str, Uuid) {
        match self {
            Self::Member { member, .. } | Self::Feed { member, .. } => ("member", member.uuid()),
            Self::Device(id) => (self.kind(), id.uuid()),
            Self::Gift(id) => (self.kind(), id.uuid()),
            Self::Pass(id) => (self.kind(), id.uuid()),
            Self::Preview(id) => (self.kind(), id.uuid()),
            Self::Key(id) => (self.kind(), id.uuid()),
            Self::Partner(id) => (self.kind(), id.uuid()),
        }
    }

    /// The kind in lower case, as tokens write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Member { .. } => "member",
            Self::Feed { .. } => "feed",
            Self::Device(_) => "device",
            Self::Gift(_) => "gift",
            Self::Pass(_) => "pass",
            Self::Preview(_) => "preview",
            Self::Key(_) => "key",
            Self::Partner(_) => "partner",
        }
    }
}

/// What a bearer may do at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who they are to the paywall.
    pub viewer: Viewer,
    /// The first instant at which that may be otherwise without a change of any record; `None` when time alone
    /// changes nothing.
    pub until: Option<Timestamp>,
    /// The subjects of the change log, beside [`Bearer::subjects`], whose changes may change it: a partner for its
    /// keys, the giver for a gift.
    pub depends_on: Vec<Uuid>,
}

/// Why a bearer may do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoStanding {
    /// What they show is good no longer, or never was: revoked, expired, ended with what it was made for, or unknown.
    Ended,
    /// They show a good key, whose partner may take nothing.
    Unlicensed(Unlicensed),
}
