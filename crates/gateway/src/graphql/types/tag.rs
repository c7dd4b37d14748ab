//! Tags.

use super::articles::{ArticleConnection, articles};
use super::page::{PageArguments, connection};
use super::words::ArticleOrder;
use crate::error::Problem;
use crate::operation::Filter;
use async_graphql::{Context, ID, Object};
use masthead_domain::tag::Tag;
use masthead_persistence::TagKey;

/// What an article is about, across sections.
#[derive(Clone)]
pub(super) struct TagObject(pub(super) Tag);

impl From<Tag> for TagObject {
    fn from(tag: Tag) -> Self {
        Self(tag)
    }
}

#[Object(name = "Tag")]
impl TagObject {
    /// Its identifier.
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name in URLs.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Its name for readers.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it covers.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The articles with this tag.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "ArticleOrder::PublishedDescending")] order: ArticleOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<ArticleConnection>, Problem> {
        let filter = Filter { tag: Some(TagKey::Id(self.0.id)), order: order.into(), ..Filter::default() };
        articles(ctx, filter, PageArguments { first, after, last, before }).await
    }
}

connection! {
    /// A page of the tags, by slug.
    TagConnection, TagEdge, TagObject, Tag, "TagConnection", "TagEdge"
}
