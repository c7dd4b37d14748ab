//! What stands around articles in an answer: authors, tags, sources and sections, fetched together.

use super::reading::Reading;
use super::section::SectionTree;
use crate::error::Problem;
use masthead_domain::author::Author;
use masthead_domain::id::{AuthorId, SourceId, TagId};
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::view::ArticleView;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The authors, tags, sources and sections that some articles name. However many articles there are, they
/// cost at most five statements.
#[derive(Debug)]
pub struct Cards {
    authors: HashMap<AuthorId, Author>,
    tags: HashMap<TagId, Tag>,
    sources: HashMap<SourceId, Source>,
    /// All sections.
    pub sections: Arc<SectionTree>,
}

impl Cards {
    /// An author that is named in a byline, as a reviewer or as a responsible editor.
    #[must_use]
    pub fn author(&self, id: AuthorId) -> Option<&Author> {
        self.authors.get(&id)
    }

    /// A tag of an article.
    #[must_use]
    pub fn tag(&self, id: TagId) -> Option<&Tag> {
        self.tags.get(&id)
    }

    /// A source that is cited.
    #[must_use]
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(&id)
    }

    pub(super) async fn of(reading: &Reading, views: &[ArticleView]) -> Result<Arc<Self>, Problem> {
        let tags: BTreeSet<_> = views.iter().flat_map(|view| view.tags.iter().copied()).collect();
        let sources: BTreeSet<_> =
            views.iter().flat_map(|view| &view.sources.citations).map(|cited| cited.source).collect();
        let library = reading.library();
        let cards = Self {
            authors: Self::authors_of(reading, views.iter().flat_map(people).collect()).await?,
            tags: library.tags_by_ids(&Vec::from_iter(tags)).await?,
            sources: library.sources_by_ids(&Vec::from_iter(sources)).await?,
            sections: Arc::clone(reading.sections().await?),
        };
        Ok(Arc::new(cards))
    }

    /// The authors, and the editors who answer for the personas among them.
    pub(super) async fn authors_of(
        reading: &Reading,
        ids: BTreeSet<AuthorId>,
    ) -> Result<HashMap<AuthorId, Author>, Problem> {
        let library = reading.library();
        let mut authors = library.authors_by_ids(&Vec::from_iter(ids)).await?;
        let missing: BTreeSet<_> = authors
            .values()
            .filter_map(Author::responsible_editor)
            .filter(|id| !authors.contains_key(id))
            .collect();
        if !missing.is_empty() {
            authors.extend(library.authors_by_ids(&Vec::from_iter(missing)).await?);
        }
        Ok(authors)
    }
}

fn people(view: &ArticleView) -> impl Iterator<Item = AuthorId> {
    view.bylines.iter().map(|byline| byline.author).chain(view.provenance.people())
}
