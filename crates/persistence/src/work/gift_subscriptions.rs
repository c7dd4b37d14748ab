//! Writing gift subscriptions.

use super::Work;
use crate::error::StoreError;
use crate::record::Record as _;
use crate::registry::gift_letters_due;
use crate::row::Row;
use crate::schema::Record as Column;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::GiftSubscriptionId;
use masthead_domain::member::GiftSubscription;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};

/// For how many seconds a gift subscription waits for its payment: 30 days. A page to pay on ends after one, and a bank that is
/// slow takes two weeks.
const UNPAID_KEPT: i64 = 30 * 24 * 3_600;

/// How many that nobody has paid for are forgotten in passing.
const FORGOTTEN_AT_ONCE: u64 = 200;

impl Work {
    /// Puts gift subscriptions.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_gift_subscriptions(
        &mut self,
        gift_subscriptions: &[GiftSubscription],
    ) -> Result<(), StoreError> {
        self.enter()?;
        let tally = self.put(gift_subscriptions).await?;
        self.leave(tally);
        Ok(())
    }

    /// Forgets some of those that nobody has paid for in 30 days.
    pub(super) async fn forget_unpaid(&self) -> Result<(), StoreError> {
        let old = Query::select()
            .column(Column::Id)
            .from(GiftSubscription::TABLE)
            .and_where(Expr::col(Column::UnpaidSince).lt(self.now.plus_seconds(-UNPAID_KEPT).micros()))
            .order_by(Column::UnpaidSince, Order::Asc)
            .limit(FORGOTTEN_AT_ONCE)
            .take();
        let forget = Query::delete()
            .from_table(GiftSubscription::TABLE)
            .and_where(Expr::col(Column::Id).in_subquery(old))
            .take();
        self.transaction.execute(&forget).await?;
        Ok(())
    }

    /// One gift subscription, so that nobody else changes it before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn gift_subscription(
        &mut self,
        id: GiftSubscriptionId,
    ) -> Result<Option<GiftSubscription>, StoreError> {
        Ok(self.found(Expr::col(Column::Id).eq(id.uuid()), 1).await?.pop())
    }

    /// The gift subscription whose code has this hash, so that nobody else changes it before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn gift_subscription_by_code(
        &mut self,
        hash: &str,
    ) -> Result<Option<GiftSubscription>, StoreError> {
        Ok(self.found(Expr::col(Column::CodeHash).eq(hash), 1).await?.pop())
    }

    /// At most `limit` gift subscriptions whose letter may be tried at this instant, the one that waits longest first, so that
    /// nobody else tries them before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn gift_letters_due(
        &mut self,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<GiftSubscription>, StoreError> {
        let rows = self.transaction.query_all(&gift_letters_due(now, limit)).await?;
        let open = |cells| GiftSubscription::open(&Row::new(cells, GiftSubscription::TABLE, "id")?);
        rows.iter().map(open).collect()
    }
}
