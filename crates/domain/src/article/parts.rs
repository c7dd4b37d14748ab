//! The open form of an article: what an importer or an editor puts together.

use super::block::Block;
use crate::clock::Timestamp;
use crate::href::Href;
use crate::id::{ArticleId, AuthorId, SectionId, SourceId, TagId};
use crate::image::{DigitalSourceType, Image};
use crate::language::Language;
use crate::paywall::Requirement;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether it belongs to the stream of articles or stands on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Part of the stream.
    #[default]
    Article,
    /// On its own, such as an imprint: in no list of articles.
    Page,
}

impl Kind {
    /// The kind in lower case, as APIs and the database write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Page => "page",
        }
    }
}

/// How far an article has come, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// In the making; for the publisher's staff only.
    Draft,
    /// For readers, from the instant of its publication on.
    Published,
    /// Was published and has been taken back; for the publisher's staff only.
    Withdrawn,
}

/// How far an article has come, at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// In the making.
    Draft,
    /// Will be published at a set instant.
    Scheduled,
    /// For readers.
    #[default]
    Published,
    /// Taken back.
    Withdrawn,
}

impl Status {
    /// The status in lower case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What an author did for an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Wrote it.
    Author,
    /// Contributed to it.
    Contributor,
    /// Edited it.
    Editor,
    /// Translated it.
    Translator,
    /// Took its photographs.
    Photographer,
    /// Drew its illustrations.
    Illustrator,
}

impl Role {
    /// Every role, in the order of the declaration.
    pub const ALL: [Self; 6] = [
        Self::Author,
        Self::Contributor,
        Self::Editor,
        Self::Translator,
        Self::Photographer,
        Self::Illustrator,
    ];

    /// The role in lower case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Contributor => "contributor",
            Self::Editor => "editor",
            Self::Translator => "translator",
            Self::Photographer => "photographer",
            Self::Illustrator => "illustrator",
        }
    }
}

/// An author on an article, with a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Byline {
    /// Who.
    pub author: AuthorId,
    /// What they did.
    pub role: Role,
}

/// A tie between the article and a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The source. Public.
    pub source: SourceId,
    /// What the article took from it, or where in it. Public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The direct link to the material. Behind the article's sources lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Href>,
}

/// A check of one revision by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who checked it.
    pub reviewer: AuthorId,
    /// When.
    pub at: Timestamp,
    /// Which revision of the article, counted from one.
    pub revision: u32,
    /// What was checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How an article was made. Public.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// How the text came to be; `None` when the publisher has not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<DigitalSourceType>,
    /// How it was made, for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// The person who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible_editor: Option<AuthorId>,
    /// Who checked which revision, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<Review>,
}

impl Provenance {
    /// The person who answers for the article, and those who reviewed it; one who did several of these comes as often.
    pub fn people(&self) -> impl Iterator<Item = AuthorId> {
        self.responsible_editor.into_iter().chain(self.reviews.iter().map(|review| review.reviewer))
    }

    /// The same without what reviewers have noted about the text.
    pub(crate) fn without_notes(&self) -> Self {
        let bare = |review: &Review| Review { note: None, ..review.clone() };
        Self { reviews: self.reviews.iter().map(bare).collect(), ..self.clone() }
    }
}

/// A correction after publication. Public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When it was made.
    pub at: Timestamp,
    /// What was wrong and what is right.
    pub text: String,
}

/// Everything an article consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArticleParts {
    /// Its identifier.
    pub id: ArticleId,
    /// Its name in URLs, unique among articles and pages.
    pub slug: Slug,
    /// Article or page.
    pub kind: Kind,
    /// How far it has come.
    pub stage: Stage,
    /// Its headline.
    pub title: String,
    /// The paragraph below the headline. Public, even when the whole body is locked.
    pub standfirst: Option<String>,
    /// The picture above the body. Public.
    pub hero: Option<Image>,
    /// The body. Only gates in it are locked; a whole article for members is one gate around everything.
    pub body: Vec<Block>,
    /// The section it stands in.
    pub section: Option<SectionId>,
    /// Its tags, the main one first.
    pub tags: Vec<TagId>,
    /// What the publisher's rules may ask about, such as `premium`. Not shown.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<Slug>,
    /// Its authors, in the order of the byline.
    pub bylines: Vec<Byline>,
    /// What it rests on, in the order of citing.
    pub citations: Vec<Citation>,
    /// Who may follow the source links.
    pub sources_requirement: Requirement,
    /// Its language.
    pub language: Language,
    /// How it was made.
    pub provenance: Provenance,
    /// What was corrected, in the order of time.
    pub corrections: Vec<Correction>,
    /// Where the text first appeared, if that was elsewhere.
    pub canonical: Option<Href>,
    /// The title for search engines, where it differs. Public.
    pub meta_title: Option<String>,
    /// The description for search engines. Public.
    pub meta_description: Option<String>,
    /// When it was or will be published. Always known for a published article.
    pub published: Option<Timestamp>,
    /// When it last changed for readers.
    pub updated: Timestamp,
}
