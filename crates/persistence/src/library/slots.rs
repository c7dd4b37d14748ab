//! Ranges of shelves: where the articles of a list stand.

use super::Library;
use super::window::{View, all_of};
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::Shelf;
use crate::shelf::{ShelfKey, Side, shelves_of};
use masthead_domain::article::Status;
use masthead_domain::page::SortKey;
use masthead_domain::selection::{Order, Selection, Span};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{
    Alias, Cond, Condition, Expr, ExprTrait, Order as Direction, Query, SelectStatement,
};
use uuid::Uuid;

/// An article's place in a list.
pub(super) struct Slot {
    /// The number of the list, where one statement reads several.
    pub(super) list: i32,
    pub(super) article_id: Uuid,
    pub(super) sorted_by: i64,
    version: i64,
}

/// The number for a row behind the position of a window, which is in none of its rows.
const BEHIND: i32 = -1;

impl Slot {
    pub(super) const fn is_behind(&self) -> bool {
        self.list == BEHIND
    }

    pub(super) const fn version(&self) -> (Uuid, i64) {
        (self.article_id, self.version)
    }
}

/// What a list is sorted by. Equal instants are told apart by the id, in the same direction.
#[derive(Clone, Copy)]
pub(super) struct Sorting {
    column: Shelf,
    descending: bool,
}

impl Sorting {
    pub(super) const fn of(order: Order) -> Self {
        let (column, descending) = match order {
            Order::PublishedDescending => (Shelf::PublishedAt, true),
            Order::PublishedAscending => (Shelf::PublishedAt, false),
            Order::UpdatedDescending => (Shelf::UpdatedAt, true),
            Order::UpdatedAscending => (Shelf::UpdatedAt, false),
        };
        Self { column, descending }
    }

    const fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// Puts slots in order: the union of several statements has none.
    pub(super) fn sorted(self, mut slots: Vec<Slot>, backward: bool) -> Vec<Slot> {
        slots.sort_unstable_by_key(|slot| (slot.sorted_by, slot.article_id));
        if self.descending != backward {
            slots.reverse();
        }
        slots
    }

    /// The rows that come after a place, which may be included.
    fn after(self, micros: i64, id: Uuid, included: bool) -> Expr {
        let row = Expr::tuple([
            Expr::col((Shelf::Table, self.column)),
            Expr::col((Shelf::Table, Shelf::ArticleId)),
        ]);
        let place = Expr::tuple([Expr::val(micros), Expr::val(id)]);
        match (self.descending, included) {
            (true, false) => row.lt(place),
            (true, true) => row.lte(place),
            (false, false) => row.gt(place),
            (false, true) => row.gte(place),
        }
    }
}

impl Library<'_> {
    /// The slots of a window, and one behind its position. `None` when nothing of the selection can exist for the
    /// viewer, and when the position belongs to another kind of list.
    pub(super) fn window(&self, selection: &Selection, view: &View<'_>) -> Option<SelectStatement> {
        let held = self.held(selection)?;
        let sorting = Sorting::of(selection.order);
        let ahead = if view.backward { sorting.reversed() } else { sorting };
        let Some(position) = view.position else { return Some(slots(held, ahead, 0, view.limit())) };
        let SortKey::Micros(micros) = position.key else { return None };
        let behind = ahead.reversed();
        let on_this_side = held.clone().add(ahead.after(micros, position.id, false));
        let on_the_other = held.add(behind.after(micros, position.id, true));
        all_of([slots(on_this_side, ahead, 0, view.limit()), slots(on_the_other, behind, BEHIND, 1)])
    }

    /// The first slots of a list.
    pub(super) fn first(&self, selection: &Selection, list: i32, limit: u64) -> Option<SelectStatement> {
        Some(slots(self.held(selection)?, Sorting::of(selection.order), list, limit))
    }

    /// The newest published articles of a shelf, without one of them.
    pub(super) fn newest(&self, shelf: &ShelfKey, list: i32, limit: u64, but: Uuid) -> SelectStatement {
        let order = Order::PublishedDescending;
        let held = self.published_on(shelf, order).add(Expr::col((Shelf::Table, Shelf::ArticleId)).ne(but));
        slots(held, Sorting::of(order), list, limit)
    }

    /// The published articles that a list of all walks for the viewer, in the order of their publication, after a place in
    /// it. Each says whether it exists for the viewer (`covered`), so that no more than `limit` are looked at however few do.
    pub(crate) fn published_after(&self, (micros, id): (i64, Uuid), limit: u64) -> SelectStatement {
        let sorting = Sorting::of(Order::PublishedAscending);
        let shelf = self.licensed_shelf().unwrap_or_else(ShelfKey::everything);
        let at = Expr::col((Shelf::Table, Shelf::PublishedAt));
        let walked = on(Side::Live, &shelf)
            .add(at.lte(self.published_until().micros()))
            .add(sorting.after(micros, id, false));
        let covered = self.licensed(&Expr::col((Shelf::Table, Shelf::ArticleId)));
        slots(walked, sorting, 0, limit).expr_as(Expr::case(covered, true).finally(false), "covered").take()
    }

    /// Which of these articles a list of all shows to the viewer, at most 500.
    pub(crate) fn listed_among(&self, ids: &[Uuid]) -> Option<SelectStatement> {
        let among = Expr::col((Shelf::Table, Shelf::ArticleId)).is_in(ids.iter().copied());
        let ask = Query::select()
            .columns([(Shelf::Table, Shelf::ArticleId), (Shelf::Table, Shelf::Version)])
            .from(Shelf::Table)
            .cond_where(self.held(&Selection::default())?.add(among))
            .take();
        Some(ask)
    }

    pub(super) async fn slots(&self, ask: &SelectStatement) -> Result<Vec<Slot>, StoreError> {
        let slot = |cells| {
            let row = Row::new(cells, "shelf", "article_id")?;
            Ok(Slot {
                list: row.get("list")?,
                article_id: row.id,
                sorted_by: row.get("sorted_by")?,
                version: row.get("version")?,
            })
        };
        self.store.reader().query_all(ask).await?.iter().map(slot).collect()
    }

    /// Which rows a selection holds; `None` when nothing of it can exist for the viewer.
    pub(super) fn held(&self, selection: &Selection) -> Option<Condition> {
        let mut shelves = shelves_of(selection).into_iter();
        let first = shelves.next()?;
        let first = if first == ShelfKey::everything().of_kind(selection.kind) {
            self.licensed_shelf().map_or(first, |shelf| shelf.of_kind(selection.kind))
        } else {
            first
        };
        let mut held = self.in_state(&first, selection)?;
        for other in shelves {
            held = held.add(Expr::exists(also_on(&other)));
        }
        held = within(held, Shelf::PublishedAt, selection.published);
        Some(within(held, Shelf::UpdatedAt, selection.updated))
    }

    fn in_state(&self, shelf: &ShelfKey, selection: &Selection) -> Option<Condition> {
        let status = selection.status;
        if status != Status::Published && !self.viewer.is_staff() {
            return None;
        }
        let later = Expr::col((Shelf::Table, Shelf::PublishedAt)).gt(self.now.micros());
        let withdrawn = |is| Expr::col((Shelf::Table, Shelf::IsWithdrawn)).eq(is);
        Some(match status {
            Status::Published => self.published_on(shelf, selection.order),
            Status::Scheduled => on(Side::Live, shelf).add(later),
            Status::Draft => on(Side::Desk, shelf).add(withdrawn(false)),
            Status::Withdrawn => on(Side::Desk, shelf).add(withdrawn(true)),
        })
    }

    fn published_on(&self, shelf: &ShelfKey, order: Order) -> Condition {
        let at = Expr::col((Shelf::Table, Shelf::PublishedAt));
        let at = match order {
            Order::PublishedDescending | Order::PublishedAscending => at,
            // Nearly all that is published has come. As a range it would tempt SQLite to read all of it along its own
            // index and to sort it, rather than to walk in order and to stop; a sum is no range.
            Order::UpdatedDescending | Order::UpdatedAscending => at.add(0_i64),
        };
        on(Side::Live, shelf)
            .add(at.lte(self.published_until().micros()))
            .add(self.licensed(&Expr::col((Shelf::Table, Shelf::ArticleId))))
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
        .and_where(Expr::col((other(), Shelf::ArticleId)).equals((Shelf::Table, Shelf::ArticleId)))
        .and_where(Expr::col((other(), Shelf::Name)).eq(shelf.as_str()))
        .take()
}

fn within(mut held: Condition, column: Shelf, span: Span) -> Condition {
    let at = || Expr::col((Shelf::Table, column));
    if let Some(since) = span.since {
        held = held.add(at().gte(since.micros()));
    }
    if let Some(until) = span.until {
        held = held.add(at().lt(until.micros()));
    }
    held
}

fn slots(held: Condition, sorting: Sorting, list: i32, limit: u64) -> SelectStatement {
    let direction = if sorting.descending { Direction::Desc } else { Direction::Asc };
    Query::select()
        .expr_as(Expr::val(list), "list")
        .columns([(Shelf::Table, Shelf::ArticleId), (Shelf::Table, Shelf::Version)])
        .expr_as(Expr::col((Shelf::Table, sorting.column)), "sorted_by")
        .from(Shelf::Table)
        .cond_where(held)
        .order_by((Shelf::Table, sorting.column), direction.clone())
        .order_by((Shelf::Table, Shelf::ArticleId), direction)
        .limit(limit)
        .take()
}
