//! Pages of records that are listed by a key which grows, the newest first.

use super::Registry;
use crate::error::StoreError;
use masthead_domain::page::{Page, PageRequest, Position, Window};
use sea_orm::sea_query::{ColumnRef, Expr, ExprTrait, IntoColumnRef, Order, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

impl Registry<'_> {
    /// A page of what a statement finds, by a column whose values are unique and grow.
    pub(crate) async fn newest_first<T>(
        &self,
        mut ask: SelectStatement,
        column: impl IntoColumnRef,
        value: impl Fn(&Position) -> SimpleExpr,
        page: &PageRequest,
        read: impl Fn(&QueryResult) -> Result<(Position, T), StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let column: ColumnRef = column.into_column_ref();
        let key = || Expr::col(column.clone());
        let (order, beside) = match &page.window {
            Window::After(position) => (Order::Desc, position.as_ref().map(|at| key().lt(value(at)))),
            Window::Before(position) => (Order::Asc, position.as_ref().map(|at| key().gt(value(at)))),
        };
        let starts_inside = beside.is_some();
        if let Some(beside) = beside {
            ask.and_where(beside);
        }
        let size = page.size.get() as usize;
        // One row more tells whether the list goes on.
        ask.order_by(column.clone(), order).limit(u64::from(page.size.get()) + 1);
        let found = self.store.reader().query_all(&ask).await?;
        let goes_on = found.len() > size;
        let mut rows = found.iter().take(size).map(read).collect::<Result<Vec<_>, _>>()?;
        let (has_next, has_previous) = match page.window {
            Window::After(_) => (goes_on, starts_inside),
            Window::Before(_) => (starts_inside, goes_on),
        };
        if matches!(page.window, Window::Before(_)) {
            rows.reverse();
        }
        Ok(Page { rows, has_next, has_previous })
    }
}
