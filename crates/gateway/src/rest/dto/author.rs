//! Authors in REST answers.

use crate::operation::author::AuthorCard;
use crate::render::ImageDto;
use crate::site::Site;
use masthead_domain::article::Byline;
use masthead_domain::author::{Author, AuthorKind};
use serde::Serialize;
use utoipa::ToSchema;

/// An author in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthorReference)]
pub(in crate::rest) struct AuthorReferenceDto {
    #[schema(example = "aut_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    slug: String,
    name: String,
    /// `human`, `persona` or `organisation`.
    kind: &'static str,
    /// What readers are told about an AI persona.
    disclosure: Option<String>,
}

/// An author.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Author)]
pub(in crate::rest) struct AuthorDto {
    #[serde(flatten)]
    reference: AuthorReferenceDto,
    /// Who this is.
    bio: Option<String>,
    /// What this author covers, and from which point of view.
    beat: Option<String>,
    portrait: Option<ImageDto>,
    /// The author's own site.
    website: Option<String>,
    /// Where readers may support this author's work with a contribution.
    support: Option<String>,
    /// The person who answers for an AI persona.
    responsible_editor: Option<AuthorReferenceDto>,
}

/// An author on an article, with a role.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Byline)]
pub(in crate::rest) struct BylineDto {
    /// `author`, `contributor`, `editor`, `translator`, `photographer` or `illustrator`.
    role: &'static str,
    author: AuthorReferenceDto,
}

impl AuthorReferenceDto {
    pub(in crate::rest) fn new(author: &Author) -> Self {
        let disclosure = match &author.kind {
            AuthorKind::Persona { disclosure, .. } => Some(disclosure.clone()),
            AuthorKind::Human | AuthorKind::Organisation => None,
        };
        Self {
            id: author.id.to_string(),
            slug: author.slug.to_string(),
            name: author.name.clone(),
            kind: author.kind.code(),
            disclosure,
        }
    }
}

impl AuthorDto {
    pub(in crate::rest) fn new(card: &AuthorCard, site: &Site) -> Self {
        let author = &card.author;
        Self {
            reference: AuthorReferenceDto::new(author),
            bio: author.bio.clone(),
            beat: author.beat.clone(),
            portrait: author.portrait.as_ref().map(|image| ImageDto::new(image, site)),
            website: author.website.as_ref().map(|href| site.absolute(href)),
            support: author.support.as_ref().map(|href| site.absolute(href)),
            responsible_editor: card.responsible_editor.as_ref().map(AuthorReferenceDto::new),
        }
    }
}

impl BylineDto {
    pub(in crate::rest) fn new(byline: Byline, author: &Author) -> Self {
        Self { role: byline.role.code(), author: AuthorReferenceDto::new(author) }
    }
}
