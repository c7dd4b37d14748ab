//! Writing sections, authors, tags, tiers and sources.

use super::{Entry, IDS_A_STATEMENT, Tally, Work, fingerprint};
use crate::error::{StoreError, conflict};
use crate::record::Record;
use crate::schema::Record as Column;
use masthead_domain::author::Author;
use masthead_domain::change::ChangeKind;
use masthead_domain::section::Section;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::tier::Tier;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Before {
    id: Uuid,
    version: i64,
    fingerprint: String,
}

impl Work {
    /// Puts tiers.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_tiers(&mut self, tiers: &[Tier]) -> Result<Tally, StoreError> {
        self.put(tiers).await
    }

    /// Puts sections. When one has moved below another, its articles change shelves.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_sections(&mut self, sections: &[Section]) -> Result<Tally, StoreError> {
        let before = self.parents().await?.clone();
        let tally = self.put(sections).await?;
        self.parents = None;
        let moved: Vec<_> = sections
            .iter()
            .filter(|section| before.get(&section.id).is_some_and(|parent| *parent != section.parent))
            .map(|section| section.id)
            .collect();
        if !moved.is_empty() {
            self.reshelve_below(&moved).await?;
        }
        Ok(tally)
    }

    /// Puts authors.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_authors(&mut self, authors: &[Author]) -> Result<Tally, StoreError> {
        self.put(authors).await
    }

    /// Puts tags.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_tags(&mut self, tags: &[Tag]) -> Result<Tally, StoreError> {
        self.put(tags).await
    }

    /// Puts sources.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_sources(&mut self, sources: &[Source]) -> Result<Tally, StoreError> {
        self.put(sources).await
    }

    async fn put<R: Record>(&mut self, records: &[R]) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        for records in records.chunks(IDS_A_STATEMENT) {
            tally += self.put_chunk(records).await?;
        }
        Ok(tally)
    }

    async fn put_chunk<R: Record>(&self, records: &[R]) -> Result<Tally, StoreError> {
        let before = self.before::<R>(records.iter().map(Record::id)).await?;
        let mut tally = Tally::default();
        let mut entries = Vec::new();
        let mut insert = Query::insert();
        insert.into_table(R::TABLE);
        for record in records {
            let stored =
                serde_json::to_string(record).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
            let hash = fingerprint(&stored);
            let version = match before.get(&record.id()) {
                Some(before) if before.fingerprint == hash => {
                    tally.unchanged += 1;
                    continue;
                }
                Some(before) => {
                    tally.updated += 1;
                    before.version + 1
                }
                None => {
                    tally.created += 1;
                    1
                }
            };
            let kind = if version == 1 { ChangeKind::Created } else { ChangeKind::Updated };
            entries.push(Entry { subject: R::SUBJECT, id: record.id(), kind, version });
            let common: [(Column, SimpleExpr); 4] = [
                (Column::Id, Expr::val(record.id())),
                (Column::Version, Expr::val(version)),
                (Column::Content, Expr::val(stored)),
                (Column::Fingerprint, Expr::val(hash)),
            ];
            let (columns, values): (Vec<_>, Vec<_>) = common.into_iter().chain(record.columns()).unzip();
            if entries.len() == 1 {
                let replaced = columns.iter().copied().skip(1);
                insert.on_conflict(OnConflict::column(Column::Id).update_columns(replaced).to_owned());
                insert.columns(columns);
            }
            insert.values_panic(values);
        }
        if !entries.is_empty() {
            self.transaction.execute(&insert).await.map_err(|error| conflict(error, R::UNIQUE))?;
            self.log(&entries).await?;
        }
        Ok(tally)
    }

    async fn before<R: Record>(
        &self,
        ids: impl Iterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Before>, StoreError> {
        let ask = Query::select()
            .columns([Column::Id, Column::Version, Column::Fingerprint])
            .from(R::TABLE)
            .and_where(Expr::col(Column::Id).is_in(ids))
            .take();
        let rows = self.transaction.query_all(&ask).await?;
        let before = |row| Before::from_query_result(row, "").map(|before| (before.id, before));
        Ok(rows.iter().map(before).collect::<Result<_, _>>()?)
    }
}
