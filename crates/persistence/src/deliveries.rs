//! What has gone out to partners. It is noted while requests are answered, so it stands in no change log and takes no writers'
//! turn.

use crate::error::StoreError;
use crate::registry::Registry;
use crate::row::Row;
use crate::schema::Delivery as Column;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::partner::{Delivered, Delivery};
use masthead_domain::viewer::Extent;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

/// How many one statement notes.
const ROWS_A_STATEMENT: usize = 500;

const COLUMNS: [Column; 10] = [
    Column::PartnerId,
    Column::ArticleId,
    Column::FirstAt,
    Column::LastAt,
    Column::UpdatedAt,
    Column::Digest,
    Column::Editions,
    Column::Extent,
    Column::HasLinks,
    Column::Surface,
];

impl Store {
    /// Notes that articles go out to a partner, each at most once, by this surface. One statement for every 500.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn note_deliveries(
        &self,
        partner: PartnerId,
        delivered: &[Delivered],
        surface: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut delivered = delivered.to_vec();
        // Statements that come together take rows in one order, or each could wait for the other.
        delivered.sort_unstable_by_key(|one| one.article);
        for some in delivered.chunks(ROWS_A_STATEMENT) {
            let mut insert = Query::insert();
            insert.into_table(Column::Table).columns(COLUMNS);
            for one in some {
                insert.values_panic([
                    Expr::val(partner.uuid()),
                    Expr::val(one.article.uuid()),
                    Expr::val(now.micros()),
                    Expr::val(now.micros()),
                    Expr::val(one.updated.micros()),
                    Expr::val(hexadecimal(one.digest)),
                    Expr::val(1_i64),
                    Expr::val(place(one.extent)),
                    Expr::val(one.source_links),
                    Expr::val(surface),
                ]);
            }
            insert.on_conflict(merged());
            self.writer().execute(&insert).await?;
        }
        Ok(())
    }
}

/// What there is of an earlier delivery stays: when the first was, and the most that ever went out. Less of an article is no
/// other edition of that: only when it last went out, and how, is noted then.
fn merged() -> OnConflict {
    let before = |column: Column| Expr::col((Column::Table, column));
    let now = |column: Column| Expr::col((Alias::new("excluded"), column));
    let is_less = || now(Column::Extent).lt(before(Column::Extent));
    let is_more = now(Column::Extent).gt(before(Column::Extent));
    let is_the_same = before(Column::Digest).eq(now(Column::Digest));
    let one_more = before(Column::Editions).add(1_i64);
    let editions =
        Expr::case(is_more, Expr::val(1_i64)).case(is_less().or(is_the_same), before(Column::Editions));
    let most = |column| Expr::case(is_less(), before(column)).finally(now(column));
    OnConflict::columns([Column::PartnerId, Column::ArticleId])
        .value(Column::Editions, editions.finally(one_more))
        .value(Column::Extent, most(Column::Extent))
        .value(Column::Digest, most(Column::Digest))
        .value(Column::UpdatedAt, most(Column::UpdatedAt))
        .value(Column::HasLinks, before(Column::HasLinks).or(now(Column::HasLinks)))
        .update_columns([Column::LastAt, Column::Surface])
        .to_owned()
}

impl Registry<'_> {
    /// A page of what has gone out to a partner, the newest articles first; of one article alone, when it is named.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn deliveries_to(
        &self,
        partner: PartnerId,
        article: Option<ArticleId>,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StoreError> {
        let mut ask = select();
        ask.and_where(Expr::col(Column::PartnerId).eq(partner.uuid()));
        if let Some(article) = article {
            ask.and_where(Expr::col(Column::ArticleId).eq(article.uuid()));
        }
        let at = |delivery: &Delivery| delivery.most.article.uuid();
        let read = |cells: &QueryResult| positioned(cells, at);
        self.newest_first(ask, Column::ArticleId, |position| Expr::val(position.id), page, read).await
    }

    /// A page of the partners that an article has gone out to, the newest partners first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn deliveries_of(
        &self,
        article: ArticleId,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StoreError> {
        let ask = select().and_where(Expr::col(Column::ArticleId).eq(article.uuid())).take();
        let read = |cells: &QueryResult| positioned(cells, |delivery| delivery.partner.uuid());
        self.newest_first(ask, Column::PartnerId, |position| Expr::val(position.id), page, read).await
    }
}

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(Column::Table).take()
}

fn positioned(
    cells: &QueryResult,
    id: impl Fn(&Delivery) -> uuid::Uuid,
) -> Result<(Position, Delivery), StoreError> {
    let delivery = delivery(&Row::new(cells, "delivery", "article_id")?)?;
    let key = SortKey::Micros(delivery.first_at.micros());
    Ok((Position { key, id: id(&delivery) }, delivery))
}

fn delivery(row: &Row<'_>) -> Result<Delivery, StoreError> {
    let extent = usize::try_from(row.get::<i64>("extent")?).ok().and_then(|place| Extent::ALL.get(place));
    let digest: String = row.get("digest")?;
    let most = Delivered {
        article: ArticleId::from_uuid(row.id),
        digest: bytes(&digest).ok_or_else(|| row.corrupt("digest", "not 32 hexadecimal digits"))?,
        updated: row.instant("updated_at")?,
        extent: *extent.ok_or_else(|| row.corrupt("extent", "not an extent"))?,
        source_links: row.get("has_links")?,
    };
    Ok(Delivery {
        partner: PartnerId::from_uuid(row.get("partner_id")?),
        most,
        editions: row.get("editions")?,
        first_at: row.instant("first_at")?,
        last_at: row.instant("last_at")?,
        surface: row.get("surface")?,
    })
}

fn place(extent: Extent) -> i64 {
    Extent::ALL.iter().zip(0..).find_map(|(one, place)| (*one == extent).then_some(place)).unwrap_or(0)
}

fn hexadecimal(digest: [u8; 16]) -> String {
    uuid::Uuid::from_bytes(digest).simple().to_string()
}

fn bytes(text: &str) -> Option<[u8; 16]> {
    uuid::Uuid::try_parse(text).ok().map(uuid::Uuid::into_bytes)
}
