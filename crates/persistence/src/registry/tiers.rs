//! Tiers, with the numbers of their states.

use super::Registry;
use crate::error::StoreError;
use crate::record::Record as _;
use crate::row::Row;
use crate::schema::Record as Column;
use masthead_domain::slug::Slug;
use masthead_domain::tier::Tier;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

/// A tier as it is stored, with the number of its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedTier {
    /// What.
    pub tier: Tier,
    /// Grows with every change, and is never given out twice.
    pub version: i64,
}

impl SavedTier {
    pub(crate) fn open(cells: &QueryResult) -> Result<Self, StoreError> {
        let row = Row::new(cells, Tier::TABLE, "id")?;
        Ok(Self { tier: Tier::open(&row)?, version: row.get("version")? })
    }
}

impl Registry<'_> {
    /// The tier with this slug, and its version.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn tier(&self, slug: &Slug) -> Result<Option<SavedTier>, StoreError> {
        self.store.reader().query_one(&saved_tier(slug)).await?.as_ref().map(SavedTier::open).transpose()
    }
}

/// The tier with this slug, with its version.
pub(crate) fn saved_tier(slug: &Slug) -> SelectStatement {
    Query::select()
        .columns([Column::Id, Column::Version, Column::Content])
        .from(Tier::TABLE)
        .and_where(Expr::col(Column::Slug).eq(slug.as_str()))
        .take()
}
