//! Authors: people, AI personas and organisations.

use crate::href::Href;
use crate::id::AuthorId;
use crate::image::Image;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

/// What an author is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuthorKind {
    /// A person.
    Human,
    /// An AI persona. It is always disclosed and a person always answers for it
    /// (EU AI Act, article 50(4)).
    Persona {
        /// What readers are told about it.
        disclosure: String,
        /// The human editor who is responsible for what it publishes.
        responsible_editor: AuthorId,
    },
    /// A newsroom, agency or institution.
    Organisation,
}

impl AuthorKind {
    /// The kind in lower case, as APIs and the database write it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Persona { .. } => "persona",
            Self::Organisation => "organisation",
        }
    }
}

/// Who wrote, edited or illustrated articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Its identifier.
    pub id: AuthorId,
    /// Its name in URLs, unique among authors.
    pub slug: Slug,
    /// Its name for readers.
    pub name: String,
    /// A person, a persona or an organisation.
    pub kind: AuthorKind,
    /// Who this is.
    pub bio: Option<String>,
    /// What this author covers, and from which point of view.
    pub beat: Option<String>,
    /// A picture.
    pub portrait: Option<Image>,
    /// The author's own site.
    pub website: Option<Href>,
    /// Where readers may support this author's work with a contribution.
    pub support: Option<Href>,
}

impl Author {
    /// The person who answers for a persona.
    #[must_use]
    pub const fn responsible_editor(&self) -> Option<AuthorId> {
        match &self.kind {
            AuthorKind::Persona { responsible_editor, .. } => Some(*responsible_editor),
            AuthorKind::Human | AuthorKind::Organisation => None,
        }
    }
}
