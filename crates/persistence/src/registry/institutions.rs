//! Institutions.

use super::Registry;
use crate::error::StoreError;
use crate::schema::Record as Column;
use masthead_domain::id::InstitutionId;
use masthead_domain::institution::{Institution, MAX_INSTITUTIONS};
use sea_orm::sea_query::{Expr, ExprTrait};

impl Registry<'_> {
    /// One institution.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn institution(&self, id: InstitutionId) -> Result<Option<Institution>, StoreError> {
        Ok(self.records(Expr::col(Column::Id).eq(id.uuid()), 1).await?.pop())
    }

    /// All institutions, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn institutions(&self) -> Result<Vec<Institution>, StoreError> {
        self.records(Expr::val(true), MAX_INSTITUTIONS as u64).await
    }
}
