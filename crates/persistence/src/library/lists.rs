//! Reading lists of articles: ranges of shelves.

use super::Library;
use crate::error::StoreError;
use crate::schema::Shelf;
use crate::shelf::{ShelfKey, Side, shelves_of, shelves_of_relatives};
use masthead_domain::article::{Article, Status};
use masthead_domain::clock::Timestamp;
use masthead_domain::page::{Page, PageRequest, PageSize, Position, SortKey, Window};
use masthead_domain::selection::{Order, Selection, Span};
use sea_orm::sea_query::{
    Alias, Asterisk, Cond, Condition, Expr, ExprTrait, Func, Order as Direction, Query, SelectStatement,
    SimpleExpr, UnionType,
};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Slot {
    list: i32,
    article_id: Uuid,
    version: i64,
    sorted_by: i64,
}

/// The most lists that one call reads.
const MOST_LISTS: usize = 100;

/// How many articles of each shelf are looked at for relatives.
const RELATIVES_A_SHELF: u64 = 50;

impl Library<'_> {
    /// A page of a list. Two statements, and one when its articles have been read before.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn articles(
        &self,
        selection: &Selection,
        page: &PageRequest,
    ) -> Result<Page<Arc<Article>>, StoreError> {
        let Some(ask) = self.slots(selection, page, 0) else { return Ok(Page::empty()) };
        let slots = self.read(&ask).await?;
        let articles = self.at_versions(&versions(&slots)).await?;
        Ok(page_of(slots, page, &articles))
    }

    /// The first page of each of at most 100 lists, in as many statements as one page costs.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read, a row is corrupt, or there are too many lists.
    pub async fn articles_of_each(
        &self,
        selections: &[Selection],
        size: PageSize,
    ) -> Result<Vec<Page<Arc<Article>>>, StoreError> {
        if selections.len() > MOST_LISTS {
            return Err(StoreError::TooMany { what: "lists", limit: MOST_LISTS });
        }
        let request = PageRequest::first(size);
        let lists = (0..).zip(selections);
        let asks = lists.filter_map(|(list, selection)| self.slots(selection, &request, list)).map(wrapped);
        let Some(ask) = asks.reduce(|mut all, next| all.union(UnionType::All, next).take()) else {
            return Ok(selections.iter().map(|_| Page::empty()).collect());
        };
        let slots = self.read(&ask).await?;
        let articles = self.at_versions(&versions(&slots)).await?;
        let mut by_list: HashMap<i32, Vec<Slot>> = HashMap::new();
        for slot in slots {
            by_list.entry(slot.list).or_default().push(slot);
        }
        let page = |list| page_of(by_list.remove(&list).unwrap_or_default(), &request, &articles);
        Ok((0..).take(selections.len()).map(page).collect())
    }

    /// How many articles a list holds.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn count(&self, selection: &Selection) -> Result<u64, StoreError> {
        let Some(held) = self.held(selection) else { return Ok(0) };
        let ask = Query::select()
            .expr_as(Func::count(Expr::col(Asterisk)), "held")
            .from(Shelf::Table)
            .cond_where(held)
            .take();
        let row = self.store.reader().query_one(&ask).await?;
        let held: i64 = row.map(|row| row.try_get("", "held")).transpose()?.unwrap_or(0);
        Ok(u64::try_from(held).unwrap_or(0))
    }

    /// Other articles that stand on the same shelves, those on the most first, then the newest. Looks at the
    /// newest fifty of each of at most ten shelves.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn related(&self, article: &Article, size: PageSize) -> Result<Vec<Arc<Article>>, StoreError> {
        let index = article.index();
        let shelves = shelves_of_relatives(&index);
        let asks = (0..).zip(&shelves).map(|(list, (shelf, _))| {
            let here = self.published_on(shelf).add(Expr::col(Shelf::ArticleId).ne(index.id.uuid()));
            let newest =
                in_order(slots_where(here, Column::Published, list), Column::Published, Direction::Desc);
            wrapped(newest.clone().limit(RELATIVES_A_SHELF).take())
        });
        let Some(ask) = asks.reduce(|mut all, next| all.union(UnionType::All, next).take()) else {
            return Ok(Vec::new());
        };
        let mut scored: HashMap<Uuid, (u32, i64, i64)> = HashMap::new();
        for slot in self.read(&ask).await? {
            let weight =
                usize::try_from(slot.list).ok().and_then(|list| shelves.get(list)).map_or(0, |at| at.1);
            let (score, ..) = scored.entry(slot.article_id).or_insert((0, slot.sorted_by, slot.version));
            *score += weight;
        }
        let mut best: Vec<_> = scored.into_iter().collect();
        best.sort_unstable_by(|(a_id, a), (b_id, b)| (b.0, b.1, b_id).cmp(&(a.0, a.1, a_id)));
        best.truncate(size.get() as usize);
        let versions: Vec<_> = best.iter().map(|(id, (_, _, version))| (*id, *version)).collect();
        let articles = self.at_versions(&versions).await?;
        Ok(versions.iter().filter_map(|(id, _)| articles.get(id).cloned()).collect())
    }

    async fn read(&self, ask: &SelectStatement) -> Result<Vec<Slot>, StoreError> {
        let rows = self.store.reader().query_all(ask).await?;
        Ok(rows.iter().map(|row| Slot::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    fn slots(&self, selection: &Selection, page: &PageRequest, list: i32) -> Option<SelectStatement> {
        let (column, mut direction) = sorting(selection.order);
        let mut ask = slots_where(self.held(selection)?, column, list);
        let (backward, position) = match &page.window {
            Window::After(position) => (false, position),
            Window::Before(position) => (true, position),
        };
        if backward {
            direction = opposite(&direction);
        }
        if let Some(position) = position {
            let SortKey::Micros(micros) = position.key else { return None };
            let row =
                Expr::tuple([Expr::col(column.of_shelf()), Expr::col((Shelf::Table, Shelf::ArticleId))]);
            let mark = Expr::tuple([Expr::val(micros), Expr::val(position.id)]);
            ask.and_where(match direction {
                Direction::Desc => row.lt(mark),
                _ => row.gt(mark),
            });
        }
        Some(in_order(ask, column, direction).limit(u64::from(page.size.get()) + 1).take())
    }

    /// The rows of a selection; `None` when nothing of it can exist for the viewer.
    fn held(&self, selection: &Selection) -> Option<Condition> {
        let mut shelves = shelves_of(selection).into_iter();
        let first = shelves.next()?;
        let mut held = self.in_state(&first, selection.status)?;
        for other in shelves {
            held = held.add(Expr::exists(also_on(&other)));
        }
        held = within(held, Shelf::PublishedAt, selection.published);
        Some(within(held, Shelf::UpdatedAt, selection.updated))
    }

    fn in_state(&self, shelf: &ShelfKey, status: Status) -> Option<Condition> {
        if status != Status::Published && !self.viewer.is_staff() {
            return None;
        }
        let later = Expr::col((Shelf::Table, Shelf::PublishedAt)).gt(self.now.micros());
        Some(match status {
            Status::Published => self.published_on(shelf),
            Status::Scheduled => on(Side::Live, shelf).add(later),
            Status::Draft => {
                on(Side::Desk, shelf).add(Expr::col((Shelf::Table, Shelf::IsWithdrawn)).eq(false))
            }
            Status::Withdrawn => {
                on(Side::Desk, shelf).add(Expr::col((Shelf::Table, Shelf::IsWithdrawn)).eq(true))
            }
        })
    }

    fn published_on(&self, shelf: &ShelfKey) -> Condition {
        on(Side::Live, shelf).add(Expr::col((Shelf::Table, Shelf::PublishedAt)).lte(self.now.micros()))
    }
}

#[derive(Clone, Copy)]
enum Column {
    Published,
    Updated,
}

impl Column {
    const fn of_shelf(self) -> (Shelf, Shelf) {
        match self {
            Self::Published => (Shelf::Table, Shelf::PublishedAt),
            Self::Updated => (Shelf::Table, Shelf::UpdatedAt),
        }
    }
}

const fn sorting(order: Order) -> (Column, Direction) {
    match order {
        Order::PublishedDescending => (Column::Published, Direction::Desc),
        Order::PublishedAscending => (Column::Published, Direction::Asc),
        Order::UpdatedDescending => (Column::Updated, Direction::Desc),
        Order::UpdatedAscending => (Column::Updated, Direction::Asc),
    }
}

const fn opposite(direction: &Direction) -> Direction {
    match direction {
        Direction::Desc => Direction::Asc,
        _ => Direction::Desc,
    }
}

fn on(side: Side, shelf: &ShelfKey) -> Condition {
    Cond::all()
        .add(Expr::col((Shelf::Table, Shelf::Stage)).eq(side.code()))
        .add(Expr::col((Shelf::Table, Shelf::Name)).eq(shelf.as_str()))
}

fn also_on(shelf: &ShelfKey) -> SelectStatement {
    let other = || Alias::new("other");
    Query::select()
        .expr(Expr::val(1))
        .from_as(Shelf::Table, other())
        .and_where(Expr::col((other(), Shelf::Stage)).equals((Shelf::Table, Shelf::Stage)))
        .and_where(Expr::col((other(), Shelf::Name)).eq(shelf.as_str()))
        .and_where(Expr::col((other(), Shelf::ArticleId)).equals((Shelf::Table, Shelf::ArticleId)))
        .take()
}

fn within(mut held: Condition, column: Shelf, span: Span) -> Condition {
    let at = |instant: Timestamp| SimpleExpr::from(instant.micros());
    if let Some(since) = span.since {
        held = held.add(Expr::col((Shelf::Table, column)).gte(at(since)));
    }
    if let Some(until) = span.until {
        held = held.add(Expr::col((Shelf::Table, column)).lt(at(until)));
    }
    held
}

fn slots_where(held: Condition, column: Column, list: i32) -> SelectStatement {
    Query::select()
        .expr_as(Expr::val(list), "list")
        .columns([(Shelf::Table, Shelf::ArticleId), (Shelf::Table, Shelf::Version)])
        .expr_as(Expr::col(column.of_shelf()), "sorted_by")
        .from(Shelf::Table)
        .cond_where(held)
        .take()
}

fn in_order(mut ask: SelectStatement, column: Column, direction: Direction) -> SelectStatement {
    ask.order_by(column.of_shelf(), direction.clone())
        .order_by((Shelf::Table, Shelf::ArticleId), direction)
        .take()
}

/// SQLite takes an ordered and limited statement into a union only from within another.
fn wrapped(ask: SelectStatement) -> SelectStatement {
    Query::select().column(Asterisk).from_subquery(ask, "slots").take()
}

fn versions(slots: &[Slot]) -> Vec<(Uuid, i64)> {
    slots.iter().map(|slot| (slot.article_id, slot.version)).collect()
}

/// Turns slots into a page: the row beyond the page only tells that there is one.
fn page_of(
    mut slots: Vec<Slot>,
    request: &PageRequest,
    articles: &HashMap<Uuid, Arc<Article>>,
) -> Page<Arc<Article>> {
    let size = request.size.get() as usize;
    let more = slots.len() > size;
    slots.truncate(size);
    let (has_next, has_previous) = match &request.window {
        Window::After(position) => (more, position.is_some()),
        Window::Before(position) => {
            slots.reverse();
            (position.is_some(), more)
        }
    };
    let row = |slot: Slot| {
        let position = Position { key: SortKey::Micros(slot.sorted_by), id: slot.article_id };
        articles.get(&slot.article_id).map(|article| (position, Arc::clone(article)))
    };
    Page { rows: slots.into_iter().filter_map(row).collect(), has_next, has_previous }
}
