//! What articles refer to must be there: their sections, tags, authors and sources. Other articles need not: a link
//! to one that does not exist becomes plain text.

use super::Work;
use crate::error::StoreError;
use crate::record::Record;
use crate::row::Row;
use crate::schema::Record as Column;
use masthead_domain::article::{Article, Index};
use masthead_domain::author::Author;
use masthead_domain::id::{ArticleId, AuthorId, SourceId, TagId};
use masthead_domain::section::Section;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use std::collections::BTreeMap;
use std::fmt::Display;
use uuid::Uuid;

/// Below the 32,766 values that SQLite takes. A batch of ordinary articles names far fewer records of a kind.
const IDS_A_STATEMENT: usize = 30_000;

impl Work {
    /// Checks that everything is there that these articles refer to. One statement for each kind that any of them
    /// names; for sections none beyond the one that reads them once in a unit of work.
    pub(super) async fn check_references(&mut self, articles: &[&Article]) -> Result<(), StoreError> {
        let indexes: Vec<_> = articles.iter().map(|article| article.index()).collect();
        if indexes.iter().any(|index| index.section.is_some()) {
            let sections = self.parents().await?;
            let absent = |index: &Index<'_>| index.section.filter(|id| !sections.contains_key(id));
            if let Some((article, id)) = indexes.iter().find_map(|index| Some((index.id, absent(index)?))) {
                return Err(missing::<Section>(article, &id));
            }
        }
        self.check_kind::<Tag, TagId>(&indexes, |index| index.tags, TagId::uuid).await?;
        self.check_kind::<Author, AuthorId>(&indexes, |index| &index.authors, AuthorId::uuid).await?;
        self.check_kind::<Source, SourceId>(&indexes, |index| &index.sources, SourceId::uuid).await
    }

    async fn check_kind<R: Record, I: Copy + Display>(
        &self,
        indexes: &[Index<'_>],
        named: impl for<'i> Fn(&'i Index<'_>) -> &'i [I],
        uuid: impl Fn(I) -> Uuid,
    ) -> Result<(), StoreError> {
        let mut absent: BTreeMap<Uuid, (ArticleId, I)> = BTreeMap::new();
        for index in indexes {
            for id in named(index) {
                absent.entry(uuid(*id)).or_insert((index.id, *id));
            }
        }
        let wanted: Vec<Uuid> = absent.keys().copied().collect();
        for ids in wanted.chunks(IDS_A_STATEMENT) {
            let ask = Query::select()
                .column(Column::Id)
                .from(R::TABLE)
                .and_where(Expr::col(Column::Id).is_in(ids.iter().copied()))
                .take();
            for cells in self.transaction.query_all(&ask).await? {
                absent.remove(&Row::new(&cells, R::TABLE, "id")?.id);
            }
        }
        match absent.first_key_value() {
            Some((_, (article, id))) => Err(missing::<R>(*article, id)),
            None => Ok(()),
        }
    }
}

fn missing<R: Record>(article: ArticleId, id: &impl Display) -> StoreError {
    StoreError::Missing { article, what: R::SUBJECT.code(), id: id.to_string() }
}
