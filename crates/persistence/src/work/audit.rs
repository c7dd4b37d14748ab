//! Recording what the staff does, in the unit of work that does it.

use super::Work;
use crate::error::StoreError;
use crate::schema::Audit;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, Query};

impl Work {
    /// Records that `by` has done `action` to `subject`. Nothing secret may stand in any of them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn record(&mut self, by: &str, action: &str, subject: &str) -> Result<(), StoreError> {
        self.enter()?;
        let insert = Query::insert()
            .into_table(Audit::Table)
            .columns([Audit::At, Audit::Actor, Audit::Action, Audit::Subject])
            .values_panic([
                Expr::val(self.now.micros()),
                Expr::val(by),
                Expr::val(action),
                Expr::val(subject),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }
}
