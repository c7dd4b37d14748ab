//! Members' private feeds, by their ids and by the secrets of their addresses; and partners' saved filters.

use super::{Registry, SecretHash};
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::{PrivateFeed as Column, SavedFilter as FilterColumn};
use masthead_domain::filter::SavedFilter;
use masthead_domain::id::{FeedId, FilterId, MemberId, PartnerId};
use masthead_domain::member::PrivateFeed;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

/// A private feed with the hash of its secret, for whoever compares.
#[derive(Clone, Debug)]
pub struct KnownFeed {
    /// The feed.
    pub feed: PrivateFeed,
    /// What its secret hashes to.
    pub secret: SecretHash,
}

/// How many feeds of one member are read, the newest first.
const MOST_OF_ONE_MEMBER: u64 = 1_000;

impl Registry<'_> {
    /// The private feed with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn feed(&self, id: FeedId) -> Result<Option<PrivateFeed>, StoreError> {
        Ok(self.feeds_where(Expr::col(Column::Id).eq(id.uuid())).await?.pop().map(|known| known.feed))
    }

    /// The private feed whose secret has this hash, revoked or not.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn feed_by_secret(&self, hash: SecretHash) -> Result<Option<KnownFeed>, StoreError> {
        Ok(self.feeds_where(Expr::col(Column::SecretHash).eq(hash.to_hex())).await?.pop())
    }

    /// The private feeds of a member, revoked ones too, the newest first, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn feeds_of(&self, member: MemberId) -> Result<Vec<PrivateFeed>, StoreError> {
        let found = self.feeds_where(Expr::col(Column::MemberId).eq(member.uuid())).await?;
        Ok(found.into_iter().map(|known| known.feed).collect())
    }

    async fn feeds_where(&self, which: SimpleExpr) -> Result<Vec<KnownFeed>, StoreError> {
        self.store.reader().query_all(&feeds(which)).await?.iter().map(open).collect()
    }

    /// The saved filter with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn filter(&self, id: FilterId) -> Result<Option<SavedFilter>, StoreError> {
        Ok(self.filters_where(Expr::col(FilterColumn::Id).eq(id.uuid()), 1).await?.pop())
    }

    /// The saved filters of these partners, the newest first, at most [`SavedFilter::MOST`] each. One statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn filters_of_partners(&self, partners: &[PartnerId]) -> Result<Vec<SavedFilter>, StoreError> {
        let theirs = Expr::col(FilterColumn::PartnerId).is_in(partners.iter().map(|partner| partner.uuid()));
        self.filters_where(theirs, (SavedFilter::MOST * partners.len()) as u64).await
    }

    async fn filters_where(&self, which: SimpleExpr, limit: u64) -> Result<Vec<SavedFilter>, StoreError> {
        let ask = Query::select()
            .columns([
                FilterColumn::Id,
                FilterColumn::PartnerId,
                FilterColumn::Name,
                FilterColumn::Conditions,
                FilterColumn::CreatedAt,
            ])
            .from(FilterColumn::Table)
            .and_where(which)
            .order_by(FilterColumn::Id, Order::Desc)
            .limit(limit)
            .take();
        self.store.reader().query_all(&ask).await?.iter().map(open_filter).collect()
    }
}

/// The feeds for which this holds, the newest first.
pub(crate) fn feeds(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns([
            Column::Id,
            Column::MemberId,
            Column::Name,
            Column::Prefix,
            Column::SecretHash,
            Column::CreatedAt,
            Column::UsedAt,
            Column::RevokedAt,
        ])
        .from(Column::Table)
        .and_where(which)
        .order_by(Column::Id, Order::Desc)
        .limit(MOST_OF_ONE_MEMBER)
        .take()
}

pub(crate) fn open(cells: &QueryResult) -> Result<KnownFeed, StoreError> {
    let row = Row::new(cells, "private_feed", "id")?;
    let secret: String = row.get("secret_hash")?;
    let secret = SecretHash::from_hex(&secret).ok_or_else(|| row.corrupt("secret_hash", "is no hash"))?;
    let feed = PrivateFeed {
        id: FeedId::from_uuid(row.id),
        member: MemberId::from_uuid(row.get("member_id")?),
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        created: row.instant("created_at")?,
        used: row.optional_instant("used_at")?,
        revoked: row.ended("revoked_at")?,
    };
    Ok(KnownFeed { feed, secret })
}

fn open_filter(cells: &QueryResult) -> Result<SavedFilter, StoreError> {
    let row = Row::new(cells, "saved_filter", "id")?;
    let conditions: String = row.get("conditions")?;
    Ok(SavedFilter {
        id: FilterId::from_uuid(row.id),
        partner: PartnerId::from_uuid(row.get("partner_id")?),
        name: row.get("name")?,
        // A condition that a newer node writes would let too much through when it is not known here.
        conditions: serde_json::from_str(&conditions)
            .map_err(|_| row.corrupt("conditions", "not conditions"))?,
        created: row.instant("created_at")?,
    })
}
