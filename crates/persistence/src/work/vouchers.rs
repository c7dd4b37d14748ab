//! Writing gift subscriptions.

use super::Work;
use crate::error::StoreError;
use crate::record::Record as _;
use crate::schema::Record as Column;
use masthead_domain::id::VoucherId;
use masthead_domain::member::Voucher;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

/// For how many seconds a gift subscription waits for its payment: 30 days. A checkout ends after one, and a provider
/// reports for a few more.
const UNPAID_KEPT: i64 = 30 * 24 * 3_600;

impl Work {
    /// Puts gift subscriptions, and forgets those that nobody has paid for in 30 days.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_vouchers(&mut self, vouchers: &[Voucher]) -> Result<(), StoreError> {
        self.enter()?;
        let old = Query::delete()
            .from_table(Voucher::TABLE)
            .and_where(Expr::col(Column::UnpaidSince).lt(self.now.plus_seconds(-UNPAID_KEPT).micros()))
            .take();
        self.transaction.execute(&old).await?;
        let tally = self.put(vouchers).await?;
        self.leave(tally);
        Ok(())
    }

    /// One gift subscription, so that nobody else changes it before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn voucher(&mut self, id: VoucherId) -> Result<Option<Voucher>, StoreError> {
        Ok(self.found(Expr::col(Column::Id).eq(id.uuid()), 1).await?.pop())
    }

    /// The gift subscription whose code has this hash, so that nobody else changes it before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn voucher_by_code(&mut self, hash: &str) -> Result<Option<Voucher>, StoreError> {
        Ok(self.found(Expr::col(Column::CodeHash).eq(hash), 1).await?.pop())
    }
}
