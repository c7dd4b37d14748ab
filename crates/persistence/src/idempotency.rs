//! Keys that clients send with a write, so that it is done once however often it is sent.
//!
//! A claim is a row. Whoever has it does what was asked within it ([`Claim::within`]), and every unit of work that begins
//! there marks the row in its own transaction. So a row without a mark says that nothing was done, whatever has become of
//! the server that claimed it; and whoever was overtaken by a later request can write nothing any more.

use crate::error::StoreError;
use crate::row::Row;
use crate::schema::Idempotency as Column;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use sea_orm::sea_query::{
    DeleteStatement, Expr, ExprTrait, OnConflict, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryResult};
use uuid::Uuid;

/// For how many seconds an answer is kept: a day.
const KEPT: i64 = 24 * 3_600;

/// After how many seconds a request that has not begun to write counts as one that never will, so that a later one with the
/// same key takes over. Whatever is done outside of the database before the writing must be over by then.
pub const ABANDONED: i64 = 60;

/// How many rows are forgotten at a time.
const MOST_FORGOTTEN: u64 = 1_000;

/// One claim in so many forgets what is old.
const FORGETS: u8 = 16;

/// How often a claim is tried when others come and go in between.
const TRIES: usize = 3;

tokio::task_local! {
    /// The claim within which this task works.
    static CLAIM: Claim;
}

/// A request that came with a key. The hashes are keyed ones.
#[derive(Clone, Copy, Debug)]
pub struct KeyedRequest<'r> {
    /// The hash of the key and of whose it is.
    pub name: [u8; 32],
    /// Whose it is: a member by their id, so that their requests can be erased with them; at most 255 bytes.
    pub holder: &'r str,
    /// The hash of what is asked.
    pub fingerprint: [u8; 32],
    /// Random bits, which tell this request from others with the same key.
    pub attempt: Uuid,
    /// How many requests of this holder are known at least, the newest ones; older ones are forgotten in passing.
    pub known: u64,
}

/// The right to do what was asked with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    name: [u8; 32],
    attempt: Uuid,
}

/// What a request with a key has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is the first one, or no earlier one has done anything.
    Ours(Claim),
    /// An earlier request has the key.
    Before(EarlierRequest),
}

/// An earlier request with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRequest {
    /// The hash of what it asked.
    pub fingerprint: [u8; 32],
    /// Its random bits.
    pub attempt: Uuid,
    /// When it came.
    pub started: Timestamp,
    /// What has become of it.
    pub progress: Progress,
}

/// What has become of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has done nothing yet.
    Begun,
    /// It has written something, and has not ended, or its server has.
    Done,
    /// It has ended. It was answered like this, unless the answer was not kept.
    Ended(Option<Vec<u8>>),
}

impl EarlierRequest {
    /// Whether it came so long ago that it has either ended or never will.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.started <= now.plus_seconds(-ABANDONED)
    }

    /// Whether `request` may take its place.
    fn gives_way(&self, request: &KeyedRequest<'_>, now: Timestamp) -> bool {
        let is_old = self.started <= now.plus_seconds(-KEPT);
        let has_done_nothing = self.progress == Progress::Begun && self.is_over(now);
        is_old || (has_done_nothing && self.fingerprint == request.fingerprint)
    }
}

impl Claim {
    /// Does something within the claim: what it writes is written for it, or not at all.
    pub async fn within<F: Future>(self, doing: F) -> F::Output {
        CLAIM.scope(self, doing).await
    }

    fn row(&self) -> SimpleExpr {
        Expr::col(Column::Name).eq(hex(&self.name)).and(Expr::col(Column::Attempt).eq(self.attempt))
    }
}

impl Store {
    /// Claims a key. An earlier request gives way when it came more than a day ago, or when it asked the same, came more
    /// than a minute ago, and has done nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn claim(&self, request: &KeyedRequest<'_>, now: Timestamp) -> Result<Claimed, StoreError> {
        let claim = Claim { name: request.name, attempt: request.attempt };
        // Before the row is there: whoever cannot forget has claimed nothing.
        if request.attempt.as_bytes()[0].is_multiple_of(FORGETS) {
            self.forget(request, now).await?;
        }
        for _ in 0..TRIES {
            if self.enter(request, now).await? {
                return Ok(Claimed::Ours(claim));
            }
            // None when the earlier one was released in between.
            let Some(earlier) = self.earlier(request.name).await? else { continue };
            if !earlier.gives_way(request, now) {
                return Ok(Claimed::Before(earlier));
            }
            if self.overtake(&earlier, request, now).await? {
                return Ok(Claimed::Ours(claim));
            }
        }
        Err(StoreError::Unavailable("a key comes and goes".into()))
    }

    /// Notes that what was asked has been done and has ended, with its answer unless that is not to be kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn keep_answer(
        &self,
        claim: Claim,
        answer: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = Query::update()
            .table(Column::Table)
            .value(Column::DoneAt, now.micros())
            // No answer is empty, so an empty one is none.
            .value(Column::Answer, answer.unwrap_or_default().to_vec())
            .and_where(claim.row())
            .take();
        self.writer().execute(&update).await?;
        Ok(())
    }

    /// Gives a claim back if nothing was done within it, so that the key is free, and says whether it did.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn release(&self, claim: Claim) -> Result<bool, StoreError> {
        let delete = Query::delete()
            .from_table(Column::Table)
            .and_where(claim.row())
            .and_where(Expr::col(Column::DoneAt).is_null())
            .take();
        Ok(self.writer().execute(&delete).await?.rows_affected() > 0)
    }

    async fn enter(&self, request: &KeyedRequest<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let insert = Query::insert()
            .into_table(Column::Table)
            .columns([Column::Name, Column::Holder, Column::Fingerprint, Column::Attempt, Column::StartedAt])
            .values_panic([
                Expr::val(hex(&request.name)),
                Expr::val(request.holder),
                Expr::val(hex(&request.fingerprint)),
                Expr::val(request.attempt),
                Expr::val(now.micros()),
            ])
            .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
            .take();
        Ok(self.writer().execute(&insert).await?.rows_affected() > 0)
    }

    async fn earlier(&self, name: [u8; 32]) -> Result<Option<EarlierRequest>, StoreError> {
        let ask = Query::select()
            .columns([
                Column::Fingerprint,
                Column::Attempt,
                Column::StartedAt,
                Column::DoneAt,
                Column::Answer,
            ])
            .from(Column::Table)
            .and_where(Expr::col(Column::Name).eq(hex(&name)))
            .take();
        self.writer().query_one(&ask).await?.as_ref().map(read).transpose()
    }

    async fn overtake(
        &self,
        earlier: &EarlierRequest,
        request: &KeyedRequest<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut update = Query::update();
        update
            .table(Column::Table)
            .value(Column::Holder, request.holder)
            .value(Column::Fingerprint, hex(&request.fingerprint))
            .value(Column::Attempt, request.attempt)
            .value(Column::StartedAt, now.micros())
            .value(Column::DoneAt, None::<i64>)
            .value(Column::Answer, None::<Vec<u8>>)
            .and_where(Claim { name: request.name, attempt: earlier.attempt }.row());
        if earlier.progress == Progress::Begun {
            // It may have begun to write since it was looked at.
            update.and_where(Expr::col(Column::DoneAt).is_null());
        }
        Ok(self.writer().execute(&update).await?.rows_affected() > 0)
    }

    /// Forgets what is old, and what one holder has too much of.
    async fn forget(&self, request: &KeyedRequest<'_>, now: Timestamp) -> Result<(), StoreError> {
        self.writer().execute(&forget_old(now)).await?;
        let beyond = names()
            .and_where(Expr::col(Column::Holder).eq(request.holder))
            .order_by(Column::StartedAt, Order::Desc)
            .limit(MOST_FORGOTTEN)
            .offset(request.known)
            .take();
        self.writer().execute(&delete(beyond)).await?;
        Ok(())
    }
}

/// The statement that forgets requests of more than a day ago, so many at a time.
pub(crate) fn forget_old(now: Timestamp) -> DeleteStatement {
    let old = names()
        .and_where(Expr::col(Column::StartedAt).lte(now.plus_seconds(-KEPT).micros()))
        .order_by(Column::StartedAt, Order::Asc)
        .limit(MOST_FORGOTTEN)
        .take();
    delete(old)
}

/// Marks the claim within which a unit of work begins, if there is one. The mark is kept when the work is.
///
/// # Errors
/// [`StoreError::Overtaken`] when somebody else has the claim by now.
pub(crate) async fn mark(transaction: &DatabaseTransaction, now: Timestamp) -> Result<(), StoreError> {
    let Ok(claim) = CLAIM.try_with(|claim| *claim) else { return Ok(()) };
    let update = Query::update()
        .table(Column::Table)
        .value(Column::DoneAt, now.micros())
        .and_where(claim.row())
        .take();
    match transaction.execute(&update).await?.rows_affected() {
        0 => Err(StoreError::Overtaken),
        _ => Ok(()),
    }
}

fn names() -> SelectStatement {
    Query::select().column(Column::Name).from(Column::Table).take()
}

fn delete(which: SelectStatement) -> DeleteStatement {
    Query::delete().from_table(Column::Table).and_where(Expr::col(Column::Name).in_subquery(which)).take()
}

fn read(cells: &QueryResult) -> Result<EarlierRequest, StoreError> {
    let row = Row::new(cells, "idempotency", "attempt")?;
    let fingerprint = blake3::Hash::from_hex(row.get::<String>("fingerprint")?);
    let fingerprint = fingerprint.map_err(|_| row.corrupt("fingerprint", "is no hash"))?;
    let progress = match (row.get::<Option<Vec<u8>>>("answer")?, row.ended("done_at")?) {
        (Some(answer), _) => Progress::Ended(Some(answer).filter(|answer| !answer.is_empty())),
        (None, Some(_)) => Progress::Done,
        (None, None) => Progress::Begun,
    };
    Ok(EarlierRequest {
        fingerprint: *fingerprint.as_bytes(),
        attempt: row.id,
        started: row.instant("started_at")?,
        progress,
    })
}

fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*hash).to_hex().to_string()
}
