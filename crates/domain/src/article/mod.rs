//! The article: the aggregate at the centre of a publication.
//!
//! An [`Article`] is made from [`ArticleParts`], which are checked, and is then closed: its body and its
//! source links have no accessor. What a viewer may see of it is made by [`crate::paywall::present`].

mod block;
mod check;
mod document;
mod parts;

pub use block::{
    Block, Callout, CalloutTone, Code, Decorator, Embed, EmbedKind, Gate, Html, ListItem, Mark, Quote, Span,
    Style, Text,
};
pub use check::{ArticleError, MAX_BLOCKS, MAX_NESTING};
pub use document::{Document, DocumentError};
pub use parts::{ArticleParts, Byline, Citation, Correction, Kind, Provenance, Review, Role, Stage, Status};

use crate::clock::Timestamp;
use crate::id::{ArticleId, AuthorId, SectionId, SourceId, TagId};
use crate::language::Language;
use crate::slug::Slug;

/// An article, closed. See the module's description for the only way to look inside.
#[derive(Clone, PartialEq, Eq)]
pub struct Article {
    parts: ArticleParts,
}

impl Article {
    /// Checks the parts and closes them up.
    ///
    /// # Errors
    /// [`ArticleError`] names the part that is wrong and where it stands.
    pub fn new(parts: ArticleParts) -> Result<Self, ArticleError> {
        check::check(&parts)?;
        Ok(Self { parts })
    }

    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> ArticleId {
        self.parts.id
    }

    /// Its name in URLs.
    #[must_use]
    pub const fn slug(&self) -> &Slug {
        &self.parts.slug
    }

    /// What a database needs in order to find the article again; nothing of it is ever locked.
    #[must_use]
    pub fn index(&self) -> Index<'_> {
        let parts = &self.parts;
        Index {
            id: parts.id,
            slug: &parts.slug,
            kind: parts.kind,
            stage: parts.stage,
            section: parts.section,
            tags: &parts.tags,
            authors: parts.bylines.iter().map(|byline| byline.author).collect(),
            editors: parts.provenance.people().collect(),
            sources: parts.citations.iter().map(|citation| citation.source).collect(),
            language: &parts.language,
            published: parts.published,
            updated: parts.updated,
            corrections: parts.corrections.len(),
        }
    }

    /// The other articles that this one links to, so that their present addresses can be looked up before
    /// it is presented. Includes links in locked parts: the answer is for [`crate::paywall::Surroundings`]
    /// and must not be shown.
    #[must_use]
    pub fn linked_articles(&self) -> Vec<ArticleId> {
        let mut found = Vec::new();
        block::each_link(&self.parts.body, &mut |id| {
            if !found.contains(&id) {
                found.push(id);
            }
        });
        found
    }

    pub(crate) const fn parts(&self) -> &ArticleParts {
        &self.parts
    }
}

/// Shows the id alone, so that no log line can carry a body.
impl std::fmt::Debug for Article {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Article").field(&self.parts.id).finish()
    }
}

/// What a database needs in order to find an article again.
#[derive(Clone, Debug)]
pub struct Index<'a> {
    /// The article.
    pub id: ArticleId,
    /// Its name in URLs.
    pub slug: &'a Slug,
    /// Article or page.
    pub kind: Kind,
    /// How far it has come.
    pub stage: Stage,
    /// The section it stands in.
    pub section: Option<SectionId>,
    /// Its tags.
    pub tags: &'a [TagId],
    /// The authors in its bylines; an author with two roles comes twice.
    pub authors: Vec<AuthorId>,
    /// Who answers for it and who reviewed it; a person may come several times.
    pub editors: Vec<AuthorId>,
    /// The sources it cites; a source cited twice comes twice.
    pub sources: Vec<SourceId>,
    /// Its language.
    pub language: &'a Language,
    /// When it was or will be published.
    pub published: Option<Timestamp>,
    /// When it last changed for readers.
    pub updated: Timestamp,
    /// How many corrections it has.
    pub corrections: usize,
}
