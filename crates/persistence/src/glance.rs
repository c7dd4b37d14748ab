//! Looking at the change log: what has happened, and what time will change.

use crate::error::StoreError;
use crate::schema::{Change, Publication};
use crate::store::Store;
use masthead_domain::change::{Glance, Subject};
use masthead_domain::clock::Timestamp;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How many entries one look takes in. After more, anything may have changed.
const ENTRIES_A_LOOK: u64 = 1_000;

/// How far a look has come: the last entry that it saw, so that a log which was put back to an earlier state is
/// noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    sequence: i64,
    at: i64,
}

impl Store {
    /// What has happened since `mark`, and when something becomes visible next, or comes to one of these ages (in
    /// seconds since its publication). Without a mark nothing is told of what was before. Two statements, on
    /// a connection of their own.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be read.
    pub async fn glance(
        &self,
        mark: Option<Mark>,
        ages: &BTreeSet<i64>,
        now: Timestamp,
    ) -> Result<(Mark, Glance), StoreError> {
        let from = mark.map_or(0, |mark| mark.sequence);
        let mut entries = match mark {
            Some(_) => self.entries_from(from).await?,
            None => self.last_entry().await?,
        };
        let next_flip = self.next_flip(ages, now).await?;
        let Some(mark) = mark else {
            let mark = entries.pop().map_or(Mark { sequence: 0, at: 0 }, |entry| entry.mark);
            return Ok((mark, Glance { sequence: mark.sequence, next_flip, ..Glance::default() }));
        };
        // The entry of the mark itself comes first, unless the log is another one now.
        let is_the_same = mark.sequence == 0 || entries.first().is_some_and(|first| first.mark == mark);
        let overflowed = !is_the_same || entries.len() as u64 > ENTRIES_A_LOOK;
        if overflowed {
            let mark = self.last_entry().await?.pop().map_or(Mark { sequence: 0, at: 0 }, |entry| entry.mark);
            return Ok((
                mark,
                Glance { sequence: mark.sequence, overflowed, next_flip, ..Glance::default() },
            ));
        }
        let last = entries.last().map_or(mark, |entry| entry.mark);
        let new = entries.into_iter().filter(|entry| entry.mark.sequence > from);
        let changed = new.map(|entry| (entry.subject, entry.id)).collect();
        Ok((last, Glance { sequence: last.sequence, changed, overflowed, next_flip }))
    }

    /// When the next article comes to this age, in seconds since its publication, whoever may see it; `None` when none
    /// will. One statement, along an index.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be read.
    pub async fn next_of_age(&self, age: i64, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let Some(row) = self.reader().query_one(&first_after(now.plus_seconds(-age))).await? else {
            return Ok(None);
        };
        Ok(comes_of_age(row.try_get_by_index(0)?, age))
    }

    async fn entries_from(&self, sequence: i64) -> Result<Vec<Seen>, StoreError> {
        self.seen(&entries_from(sequence)).await
    }

    async fn last_entry(&self) -> Result<Vec<Seen>, StoreError> {
        self.seen(&last_entry()).await
    }

    async fn seen(&self, ask: &SelectStatement) -> Result<Vec<Seen>, StoreError> {
        let mut all = Vec::new();
        for cells in self.watch().query_all(ask).await? {
            let code: String = cells.try_get("", "subject_kind")?;
            // A subject that a newer node writes: it may be anything, so it is taken for content.
            let subject = Subject::of_code(&code).unwrap_or(Subject::Policy);
            let mark = Mark { sequence: cells.try_get("", "sequence")?, at: cells.try_get("", "at")? };
            all.push(Seen { mark, subject, id: cells.try_get("", "subject_id")? });
        }
        Ok(all)
    }

    async fn next_flip(&self, ages: &BTreeSet<i64>, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let ages: Vec<i64> = std::iter::once(0).chain(ages.iter().copied()).collect();
        let mut ask = Query::select();
        for (place, age) in ages.iter().enumerate() {
            let flip = first_after(now.plus_seconds(-age));
            ask.expr_as(Expr::SubQuery(None, Box::new(flip.into())), format!("flip{place}"));
        }
        let Some(row) = self.watch().query_one(&ask).await? else { return Ok(None) };
        let mut next = None;
        for (place, age) in ages.iter().enumerate() {
            let published: Option<i64> = row.try_get("", &format!("flip{place}"))?;
            next = [next, comes_of_age(published, *age)].into_iter().flatten().min();
        }
        Ok(next)
    }
}

struct Seen {
    mark: Mark,
    subject: Subject,
    id: Uuid,
}

const COLUMNS: [Change; 4] = [Change::Sequence, Change::SubjectKind, Change::SubjectId, Change::At];

fn entries_from(sequence: i64) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(Change::Table)
        .and_where(Expr::col(Change::Sequence).gte(sequence))
        .order_by(Change::Sequence, Order::Asc)
        // The entry of the mark, those of a look, and one that tells of more.
        .limit(ENTRIES_A_LOOK + 2)
        .take()
}

fn last_entry() -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(Change::Table)
        .order_by(Change::Sequence, Order::Desc)
        .limit(1)
        .take()
}

/// When what was published at this instant comes to this age. An instant that is no instant lies after the year 9999, and
/// nobody will see it come.
fn comes_of_age(published: Option<i64>, age: i64) -> Option<Timestamp> {
    published.and_then(|micros| Timestamp::try_from(micros).ok()).map(|at| at.plus_seconds(age))
}

/// The first instant of publication after this one.
pub(crate) fn first_after(at: Timestamp) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col(Publication::PublishedAt).min(), "first")
        .from(Publication::Table)
        .and_where(Expr::col(Publication::PublishedAt).gt(at.micros()))
        .take()
}
