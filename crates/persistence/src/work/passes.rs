//! Writing what opens articles beside what members have: unlocks of the meter, gifts, preview links, passes for some
//! time, institutions.

use super::{Tally, Work};
use crate::error::StoreError;
use crate::registry::{GiftRecord, PassRecord, PreviewRecord};
use crate::schema::{Gift, Pass, Preview, Unlock};
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, GiftId, PassId, PreviewId};
use masthead_domain::institution::Institution;
use masthead_domain::viewer::Bearer;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{
    Expr, ExprTrait, IntoColumnRef, IntoTableRef, OnConflict, Query, SelectStatement, SimpleExpr,
};

/// What became of an attempt to open an article by a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlocking {
    /// It is open now, and one less is left.
    Spent,
    /// It has been opened in this period before; nothing was spent.
    OpenAlready,
    /// Nothing is left in this period.
    Exhausted,
}

/// For how many seconds an unlock is kept: longer than any period, so that no running one loses any.
const UNLOCKS_KEPT: i64 = 62 * 24 * 3_600;

impl Work {
    /// Opens an article by a meter that opens `limit` in the period that began at `period_start`. An article counts
    /// once a period. Only members and devices have meters; for any other bearer nothing is left.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn unlock(
        &mut self,
        holder: &Bearer,
        period_start: Timestamp,
        article: ArticleId,
        limit: u32,
    ) -> Result<Unlocking, StoreError> {
        let (subject, id) = match holder {
            Bearer::Member { member, .. } => (Subject::Member, member.uuid()),
            Bearer::Device(device) => (Subject::Device, device.uuid()),
            _ => return Ok(Unlocking::Exhausted),
        };
        self.enter()?;
        let name = holder.subject();
        let of_holder = || Expr::col(Unlock::Holder).eq(name.as_str());
        let of_period = || of_holder().and(Expr::col(Unlock::PeriodStart).eq(period_start.micros()));
        let opened = count(Unlock::Table, Unlock::ArticleId, of_period());
        let row = Query::select()
            .exprs([
                Expr::val(name.as_str()),
                Expr::val(period_start.micros()),
                Expr::val(article.uuid()),
                Expr::val(self.now.micros()),
            ])
            .and_where(Expr::SubQuery(None, Box::new(opened.into())).lt(i64::from(limit)))
            .take();
        let key = [Unlock::Holder, Unlock::PeriodStart, Unlock::ArticleId];
        let mut insert = Query::insert();
        insert
            .into_table(Unlock::Table)
            .columns([Unlock::Holder, Unlock::PeriodStart, Unlock::ArticleId, Unlock::At])
            .select_from(row)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned());
        if self.transaction.execute(&insert).await?.rows_affected() > 0 {
            let old = Query::delete()
                .from_table(Unlock::Table)
                .and_where(of_holder())
                .and_where(Expr::col(Unlock::At).lt(self.now.plus_seconds(-UNLOCKS_KEPT).micros()))
                .take();
            self.transaction.execute(&old).await?;
            self.touch(subject, id, ChangeKind::Updated).await?;
            return Ok(Unlocking::Spent);
        }
        let this = of_period().and(Expr::col(Unlock::ArticleId).eq(article.uuid()));
        let is_open = self.number(&count(Unlock::Table, Unlock::ArticleId, this)).await? > 0;
        self.whole = true;
        Ok(if is_open { Unlocking::OpenAlready } else { Unlocking::Exhausted })
    }

    /// Gives an article away, unless its giver has given `quota` since `since` already, and says whether it did.
    /// Without a quota any number may be given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn give(
        &mut self,
        gift: &GiftRecord,
        code_hash: &str,
        quota: Option<(Timestamp, u32)>,
    ) -> Result<bool, StoreError> {
        self.enter()?;
        let giver = gift.giver.code();
        if let Some((since, quota)) = quota {
            let given =
                Expr::col(Gift::Giver).eq(giver.as_str()).and(Expr::col(Gift::CreatedAt).gte(since.micros()));
            // Nobody else writes before the commit, so the number stands.
            if self.number(&count(Gift::Table, Gift::Id, given)).await? >= i64::from(quota) {
                self.whole = true;
                return Ok(false);
            }
        }
        let insert = Query::insert()
            .into_table(Gift::Table)
            .columns([
                Gift::Id,
                Gift::ArticleId,
                Gift::CodeHash,
                Gift::CreatedAt,
                Gift::ExpiresAt,
                Gift::Giver,
                Gift::Uses,
                Gift::Used,
            ])
            .values_panic([
                Expr::val(gift.id.uuid()),
                Expr::val(gift.article.uuid()),
                Expr::val(code_hash),
                Expr::val(gift.created.micros()),
                Expr::val(gift.expires.micros()),
                Expr::val(giver.as_str()),
                Expr::val(i64::from(gift.uses)),
                Expr::val(i64::from(gift.used)),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.touch(Subject::Gift, gift.id.uuid(), ChangeKind::Created).await?;
        Ok(true)
    }

    /// Counts one opening of a gift, and says whether there was one left and the gift is live.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn use_gift(&mut self, id: GiftId) -> Result<bool, StoreError> {
        self.enter()?;
        let update = Query::update()
            .table(Gift::Table)
            .value(Gift::Used, Expr::col(Gift::Used).add(1))
            .and_where(Expr::col(Gift::Id).eq(id.uuid()))
            .and_where(Expr::col(Gift::RevokedAt).is_null())
            .and_where(Expr::col(Gift::ExpiresAt).gt(self.now.micros()))
            .and_where(Expr::col(Gift::Used).lt(Expr::col(Gift::Uses)))
            .take();
        let done = self.transaction.execute(&update).await?.rows_affected() > 0;
        self.whole = true;
        Ok(done)
    }

    /// Takes a gift back: its code and its tokens open nothing any more. Says whether it was not taken back
    /// before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn revoke_gift(&mut self, id: GiftId) -> Result<bool, StoreError> {
        self.revoke("gift", id.uuid(), Subject::Gift).await
    }

    /// Makes a preview link.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_preview(&mut self, preview: &PreviewRecord, code_hash: &str) -> Result<(), StoreError> {
        self.enter()?;
        let insert = Query::insert()
            .into_table(Preview::Table)
            .columns([
                Preview::Id,
                Preview::ArticleId,
                Preview::CodeHash,
                Preview::CreatedAt,
                Preview::ExpiresAt,
                Preview::ArticleVersion,
                Preview::MadeBy,
            ])
            .values_panic([
                Expr::val(preview.id.uuid()),
                Expr::val(preview.article.uuid()),
                Expr::val(code_hash),
                Expr::val(preview.created.micros()),
                Expr::val(preview.expires.micros()),
                Expr::val(preview.version),
                Expr::val(preview.by.as_str()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.touch(Subject::Preview, preview.id.uuid(), ChangeKind::Created).await
    }

    /// Takes a preview link back: its code and its tokens show nothing any more. Says whether it was not taken
    /// back before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn revoke_preview(&mut self, id: PreviewId) -> Result<bool, StoreError> {
        self.revoke("preview", id.uuid(), Subject::Preview).await
    }

    /// Makes a pass for some time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_pass(&mut self, pass: &PassRecord, code_hash: &str) -> Result<(), StoreError> {
        self.enter()?;
        let held: Vec<_> = pass.entitlements.iter().collect();
        let held = serde_json::to_string(&held).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let insert = Query::insert()
            .into_table(Pass::Table)
            .columns([
                Pass::Id,
                Pass::CodeHash,
                Pass::Entitlements,
                Pass::FromAt,
                Pass::UntilAt,
                Pass::Uses,
                Pass::Used,
                Pass::MadeBy,
                Pass::CreatedAt,
            ])
            .values_panic([
                Expr::val(pass.id.uuid()),
                Expr::val(code_hash),
                Expr::val(held),
                Expr::val(pass.from.micros()),
                Expr::val(pass.until.micros()),
                Expr::val(i64::from(pass.uses)),
                Expr::val(i64::from(pass.used)),
                Expr::val(pass.by.as_str()),
                Expr::val(pass.created.micros()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.touch(Subject::Pass, pass.id.uuid(), ChangeKind::Created).await
    }

    /// Counts one redemption of a pass, and says whether there was one left and the pass counts now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn use_pass(&mut self, id: PassId) -> Result<bool, StoreError> {
        self.enter()?;
        let update = Query::update()
            .table(Pass::Table)
            .value(Pass::Used, Expr::col(Pass::Used).add(1))
            .and_where(Expr::col(Pass::Id).eq(id.uuid()))
            .and_where(Expr::col(Pass::RevokedAt).is_null())
            .and_where(Expr::col(Pass::FromAt).lte(self.now.micros()))
            .and_where(Expr::col(Pass::UntilAt).gt(self.now.micros()))
            .and_where(Expr::col(Pass::Used).lt(Expr::col(Pass::Uses)))
            .take();
        let done = self.transaction.execute(&update).await?.rows_affected() > 0;
        self.whole = true;
        Ok(done)
    }

    /// Takes a pass back: its code and its tokens open nothing any more. Says whether it was not taken back
    /// before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn revoke_pass(&mut self, id: PassId) -> Result<bool, StoreError> {
        self.revoke("pass", id.uuid(), Subject::Pass).await
    }

    /// Puts institutions.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] when there would be too many; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_institutions(&mut self, institutions: &[Institution]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(institutions).await?;
        Ok(self.leave(tally))
    }

    pub(super) async fn number(&self, count: &SelectStatement) -> Result<i64, StoreError> {
        let row = self.transaction.query_one(count).await?;
        Ok(row.map(|row| row.try_get("", "there")).transpose()?.unwrap_or(0))
    }
}

pub(super) fn count(
    table: impl IntoTableRef,
    column: impl IntoColumnRef,
    which: SimpleExpr,
) -> SelectStatement {
    Query::select().expr_as(Expr::col(column).count(), "there").from(table).and_where(which).take()
}
