//! The change log as it stands, for followers who may know of everything in it.

use super::follower::LogPlace;
use crate::error::StoreError;
use crate::schema::Change;
use crate::store::Store;
use masthead_domain::change::{ChangeKind, Notice, NoticeKind, Subject};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::page::PageSize;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use std::collections::HashSet;
use uuid::Uuid;

/// How many entries one statement reads for a page.
const ENTRIES_AT_ONCE: usize = 1_000;

/// How many statements a page of the log takes at most. Where most entries are about something else than articles, a page may be
/// shorter than was asked for and go on all the same.
const STATEMENTS_A_PAGE: usize = 5;

/// An entry of the log.
pub(super) struct Entry {
    pub(super) place: LogPlace,
    pub(super) subject: Option<Subject>,
    pub(super) kind: Option<ChangeKind>,
    pub(super) id: Uuid,
    pub(super) version: i64,
}

impl Entry {
    pub(super) fn is_of_section(&self) -> bool {
        self.subject == Some(Subject::Section)
    }
}

/// A part of the log, with the articles that changed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPage {
    /// The last that happened to each article, in order.
    pub notices: Vec<Notice>,
    /// Where the next page begins: the sequence of the last entry that was read, and its instant in microseconds. Zeros in an
    /// empty log.
    pub last: (i64, i64),
    /// Whether the log goes on.
    pub more: bool,
}

impl Store {
    /// What happened to articles after a place in the log: at most `size` of them, each once. `None` when the log has no
    /// such place: the database was put back to an earlier state. At most five statements.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn article_changes(
        &self,
        after: (i64, i64),
        size: PageSize,
    ) -> Result<Option<LogPage>, StoreError> {
        let mut place = LogPlace { sequence: after.0, at: after.1 };
        let mut found: Vec<Notice> = Vec::new();
        let mut seen = HashSet::new();
        for _ in 0..STATEMENTS_A_PAGE {
            let Some(entries) = entries_after(self.reader(), place, ENTRIES_AT_ONCE).await? else {
                return Ok(None);
            };
            let is_all = entries.len() < ENTRIES_AT_ONCE;
            for entry in entries {
                if entry.subject == Some(Subject::Article) {
                    if !seen.contains(&entry.id) && seen.len() == size.get() as usize {
                        return Ok(Some(page(found, place, true)));
                    }
                    seen.insert(entry.id);
                    found.push(notice(&entry));
                }
                place = entry.place;
            }
            if is_all {
                return Ok(Some(page(found, place, false)));
            }
        }
        Ok(Some(page(found, place, true)))
    }
}

/// The last of each article.
fn page(found: Vec<Notice>, last: LogPlace, more: bool) -> LogPage {
    let mut seen = HashSet::new();
    let mut notices: Vec<_> = found.into_iter().rev().filter(|notice| seen.insert(notice.article)).collect();
    notices.reverse();
    LogPage { notices, last: (last.sequence, last.at), more }
}

fn notice(entry: &Entry) -> Notice {
    let kind = match entry.kind {
        Some(ChangeKind::Created) => NoticeKind::Created,
        Some(ChangeKind::Corrected) => NoticeKind::Corrected,
        Some(ChangeKind::Withdrawn | ChangeKind::Deleted) => NoticeKind::Withdrawn,
        // What a newer node writes has changed in any case.
        Some(ChangeKind::Updated) | None => NoticeKind::Updated,
    };
    Notice {
        article: ArticleId::from_uuid(entry.id),
        kind,
        sequence: entry.place.sequence,
        at: Timestamp::try_from(entry.place.at).unwrap_or(Timestamp::EPOCH),
    }
}

/// The entries after a place, at most so many; `None` when the log has no such place.
pub(super) async fn entries_after(
    connection: &impl ConnectionTrait,
    place: LogPlace,
    most: usize,
) -> Result<Option<Vec<Entry>>, StoreError> {
    let rows = connection.query_all(&entries_from(place, most)).await?;
    let mut entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    if place.sequence == 0 {
        entries.truncate(most);
        return Ok(Some(entries));
    }
    // The entry of the place itself comes first, unless the log is another one now.
    if entries.first().is_none_or(|first| first.place != place) {
        return Ok(None);
    }
    entries.remove(0);
    Ok(Some(entries))
}

/// The place of the last entry.
pub(super) async fn last_place(connection: &impl ConnectionTrait) -> Result<LogPlace, StoreError> {
    let ask = select().order_by(Change::Sequence, Order::Desc).limit(1).take();
    let last = connection.query_one(&ask).await?;
    Ok(last.as_ref().map(entry).transpose()?.map_or(LogPlace { sequence: 0, at: 0 }, |entry| entry.place))
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            Change::Sequence,
            Change::SubjectKind,
            Change::SubjectId,
            Change::Kind,
            Change::Version,
            Change::At,
        ])
        .from(Change::Table)
        .take()
}

pub(super) fn entries_from(place: LogPlace, most: usize) -> SelectStatement {
    select()
        .and_where(Expr::col(Change::Sequence).gte(place.sequence))
        .order_by(Change::Sequence, Order::Asc)
        // The entry of the place, and those after it.
        .limit(most as u64 + 1)
        .take()
}

fn entry(cells: &QueryResult) -> Result<Entry, StoreError> {
    let (subject, kind): (String, String) = (cells.try_get("", "subject_kind")?, cells.try_get("", "kind")?);
    Ok(Entry {
        place: LogPlace { sequence: cells.try_get("", "sequence")?, at: cells.try_get("", "at")? },
        subject: Subject::of_code(&subject),
        kind: ChangeKind::of_code(&kind),
        id: cells.try_get("", "subject_id")?,
        version: cells.try_get("", "version")?,
    })
}
