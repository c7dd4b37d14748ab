//! Authors.

use super::articles::{ArticleConnection, articles};
use super::image::Image;
use super::page::{PageArguments, connection};
use super::words::{ArticleOrder, AuthorKind};
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::author::AuthorCard;
use crate::operation::{Cards, Filter};
use async_graphql::{Context, ID, Object};
use masthead_domain::author;
use masthead_domain::id::AuthorId;
use masthead_persistence::AuthorKey;

/// A person, an AI persona or an organisation that writes.
#[derive(Clone)]
pub(super) struct AuthorObject(AuthorCard);

impl From<AuthorCard> for AuthorObject {
    fn from(card: AuthorCard) -> Self {
        Self(card)
    }
}

/// An author that an article names.
pub(super) fn author_of(cards: &Cards, id: AuthorId) -> Option<AuthorObject> {
    let author = cards.author(id)?.clone();
    let responsible_editor = match &author.kind {
        author::AuthorKind::Persona { responsible_editor, .. } => cards.author(*responsible_editor).cloned(),
        author::AuthorKind::Human | author::AuthorKind::Organisation => None,
    };
    Some(AuthorObject(AuthorCard { author, responsible_editor }))
}

#[Object(name = "Author")]
impl AuthorObject {
    /// Its identifier.
    pub(super) async fn id(&self) -> ID {
        self.0.author.id.to_string().into()
    }

    /// Its name in URLs.
    async fn slug(&self) -> &str {
        self.0.author.slug.as_str()
    }

    /// Its name for readers.
    async fn name(&self) -> &str {
        &self.0.author.name
    }

    /// A person, a persona or an organisation.
    async fn kind(&self) -> AuthorKind {
        (&self.0.author.kind).into()
    }

    /// What readers are told about an AI persona.
    async fn disclosure(&self) -> Option<&str> {
        match &self.0.author.kind {
            author::AuthorKind::Persona { disclosure, .. } => Some(disclosure),
            author::AuthorKind::Human | author::AuthorKind::Organisation => None,
        }
    }

    /// Who this is.
    async fn bio(&self) -> Option<&str> {
        self.0.author.bio.as_deref()
    }

    /// What this author covers, and from which point of view.
    async fn beat(&self) -> Option<&str> {
        self.0.author.beat.as_deref()
    }

    /// A picture.
    async fn portrait(&self) -> Option<Image<'_>> {
        self.0.author.portrait.as_ref().map(Image)
    }

    /// The author's own site.
    async fn website(&self, ctx: &Context<'_>) -> Option<String> {
        self.0.author.website.as_ref().map(|href| Session::of(ctx).site().absolute(href))
    }

    /// Where readers may support this author's work with a contribution.
    async fn support(&self, ctx: &Context<'_>) -> Option<String> {
        self.0.author.support.as_ref().map(|href| Session::of(ctx).site().absolute(href))
    }

    /// The person who answers for an AI persona.
    async fn responsible_editor(&self) -> Option<Self> {
        let author = self.0.responsible_editor.clone()?;
        Some(Self(AuthorCard { author, responsible_editor: None }))
    }

    /// The articles with this author in a byline.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "ArticleOrder::PublishedDescending")] order: ArticleOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<ArticleConnection>, Problem> {
        let author = Some(AuthorKey::Id(self.0.author.id));
        let filter = Filter { author, order: order.into(), ..Filter::default() };
        articles(ctx, filter, PageArguments { first, after, last, before }).await
    }
}

connection! {
    /// A page of the authors, by slug.
    AuthorConnection, AuthorEdge, AuthorObject, AuthorCard, "AuthorConnection", "AuthorEdge"
}
