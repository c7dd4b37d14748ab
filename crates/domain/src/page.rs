//! Pages of a list, by keyset: a page starts beside a row that was seen, never at a count of rows.

use uuid::Uuid;

/// The largest page of any list.
pub const MAX_PAGE: u32 = 100;

/// How many rows a page holds: 1 to [`MAX_PAGE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize(u32);

/// Why a number is no [`PageSize`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page holds 1 to {MAX_PAGE} rows")]
pub struct PageSizeError;

impl PageSize {
    /// Checks the number.
    ///
    /// # Errors
    /// [`PageSizeError`] for zero and for more than [`MAX_PAGE`].
    pub const fn new(rows: u32) -> Result<Self, PageSizeError> {
        if rows == 0 || rows > MAX_PAGE { Err(PageSizeError) } else { Ok(Self(rows)) }
    }

    /// The number of rows.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// The value that a list is ordered by, at one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// Microseconds since the Unix epoch.
    Micros(i64),
    /// A text that is unique in its list, such as a slug.
    Text(String),
}

/// Where a row stands in a list: its sort key, and its id to tell rows with equal keys apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// What the list is ordered by.
    pub key: SortKey,
    /// The row's id, without its prefix.
    pub id: Uuid,
}

/// Which side of a [`Position`] a page lies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// From the start of the list, or from just after a row.
    After(Option<Position>),
    /// Up to the end of the list, or up to just before a row. Rows still come in the list's order.
    Before(Option<Position>),
}

/// Which page of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows.
    pub size: PageSize,
    /// From where.
    pub window: Window,
}

impl PageRequest {
    /// The first page of a list.
    #[must_use]
    pub const fn first(size: PageSize) -> Self {
        Self { size, window: Window::After(None) }
    }
}

/// A page of a list, in the list's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, each with its position.
    pub rows: Vec<(Position, T)>,
    /// Whether a row follows the last one.
    pub has_next: bool,
    /// Whether a row precedes the first one.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// A page of a list that holds nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), has_next: false, has_previous: false }
    }

    /// A page with the same positions and other contents.
    pub fn map<U>(self, mut into: impl FnMut(T) -> U) -> Page<U> {
        self.filter_map(|row| Some(into(row)))
    }

    /// As [`Page::map`], without the rows that `into` makes nothing of.
    pub fn filter_map<U>(self, mut into: impl FnMut(T) -> Option<U>) -> Page<U> {
        let row = |(position, row)| into(row).map(|made| (position, made));
        Page {
            rows: self.rows.into_iter().filter_map(row).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }

    /// The contents without their positions.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|(_, row)| row)
    }
}
