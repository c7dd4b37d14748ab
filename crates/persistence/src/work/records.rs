//! Writing sections, authors, tags, tiers and sources.

use super::{Entry, IDS_A_STATEMENT, Tally, Work, batches, fingerprint};
use crate::error::StoreError;
use crate::record::Record;
use crate::registry::{SavedTier, saved_tier};
use crate::row::Row;
use crate::schema::Record as Column;
use masthead_domain::author::Author;
use masthead_domain::change::ChangeKind;
use masthead_domain::section::Section;
use masthead_domain::slug::Slug;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::tier::Tier;
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, SqlErr, TransactionTrait};
use std::collections::HashMap;
use uuid::Uuid;

struct Before {
    version: i64,
    fingerprint: String,
}

impl Work {
    /// Puts tiers.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_tiers(&mut self, tiers: &[Tier]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(tiers).await?;
        Ok(self.leave(tally))
    }

    /// The tier with this slug and its version, so that nobody else changes it before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn tier(&mut self, slug: &Slug) -> Result<Option<SavedTier>, StoreError> {
        self.transaction.query_one(&saved_tier(slug)).await?.as_ref().map(SavedTier::open).transpose()
    }

    /// Puts sections. When one has moved below another, its articles change shelves.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_sections(&mut self, sections: &[Section]) -> Result<Tally, StoreError> {
        self.enter()?;
        let before = self.parents().await?.clone();
        let tally = self.put(sections).await?;
        self.parents = None;
        let has_moved =
            |section: &&Section| before.get(&section.id).is_some_and(|was| *was != section.parent);
        let moved: Vec<_> = sections.iter().filter(has_moved).map(|section| section.id).collect();
        if !moved.is_empty() {
            self.reshelve_below(&moved).await?;
        }
        Ok(self.leave(tally))
    }

    /// Puts authors.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_authors(&mut self, authors: &[Author]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(authors).await?;
        Ok(self.leave(tally))
    }

    /// Puts tags.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_tags(&mut self, tags: &[Tag]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(tags).await?;
        Ok(self.leave(tally))
    }

    /// Puts sources.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_sources(&mut self, sources: &[Source]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(sources).await?;
        Ok(self.leave(tally))
    }

    pub(super) async fn put<R: Record>(&self, records: &[R]) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        for records in batches(records, IDS_A_STATEMENT, R::id) {
            tally += self.put_batch(records).await?;
        }
        if let (Some(most), 1..) = (R::MOST, tally.created) {
            self.bounded::<R>(most).await?;
        }
        Ok(tally)
    }

    async fn put_batch<R: Record>(&self, records: &[R]) -> Result<Tally, StoreError> {
        let before = self.before::<R>(records.iter().map(Record::id)).await?;
        let mut tally = Tally::default();
        let mut changed = Vec::new();
        let mut entries = Vec::new();
        let mut insert = Query::insert();
        insert.into_table(R::TABLE);
        for record in records {
            let stored =
                serde_json::to_string(record).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
            let hash = fingerprint(&stored);
            let before = before.get(&record.id());
            let kind = match before {
                Some(before) if before.fingerprint == hash => {
                    tally.unchanged += 1;
                    continue;
                }
                Some(_) => {
                    tally.updated += 1;
                    ChangeKind::Updated
                }
                None => {
                    tally.created += 1;
                    ChangeKind::Created
                }
            };
            let version = self.version_after(before.map(|before| before.version));
            entries.extend(record.concerns().map(|id| Entry { subject: R::SUBJECT, id, kind, version }));
            changed.push(record);
            let common: [(Column, SimpleExpr); 4] = [
                (Column::Id, Expr::val(record.id())),
                (Column::Version, Expr::val(version)),
                (Column::Content, Expr::val(stored)),
                (Column::Fingerprint, Expr::val(hash)),
            ];
            let slug = record.slug().map(|slug| (Column::Slug, Expr::val(slug.as_str())));
            let (columns, values): (Vec<_>, Vec<_>) =
                common.into_iter().chain(slug).chain(record.columns()).unzip();
            if changed.len() == 1 {
                let replaced = columns.iter().copied().skip(1);
                insert.on_conflict(OnConflict::column(Column::Id).update_columns(replaced).to_owned());
                insert.columns(columns);
            }
            insert.values_panic(values);
        }
        if !changed.is_empty() {
            self.write(&insert, &changed).await?;
            self.log(&entries).await?;
        }
        Ok(tally)
    }

    /// Writes within a savepoint: on PostgreSQL a statement that fails would otherwise end the transaction, and
    /// with it the chance to say which slug was taken.
    async fn write<R: Record>(&self, insert: &InsertStatement, changed: &[&R]) -> Result<(), StoreError> {
        let step = self.transaction.begin().await?;
        let Err(error) = step.execute(insert).await else { return Ok(step.commit().await?) };
        step.rollback().await?;
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            let has_slug = changed.iter().any(|record| record.slug().is_some());
            let value = if has_slug { self.taken_slug(changed).await? } else { String::new() };
            return Err(StoreError::Conflict { what: R::UNIQUE, value });
        }
        Err(error.into())
    }

    /// Which of the records wants a slug that another record has, or that another of them wants too.
    async fn taken_slug<R: Record>(&self, changed: &[&R]) -> Result<String, StoreError> {
        let slugs = || changed.iter().filter_map(|record| record.slug());
        let ask = Query::select()
            .columns([Column::Id, Column::Slug])
            .from(R::TABLE)
            .and_where(Expr::col(Column::Slug).is_in(slugs().map(Slug::as_str)))
            .take();
        let mut owners = HashMap::new();
        for cells in self.transaction.query_all(&ask).await? {
            let row = Row::new(&cells, R::TABLE, "id")?;
            owners.insert(row.get::<String>("slug")?, row.id);
        }
        let twin = changed.iter().find(|record| {
            let slug = record.slug().map_or("", Slug::as_str);
            *owners.entry(slug.to_owned()).or_insert(record.id()) != record.id()
        });
        Ok(twin.and_then(|record| record.slug()).map(Slug::to_string).unwrap_or_default())
    }

    async fn bounded<R: Record>(&self, most: usize) -> Result<(), StoreError> {
        let ask = Query::select().expr_as(Expr::col(Column::Id).count(), "there").from(R::TABLE).take();
        let row = self.transaction.query_one(&ask).await?;
        let there: i64 = row.map(|row| row.try_get("", "there")).transpose()?.unwrap_or(0);
        if usize::try_from(there).is_ok_and(|there| there <= most) {
            return Ok(());
        }
        Err(StoreError::TooMany { what: R::PLURAL, limit: most })
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
        let mut before = HashMap::new();
        for cells in self.transaction.query_all(&ask).await? {
            let row = Row::new(&cells, R::TABLE, "id")?;
            let stored = Before { version: row.get("version")?, fingerprint: row.get("fingerprint")? };
            before.insert(row.id, stored);
        }
        Ok(before)
    }
}
