//! The slugs of articles: the one that each has, and those that it had.

use super::articles::Changed;
use super::{IDS_A_STATEMENT, Work};
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::ArticleSlug;
use masthead_domain::article::Article;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const TABLE: &str = "article_slug";

impl Work {
    /// Makes the slugs of these articles ones that they had.
    pub(super) async fn retire_slugs(&self, ids: impl Iterator<Item = Uuid>) -> Result<(), StoreError> {
        let retire = Query::update()
            .table(ArticleSlug::Table)
            .value(ArticleSlug::RetiredAt, self.now.micros())
            .and_where(Expr::col(ArticleSlug::ArticleId).is_in(ids))
            .and_where(Expr::col(ArticleSlug::RetiredAt).is_null())
            .take();
        self.transaction.execute(&retire).await?;
        Ok(())
    }

    /// Retires the slugs of articles that are to have others.
    pub(super) async fn give_up_slugs(&self, articles: &[Article]) -> Result<(), StoreError> {
        // `None` for an article that comes several times with several slugs: it cannot stay with the one it has.
        let mut wanted: HashMap<Uuid, Option<&str>> = HashMap::with_capacity(articles.len());
        for article in articles {
            let slug = Some(article.slug().as_str());
            let before = wanted.entry(article.id().uuid()).or_insert(slug);
            if *before != slug {
                *before = None;
            }
        }
        let ids: Vec<_> = wanted.keys().copied().collect();
        for ids in ids.chunks(IDS_A_STATEMENT) {
            let ask = Query::select()
                .columns([ArticleSlug::Slug, ArticleSlug::ArticleId])
                .from(ArticleSlug::Table)
                .and_where(Expr::col(ArticleSlug::ArticleId).is_in(ids.iter().copied()))
                .and_where(Expr::col(ArticleSlug::RetiredAt).is_null())
                .take();
            let mut given_up = Vec::new();
            for cells in self.transaction.query_all(&ask).await? {
                let row = Row::new(&cells, TABLE, "article_id")?;
                let slug: String = row.get("slug")?;
                if wanted.get(&row.id).is_some_and(|wanted| *wanted != Some(slug.as_str())) {
                    given_up.push(row.id);
                }
            }
            if !given_up.is_empty() {
                self.retire_slugs(given_up.into_iter()).await?;
            }
        }
        Ok(())
    }

    /// Gives each article its slug, which no other article may have now. Nobody else writes meanwhile, so that
    /// looking first is enough.
    pub(super) async fn write_slugs(&self, changed: &[Changed<'_>]) -> Result<(), StoreError> {
        let mut seen = HashSet::new();
        if let Some(twin) = changed.iter().map(Changed::slug).find(|slug| !seen.insert(*slug)) {
            return Err(taken(twin));
        }
        let in_use = self.in_use(changed.iter().map(Changed::slug)).await?;
        if let Some(late) = changed.iter().map(Changed::slug).find(|slug| in_use.contains(*slug)) {
            return Err(taken(late));
        }
        let mut insert = Query::insert();
        insert
            .into_table(ArticleSlug::Table)
            .columns([ArticleSlug::Slug, ArticleSlug::ArticleId, ArticleSlug::RetiredAt])
            .on_conflict(
                OnConflict::columns([ArticleSlug::Slug, ArticleSlug::ArticleId])
                    .update_column(ArticleSlug::RetiredAt)
                    .to_owned(),
            );
        for one in changed {
            insert.values_panic([Expr::val(one.slug()), Expr::val(one.id()), Expr::val(None::<i64>)]);
        }
        self.transaction.execute(&insert).await?;
        Ok(())
    }

    /// Which of these slugs an article has now.
    async fn in_use(&self, slugs: impl Iterator<Item = &str>) -> Result<HashSet<String>, StoreError> {
        let ask = Query::select()
            .columns([ArticleSlug::Slug, ArticleSlug::ArticleId])
            .from(ArticleSlug::Table)
            .and_where(Expr::col(ArticleSlug::Slug).is_in(slugs))
            .and_where(Expr::col(ArticleSlug::RetiredAt).is_null())
            .take();
        let slug = |cells| Row::new(cells, TABLE, "article_id")?.get("slug");
        self.transaction.query_all(&ask).await?.iter().map(slug).collect()
    }
}

fn taken(slug: &str) -> StoreError {
    StoreError::Conflict { what: "article slug", value: slug.to_owned() }
}
