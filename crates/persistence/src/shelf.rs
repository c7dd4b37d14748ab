//! Shelves: every list of articles is one, and an article stands on all of its shelves.

use crate::error::StoreError;
use crate::record::Record as _;
use crate::row::Row;
use crate::schema::Record as Column;
use masthead_domain::article::{Index, Kind, Stage};
use masthead_domain::id::{AuthorId, SectionId, SourceId, TagId};
use masthead_domain::language::Language;
use masthead_domain::section::{Section, lineage};
use masthead_domain::selection::Selection;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Query;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The name of a shelf. The shelves of pages have names of their own, so no list of articles holds a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ShelfKey(String);

/// What stands before the name of a shelf of pages.
pub(crate) const PAGES: &str = "page ";

/// What stands before the name of an author's shelf for what they answer for or have reviewed, articles and pages.
pub(crate) const EDITED: &str = "editor ";

impl ShelfKey {
    pub(crate) fn everything() -> Self {
        Self("all".to_owned())
    }

    /// The articles in this section and below.
    pub(crate) fn section(id: SectionId) -> Self {
        Self(format!("section:{}", id.uuid().simple()))
    }

    /// The articles in this very section, without those below.
    fn section_alone(id: SectionId) -> Self {
        Self(format!("own-section:{}", id.uuid().simple()))
    }

    /// The articles with this tag.
    pub(crate) fn tag(id: TagId) -> Self {
        Self(format!("tag:{}", id.uuid().simple()))
    }

    pub(crate) fn author(id: AuthorId) -> Self {
        Self(format!("author:{}", id.uuid().simple()))
    }

    /// What this author answers for or has reviewed. No list shows it: it tells whether the author exists.
    fn edited_by(id: AuthorId) -> Self {
        Self(format!("{EDITED}{}", Self::author(id).0))
    }

    /// The articles that cite this source.
    pub(crate) fn source(id: SourceId) -> Self {
        Self(format!("source:{}", id.uuid().simple()))
    }

    pub(crate) fn language(language: &Language) -> Self {
        Self(format!("language:{language}"))
    }

    pub(crate) fn of_kind(self, kind: Kind) -> Self {
        match kind {
            Kind::Article => self,
            Kind::Page => self.of_pages(),
        }
    }

    /// The shelf of pages that goes with this shelf of articles.
    pub(crate) fn of_pages(&self) -> Self {
        Self(format!("{PAGES}{}", self.0))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which copies a shelf holds: those for readers, or those on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Live,
    Desk,
}

impl Side {
    pub(crate) const fn of(stage: Stage) -> Self {
        match stage {
            Stage::Published => Self::Live,
            Stage::Draft | Stage::Withdrawn => Self::Desk,
        }
    }

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Desk => "desk",
        }
    }
}

/// The shelves that an article stands on.
pub(crate) fn shelves(
    index: &Index<'_>,
    parents: &HashMap<SectionId, Option<SectionId>>,
) -> BTreeSet<ShelfKey> {
    let parent_of = |section| parents.get(&section).copied().flatten();
    let sections = index.section.into_iter().flat_map(|section| lineage(section, parent_of));
    let keys = [ShelfKey::everything(), ShelfKey::language(index.language)]
        .into_iter()
        .chain(sections.map(ShelfKey::section))
        .chain(index.section.map(ShelfKey::section_alone))
        .chain(index.tags.iter().copied().map(ShelfKey::tag))
        .chain(index.authors.iter().copied().map(ShelfKey::author))
        .chain(index.sources.iter().copied().map(ShelfKey::source));
    let edited = index.editors.iter().copied().map(ShelfKey::edited_by);
    keys.map(|key| key.of_kind(index.kind)).chain(edited).collect()
}

/// The shelves whose articles a selection holds, in a fixed order: that of the kind whose shelves usually hold the
/// fewest articles comes first, and is the one that is walked.
pub(crate) fn shelves_of(selection: &Selection) -> Vec<ShelfKey> {
    let section = if selection.section_alone { ShelfKey::section_alone } else { ShelfKey::section };
    let narrow = [
        selection.source.map(ShelfKey::source),
        selection.author.map(ShelfKey::author),
        selection.tag.map(ShelfKey::tag),
        selection.section.map(section),
        selection.language.as_ref().map(ShelfKey::language),
    ];
    let mut keys: Vec<_> = narrow.into_iter().flatten().collect();
    if keys.is_empty() {
        keys.push(ShelfKey::everything());
    }
    keys.into_iter().map(|key| key.of_kind(selection.kind)).collect()
}

/// The shelves on which relatives of an article stand, at most ten, each with the weight of standing on it too.
pub(crate) fn shelves_of_relatives(index: &Index<'_>) -> Vec<(ShelfKey, u32)> {
    const MOST: usize = 10;
    let tags = index.tags.iter().copied().map(|tag| (ShelfKey::tag(tag), 3));
    let sources = index.sources.iter().copied().map(|source| (ShelfKey::source(source), 3));
    let section = index.section.map(|section| (ShelfKey::section(section), 2));
    let authors = index.authors.iter().copied().map(|author| (ShelfKey::author(author), 1));
    tags.take(4).chain(section).chain(sources.take(3)).chain(authors).take(MOST).collect()
}

/// Which section each section stands below, of all that there are.
pub(crate) async fn parents_of_sections(
    connection: &impl ConnectionTrait,
) -> Result<HashMap<SectionId, Option<SectionId>>, StoreError> {
    let ask = Query::select().columns([Column::Id, Column::ParentId]).from(Section::TABLE).take();
    let mut parents = HashMap::new();
    for cells in connection.query_all(&ask).await? {
        let row = Row::new(&cells, Section::TABLE, "id")?;
        let parent: Option<Uuid> = row.get("parent_id")?;
        parents.insert(SectionId::from_uuid(row.id), parent.map(SectionId::from_uuid));
    }
    Ok(parents)
}
