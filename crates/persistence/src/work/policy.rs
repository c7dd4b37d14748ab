//! Saving the paywall's policy. Every version is kept.

use super::{Entry, Work};
use crate::error::StoreError;
use crate::schema::Policy as Column;
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::paywall::Policy;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;

impl Work {
    /// Saves a policy, which holds from the commit on, and says its number. When `based_on` is given and another
    /// version has been saved since, nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when another version has been saved; [`StoreError::Unavailable`] when the database
    /// fails.
    pub async fn save_policy(
        &mut self,
        policy: &Policy,
        by: &str,
        based_on: Option<i64>,
    ) -> Result<i64, StoreError> {
        self.enter()?;
        let ask =
            Query::select().expr_as(Expr::col(Column::Version).max(), "last").from(Column::Table).take();
        let row = self.transaction.query_one(&ask).await?;
        let last: Option<i64> = row.map(|row| row.try_get("", "last")).transpose()?.flatten();
        let last = last.unwrap_or(0);
        if based_on.is_some_and(|version| version != last) {
            return Err(StoreError::Outdated);
        }
        let content =
            serde_json::to_string(policy).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let insert = Query::insert()
            .into_table(Column::Table)
            .columns([Column::Version, Column::Content, Column::SavedAt, Column::SavedBy])
            .values_panic([
                Expr::val(last + 1),
                Expr::val(content),
                Expr::val(self.now.micros()),
                Expr::val(by),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        let kind = ChangeKind::Updated;
        self.log(&[Entry { subject: Subject::Policy, id: Uuid::nil(), kind, version: last + 1 }]).await?;
        self.whole = true;
        Ok(last + 1)
    }
}
