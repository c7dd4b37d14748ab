//! How far the ledger of a partner has come.

use crate::error::StoreError;
use crate::row::Row;
use crate::schema::DeltaFollower as Column;
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::Licence;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use uuid::Uuid;

/// A place in the change log: an entry, and its instant, so that a log which was put back is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogPlace {
    pub(super) sequence: i64,
    pub(super) at: i64,
}

/// Before the first article in the order of publication.
pub(super) const BEFORE_ALL: (i64, Uuid) = (i64::MIN, Uuid::nil());

/// How far the ledger of a partner has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Follower {
    pub(super) partner: PartnerId,
    /// The last sequence that was given out; zero before the first.
    pub(super) sequence: i64,
    /// The last entry of the change log that was taken in.
    pub(super) log: LogPlace,
    /// The last place in the order of publication that was taken in: an instant, and an article.
    pub(super) published: (i64, Uuid),
    /// The last article in the ledger that was looked at again, as long as not all have been.
    pub(super) checked: Option<Uuid>,
    /// By which licence all this is.
    pub(super) licence: String,
}

impl Follower {
    /// One that begins with everything there is.
    pub(super) fn new(partner: PartnerId, log: LogPlace, licence: &Licence) -> Self {
        Self {
            partner,
            sequence: 0,
            log,
            published: BEFORE_ALL,
            checked: None,
            licence: licence_name(licence),
        }
    }

    /// Everything is to be looked at again: what the ledger holds, and what else there is.
    pub(super) fn begin_again(&mut self) {
        self.published = BEFORE_ALL;
        self.checked = Some(Uuid::nil());
    }

    pub(super) async fn find(
        connection: &impl ConnectionTrait,
        partner: PartnerId,
    ) -> Result<Option<Self>, StoreError> {
        let ask = Query::select()
            .columns([
                Column::PartnerId,
                Column::Sequence,
                Column::LogSequence,
                Column::LogAt,
                Column::PublishedAt,
                Column::PublishedId,
                Column::CheckedId,
                Column::Licence,
            ])
            .from(Column::Table)
            .and_where(Expr::col(Column::PartnerId).eq(partner.uuid()))
            .take();
        let Some(cells) = connection.query_one(&ask).await? else { return Ok(None) };
        let row = Row::new(&cells, "delta_follower", "partner_id")?;
        Ok(Some(Self {
            partner,
            sequence: row.get("sequence")?,
            log: LogPlace { sequence: row.get("log_sequence")?, at: row.get("log_at")? },
            published: (row.get("published_at")?, row.get("published_id")?),
            checked: row.get("checked_id")?,
            licence: row.get("licence")?,
        }))
    }

    pub(super) async fn save(&self, connection: &impl ConnectionTrait) -> Result<(), StoreError> {
        let columns = [
            Column::PartnerId,
            Column::Sequence,
            Column::LogSequence,
            Column::LogAt,
            Column::PublishedAt,
            Column::PublishedId,
            Column::CheckedId,
            Column::Licence,
        ];
        let insert = Query::insert()
            .into_table(Column::Table)
            .columns(columns)
            .values_panic([
                Expr::val(self.partner.uuid()),
                Expr::val(self.sequence),
                Expr::val(self.log.sequence),
                Expr::val(self.log.at),
                Expr::val(self.published.0),
                Expr::val(self.published.1),
                Expr::val(self.checked),
                Expr::val(self.licence.as_str()),
            ])
            .on_conflict(
                OnConflict::column(Column::PartnerId).update_columns(columns.into_iter().skip(1)).to_owned(),
            )
            .take();
        connection.execute(&insert).await?;
        Ok(())
    }
}

/// A name for what a licence covers and shows; another one when either is different.
pub(super) fn licence_name(licence: &Licence) -> String {
    name(&format!("{} {}", licence.scope(), licence.terms()))
}

/// A name for what a licence shows of an article.
pub(super) fn terms_name(licence: &Licence) -> String {
    name(&licence.terms())
}

fn name(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}
