//! Reading lists of articles.

use super::Library;
use super::slots::{Slot, Sorting};
use super::window::{Shown, View, all_of};
use crate::error::StoreError;
use crate::schema::Shelf;
use masthead_domain::article::Article;
use masthead_domain::clock::Timestamp;
use masthead_domain::page::{Page, PageRequest, PageSize, Position, SortKey};
use masthead_domain::selection::Selection;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Func, Query};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The most lists that one call reads. SQLite unites at most 500 statements.
const MOST_LISTS: usize = 100;

impl Library<'_> {
    /// A page of a list. Two statements, and one when its articles have been read before; for staff one more when
    /// some of them are not published.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn articles(
        &self,
        selection: &Selection,
        page: &PageRequest,
    ) -> Result<Page<Arc<Article>>, StoreError> {
        let view = View::of(page);
        let Some(ask) = self.window(selection, &view) else { return Ok(Page::empty()) };
        let (behind, ahead): (Vec<_>, Vec<_>) =
            self.slots(&ask).await?.into_iter().partition(Slot::is_behind);
        let shown = view.shown(Sorting::of(selection.order).sorted(ahead, view.backward), !behind.is_empty());
        let articles = self.at_versions(shown.rows.iter().map(Slot::version)).await?;
        Ok(page_of(shown, &articles))
    }

    /// The first page of each of at most 100 lists, in as many statements as one page costs; in a few more for a partner
    /// whose licence names very many sections, tags or languages.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read, a row is corrupt, or there are too many lists.
    pub async fn articles_of_each(
        &self,
        selections: &[Selection],
        size: PageSize,
    ) -> Result<Vec<Page<Arc<Article>>>, StoreError> {
        if selections.len() > MOST_LISTS {
            return Err(StoreError::TooMany { what: "lists in one call", limit: MOST_LISTS });
        }
        let request = PageRequest::first(size);
        let view = View::of(&request);
        let mut by_list: HashMap<i32, Vec<Slot>> = HashMap::new();
        let numbered: Vec<_> = (0..).zip(selections).collect();
        for some in numbered.chunks(self.lists_a_statement(MOST_LISTS)) {
            let asks = some.iter().filter_map(|(list, one)| self.first(one, *list, view.limit()));
            let Some(ask) = all_of(asks) else { continue };
            for slot in self.slots(&ask).await? {
                by_list.entry(slot.list).or_default().push(slot);
            }
        }
        let shown = |(list, selection): (i32, &Selection)| {
            let slots = by_list.remove(&list).unwrap_or_default();
            view.shown(Sorting::of(selection.order).sorted(slots, false), false)
        };
        let shown: Vec<_> = (0..).zip(selections).map(shown).collect();
        let versions = shown.iter().flat_map(|list| &list.rows).map(Slot::version);
        let articles = self.at_versions(versions).await?;
        Ok(shown.into_iter().map(|list| page_of(list, &articles)).collect())
    }

    /// The instant that a list begins with, in its order; `None` when it holds nothing. One statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn edge(&self, selection: &Selection) -> Result<Option<Timestamp>, StoreError> {
        let Some(ask) = self.first(selection, 0, 1) else { return Ok(None) };
        let first = self.slots(&ask).await?.pop();
        Ok(first.and_then(|slot| Timestamp::try_from(slot.sorted_by).ok()))
    }

    /// How many articles a list holds.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn count(&self, selection: &Selection) -> Result<u64, StoreError> {
        let mut counts = self.count_of_each(std::slice::from_ref(selection)).await?;
        Ok(counts.pop().unwrap_or(0))
    }

    /// How many articles of a list exist for this viewer and not for another one, in one statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn count_beside(&self, other: &Library<'_>, selection: &Selection) -> Result<u64, StoreError> {
        let Some(held) = self.held(selection) else { return Ok(0) };
        let Some(theirs) = other.held(selection) else { return self.count(selection).await };
        let article = || (Shelf::Table, Shelf::ArticleId);
        let theirs = Query::select().column(article()).from(Shelf::Table).cond_where(theirs).take();
        let ask = Query::select()
            .expr_as(Func::count(Expr::col(Asterisk)), "held")
            .from(Shelf::Table)
            .cond_where(held.add(Expr::col(article()).not_in_subquery(theirs)))
            .take();
        let row = self.store.reader().query_one(&ask).await?;
        let held: i64 = row.map(|row| row.try_get("", "held")).transpose()?.unwrap_or(0);
        Ok(u64::try_from(held).unwrap_or(0))
    }

    /// How many articles each of at most 100 lists holds, in one statement or, as for [`Library::articles_of_each`], a few.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or there are too many lists.
    pub async fn count_of_each(&self, selections: &[Selection]) -> Result<Vec<u64>, StoreError> {
        if selections.len() > MOST_LISTS {
            return Err(StoreError::TooMany { what: "lists in one call", limit: MOST_LISTS });
        }
        let ask = |(list, selection): &(i32, &Selection)| {
            let ask = Query::select()
                .expr_as(Expr::val(*list), "list")
                .expr_as(Func::count(Expr::col(Asterisk)), "held")
                .from(Shelf::Table)
                .cond_where(self.held(selection)?)
                .take();
            Some(ask)
        };
        let mut counts = vec![0; selections.len()];
        let numbered: Vec<_> = (0_i32..).zip(selections).collect();
        for some in numbered.chunks(self.lists_a_statement(MOST_LISTS)) {
            let Some(ask) = all_of(some.iter().filter_map(ask)) else { continue };
            for row in self.store.reader().query_all(&ask).await? {
                let (list, held): (i32, i64) = (row.try_get("", "list")?, row.try_get("", "held")?);
                if let Some(count) = usize::try_from(list).ok().and_then(|list| counts.get_mut(list)) {
                    *count = u64::try_from(held).unwrap_or(0);
                }
            }
        }
        Ok(counts)
    }
}

fn page_of(shown: Shown<Slot>, articles: &HashMap<Uuid, Arc<Article>>) -> Page<Arc<Article>> {
    let row = |slot: Slot| {
        let position = Position { key: SortKey::Micros(slot.sorted_by), id: slot.article_id };
        articles.get(&slot.article_id).map(|article| (position, Arc::clone(article)))
    };
    Page {
        rows: shown.rows.into_iter().filter_map(row).collect(),
        has_next: shown.has_next,
        has_previous: shown.has_previous,
    }
}
