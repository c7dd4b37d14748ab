//! What the staff has done.

use super::Registry;
use crate::error::StoreError;
use crate::schema::Audit as Column;
use masthead_domain::clock::Timestamp;
use masthead_domain::page::PageSize;
use masthead_domain::partner::Deed;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, QueryResult};

impl Registry<'_> {
    /// A page of what the staff has done, the newest first, with sequence numbers below `before`; and whether there is
    /// more.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn deeds(&self, before: i64, size: PageSize) -> Result<(Vec<Deed>, bool), StoreError> {
        let ask = Query::select()
            .columns([Column::Sequence, Column::At, Column::Actor, Column::Action, Column::Subject])
            .from(Column::Table)
            .and_where(Expr::col(Column::Sequence).lt(before))
            .order_by(Column::Sequence, Order::Desc)
            .limit(u64::from(size.get()) + 1)
            .take();
        let rows = self.store.reader().query_all(&ask).await?;
        let more = rows.len() > size.get() as usize;
        let page = rows.iter().take(size.get() as usize).map(deed).collect::<Result<_, _>>()?;
        Ok((page, more))
    }
}

fn deed(row: &QueryResult) -> Result<Deed, StoreError> {
    Ok(Deed {
        sequence: row.try_get("", "sequence")?,
        at: Timestamp::try_from(row.try_get::<i64>("", "at")?).unwrap_or(Timestamp::EPOCH),
        by: row.try_get("", "actor")?,
        action: row.try_get("", "action")?,
        subject: row.try_get("", "subject")?,
    })
}
