//! Which articles a list holds, and in which order.

use crate::article::{Kind, Status};
use crate::clock::Timestamp;
use crate::id::{AuthorId, SectionId, SourceId, TagId};
use crate::language::Language;

/// A half-open span of time: from `since`, before `until`. An end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first instant inside.
    pub since: Option<Timestamp>,
    /// The first instant after.
    pub until: Option<Timestamp>,
}

/// How a list of articles is ordered. Equal instants are ordered by id, in the same direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// Newest publication first.
    #[default]
    PublishedDescending,
    /// Oldest publication first.
    PublishedAscending,
    /// Latest update first.
    UpdatedDescending,
    /// Earliest update first.
    UpdatedAscending,
}

/// A list of articles: every condition that is set must hold. Nothing here can ask about a field that a
/// paywall may shut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Articles or pages.
    pub kind: Kind,
    /// In this section or one below it.
    pub section: Option<SectionId>,
    /// In the section itself, and in none of those below it.
    pub section_alone: bool,
    /// With this author in a byline.
    pub author: Option<AuthorId>,
    /// With this tag.
    pub tag: Option<TagId>,
    /// Citing this source.
    pub source: Option<SourceId>,
    /// In exactly this language.
    pub language: Option<Language>,
    /// Published within.
    pub published: Span,
    /// Updated within.
    pub updated: Span,
    /// The order.
    pub order: Order,
    /// In this state. Only the publisher's staff may ask for another than published; for anybody else
    /// the list of any other state is empty.
    pub status: Status,
}
