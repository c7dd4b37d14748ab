//! What is not published. Nothing else that reads names the table of drafts.

use super::Library;
use super::articles::{Named, documents as scheduled};
use super::names::{had_slug, has_slug};
use crate::error::StoreError;
use crate::key::ArticleKey;
use crate::row::Row;
use crate::schema::{Draft, Publication};
use crate::store::Store;
use masthead_domain::article::Article;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::{Preview, Viewer};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
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

/// An article that is not published, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unpublished {
    /// Its version, as the store counts them.
    pub version: i64,
    /// When it will be published; `None` for a draft and for what was withdrawn.
    pub publishes: Option<Timestamp>,
}

impl Store {
    /// Which version of an article that is not published there is; `None` when it is published or not there. In at
    /// most two statements.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn unpublished(
        &self,
        article: ArticleId,
        now: Timestamp,
    ) -> Result<Option<Unpublished>, StoreError> {
        let draft = Query::select()
            .columns([Draft::ArticleId, Draft::Version])
            .from(Draft::Table)
            .and_where(Expr::col(Draft::ArticleId).eq(article.uuid()))
            .take();
        if let Some(cells) = self.reader().query_one(&draft).await? {
            let version = Row::new(&cells, TABLE, "article_id")?.get("version")?;
            return Ok(Some(Unpublished { version, publishes: None }));
        }
        let scheduled = Query::select()
            .columns([Publication::ArticleId, Publication::Version, Publication::PublishedAt])
            .from(Publication::Table)
            .and_where(Expr::col(Publication::ArticleId).eq(article.uuid()))
            .and_where(Expr::col(Publication::PublishedAt).gt(now.micros()))
            .take();
        let Some(cells) = self.reader().query_one(&scheduled).await? else { return Ok(None) };
        let row = Row::new(&cells, "publication", "article_id")?;
        let publishes = Some(row.instant("published_at")?);
        Ok(Some(Unpublished { version: row.get("version")?, publishes }))
    }
}

impl Library<'_> {
    /// What the viewer was sent a preview link to.
    pub(super) const fn preview(&self) -> Option<Preview> {
        match self.viewer {
            Viewer::Preview(preview) => Some(*preview),
            _ => None,
        }
    }

    /// The article of the viewer's preview link, as long as it is unpublished and of that very version. It exists
    /// for them by its own name alone: no list, count or link leads to it.
    pub(super) async fn previewed(&self) -> Result<Option<Arc<Article>>, StoreError> {
        let Some(Preview { article, version }) = self.preview() else { return Ok(None) };
        let draft = documents()
            .and_where(Expr::col((Draft::Table, Draft::ArticleId)).eq(article.uuid()))
            .and_where(Expr::col((Draft::Table, Draft::Version)).eq(version))
            .take();
        if let Some(found) = self.opened(TABLE, &draft).await?.pop() {
            return Ok(Some(found));
        }
        let waits = Expr::col((Publication::Table, Publication::PublishedAt)).gt(self.now.micros());
        let scheduled = scheduled(Cond::all().add(waits))
            .and_where(Expr::col((Publication::Table, Publication::ArticleId)).eq(article.uuid()))
            .and_where(Expr::col((Publication::Table, Publication::Version)).eq(version))
            .take();
        Ok(self.opened("publication", &scheduled).await?.pop())
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
