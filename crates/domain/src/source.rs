//! Sources: what articles rest on.
//!
//! What a source is stays public, so that every claim can be weighed. The direct link to the material is
//! not kept here but with each citation, inside the article, behind the article's sources lock.

use crate::id::SourceId;
use crate::language::Language;
use serde::{Deserialize, Serialize};

/// What kind of material a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A law, ruling, contract, letter or other record.
    Document,
    /// A study or report.
    Report,
    /// Data.
    Dataset,
    /// A conversation with a person.
    Interview,
    /// A news agency's dispatch.
    Wire,
    /// A statement by a person or body.
    Statement,
}

impl SourceKind {
    /// Every kind, in the order of the declaration.
    pub const ALL: [Self; 6] =
        [Self::Document, Self::Report, Self::Dataset, Self::Interview, Self::Wire, Self::Statement];

    /// The kind in lower case, as APIs and the database write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Report => "report",
            Self::Dataset => "dataset",
            Self::Interview => "interview",
            Self::Wire => "wire",
            Self::Statement => "statement",
        }
    }
}

/// A document, report, dataset, interview, wire or statement that articles cite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its identifier. Never derived from its link.
    pub id: SourceId,
    /// What it is called.
    pub title: String,
    /// Who published it or said it.
    pub publisher: String,
    /// What kind of material it is.
    pub kind: SourceKind,
    /// The language it is in.
    pub language: Language,
    /// When it was published: a date by ISO 8601 (`2026-10-05`, `2026-10`, `2026`), where known.
    pub date: Option<String>,
}
