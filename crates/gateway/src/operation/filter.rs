//! What a list of articles is asked for, before the names in it are looked up.

use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::article::{Kind, Status};
use masthead_domain::id::SourceId;
use masthead_domain::language::Language;
use masthead_domain::selection::{Order, Selection, Span};
use masthead_persistence::{AuthorKey, SectionKey, TagKey};

/// What a list of articles is asked for. Every condition that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Articles or pages.
    pub kind: Kind,
    /// In this section or below.
    pub section: Option<SectionKey>,
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

impl Filter {
    /// A text that names the list, for binding cursors to it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("articles {self:?}")
    }

    /// Looks the names up. `None` when one of them names nothing that exists for the viewer: such a list
    /// is empty, and never the whole.
    pub(super) async fn resolve(&self, reading: &Reading) -> Result<Option<Selection>, Problem> {
        if self.status.is_some() && !reading.viewer().is_staff() {
            return Err(Problem::unknown_parameter("status"));
        }
        let mut selection = Selection {
            kind: self.kind,
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
        if let Some(key) = &self.author {
            let Some(author) = reading.library().author(key).await? else { return Ok(None) };
            selection.author = Some(author.id);
        }
        if let Some(key) = &self.tag {
            let Some(tag) = reading.library().tag(key).await? else { return Ok(None) };
            selection.tag = Some(tag.id);
        }
        Ok(Some(selection))
    }
}
