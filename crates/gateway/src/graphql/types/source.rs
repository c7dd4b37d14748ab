//! Sources.

use super::articles::{ArticleConnection, articles};
use super::page::PageArguments;
use super::words::{ArticleOrder, SourceKind};
use crate::error::Problem;
use crate::operation::Filter;
use async_graphql::{Context, ID, Object};
use masthead_domain::source::Source;

/// A document, report, dataset, interview, wire or statement that articles cite. Its link stands with each
/// citation, behind the article's lock on source links.
#[derive(Clone)]
pub(super) struct SourceObject(pub(super) Source);

#[Object(name = "Source")]
impl SourceObject {
    /// Its identifier.
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Who published it or said it.
    async fn publisher(&self) -> &str {
        &self.0.publisher
    }

    /// What kind of material it is.
    async fn kind(&self) -> SourceKind {
        self.0.kind.into()
    }

    /// The language it is in (BCP 47).
    async fn language(&self) -> &str {
        self.0.language.as_str()
    }

    /// When it was published (ISO 8601), where known.
    async fn date(&self) -> Option<&str> {
        self.0.date.as_deref()
    }

    /// The articles that cite it.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "ArticleOrder::PublishedDescending")] order: ArticleOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<ArticleConnection>, Problem> {
        let filter = Filter { source: Some(self.0.id), order: order.into(), ..Filter::default() };
        articles(ctx, filter, PageArguments { first, after, last, before }).await
    }
}
