//! Windows on a list: the rows on one side of a position, and whether there are any on its other side.

use masthead_domain::page::{PageRequest, Position, Window};
use sea_orm::sea_query::{Asterisk, Query, SelectStatement, UnionType};

/// Where a window stands in its list, and which way it looks.
#[derive(Clone, Copy)]
pub(super) struct View<'r> {
    pub(super) position: Option<&'r Position>,
    /// Whether it looks from the position towards the start of the list.
    pub(super) backward: bool,
    size: usize,
}

/// What a window shows.
pub(super) struct Shown<T> {
    pub(super) rows: Vec<T>,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
}

impl<'r> View<'r> {
    pub(super) const fn of(request: &'r PageRequest) -> Self {
        let (position, backward) = match &request.window {
            Window::After(position) => (position.as_ref(), false),
            Window::Before(position) => (position.as_ref(), true),
        };
        Self { position, backward, size: request.size.get() as usize }
    }

    /// How many rows to read: one more than the page holds tells whether the list goes on.
    pub(super) const fn limit(&self) -> u64 {
        self.size as u64 + 1
    }

    /// Makes a page of what was read, which begins at the position. `behind` says whether there is a row on the
    /// other side of the position, the row of the position itself included.
    pub(super) fn shown<T>(&self, mut rows: Vec<T>, behind: bool) -> Shown<T> {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        if self.backward {
            rows.reverse();
            Shown { rows, has_next: behind, has_previous: more }
        } else {
            Shown { rows, has_next: more, has_previous: behind }
        }
    }
}

/// One statement for several. SQLite takes an ordered and limited one into a union only from within another.
/// Which rows come first is open: whoever reads them puts them in order.
pub(super) fn all_of(asks: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    let wrapped = |ask| Query::select().column(Asterisk).from_subquery(ask, "part").take();
    let mut asks = asks.into_iter().peekable();
    let first = asks.next()?;
    if asks.peek().is_none() {
        return Some(first);
    }
    let mut all = wrapped(first);
    for ask in asks {
        all.union(UnionType::All, wrapped(ask));
    }
    Some(all)
}
