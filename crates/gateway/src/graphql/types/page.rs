//! Pages of lists, by the rules of Relay: arguments, edges, and where a page stands.

use crate::error::Problem;
use crate::operation::cursor::ListName;
use async_graphql::SimpleObject;
use masthead_domain::page::{MAX_PAGE, Page, PageRequest, PageSize, Position, Window};

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub(super) struct PageInfo {
    /// Whether a row follows the last one.
    has_next_page: bool,
    /// Whether a row precedes the first one.
    has_previous_page: bool,
    /// The cursor of the first row.
    start_cursor: Option<String>,
    /// The cursor of the last row.
    end_cursor: Option<String>,
}

impl PageInfo {
    pub(super) fn new<T>(page: &Page<T>, list: ListName) -> Self {
        let cursor = |row: Option<&(Position, T)>| row.map(|(position, _)| list.encode(position));
        Self {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: cursor(page.rows.first()),
            end_cursor: cursor(page.rows.last()),
        }
    }
}

/// The arguments of a page, as they came.
#[derive(Default)]
pub(super) struct PageArguments {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

impl PageArguments {
    /// The page that they ask for. Its size is never guessed and never cut.
    pub(super) fn request(self, list: ListName) -> Result<PageRequest, Problem> {
        let Self { first, after, last, before } = self;
        match (first, last) {
            (Some(_), Some(_)) => Err(wrong("last", "Give first or last, not both.")),
            (None, None) => Err(wrong("first", "A page needs its size: give first or last.")),
            (Some(rows), None) => match before {
                Some(_) => Err(wrong("before", "before goes with last; first goes with after.")),
                None => {
                    let after = after.map(|cursor| list.decode("after", &cursor)).transpose()?;
                    Ok(PageRequest { size: size("first", rows)?, window: Window::After(after) })
                }
            },
            (None, Some(rows)) => match after {
                Some(_) => Err(wrong("after", "after goes with first; last goes with before.")),
                None => {
                    let before = before.map(|cursor| list.decode("before", &cursor)).transpose()?;
                    Ok(PageRequest { size: size("last", rows)?, window: Window::Before(before) })
                }
            },
        }
    }
}

/// Checks a number of rows.
pub(super) fn size(name: &'static str, rows: i32) -> Result<PageSize, Problem> {
    let size = u32::try_from(rows).ok().and_then(|rows| PageSize::new(rows).ok());
    size.ok_or_else(|| wrong(name, format!("{name} is a number from 1 to {MAX_PAGE}, not {rows}.")))
}

fn wrong(name: &'static str, detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::invalid_parameter(name, detail)
}

/// Makes the connection of a list that comes from one use case.
macro_rules! connection {
    ($(#[$doc:meta])* $connection:ident, $edge:ident, $node:ident, $record:ty, $names:literal, $edge_name:literal) => {
        $(#[$doc])*
        pub(super) struct $connection {
            pub(super) page: masthead_domain::page::Page<$record>,
            pub(super) list: $crate::operation::cursor::ListName,
        }

        #[async_graphql::Object(name = $names)]
        impl $connection {
            /// The rows with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                let edge = |(position, record): &(masthead_domain::page::Position, $record)| $edge {
                    cursor: self.list.encode(position),
                    node: $node::from(record.clone()),
                };
                self.page.rows.iter().map(edge).collect()
            }

            /// The rows.
            async fn nodes(&self) -> Vec<$node> {
                self.page.items().cloned().map($node::from).collect()
            }

            /// Where the page stands.
            async fn page_info(&self) -> super::page::PageInfo {
                super::page::PageInfo::new(&self.page, self.list)
            }
        }

        /// A row with its cursor.
        #[derive(async_graphql::SimpleObject)]
        #[graphql(name = $edge_name)]
        pub(super) struct $edge {
            /// Marks the row in this list.
            cursor: String,
            /// The row.
            node: $node,
        }
    };
}
pub(super) use connection;

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(
        first: Option<i32>,
        after: Option<&str>,
        last: Option<i32>,
        before: Option<&str>,
    ) -> Option<String> {
        let cursor = |text: Option<&str>| text.map(str::to_owned);
        let arguments = PageArguments { first, after: cursor(after), last, before: cursor(before) };
        let refused = arguments.request(ListName::new("list")).err()?;
        refused.parameter().map(str::to_owned)
    }

    #[test]
    fn a_page_has_a_size_and_one_direction() {
        assert_eq!(asked(Some(1), None, None, None), None);
        assert_eq!(asked(Some(100), None, None, None), None);
        assert_eq!(asked(None, None, Some(5), None), None);
        for (arguments, at_fault) in [
            (asked(None, None, None, None), "first"),
            (asked(Some(0), None, None, None), "first"),
            (asked(Some(-1), None, None, None), "first"),
            (asked(Some(101), None, None, None), "first"),
            (asked(None, None, Some(101), None), "last"),
            (asked(Some(1), None, Some(1), None), "last"),
            (asked(Some(1), None, None, Some("x")), "before"),
            (asked(None, Some("x"), Some(1), None), "after"),
            (asked(Some(1), Some("x"), None, None), "after"),
            (asked(None, None, Some(1), Some("x")), "before"),
        ] {
            assert_eq!(arguments.as_deref(), Some(at_fault));
        }
    }
}
