//! Keys, by their ids and by the prefixes that requests show.

use super::Registry;
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::ApiKey as Column;
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::partner::{ApiKey, Holder, KeyScope};
use masthead_domain::viewer::Role;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

/// A hash of a key's secret. The secret itself is nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash as the database writes it.
    pub(crate) fn to_hex(self) -> String {
        blake3::Hash::from(self.0).to_hex().to_string()
    }

    pub(crate) fn from_hex(hex: &str) -> Option<Self> {
        Some(Self(*blake3::Hash::from_hex(hex).ok()?.as_bytes()))
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretHash")
    }
}

/// A key with the hash of its secret, for whoever compares.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// The key.
    pub key: ApiKey,
    /// What its secret hashes to.
    pub secret: SecretHash,
}

/// How many keys of one holder are read, the newest first.
const MOST_OF_ONE_HOLDER: u64 = 1_000;

impl Registry<'_> {
    /// The key with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn key(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.keys_where(Expr::col(Column::Id).eq(id.uuid())).await?.pop().map(|known| known.key))
    }

    /// The key with this prefix.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn key_by_prefix(&self, prefix: &str) -> Result<Option<KnownKey>, StoreError> {
        Ok(self.keys_where(Expr::col(Column::Prefix).eq(prefix)).await?.pop())
    }

    /// The keys of partners, the newest first, at most 1,000 for each partner. One statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn keys_of_partners(&self, partners: &[PartnerId]) -> Result<Vec<ApiKey>, StoreError> {
        let theirs = Expr::col(Column::PartnerId).is_in(partners.iter().map(|partner| partner.uuid()));
        let ask = keys(theirs).limit(MOST_OF_ONE_HOLDER * partners.len() as u64).take();
        let found = self.store.reader().query_all(&ask).await?;
        found.iter().map(|cells| Ok(open(cells)?.key)).collect()
    }

    /// The keys of the publisher's own programs, the newest first, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn keys_of_services(&self) -> Result<Vec<ApiKey>, StoreError> {
        let found = self.keys_where(Expr::col(Column::PartnerId).is_null()).await?;
        Ok(found.into_iter().map(|known| known.key).collect())
    }

    /// A page of all keys, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn keys(&self, page: &PageRequest) -> Result<Page<ApiKey>, StoreError> {
        let read = |cells: &QueryResult| {
            let key = open(cells)?.key;
            Ok((Position { key: SortKey::Micros(key.created.micros()), id: key.id.uuid() }, key))
        };
        let ask = columns(Expr::val(true));
        self.newest_first(ask, Column::Id, |position| position.id.into(), page, read).await
    }

    async fn keys_where(&self, which: SimpleExpr) -> Result<Vec<KnownKey>, StoreError> {
        self.store.reader().query_all(&keys(which)).await?.iter().map(open).collect()
    }
}

pub(crate) fn keys(which: SimpleExpr) -> SelectStatement {
    columns(which).order_by(Column::Id, Order::Desc).limit(MOST_OF_ONE_HOLDER).take()
}

fn columns(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns([
            Column::Id,
            Column::PartnerId,
            Column::Role,
            Column::Name,
            Column::Prefix,
            Column::SecretHash,
            Column::Scopes,
            Column::CreatedAt,
            Column::ExpiresAt,
            Column::RevokedAt,
            Column::UsedAt,
        ])
        .from(Column::Table)
        .and_where(which)
        .take()
}

pub(crate) fn open(cells: &QueryResult) -> Result<KnownKey, StoreError> {
    let row = Row::new(cells, "api_key", "id")?;
    let role: Option<String> = row.get("role")?;
    let holder = match (row.get::<Option<uuid::Uuid>>("partner_id")?, role) {
        (Some(partner), None) => Holder::Partner(PartnerId::from_uuid(partner)),
        (None, Some(code)) => {
            let role: Result<Role, _> = code.parse();
            Holder::Service(role.map_err(|error| row.corrupt("role", error))?)
        }
        _ => return Err(row.corrupt("partner_id", "a key has a partner or a role")),
    };
    let scopes: String = row.get("scopes")?;
    // A scope that a newer node writes grants nothing here.
    let scopes = scopes.split(' ').filter_map(KeyScope::of_code).collect();
    let hash: String = row.get("secret_hash")?;
    let secret = SecretHash::from_hex(&hash).ok_or_else(|| row.corrupt("secret_hash", "is no hash"))?;
    let key = ApiKey {
        id: KeyId::from_uuid(row.id),
        holder,
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        scopes,
        created: row.instant("created_at")?,
        expires: row.ended("expires_at")?,
        revoked: row.ended("revoked_at")?,
        used: row.ended("used_at")?,
    };
    Ok(KnownKey { key, secret })
}
