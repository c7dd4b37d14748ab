//! Writing partners and keys. What changes for a partner is logged as a change of the partner, and what changes for one
//! key as a change of the key, so that every node looks anew at what they may do.

use super::Work;
use crate::error::StoreError;
use crate::record::Record as _;
use crate::registry::{KnownKey, SavedPartner, SecretHash, open_key, select_keys, select_partners};
use crate::row::Row;
use crate::schema::{ApiKey as Column, Delivery, Delta, DeltaFollower, PartnerUsage, Record, SavedFilter};
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::partner::{ApiKey, Holder, KeyScope, Partner};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

impl Work {
    /// The partner as it is within this unit of work, so that nobody else changes it before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn partner(&mut self, id: PartnerId) -> Result<Option<SavedPartner>, StoreError> {
        let ask = select_partners(Expr::col(Record::Id).eq(id.uuid()), 1);
        let rows = self.transaction.query_all(&ask).await?;
        rows.first().map(|cells| SavedPartner::open(&Row::new(cells, Partner::TABLE, "id")?)).transpose()
    }

    /// Puts a partner.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_partner(&mut self, partner: &Partner) -> Result<(), StoreError> {
        self.enter()?;
        let tally = self.put(std::slice::from_ref(partner)).await?;
        self.leave(tally);
        Ok(())
    }

    /// Takes a partner out, with its keys, its saved filters, its usage, and the record of what it was told and given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn remove_partner(&mut self, id: PartnerId) -> Result<(), StoreError> {
        self.enter()?;
        let deletes = [
            Query::delete()
                .from_table(Column::Table)
                .and_where(Expr::col(Column::PartnerId).eq(id.uuid()))
                .take(),
            Query::delete()
                .from_table(PartnerUsage::Table)
                .and_where(Expr::col(PartnerUsage::PartnerId).eq(id.uuid()))
                .take(),
            Query::delete()
                .from_table(Delivery::Table)
                .and_where(Expr::col(Delivery::PartnerId).eq(id.uuid()))
                .take(),
            Query::delete()
                .from_table(Delta::Table)
                .and_where(Expr::col(Delta::PartnerId).eq(id.uuid()))
                .take(),
            Query::delete()
                .from_table(DeltaFollower::Table)
                .and_where(Expr::col(DeltaFollower::PartnerId).eq(id.uuid()))
                .take(),
            Query::delete()
                .from_table(SavedFilter::Table)
                .and_where(Expr::col(SavedFilter::PartnerId).eq(id.uuid()))
                .take(),
            Query::delete().from_table(Partner::TABLE).and_where(Expr::col(Record::Id).eq(id.uuid())).take(),
        ];
        for delete in &deletes {
            self.transaction.execute(delete).await?;
        }
        // The standings of its keys depend on the partner.
        self.touch(Subject::Partner, id.uuid(), ChangeKind::Deleted).await
    }

    /// Adds a key, of which the hash of the secret is all that is kept.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] when the partner has two keys already that are good now; [`StoreError::Unavailable`] when
    /// the database fails.
    pub async fn add_key(&mut self, key: &ApiKey, secret: SecretHash) -> Result<(), StoreError> {
        self.enter()?;
        let (partner, role) = match key.holder {
            Holder::Partner(partner) => (Some(partner), None),
            Holder::Service(role) => (None, Some(role)),
        };
        if let Some(partner) = partner {
            let ask = select_keys(Expr::col(Column::PartnerId).eq(partner.uuid()));
            let rows = self.transaction.query_all(&ask).await?;
            let known = rows.iter().map(open_key).collect::<Result<Vec<KnownKey>, _>>()?;
            if known.iter().filter(|known| known.key.is_active(self.now)).count() >= ApiKey::MOST_ACTIVE {
                return Err(StoreError::TooMany {
                    what: "keys of a partner at a time",
                    limit: ApiKey::MOST_ACTIVE,
                });
            }
        }
        let scopes: Vec<_> = key.scopes.iter().map(|scope| KeyScope::code(*scope)).collect();
        let insert = Query::insert()
            .into_table(Column::Table)
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
            ])
            .values_panic([
                Expr::val(key.id.uuid()),
                Expr::val(partner.map(PartnerId::uuid)),
                Expr::val(role.map(|role| role.code())),
                Expr::val(key.name.as_str()),
                Expr::val(key.prefix.as_str()),
                Expr::val(secret.to_hex()),
                Expr::val(scopes.join(" ")),
                Expr::val(key.created.micros()),
                Expr::val(key.expires.map(|at| at.micros())),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.touch(Subject::Key, key.id.uuid(), ChangeKind::Created).await
    }

    /// Revokes a key and says whether it was good until now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn revoke_key(&mut self, id: KeyId) -> Result<bool, StoreError> {
        self.revoke("api_key", id.uuid(), Subject::Key).await
    }
}
