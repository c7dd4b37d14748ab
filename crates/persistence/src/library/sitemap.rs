//! What sitemaps list: where articles are and when they changed. No article is opened for it.

use super::Library;
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::{Publication, Shelf};
use masthead_domain::article::Kind;
use masthead_domain::clock::Timestamp;
use masthead_domain::selection::{Order, Selection, Span};
use masthead_domain::slug::Slug;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{
    Expr, ExprTrait, Func, Order as Direction, Query, SelectStatement, WindowStatement,
};
use std::num::NonZeroU32;

/// The most stretches that are told apart; a sitemap index holds no more (sitemaps.org, "Using Sitemap index files").
const MOST_STRETCHES: u64 = 50_000;

/// A line of a sitemap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The article's name in URLs.
    pub slug: Slug,
    /// When it was published.
    pub published: Timestamp,
    /// When it last changed for readers.
    pub updated: Timestamp,
}

/// A part of the publication, from one instant of publication to that of the next part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first instant of publication in it.
    pub since: Timestamp,
    /// When something in it last changed for readers.
    pub updated: Timestamp,
}

impl Library<'_> {
    /// The publication in parts of so many articles or pages, the oldest first, at most 50,000 parts. Those of one instant are
    /// never torn apart, so a part may hold a few more. Reads the whole shelf, from the index alone.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn stretches(&self, kind: Kind, length: NonZeroU32) -> Result<Vec<Stretch>, StoreError> {
        let Some(ask) = self.in_stretches(kind, length) else { return Ok(Vec::new()) };
        let rows = self.store.reader().query_all(&ask).await?;
        let instant = |micros: i64| Timestamp::try_from(micros).unwrap_or(Timestamp::EPOCH);
        let stretch = |row: &sea_orm::QueryResult| {
            Ok(Stretch {
                since: instant(row.try_get("", "since")?),
                updated: instant(row.try_get("", "updated")?),
            })
        };
        let mut stretches: Vec<Stretch> = rows.iter().map(stretch).collect::<Result<_, StoreError>>()?;
        // Where one instant fills a part, the next begins with the same one. A part ends with its last instant.
        stretches.dedup_by(|next, before| {
            let is_one = next.since == before.since;
            if is_one {
                before.updated = before.updated.max(next.updated);
            }
            is_one
        });
        Ok(stretches)
    }

    /// The articles or pages that were published within a span, the oldest first, at most so many. One statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn listed(&self, kind: Kind, published: Span, most: u64) -> Result<Vec<Listed>, StoreError> {
        let Some(ask) = self.within_stretch(kind, published, most) else { return Ok(Vec::new()) };
        let listed = |cells| {
            let row = Row::new(cells, "publication", "article_id")?;
            Ok(Listed {
                slug: row.parse("slug")?,
                published: row.instant("published_at")?,
                updated: row.instant("updated_at")?,
            })
        };
        self.store.reader().query_all(&ask).await?.iter().map(listed).collect()
    }

    pub(super) fn in_stretches(&self, kind: Kind, length: NonZeroU32) -> Option<SelectStatement> {
        let oldest_first = WindowStatement::new()
            .order_by((Shelf::Table, Shelf::PublishedAt), Direction::Asc)
            .order_by((Shelf::Table, Shelf::ArticleId), Direction::Asc)
            .take();
        let numbered = Query::select()
            .columns([(Shelf::Table, Shelf::PublishedAt), (Shelf::Table, Shelf::UpdatedAt)])
            .expr_window_as(Func::cust("ROW_NUMBER"), oldest_first, "number")
            .from(Shelf::Table)
            .cond_where(self.held(&of_kind(kind, Span::default()))?)
            .take();
        let part = Expr::col("number").sub(1).div(i64::from(length.get()));
        let ask = Query::select()
            .expr_as(Expr::col(Shelf::PublishedAt).min(), "since")
            .expr_as(Expr::col(Shelf::UpdatedAt).max(), "updated")
            .from_subquery(numbered, "numbered")
            .add_group_by([part])
            .order_by("since", Direction::Asc)
            .limit(MOST_STRETCHES)
            .take();
        Some(ask)
    }

    pub(super) fn within_stretch(&self, kind: Kind, published: Span, most: u64) -> Option<SelectStatement> {
        let ask = Query::select()
            .columns(
                [Shelf::ArticleId, Shelf::PublishedAt, Shelf::UpdatedAt].map(|column| (Shelf::Table, column)),
            )
            .column((Publication::Table, Publication::Slug))
            .from(Shelf::Table)
            .inner_join(
                Publication::Table,
                Expr::col((Publication::Table, Publication::ArticleId))
                    .equals((Shelf::Table, Shelf::ArticleId)),
            )
            .cond_where(self.held(&of_kind(kind, published))?)
            .order_by((Shelf::Table, Shelf::PublishedAt), Direction::Asc)
            .order_by((Shelf::Table, Shelf::ArticleId), Direction::Asc)
            .limit(most)
            .take();
        Some(ask)
    }
}

fn of_kind(kind: Kind, published: Span) -> Selection {
    Selection { kind, published, order: Order::PublishedAscending, ..Selection::default() }
}
