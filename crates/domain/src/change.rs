//! The change log: one append-only sequence that every other reader of changes follows.

use crate::clock::Timestamp;
use crate::id::ArticleId;
use uuid::Uuid;

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An article.
    Article,
    /// A section.
    Section,
    /// An author.
    Author,
    /// A source.
    Source,
    /// A tag.
    Tag,
    /// A tier.
    Tier,
    /// The paywall's policy.
    Policy,
    /// A newsletter.
    Newsletter,
    /// A member, or anything that a member holds.
    Member,
    /// A session of a member.
    Session,
    /// A private feed of a member.
    Feed,
    /// A device that reads without a member.
    Device,
    /// A gift of one article.
    Gift,
    /// A pass for some time.
    Pass,
    /// A preview link.
    Preview,
    /// A partner or its licence.
    Partner,
    /// A key of a partner or of a program.
    Key,
    /// An institution.
    Institution,
    /// A group, and with it what its seats open.
    Group,
}

impl Subject {
    /// The subject in lower case, as the database writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Section => "section",
            Self::Author => "author",
            Self::Source => "source",
            Self::Tag => "tag",
            Self::Tier => "tier",
            Self::Policy => "policy",
            Self::Newsletter => "newsletter",
            Self::Member => "member",
            Self::Session => "session",
            Self::Feed => "feed",
            Self::Device => "device",
            Self::Gift => "gift",
            Self::Pass => "pass",
            Self::Preview => "preview",
            Self::Partner => "partner",
            Self::Key => "key",
            Self::Institution => "institution",
            Self::Group => "group",
        }
    }

    /// Whether a change of it can change what every viewer sees. A change of any other subject concerns only
    /// whoever's token names it.
    #[must_use]
    pub const fn is_content(self) -> bool {
        match self {
            Self::Article
            | Self::Section
            | Self::Author
            | Self::Source
            | Self::Tag
            | Self::Tier
            | Self::Newsletter
            | Self::Policy => true,
            Self::Member
            | Self::Session
            | Self::Feed
            | Self::Device
            | Self::Gift
            | Self::Pass
            | Self::Preview
            | Self::Partner
            | Self::Key
            | Self::Institution
            | Self::Group => false,
        }
    }

    /// Whether what the bearers of tokens may do can depend on it, whoever they are: a meter, which newsletter makes
    /// a subscriber, what there is to give away.
    #[must_use]
    pub const fn concerns_every_bearer(self) -> bool {
        matches!(self, Self::Policy | Self::Newsletter | Self::Tier)
    }

    /// The subject with this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.code() == code)
    }

    /// Every subject, in the order of the declaration.
    pub const ALL: [Self; 19] = [
        Self::Article,
        Self::Section,
        Self::Author,
        Self::Source,
        Self::Tag,
        Self::Tier,
        Self::Policy,
        Self::Newsletter,
        Self::Member,
        Self::Session,
        Self::Feed,
        Self::Device,
        Self::Gift,
        Self::Pass,
        Self::Preview,
        Self::Partner,
        Self::Key,
        Self::Institution,
        Self::Group,
    ];
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It is different.
    Updated,
    /// It is an article for readers, and has corrections that it did not have before.
    Corrected,
    /// It was published and is no longer for readers.
    Withdrawn,
    /// It is gone.
    Deleted,
}

impl ChangeKind {
    /// The kind in lower case, as the database writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
            Self::Deleted => "deleted",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Created, Self::Updated, Self::Corrected, Self::Withdrawn, Self::Deleted]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// What somebody who follows the publication is told of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// It is there, and was not before.
    Created,
    /// It is different.
    Updated,
    /// It has been corrected.
    Corrected,
    /// It is no longer for readers.
    Withdrawn,
    /// It is there for others, and the follower's licence no longer covers it.
    OutsideLicence,
}

impl NoticeKind {
    /// The kind in snake case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
            Self::OutsideLicence => "outside_licence",
        }
    }

    /// Whether the article is gone for the follower, who is to take it away.
    #[must_use]
    pub const fn is_tombstone(self) -> bool {
        matches!(self, Self::Withdrawn | Self::OutsideLicence)
    }
}

/// A change of one article, as a follower is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The article.
    pub article: ArticleId,
    /// What happened.
    pub kind: NoticeKind,
    /// Its place in what the follower is told; grows from notice to notice.
    pub sequence: i64,
    /// When it was noted for the follower.
    pub at: Timestamp,
}

/// What has happened since a place in the log, and when what is visible changes next without a write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// The sequence number of the last entry that was seen; zero before the first.
    pub sequence: i64,
    /// What was changed, in order.
    pub changed: Vec<(Subject, Uuid)>,
    /// Whether there was more than one look takes in: then anything may have changed.
    pub overflowed: bool,
    /// The first instant at which an article becomes visible, or comes under another rule.
    pub next_flip: Option<Timestamp>,
}
