//! Gift subscriptions.

use super::Registry;
use super::members::MOST_OF_ONE_MEMBER;
use crate::error::StoreError;
use crate::record::{Record as _, select};
use crate::row::Row;
use crate::schema::Record as Column;
use masthead_domain::id::{GiftSubscriptionId, MemberId};
use masthead_domain::member::GiftSubscription;
use masthead_domain::page::PageSize;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};

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
}

/// Whether a member has bought or redeemed a gift subscription.
pub(crate) fn of_member(member: MemberId) -> SimpleExpr {
    let bought = Expr::col(Column::GiverId).eq(member.uuid());
    bought.or(Expr::col(Column::RedeemedBy).eq(member.uuid()))
}
