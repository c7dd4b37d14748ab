//! The paywall's policy, as it is now and as it was.

use super::Registry;
use crate::error::StoreError;
use crate::schema::Policy as Column;
use masthead_domain::clock::Timestamp;
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::paywall::Policy;
use sea_orm::sea_query::{Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

/// A policy that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedPolicy {
    /// Its number, counted from one.
    pub version: i64,
    /// What it says.
    pub policy: Policy,
    /// When it was saved.
    pub at: Timestamp,
    /// Who saved it, as their token names them.
    pub by: String,
}

impl Registry<'_> {
    /// The policy that holds; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn policy(&self) -> Result<Option<SavedPolicy>, StoreError> {
        let ask = columns().order_by(Column::Version, Order::Desc).limit(1).take();
        self.store.reader().query_one(&ask).await?.as_ref().map(saved).transpose()
    }

    /// A page of all policies that were saved, the newest first. A position holds the number.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn policies(&self, page: &PageRequest) -> Result<Page<SavedPolicy>, StoreError> {
        let number = |position: &Position| match position.key {
            SortKey::Micros(number) => number.into(),
            SortKey::Text(_) => 0.into(),
        };
        let read = |row: &QueryResult| {
            let saved = saved(row)?;
            Ok((Position { key: SortKey::Micros(saved.version), id: Uuid::nil() }, saved))
        };
        self.newest_first(columns(), Column::Version, number, page, read).await
    }
}

fn columns() -> SelectStatement {
    Query::select()
        .columns([Column::Version, Column::Content, Column::SavedAt, Column::SavedBy])
        .from(Column::Table)
        .take()
}

fn saved(row: &QueryResult) -> Result<SavedPolicy, StoreError> {
    let corrupt = |column: &'static str, fault: String| StoreError::Corrupt {
        table: "policy",
        column,
        id: Uuid::nil(),
        fault,
    };
    let content: String = row.try_get("", "content")?;
    let policy = serde_json::from_str(&content)
        .map_err(|error| corrupt("content", format!("line {}, column {}", error.line(), error.column())))?;
    let at: i64 = row.try_get("", "saved_at")?;
    let at = Timestamp::try_from(at).map_err(|error| corrupt("saved_at", error.to_string()))?;
    Ok(SavedPolicy { version: row.try_get("", "version")?, policy, at, by: row.try_get("", "saved_by")? })
}
