//! Sections, authors, tags, tiers and sources: small records that are kept whole, as JSON.

use crate::error::StoreError;
use crate::row::Row;
use crate::shelf::ShelfKey;
use masthead_domain::author::Author;
use masthead_domain::change::Subject;
use masthead_domain::section::{MAX_SECTIONS, Section};
use masthead_domain::slug::Slug;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::tier::{MAX_TIERS, Tier};
use sea_orm::sea_query::{Expr, SimpleExpr};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::schema::Record as Column;

/// A record that has a table of its own.
pub(crate) trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// The table.
    const TABLE: &'static str;
    /// What the change log calls it.
    const SUBJECT: Subject;
    /// What a conflict is about.
    const UNIQUE: &'static str;
    /// What many of them are called.
    const PLURAL: &'static str;
    /// How many a publication may have, where all of them are read at once.
    const MOST: Option<usize>;

    fn id(&self) -> Uuid;

    /// Its name in URLs, for those that have one.
    fn slug(&self) -> Option<&Slug>;

    /// The columns beside the slug and those that every record has.
    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        Vec::new()
    }

    /// Reads a record from its row.
    fn open(row: &Row<'_>) -> Result<Self, StoreError> {
        let content: String = row.get("content")?;
        serde_json::from_str(&content).map_err(|error| {
            row.corrupt("content", format!("line {}, column {}", error.line(), error.column()))
        })
    }
}

impl Record for Section {
    const TABLE: &'static str = "section";
    const SUBJECT: Subject = Subject::Section;
    const UNIQUE: &'static str = "section slug";
    const PLURAL: &'static str = "sections";
    const MOST: Option<usize> = Some(MAX_SECTIONS);

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        let parent = Expr::val(self.parent.map(|parent| parent.uuid()));
        let shelf = Expr::val(ShelfKey::section(self.id).as_str());
        vec![(Column::Shelf, shelf), (Column::ParentId, parent), (Column::Position, Expr::val(self.position))]
    }
}

impl Record for Author {
    const TABLE: &'static str = "author";
    const SUBJECT: Subject = Subject::Author;
    const UNIQUE: &'static str = "author slug";
    const PLURAL: &'static str = "authors";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        let shelf = Expr::val(ShelfKey::author(self.id).as_str());
        let editor = Expr::val(self.responsible_editor().map(|editor| editor.uuid()));
        vec![(Column::Shelf, shelf), (Column::EditorId, editor)]
    }
}

impl Record for Tag {
    const TABLE: &'static str = "tag";
    const SUBJECT: Subject = Subject::Tag;
    const UNIQUE: &'static str = "tag slug";
    const PLURAL: &'static str = "tags";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![(Column::Shelf, Expr::val(ShelfKey::tag(self.id).as_str()))]
    }
}

impl Record for Tier {
    const TABLE: &'static str = "tier";
    const SUBJECT: Subject = Subject::Tier;
    const UNIQUE: &'static str = "tier slug";
    const PLURAL: &'static str = "tiers";
    const MOST: Option<usize> = Some(MAX_TIERS);

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }
}

impl Record for Source {
    const TABLE: &'static str = "source";
    const SUBJECT: Subject = Subject::Source;
    const UNIQUE: &'static str = "source id";
    const PLURAL: &'static str = "sources";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        None
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![(Column::Shelf, Expr::val(ShelfKey::source(self.id).as_str()))]
    }
}
