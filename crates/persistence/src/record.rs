//! Sections, authors, tags, tiers and sources: small records that are kept whole, as JSON.

use crate::error::StoreError;
use crate::shelf::ShelfKey;
use masthead_domain::author::Author;
use masthead_domain::change::Subject;
use masthead_domain::section::Section;
use masthead_domain::slug::Slug;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::tier::Tier;
use sea_orm::FromQueryResult;
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

    fn id(&self) -> Uuid;

    /// The columns beside those that every record has.
    fn columns(&self) -> Vec<(Column, SimpleExpr)>;
}

/// A record as it is stored.
#[derive(FromQueryResult)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) content: String,
}

impl Row {
    pub(crate) fn open<R: Record>(&self) -> Result<R, StoreError> {
        serde_json::from_str(&self.content).map_err(|error| StoreError::Corrupt {
            table: R::TABLE,
            id: self.id,
            fault: format!("line {}, column {}", error.line(), error.column()),
        })
    }
}

fn slug(slug: &Slug) -> (Column, SimpleExpr) {
    (Column::Slug, Expr::val(slug.as_str()))
}

impl Record for Section {
    const TABLE: &'static str = "section";
    const SUBJECT: Subject = Subject::Section;
    const UNIQUE: &'static str = "section slug";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        let parent = Expr::val(self.parent.map(|parent| parent.uuid()));
        vec![slug(&self.slug), (Column::ParentId, parent), (Column::Position, Expr::val(self.position))]
    }
}

impl Record for Author {
    const TABLE: &'static str = "author";
    const SUBJECT: Subject = Subject::Author;
    const UNIQUE: &'static str = "author slug";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![slug(&self.slug)]
    }
}

impl Record for Tag {
    const TABLE: &'static str = "tag";
    const SUBJECT: Subject = Subject::Tag;
    const UNIQUE: &'static str = "tag slug";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![slug(&self.slug), (Column::Shelf, Expr::val(ShelfKey::tag(self.id).as_str()))]
    }
}

impl Record for Tier {
    const TABLE: &'static str = "tier";
    const SUBJECT: Subject = Subject::Tier;
    const UNIQUE: &'static str = "tier slug";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![slug(&self.slug)]
    }
}

impl Record for Source {
    const TABLE: &'static str = "source";
    const SUBJECT: Subject = Subject::Source;
    const UNIQUE: &'static str = "source id";

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![(Column::Shelf, Expr::val(ShelfKey::source(self.id).as_str()))]
    }
}
