//! The rows of ledgers: what a partner was told of each article.

use super::follower::Follower;
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::Delta as Column;
use crate::store::Store;
use masthead_domain::change::{Notice, NoticeKind};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::page::PageSize;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use std::collections::HashMap;
use uuid::Uuid;

/// A place in a ledger, as a follower knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerPlace {
    /// The last sequence that the follower was told of; zero before the first.
    pub sequence: i64,
    /// The last sequence of the ledger when the follower began, with nothing in hand: whatever happened up to there is new to it.
    pub began: i64,
}

/// What a partner is told after a place in its ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// In order.
    pub rows: Vec<Notice>,
    /// The last sequence of the ledger when the partner began to follow.
    pub began: i64,
    /// Whether the ledger goes on.
    pub more: bool,
}

/// Whether the partner holds an article, or why it does no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Held,
    Withdrawn,
    OutsideLicence,
}

impl State {
    const fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Withdrawn => "withdrawn",
            Self::OutsideLicence => "outside_licence",
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        [Self::Held, Self::Withdrawn, Self::OutsideLicence].into_iter().find(|state| state.code() == code)
    }
}

/// A row of a ledger.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) article: Uuid,
    pub(super) sequence: i64,
    pub(super) first: i64,
    pub(super) entered: i64,
    pub(super) corrected: i64,
    /// The version up to which corrections are told. One in the log that is newer is not yet.
    pub(super) corrected_version: i64,
    pub(super) version: i64,
    pub(super) terms: String,
    pub(super) state: State,
    pub(super) at: Timestamp,
}

const COLUMNS: [Column; 11] = [
    Column::PartnerId,
    Column::ArticleId,
    Column::Sequence,
    Column::FirstSequence,
    Column::EnteredSequence,
    Column::CorrectedSequence,
    Column::CorrectedVersion,
    Column::Version,
    Column::Terms,
    Column::State,
    Column::At,
];

impl Store {
    /// What a partner is told after a place in its ledger, as far as the ledger has come; `None` when it has not come so far,
    /// which means that the database was put back to an earlier state. Of an article that the partner cannot know it is not told
    /// that it is gone. One that it might know, since it was there before the place, is told like one that it knows: a place does
    /// not say what had moved on before it was reached. At most two statements.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn notices(
        &self,
        partner: PartnerId,
        after: LedgerPlace,
        size: PageSize,
    ) -> Result<Option<Notices>, StoreError> {
        let mut place = after;
        if place.sequence == 0 {
            place.began = self.head(partner).await?;
        }
        let rows = self.reader().query_all(&after_place(partner, place, size)).await?;
        if rows.is_empty() && place.sequence > 0 && place.sequence > self.head(partner).await? {
            return Ok(None);
        }
        let size = size.get() as usize;
        let notice =
            |cells| Ok::<_, StoreError>(Entry::read(&Row::new(cells, "delta", "article_id")?)?.notice(place));
        let shown = rows.iter().take(size).map(notice).collect::<Result<_, _>>()?;
        Ok(Some(Notices { rows: shown, began: place.began, more: rows.len() > size }))
    }

    /// The last sequence of a partner's ledger.
    async fn head(&self, partner: PartnerId) -> Result<i64, StoreError> {
        Ok(Follower::find(self.reader(), partner).await?.map_or(0, |follower| follower.sequence))
    }
}

impl Entry {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let state: String = row.get("state")?;
        Ok(Self {
            article: row.id,
            sequence: row.get("sequence")?,
            first: row.get("first_sequence")?,
            entered: row.get("entered_sequence")?,
            corrected: row.get("corrected_sequence")?,
            corrected_version: row.get("corrected_version")?,
            version: row.get("version")?,
            terms: row.get("terms")?,
            state: State::of_code(&state).ok_or_else(|| row.corrupt("state", "not a state"))?,
            at: row.instant("at")?,
        })
    }

    /// What it says to whoever knows all up to a place. Several changes since then are told as one.
    fn notice(&self, place: LedgerPlace) -> Notice {
        let after = place.sequence;
        let kind = match self.state {
            State::Withdrawn => NoticeKind::Withdrawn,
            State::OutsideLicence => NoticeKind::OutsideLicence,
            State::Held if self.entered > after || self.sequence <= place.began => NoticeKind::Created,
            State::Held if self.corrected > after => NoticeKind::Corrected,
            State::Held => NoticeKind::Updated,
        };
        let article = ArticleId::from_uuid(self.article);
        Notice { article, kind, sequence: self.sequence, at: self.at }
    }
}

pub(super) fn after_place(partner: PartnerId, place: LedgerPlace, size: PageSize) -> SelectStatement {
    let LedgerPlace { sequence: after, began } = place;
    let may_be_known = Cond::all()
        .add(Expr::col(Column::FirstSequence).lte(after))
        .add(Expr::col(Column::Sequence).gt(began));
    let is_known = Cond::any().add(Expr::col(Column::State).eq(State::Held.code())).add(may_be_known);
    Query::select()
        .columns(COLUMNS)
        .from(Column::Table)
        .and_where(Expr::col(Column::PartnerId).eq(partner.uuid()))
        .and_where(Expr::col(Column::Sequence).gt(after))
        .cond_where(is_known)
        .order_by(Column::Sequence, Order::Asc)
        // One row more tells whether the ledger goes on.
        .limit(u64::from(size.get()) + 1)
        .take()
}

fn select(partner: PartnerId) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(Column::Table)
        .and_where(Expr::col(Column::PartnerId).eq(partner.uuid()))
        .take()
}

async fn read(connection: &impl ConnectionTrait, ask: &SelectStatement) -> Result<Vec<Entry>, StoreError> {
    let rows = connection.query_all(ask).await?;
    rows.iter().map(|cells| Entry::read(&Row::new(cells, "delta", "article_id")?)).collect()
}

/// What the ledger says of these articles.
pub(super) async fn of_articles(
    connection: &impl ConnectionTrait,
    partner: PartnerId,
    articles: &[Uuid],
) -> Result<HashMap<Uuid, Entry>, StoreError> {
    let among = Expr::col(Column::ArticleId).is_in(articles.iter().copied());
    let found = read(connection, &select(partner).and_where(among).take()).await?;
    Ok(found.into_iter().map(|entry| (entry.article, entry)).collect())
}

/// The articles in the ledger after this one, by their ids, at most so many; those that the partner no longer holds too.
pub(super) async fn articles_after(
    connection: &impl ConnectionTrait,
    partner: PartnerId,
    article: Uuid,
    most: usize,
) -> Result<Vec<Uuid>, StoreError> {
    let rows = connection.query_all(&after_article(partner, article, most)).await?;
    rows.iter().map(|cells| Ok(Row::new(cells, "delta", "article_id")?.id)).collect()
}

pub(super) fn after_article(partner: PartnerId, article: Uuid, most: usize) -> SelectStatement {
    Query::select()
        .column(Column::ArticleId)
        .from(Column::Table)
        .and_where(Expr::col(Column::PartnerId).eq(partner.uuid()))
        .and_where(Expr::col(Column::ArticleId).gt(article))
        .order_by(Column::ArticleId, Order::Asc)
        .limit(most as u64)
        .take()
}

/// Writes rows in place of those that were there for their articles.
pub(super) async fn write(
    connection: &impl ConnectionTrait,
    partner: PartnerId,
    entries: &HashMap<Uuid, Entry>,
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(Column::Table).columns(COLUMNS);
    for entry in entries.values() {
        insert.values_panic([
            Expr::val(partner.uuid()),
            Expr::val(entry.article),
            Expr::val(entry.sequence),
            Expr::val(entry.first),
            Expr::val(entry.entered),
            Expr::val(entry.corrected),
            Expr::val(entry.corrected_version),
            Expr::val(entry.version),
            Expr::val(entry.terms.as_str()),
            Expr::val(entry.state.code()),
            Expr::val(entry.at.micros()),
        ]);
    }
    let replaced = COLUMNS.into_iter().skip(2);
    let in_place =
        OnConflict::columns([Column::PartnerId, Column::ArticleId]).update_columns(replaced).to_owned();
    insert.on_conflict(in_place);
    connection.execute(&insert).await?;
    Ok(())
}
