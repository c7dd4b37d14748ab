//! What is noted while requests are answered: how much of a day a partner has used, and when a key or a private feed was used. Neither
//! changes what anybody may read, so neither stands in the change log or takes the writers' turn.

use crate::error::StoreError;
use crate::schema::{ApiKey, PartnerUsage as Usage, PrivateFeed as Feed};
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{FeedId, KeyId, PartnerId};
use masthead_domain::member::PrivateFeed;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};

impl Store {
    /// Counts one request of the partner on this day (days since 1970-01-01 in UTC), unless it has made `quota` already,
    /// and says how many it has made with this one; `None` when it may make no more. One statement, so that nodes and
    /// requests that come together count right.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn count_request(
        &self,
        partner: PartnerId,
        day: i64,
        quota: u32,
    ) -> Result<Option<i64>, StoreError> {
        let most = i64::from(quota);
        if most == 0 {
            return Ok(None);
        }
        let before = || Expr::col((Usage::Table, Usage::Requests));
        let count = Query::insert()
            .into_table(Usage::Table)
            .columns([Usage::PartnerId, Usage::Day, Usage::Requests])
            .values_panic([Expr::val(partner.uuid()), Expr::val(day), Expr::val(1_i64)])
            .on_conflict(
                OnConflict::columns([Usage::PartnerId, Usage::Day])
                    .value(Usage::Requests, before().add(1_i64))
                    .action_and_where(before().lt(most))
                    .to_owned(),
            )
            .returning_col(Usage::Requests)
            .take();
        let row = self.writer().query_one(&count).await?;
        Ok(row.map(|row| row.try_get("", "requests")).transpose()?)
    }

    /// Notes that a key was used, unless that was noted within the minute before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn note_use(&self, key: KeyId, now: Timestamp) -> Result<(), StoreError> {
        let last = || Expr::col(ApiKey::UsedAt);
        let update = Query::update()
            .table(ApiKey::Table)
            .value(ApiKey::UsedAt, now.micros())
            .and_where(Expr::col(ApiKey::Id).eq(key.uuid()))
            .and_where(last().is_null().or(last().lte(now.plus_seconds(-60).micros())))
            .take();
        self.writer().execute(&update).await?;
        Ok(())
    }

    /// Notes that a private feed was read, unless that was noted within the hour before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn note_feed_use(&self, feed: FeedId, now: Timestamp) -> Result<(), StoreError> {
        let last = || Expr::col(Feed::UsedAt);
        let before = now.plus_seconds(-PrivateFeed::USED_WITHIN).micros();
        let update = Query::update()
            .table(Feed::Table)
            .value(Feed::UsedAt, now.micros())
            .and_where(Expr::col(Feed::Id).eq(feed.uuid()))
            .and_where(last().is_null().or(last().lte(before)))
            .take();
        self.writer().execute(&update).await?;
        Ok(())
    }
}
