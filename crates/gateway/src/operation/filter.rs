//! What a list of articles is asked for, before the names in it are looked up.

use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::article::{Kind, Status};
use masthead_domain::filter::Conditions;
use masthead_domain::id::SourceId;
use masthead_domain::language::Language;
use masthead_domain::selection::{Order, Selection, Span};
use masthead_domain::viewer::Viewer;
use masthead_persistence::{AuthorKey, SectionKey, TagKey};

/// What a list of articles is asked for. Every condition that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Articles or pages.
    pub kind: Kind,
    /// In this section or below.
    pub section: Option<SectionKey>,
    /// In the section itself, and in none of those below it.
    pub section_alone: bool,
    /// By this author.
    pub author: Option<AuthorKey>,
    /// With this tag.
    pub tag: Option<TagKey>,
    /// Citing this source.
    pub source: Option<SourceId>,
    /// In this language.
    pub language: Option<Language>,
    /// Published within.
    pub published: Span,
    /// Updated within.
    pub updated: Span,
    /// The order.
    pub order: Order,
    /// In this state; for the publisher's staff only.
    pub status: Option<Status>,
}

impl From<Conditions> for Filter {
    fn from(saved: Conditions) -> Self {
        let Conditions { kind, section, section_alone, author, tag, source, language } = saved;
        Self {
            kind,
            section: section.map(SectionKey::Id),
            section_alone,
            author: author.map(AuthorKey::Id),
            tag: tag.map(TagKey::Id),
            source,
            language,
            ..Self::default()
        }
    }
}

impl Filter {
    /// A text that names the list, for binding cursors to it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("articles {self:?}")
    }

    /// The same list in the opposite order.
    #[must_use]
    pub fn reversed(self) -> Self {
        let order = match self.order {
            Order::PublishedDescending => Order::PublishedAscending,
            Order::PublishedAscending => Order::PublishedDescending,
            Order::UpdatedDescending => Order::UpdatedAscending,
            Order::UpdatedAscending => Order::UpdatedDescending,
        };
        Self { order, ..self }
    }

    /// Whether this viewer may ask for such a list at all.
    ///
    /// # Errors
    /// A problem that names the condition that is not for this viewer.
    pub fn check(&self, viewer: &Viewer) -> Result<(), Problem> {
        if self.status.is_some() && !viewer.is_staff() {
            return Err(Problem::unknown_parameter("status"));
        }
        Ok(())
    }

    /// Looks the names up. `None` when one of them names nothing that exists for the viewer: such a list
    /// is empty, and never the whole.
    pub(super) async fn resolve(&self, reading: &Reading) -> Result<Option<Selection>, Problem> {
        self.check(reading.viewer())?;
        let mut selection = Selection {
            kind: self.kind,
            section_alone: self.section_alone,
            source: self.source,
            language: self.language.clone(),
            published: self.published,
            updated: self.updated,
            order: self.order,
            status: self.status.unwrap_or_default(),
            ..Selection::default()
        };
        if let Some(key) = &self.section {
            let Some(section) = reading.sections().await?.find(key) else { return Ok(None) };
            selection.section = Some(section.id);
        }
        // An id needs no look-up: the shelf of one that does not exist is empty.
        selection.author = match &self.author {
            Some(AuthorKey::Id(id)) => Some(*id),
            Some(key) => match reading.library().author(key).await? {
                Some(author) => Some(author.id),
                None => return Ok(None),
            },
            None => None,
        };
        selection.tag = match &self.tag {
            Some(TagKey::Id(id)) => Some(*id),
            Some(key) => match reading.library().tag(key).await? {
                Some(tag) => Some(tag.id),
                None => return Ok(None),
            },
            None => None,
        };
        Ok(Some(selection))
    }
}
