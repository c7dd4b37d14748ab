//! The change log: one append-only sequence that every other reader of changes follows.

use crate::clock::Timestamp;

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
        }
    }
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It is different.
    Updated,
    /// It was published and is no longer for readers.
    Withdrawn,
}

impl ChangeKind {
    /// The kind in lower case, as the database writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How far the log reaches, and when what is visible changes next without a write.
///
/// Two reads with the same horizon, both before `next_flip`, see the same publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// The sequence number of the last entry; zero before the first.
    pub sequence: i64,
    /// The instant at which the next scheduled article becomes visible, if one is waiting.
    pub next_flip: Option<Timestamp>,
}
