//! Putting articles on their shelves.

use super::{IDS_A_STATEMENT, ROWS_A_STATEMENT, Work};
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::{Draft, Publication, Shelf};
use crate::shelf::{Side, parents_of_sections, shelves};
use masthead_domain::article::{Article, Document, Stage};
use masthead_domain::id::SectionId;
use masthead_domain::section::lineage;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use std::collections::HashMap;
use uuid::Uuid;

impl Work {
    /// Which section each section stands below; read once in a unit of work.
    pub(super) async fn parents(&mut self) -> Result<&HashMap<SectionId, Option<SectionId>>, StoreError> {
        if self.parents.is_none() {
            let parents = parents_of_sections(&self.transaction).await?;
            self.parents = Some(parents);
        }
        Ok(self.parents.get_or_insert_default())
    }

    /// Puts articles, each with its version, on their shelves.
    pub(super) async fn shelve<'a>(
        &mut self,
        articles: impl Iterator<Item = (&'a Article, i64)>,
    ) -> Result<(), StoreError> {
        let parents = self.parents().await?;
        let mut rows: Vec<[SimpleExpr; 7]> = Vec::new();
        for (article, version) in articles {
            let index = article.index();
            // What has no instant of publication yet stands where it was last worked on.
            let published = index.published.unwrap_or(index.updated);
            for shelf in shelves(&index, parents) {
                rows.push([
                    Expr::val(Side::of(index.stage).code()),
                    Expr::val(shelf.as_str()),
                    Expr::val(index.id.uuid()),
                    Expr::val(version),
                    Expr::val(published.micros()),
                    Expr::val(index.updated.micros()),
                    Expr::val(index.stage == Stage::Withdrawn),
                ]);
            }
        }
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut insert = Query::insert();
            insert.into_table(Shelf::Table).columns([
                Shelf::Stage,
                Shelf::Name,
                Shelf::ArticleId,
                Shelf::Version,
                Shelf::PublishedAt,
                Shelf::UpdatedAt,
                Shelf::IsWithdrawn,
            ]);
            for row in rows.by_ref().take(ROWS_A_STATEMENT) {
                insert.values_panic(row);
            }
            self.transaction.execute(&insert).await?;
        }
        Ok(())
    }

    /// Takes articles off all shelves.
    pub(super) async fn unshelve(&self, ids: impl Iterator<Item = Uuid>) -> Result<(), StoreError> {
        let delete =
            Query::delete().from_table(Shelf::Table).and_where(Expr::col(Shelf::ArticleId).is_in(ids)).take();
        self.transaction.execute(&delete).await?;
        Ok(())
    }

    /// Puts the articles of these sections, and of those below, on the shelves where they belong now.
    pub(super) async fn reshelve_below(&mut self, moved: &[SectionId]) -> Result<(), StoreError> {
        let parents = self.parents().await?.clone();
        let parent_of = |section| parents.get(&section).copied().flatten();
        let affected: Vec<_> = parents
            .keys()
            .filter(|section| lineage(**section, parent_of).iter().any(|above| moved.contains(above)))
            .map(|section| section.uuid())
            .collect();
        for sections in affected.chunks(IDS_A_STATEMENT) {
            let sections = || sections.iter().copied();
            let published = Query::select()
                .columns([Publication::ArticleId, Publication::Version, Publication::Document])
                .from(Publication::Table)
                .and_where(Expr::col(Publication::SectionId).is_in(sections()))
                .order_by(Publication::ArticleId, Order::Asc)
                .take();
            let drafts = Query::select()
                .columns([Draft::ArticleId, Draft::Version, Draft::Document])
                .from(Draft::Table)
                .and_where(Expr::col(Draft::SectionId).is_in(sections()))
                .order_by(Draft::ArticleId, Order::Asc)
                .take();
            for (table, ask) in [("publication", published), ("draft", drafts)] {
                self.reshelve(table, ask).await?;
            }
        }
        Ok(())
    }

    /// Works through the articles of a statement that is ordered by their id, some at a time.
    async fn reshelve(&mut self, table: &'static str, ask: SelectStatement) -> Result<(), StoreError> {
        let mut last = Uuid::nil();
        loop {
            let mut next = ask.clone();
            next.and_where(Expr::col(Publication::ArticleId).gt(last)).limit(IDS_A_STATEMENT as u64);
            let mut articles = Vec::new();
            for cells in self.transaction.query_all(&next).await? {
                let row = Row::new(&cells, table, "article_id")?;
                let document: String = row.get("document")?;
                let article = Document::open(&document).map_err(|error| row.corrupt("document", error))?;
                articles.push((article, row.get::<i64>("version")?));
                last = row.id;
            }
            if articles.is_empty() {
                return Ok(());
            }
            self.unshelve(articles.iter().map(|(article, _)| article.id().uuid())).await?;
            self.shelve(articles.iter().map(|(article, version)| (article, *version))).await?;
        }
    }
}
