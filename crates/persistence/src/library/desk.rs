//! What is not published. Nothing else that reads names the table of drafts.

use super::Library;
use super::articles::Named;
use super::names::{had_slug, has_slug};
use crate::error::StoreError;
use crate::key::ArticleKey;
use crate::schema::Draft;
use masthead_domain::article::Article;
use masthead_domain::id::ArticleId;
use masthead_domain::slug::Slug;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use std::sync::Arc;

const TABLE: &str = "draft";

/// The column with an article's id.
const ID: (Draft, Draft) = (Draft::Table, Draft::ArticleId);

/// Drafts and withdrawn articles, for a viewer for whom they exist.
pub(super) struct Desk<'s>(Library<'s>);

impl<'s> Library<'s> {
    /// The desk; readers have none.
    pub(super) const fn desk(&self) -> Option<Desk<'s>> {
        if self.viewer.is_staff() { Some(Desk(*self)) } else { None }
    }
}

impl Desk<'_> {
    pub(super) async fn article(&self, key: &ArticleKey) -> Result<Option<Arc<Article>>, StoreError> {
        let mut ask = documents();
        match key {
            ArticleKey::Id(id) => ask.and_where(Expr::col(ID).eq(id.uuid())),
            ArticleKey::Slug(slug) => has_slug(&mut ask, ID, slug),
        };
        Ok(self.0.opened(TABLE, &ask).await?.pop())
    }

    pub(super) async fn articles(&self, ids: &[ArticleId]) -> Result<Vec<Arc<Article>>, StoreError> {
        self.0.opened(TABLE, &among(documents(), ids)).await
    }

    pub(super) async fn moved(&self, old: &Slug) -> Result<Option<Slug>, StoreError> {
        let mut ask = names();
        had_slug(&mut ask, ID, old);
        Ok(self.0.named(TABLE, &ask).await?.pop().map(|(_, slug)| slug))
    }

    pub(super) async fn slugs(&self, ids: &[ArticleId]) -> Result<Vec<Named>, StoreError> {
        self.0.named(TABLE, &among(names(), ids)).await
    }
}

fn documents() -> SelectStatement {
    let columns = [Draft::ArticleId, Draft::Version, Draft::Document].map(|column| (Draft::Table, column));
    Query::select().columns(columns).from(Draft::Table).take()
}

fn names() -> SelectStatement {
    let columns = [Draft::ArticleId, Draft::Slug].map(|column| (Draft::Table, column));
    Query::select().columns(columns).from(Draft::Table).take()
}

fn among(mut ask: SelectStatement, ids: &[ArticleId]) -> SelectStatement {
    let ids = ids.iter().map(|id| id.uuid());
    ask.and_where(Expr::col(ID).is_in(ids)).take()
}
