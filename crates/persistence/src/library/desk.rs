//! What is not published. Nothing else that reads names the table of drafts.

use super::Library;
use super::articles::Named;
use crate::error::StoreError;
use crate::key::ArticleKey;
use crate::schema::{ArticleSlug, Draft};
use masthead_domain::article::Article;
use masthead_domain::id::ArticleId;
use masthead_domain::slug::Slug;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use std::sync::Arc;

const TABLE: &str = "draft";

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
            ArticleKey::Id(id) => ask.and_where(Expr::col((Draft::Table, Draft::ArticleId)).eq(id.uuid())),
            ArticleKey::Slug(slug) => with_slug(&mut ask, slug, true),
        };
        Ok(self.0.opened(TABLE, &ask).await?.pop())
    }

    pub(super) async fn articles(&self, ids: &[ArticleId]) -> Result<Vec<Arc<Article>>, StoreError> {
        self.0.opened(TABLE, &among(documents(), ids)).await
    }

    pub(super) async fn moved(&self, old: &Slug) -> Result<Option<Slug>, StoreError> {
        let mut ask = names();
        with_slug(&mut ask, old, false);
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
    ask.and_where(Expr::col((Draft::Table, Draft::ArticleId)).is_in(ids)).take()
}

fn with_slug<'q>(ask: &'q mut SelectStatement, slug: &Slug, current: bool) -> &'q mut SelectStatement {
    let owner = Expr::col((ArticleSlug::Table, ArticleSlug::ArticleId));
    ask.inner_join(ArticleSlug::Table, owner.equals((Draft::Table, Draft::ArticleId)))
        .and_where(Expr::col((ArticleSlug::Table, ArticleSlug::Slug)).eq(slug.as_str()))
        .and_where(Expr::col((ArticleSlug::Table, ArticleSlug::IsCurrent)).eq(current))
}
