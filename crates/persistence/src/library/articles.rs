//! Reading articles by what names them.

use super::{Library, MOST};
use crate::error::StoreError;
use crate::key::ArticleKey;
use crate::schema::{ArticleSlug, Draft, Publication};
use masthead_domain::article::{Article, Document};
use masthead_domain::id::ArticleId;
use masthead_domain::slug::Slug;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Stored {
    article_id: Uuid,
    version: i64,
    document: String,
}

impl Library<'_> {
    /// One article.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn article(&self, key: &ArticleKey) -> Result<Option<Arc<Article>>, StoreError> {
        let mut published = self.publications();
        match key {
            ArticleKey::Id(id) => {
                published.and_where(Expr::col((Publication::Table, Publication::ArticleId)).eq(id.uuid()));
            }
            ArticleKey::Slug(slug) => {
                published
                    .inner_join(
                        ArticleSlug::Table,
                        Expr::col((ArticleSlug::Table, ArticleSlug::ArticleId))
                            .equals((Publication::Table, Publication::ArticleId)),
                    )
                    .and_where(Expr::col((ArticleSlug::Table, ArticleSlug::Slug)).eq(slug.as_str()))
                    .and_where(Expr::col((ArticleSlug::Table, ArticleSlug::IsCurrent)).eq(true));
            }
        }
        let found = self.opened(&published).await?.pop();
        if found.is_some() || !self.viewer.is_staff() {
            return Ok(found);
        }
        let mut drafts = drafts();
        match key {
            ArticleKey::Id(id) => drafts.and_where(Expr::col(Draft::ArticleId).eq(id.uuid())),
            ArticleKey::Slug(slug) => drafts.and_where(Expr::col(Draft::Slug).eq(slug.as_str())),
        };
        Ok(self.opened(&drafts).await?.pop())
    }

    /// The present slug of the article that had this slug before.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn moved(&self, old: &Slug) -> Result<Option<Slug>, StoreError> {
        let ask = Query::select()
            .column((Publication::Table, Publication::ArticleId))
            .column((Publication::Table, Publication::Slug))
            .from(Publication::Table)
            .inner_join(
                ArticleSlug::Table,
                Expr::col((ArticleSlug::Table, ArticleSlug::ArticleId))
                    .equals((Publication::Table, Publication::ArticleId)),
            )
            .and_where(Expr::col((ArticleSlug::Table, ArticleSlug::Slug)).eq(old.as_str()))
            .and_where(Expr::col((ArticleSlug::Table, ArticleSlug::IsCurrent)).eq(false))
            .cond_where(self.visible())
            .take();
        Ok(self.named(&ask).await?.into_values().next())
    }

    /// The articles with these ids, at most 500.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn articles_by_ids(
        &self,
        ids: &[ArticleId],
    ) -> Result<HashMap<ArticleId, Arc<Article>>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        if ids.len() > MOST {
            return Err(StoreError::TooMany { what: "ids", limit: MOST });
        }
        let uuids = || ids.iter().map(|id| id.uuid());
        let mut published = self.publications();
        published.and_where(Expr::col((Publication::Table, Publication::ArticleId)).is_in(uuids()));
        let mut found = self.opened(&published).await?;
        if self.viewer.is_staff() && found.len() < ids.len() {
            let mut drafts = drafts();
            drafts.and_where(Expr::col(Draft::ArticleId).is_in(uuids()));
            found.extend(self.opened(&drafts).await?);
        }
        Ok(found.into_iter().map(|article| (article.id(), article)).collect())
    }

    /// The present slugs of these articles, at most 10,000. One that does not exist for the viewer is left out.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn slugs(&self, ids: &[ArticleId]) -> Result<HashMap<ArticleId, Slug>, StoreError> {
        const MOST_SLUGS: usize = 10_000;
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        if ids.len() > MOST_SLUGS {
            return Err(StoreError::TooMany { what: "linked articles", limit: MOST_SLUGS });
        }
        let ask = Query::select()
            .column((Publication::Table, Publication::ArticleId))
            .column((Publication::Table, Publication::Slug))
            .from(Publication::Table)
            .and_where(
                Expr::col((Publication::Table, Publication::ArticleId)).is_in(ids.iter().map(|id| id.uuid())),
            )
            .cond_where(self.visible())
            .take();
        self.named(&ask).await
    }

    async fn named(&self, ask: &SelectStatement) -> Result<HashMap<ArticleId, Slug>, StoreError> {
        let mut found = HashMap::new();
        for row in self.store.reader().query_all(ask).await? {
            let id: Uuid = row.try_get("", "article_id")?;
            let slug: String = row.try_get("", "slug")?;
            let slug = slug.parse().map_err(|error: masthead_domain::slug::SlugError| {
                StoreError::Corrupt { table: "publication", id, fault: format!("slug: {error}") }
            })?;
            found.insert(ArticleId::from_uuid(id), slug);
        }
        Ok(found)
    }

    fn publications(&self) -> SelectStatement {
        Query::select()
            .columns([
                (Publication::Table, Publication::ArticleId),
                (Publication::Table, Publication::Version),
                (Publication::Table, Publication::Document),
            ])
            .from(Publication::Table)
            .cond_where(self.visible())
            .take()
    }

    /// Reads the articles, from memory where their version is known.
    async fn opened(&self, ask: &SelectStatement) -> Result<Vec<Arc<Article>>, StoreError> {
        let rows = self.store.reader().query_all(ask).await?;
        rows.iter()
            .map(|row| {
                let stored = Stored::from_query_result(row, "")?;
                let version = (stored.article_id, stored.version);
                if let Some(known) = self.store.articles().get(version) {
                    return Ok(known);
                }
                let article = Document::open(&stored.document).map_err(|error| StoreError::Corrupt {
                    table: "publication",
                    id: stored.article_id,
                    fault: error.to_string(),
                })?;
                let article = Arc::new(article);
                self.store.articles().put(version, stored.document.len(), &article);
                Ok(article)
            })
            .collect()
    }

    /// The articles of these versions, in their order. What has been changed since the versions were read comes
    /// as it is now; what no longer exists for the viewer is left out.
    pub(super) async fn at_versions(
        &self,
        versions: &[(Uuid, i64)],
    ) -> Result<HashMap<Uuid, Arc<Article>>, StoreError> {
        let mut found = HashMap::with_capacity(versions.len());
        let mut missing = Vec::new();
        for version in versions {
            match self.store.articles().get(*version) {
                Some(article) => {
                    found.insert(version.0, article);
                }
                None => missing.push(ArticleId::from_uuid(version.0)),
            }
        }
        for chunk in missing.chunks(MOST) {
            let read = self.articles_by_ids(chunk).await?;
            found.extend(read.into_iter().map(|(id, article)| (id.uuid(), article)));
        }
        Ok(found)
    }
}

/// For staff only.
fn drafts() -> SelectStatement {
    Query::select().columns([Draft::ArticleId, Draft::Version, Draft::Document]).from(Draft::Table).take()
}
