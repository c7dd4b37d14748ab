//! Writing members' private feeds and partners' saved filters.

use super::Work;
use super::passes::count;
use crate::error::StoreError;
use crate::registry::{SecretHash, open_feed, select_feeds};
use crate::schema::{PrivateFeed as Column, SavedFilter as FilterColumn};
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::filter::SavedFilter;
use masthead_domain::id::{FeedId, FilterId};
use masthead_domain::member::PrivateFeed;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

/// How many revoked feeds of a member are remembered, the newest; nobody fills the disk by making and revoking.
const REVOKED_KEPT: usize = 40;

impl Work {
    /// Adds a private feed, of whose secret the hash is all that is kept.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] when the member has [`PrivateFeed::MOST_ACTIVE`] that are good;
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn add_feed(&mut self, feed: &PrivateFeed, secret: SecretHash) -> Result<(), StoreError> {
        self.enter()?;
        let theirs = Expr::col(Column::MemberId).eq(feed.member.uuid());
        let rows = self.transaction.query_all(&select_feeds(theirs)).await?;
        let known = rows.iter().map(open_feed).collect::<Result<Vec<_>, _>>()?;
        let (good, revoked): (Vec<_>, Vec<_>) =
            known.into_iter().map(|known| known.feed).partition(PrivateFeed::is_active);
        if good.len() >= PrivateFeed::MOST_ACTIVE {
            return Err(StoreError::TooMany {
                what: "private feeds of a member at a time",
                limit: PrivateFeed::MOST_ACTIVE,
            });
        }
        let forgotten: Vec<_> = revoked.iter().skip(REVOKED_KEPT).map(|feed| feed.id.uuid()).collect();
        if !forgotten.is_empty() {
            let delete = Query::delete()
                .from_table(Column::Table)
                .and_where(Expr::col(Column::Id).is_in(forgotten))
                .take();
            self.transaction.execute(&delete).await?;
        }
        let insert = Query::insert()
            .into_table(Column::Table)
            .columns([
                Column::Id,
                Column::MemberId,
                Column::Name,
                Column::Prefix,
                Column::SecretHash,
                Column::CreatedAt,
            ])
            .values_panic([
                Expr::val(feed.id.uuid()),
                Expr::val(feed.member.uuid()),
                Expr::val(feed.name.as_deref()),
                Expr::val(feed.prefix.as_str()),
                Expr::val(secret.to_hex()),
                Expr::val(feed.created.micros()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.touch(Subject::Feed, feed.id.uuid(), ChangeKind::Created).await
    }

    /// Revokes a private feed and says whether it was good until now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn revoke_feed(&mut self, id: FeedId) -> Result<bool, StoreError> {
        self.revoke("private_feed", id.uuid(), Subject::Feed).await
    }

    /// Adds a saved filter of a partner. It changes nothing of what anybody may read.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] when the partner has [`SavedFilter::MOST`]; [`StoreError::Unavailable`] when the database
    /// fails.
    pub async fn add_filter(&mut self, filter: &SavedFilter) -> Result<(), StoreError> {
        self.enter()?;
        let theirs = Expr::col(FilterColumn::PartnerId).eq(filter.partner.uuid());
        let there = self.number(&count(FilterColumn::Table, FilterColumn::Id, theirs)).await?;
        if there >= SavedFilter::MOST as i64 {
            return Err(StoreError::TooMany { what: "saved filters of a partner", limit: SavedFilter::MOST });
        }
        let conditions = serde_json::to_string(&filter.conditions)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let insert = Query::insert()
            .into_table(FilterColumn::Table)
            .columns([
                FilterColumn::Id,
                FilterColumn::PartnerId,
                FilterColumn::Name,
                FilterColumn::Conditions,
                FilterColumn::CreatedAt,
            ])
            .values_panic([
                Expr::val(filter.id.uuid()),
                Expr::val(filter.partner.uuid()),
                Expr::val(filter.name.as_str()),
                Expr::val(conditions),
                Expr::val(filter.created.micros()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }

    /// Takes a saved filter out, and says whether it was there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn remove_filter(&mut self, id: FilterId) -> Result<bool, StoreError> {
        self.enter()?;
        let delete = Query::delete()
            .from_table(FilterColumn::Table)
            .and_where(Expr::col(FilterColumn::Id).eq(id.uuid()))
            .take();
        let was_there = self.transaction.execute(&delete).await?.rows_affected() > 0;
        self.whole = true;
        Ok(was_there)
    }
}
