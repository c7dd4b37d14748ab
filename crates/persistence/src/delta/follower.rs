//! How far the ledger of a partner has come.

use crate::error::StoreError;
use crate::row::Row;
use crate::schema::DeltaFollower as Column;
use masthead_domain::clock::Timestamp;
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
    /// How many times this was written, so that nobody writes over what they have not seen.
    revision: i64,
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
    /// Which sections that licence came to, by their name.
    pub(super) sections: String,
    /// The latest instant by which anything was taken in. The clock of a ledger never stands behind it, so that what has
    /// come by the clock of one node is not taken back by that of another.
    pub(super) at: Timestamp,
}

const COLUMNS: [Column; 11] = [
    Column::PartnerId,
    Column::Revision,
    Column::Sequence,
    Column::LogSequence,
    Column::LogAt,
    Column::PublishedAt,
    Column::PublishedId,
    Column::CheckedId,
    Column::Licence,
    Column::Sections,
    Column::At,
];

impl Follower {
    /// One that begins with everything there is.
    pub(super) fn new(partner: PartnerId, log: LogPlace, licence: String, sections: String) -> Self {
        Self {
            partner,
            revision: 0,
            sequence: 0,
            log,
            published: BEFORE_ALL,
            checked: None,
            licence,
            sections,
            at: Timestamp::EPOCH,
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
            .columns(COLUMNS)
            .from(Column::Table)
            .and_where(Expr::col(Column::PartnerId).eq(partner.uuid()))
            .take();
        let Some(cells) = connection.query_one(&ask).await? else { return Ok(None) };
        let row = Row::new(&cells, "delta_follower", "partner_id")?;
        Ok(Some(Self {
            partner,
            revision: row.get("revision")?,
            sequence: row.get("sequence")?,
            log: LogPlace { sequence: row.get("log_sequence")?, at: row.get("log_at")? },
            published: (row.get("published_at")?, row.get("published_id")?),
            checked: row.get("checked_id")?,
            licence: row.get("licence")?,
            sections: row.get("sections")?,
            at: row.instant("at")?,
        }))
    }

    /// Writes this in place of what was there before, which may be nothing. Answers with what is there now; `None`, and nothing
    /// is written, when somebody else has written since.
    pub(super) async fn replace(
        mut self,
        before: Option<&Self>,
        connection: &impl ConnectionTrait,
    ) -> Result<Option<Self>, StoreError> {
        self.revision = before.map_or(0, |before| before.revision) + 1;
        let values = [
            Expr::val(self.partner.uuid()),
            Expr::val(self.revision),
            Expr::val(self.sequence),
            Expr::val(self.log.sequence),
            Expr::val(self.log.at),
            Expr::val(self.published.0),
            Expr::val(self.published.1),
            Expr::val(self.checked),
            Expr::val(self.licence.as_str()),
            Expr::val(self.sections.as_str()),
            Expr::val(self.at.micros()),
        ];
        let written = match before {
            None => {
                let mut insert = Query::insert().into_table(Column::Table).columns(COLUMNS).take();
                insert.values_panic(values);
                insert.on_conflict(OnConflict::column(Column::PartnerId).do_nothing().to_owned());
                connection.execute(&insert).await?
            }
            Some(before) => {
                let update = Query::update()
                    .table(Column::Table)
                    .values(COLUMNS.into_iter().zip(values))
                    .and_where(Expr::col(Column::PartnerId).eq(self.partner.uuid()))
                    .and_where(Expr::col(Column::Revision).eq(before.revision))
                    .take();
                connection.execute(&update).await?
            }
        };
        Ok((written.rows_affected() > 0).then_some(self))
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

/// A short name for a text; another one for another text.
pub(super) fn name(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}
