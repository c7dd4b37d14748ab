//! Partners, and how much of a day they have used.

use super::Registry;
use crate::error::StoreError;
use crate::record::Record as _;
use crate::row::Row;
use crate::schema::{PartnerUsage as Usage, Record as Column};
use masthead_domain::id::PartnerId;
use masthead_domain::page::PageSize;
use masthead_domain::partner::Partner;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use std::collections::HashMap;

/// A partner as it is stored, with the number of its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedPartner {
    /// Who.
    pub partner: Partner,
    /// Grows with every change, and is never given out twice.
    pub version: i64,
}

impl SavedPartner {
    pub(crate) fn open(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self { partner: Partner::open(row)?, version: row.get("version")? })
    }
}

impl Registry<'_> {
    /// The partner with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn partner(&self, id: PartnerId) -> Result<Option<SavedPartner>, StoreError> {
        let ask = partners(Expr::col(Column::Id).eq(id.uuid()), 1);
        let rows = self.store.reader().query_all(&ask).await?;
        rows.first().map(|cells| SavedPartner::open(&Row::new(cells, Partner::TABLE, "id")?)).transpose()
    }

    /// The partners with these ids, in no order. One statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn partners_by_ids(&self, ids: &[PartnerId]) -> Result<Vec<SavedPartner>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let these = Expr::col(Column::Id).is_in(ids.iter().map(|id| id.uuid()));
        let rows = self.store.reader().query_all(&partners(these, ids.len() as u64)).await?;
        rows.iter().map(|cells| SavedPartner::open(&Row::new(cells, Partner::TABLE, "id")?)).collect()
    }

    /// A page of partners, the newest first, from the one after `before` on; and whether there are more.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn partners(
        &self,
        before: Option<PartnerId>,
        size: PageSize,
    ) -> Result<(Vec<SavedPartner>, bool), StoreError> {
        let after = before.map_or(Expr::val(true), |before| Expr::col(Column::Id).lt(before.uuid()));
        let rows = self.store.reader().query_all(&partners(after, u64::from(size.get()) + 1)).await?;
        let more = rows.len() > size.get() as usize;
        let open = |cells| SavedPartner::open(&Row::new(cells, Partner::TABLE, "id")?);
        let page = rows.iter().take(size.get() as usize).map(open).collect::<Result<_, _>>()?;
        Ok((page, more))
    }

    /// How many requests for articles partners have made on this day, counted in days since 1970-01-01 in UTC. One that has made
    /// none is left out.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn usage_of_partners(
        &self,
        partners: &[PartnerId],
        day: i64,
    ) -> Result<HashMap<PartnerId, i64>, StoreError> {
        let ask = Query::select()
            .columns([Usage::PartnerId, Usage::Requests])
            .from(Usage::Table)
            .and_where(Expr::col(Usage::PartnerId).is_in(partners.iter().map(|partner| partner.uuid())))
            .and_where(Expr::col(Usage::Day).eq(day))
            .take();
        let used = |cells| {
            let row = Row::new(cells, "partner_usage", "partner_id")?;
            Ok((PartnerId::from_uuid(row.id), row.get("requests")?))
        };
        self.store.reader().query_all(&ask).await?.iter().map(used).collect()
    }
}

impl Registry<'_> {
    /// How many requests for articles a partner has made on each day from `since` on, counted in days since 1970-01-01 in UTC, the
    /// latest day first. A day without any is left out.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn usage_since(&self, partner: PartnerId, since: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        let ask = Query::select()
            .columns([Usage::PartnerId, Usage::Day, Usage::Requests])
            .from(Usage::Table)
            .and_where(Expr::col(Usage::PartnerId).eq(partner.uuid()))
            .and_where(Expr::col(Usage::Day).gte(since))
            .order_by(Usage::Day, Order::Desc)
            .take();
        let used = |cells| {
            let row = Row::new(cells, "partner_usage", "partner_id")?;
            Ok((row.get("day")?, row.get("requests")?))
        };
        self.store.reader().query_all(&ask).await?.iter().map(used).collect()
    }
}

pub(crate) fn partners(which: SimpleExpr, limit: u64) -> SelectStatement {
    Query::select()
        .columns([Column::Id, Column::Version, Column::Content])
        .from(Partner::TABLE)
        .and_where(which)
        .order_by(Column::Id, Order::Desc)
        .limit(limit)
        .take()
}
