//! Who has a slug: for writers, that they do not ask for one that is taken. Nothing of it is for readers, since it
//! counts drafts too.

use crate::error::StoreError;
use crate::record::Record;
use crate::row::Row;
use crate::schema::{ArticleSlug, Record as Column};
use crate::store::Store;
use masthead_domain::author::Author;
use masthead_domain::id::{ArticleId, AuthorId, SectionId, TagId, TierId};
use masthead_domain::section::Section;
use masthead_domain::slug::Slug;
use masthead_domain::tag::Tag;
use masthead_domain::tier::Tier;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use std::collections::HashMap;
use uuid::Uuid;

/// How many slugs one statement looks up.
const SLUGS_A_STATEMENT: usize = 500;

macro_rules! holders {
    ($($(#[$doc:meta])* $name:ident: $record:ty => $id:ident;)+) => {$(
        $(#[$doc])*
        /// One statement for every 500 slugs.
        ///
        /// # Errors
        /// [`StoreError`] when the database cannot be read.
        pub async fn $name(&self, slugs: &[Slug]) -> Result<HashMap<Slug, $id>, StoreError> {
            let ask = Query::select().columns([Column::Id, Column::Slug]).from(<$record>::TABLE).take();
            let rows = self.holders(<$record>::TABLE, "id", &ask, slugs).await?;
            Ok(rows.into_iter().map(|(slug, id)| (slug, $id::from_uuid(id))).collect())
        }
    )+};
}

impl Store {
    holders! {
        /// Which tiers have these slugs.
        tiers_with_slugs: Tier => TierId;
        /// Which sections have these slugs.
        sections_with_slugs: Section => SectionId;
        /// Which authors have these slugs.
        authors_with_slugs: Author => AuthorId;
        /// Which tags have these slugs.
        tags_with_slugs: Tag => TagId;
    }

    /// Which articles and pages have these slugs now, whatever their stage. A slug that one had before counts as
    /// free. One statement for every 500 slugs.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn articles_with_slugs(&self, slugs: &[Slug]) -> Result<HashMap<Slug, ArticleId>, StoreError> {
        let ask = Query::select()
            .columns([ArticleSlug::ArticleId, ArticleSlug::Slug])
            .from(ArticleSlug::Table)
            .and_where(Expr::col(ArticleSlug::RetiredAt).is_null())
            .take();
        let rows = self.holders("article_slug", "article_id", &ask, slugs).await?;
        Ok(rows.into_iter().map(|(slug, id)| (slug, ArticleId::from_uuid(id))).collect())
    }

    async fn holders(
        &self,
        table: &'static str,
        key: &'static str,
        ask: &SelectStatement,
        slugs: &[Slug],
    ) -> Result<Vec<(Slug, Uuid)>, StoreError> {
        let mut found = Vec::new();
        for slugs in slugs.chunks(SLUGS_A_STATEMENT) {
            let mut ask = ask.clone();
            ask.and_where(Expr::col("slug").is_in(slugs.iter().map(Slug::as_str)));
            for cells in self.reader().query_all(&ask).await? {
                let row = Row::new(&cells, table, key)?;
                found.push((row.parse("slug")?, row.id));
            }
        }
        Ok(found)
    }
}
