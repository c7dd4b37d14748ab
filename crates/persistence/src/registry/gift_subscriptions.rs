//! Gift subscriptions.

use super::Registry;
use super::members::MOST_OF_ONE_MEMBER;
use crate::error::StoreError;
use crate::record::{Record as _, select};
use crate::row::Row;
use crate::schema::Record as Column;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{GiftSubscriptionId, MemberId};
use masthead_domain::member::GiftSubscription;
use masthead_domain::page::PageSize;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};

impl Registry<'_> {
    /// A page of gift subscriptions, the newest first, from the one after `before` on; and whether there are more.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn gift_subscriptions(
        &self,
        before: Option<GiftSubscriptionId>,
        size: PageSize,
    ) -> Result<(Vec<GiftSubscription>, bool), StoreError> {
        let after = before.map_or(Expr::val(true), |before| Expr::col(Column::Id).lt(before.uuid()));
        let ask = select::<GiftSubscription>(after, u64::from(size.get()) + 1);
        let rows = self.store.reader().query_all(&ask).await?;
        let more = rows.len() > size.get() as usize;
        let open = |cells| GiftSubscription::open(&Row::new(cells, GiftSubscription::TABLE, "id")?);
        let page = rows.iter().take(size.get() as usize).map(open).collect::<Result<_, _>>()?;
        Ok((page, more))
    }

    /// The gift subscriptions that a member has bought or redeemed, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn gift_subscriptions_of(&self, member: MemberId) -> Result<Vec<GiftSubscription>, StoreError> {
        self.records(of_member(member), MOST_OF_ONE_MEMBER).await
    }

    /// Whether the letter of a gift subscription may be tried at this instant.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be read.
    pub async fn has_gift_letter_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.store.reader().query_one(&letters_due(now, 1)).await?.is_some())
    }
}

/// At most `limit` gift subscriptions whose letter may be tried at this instant, the one that waits longest first.
pub(crate) fn letters_due(now: Timestamp, limit: u64) -> SelectStatement {
    Query::select()
        .columns([Column::Id, Column::Content])
        .from(GiftSubscription::TABLE)
        .and_where(Expr::col(Column::LetterDue).lte(now.micros()))
        .order_by(Column::LetterDue, Order::Asc)
        .limit(limit)
        .take()
}

/// Whether a member has bought or redeemed a gift subscription.
pub(crate) fn of_member(member: MemberId) -> SimpleExpr {
    let bought = Expr::col(Column::GiverId).eq(member.uuid());
    bought.or(Expr::col(Column::RedeemedBy).eq(member.uuid()))
}
