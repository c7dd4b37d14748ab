//! Reading sections, authors, tags, sources and tiers.

use super::window::{Shown, View, all_of};
use super::{IDS_A_STATEMENT, Library};
use crate::error::StoreError;
use crate::key::{AuthorKey, TagKey};
use crate::record::Record;
use crate::row::Row;
use crate::schema::Record as Column;
use crate::shelf::parents_of_sections;
use masthead_domain::author::Author;
use masthead_domain::id::{AuthorId, SectionId, SourceId, TagId};
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::section::{MAX_SECTIONS, Section};
use masthead_domain::slug::Slug;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::tier::{MAX_TIERS, Tier};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use std::collections::HashMap;
use uuid::Uuid;

impl Library<'_> {
    /// All sections that exist for the viewer, siblings by position and then slug. A section does when an article in it,
    /// or in one below it, does; so those above it exist too.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn sections(&self) -> Result<Vec<Section>, StoreError> {
        let mut ask = select::<Section>();
        ask.cond_where(self.named_by_an_article::<Section>())
            .order_by(Column::Position, Order::Asc)
            .order_by(Column::Slug, Order::Asc)
            .limit(MAX_SECTIONS as u64);
        self.records(&ask).await
    }

    /// Which section each section stands below, of all that there are: a policy holds whoever may see its sections. Not for
    /// readers' eyes.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn parents_of_sections(&self) -> Result<HashMap<SectionId, Option<SectionId>>, StoreError> {
        parents_of_sections(self.store.reader()).await
    }

    /// All tiers, cheapest first, then by slug; those that are not for sale last.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn tiers(&self) -> Result<Vec<Tier>, StoreError> {
        let mut ask = select::<Tier>();
        ask.order_by(Column::Slug, Order::Asc).limit(MAX_TIERS as u64);
        let mut tiers: Vec<Tier> = self.records(&ask).await?;
        let monthly = |tier: &Tier| {
            let price = tier.price.as_ref()?;
            price.monthly.or_else(|| price.yearly.map(|yearly| yearly / 12))
        };
        tiers.sort_by_key(|tier| (monthly(tier).is_none(), monthly(tier)));
        Ok(tiers)
    }

    /// A page of all authors, by slug. An author exists for the viewer when an article does that names them in a byline, as
    /// a reviewer or as the responsible editor, and when a persona does for which they answer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn authors(&self, page: &PageRequest) -> Result<Page<Author>, StoreError> {
        self.by_slug(page, self.author_exists()).await
    }

    /// One author, if they exist for the viewer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn author(&self, key: &AuthorKey) -> Result<Option<Author>, StoreError> {
        let named = match key {
            AuthorKey::Id(id) => Expr::col(Column::Id).eq(id.uuid()),
            AuthorKey::Slug(slug) => Expr::col(Column::Slug).eq(slug.as_str()),
        };
        let ask = select::<Author>().and_where(named).cond_where(self.author_exists()).take();
        Ok(self.records(&ask).await?.pop())
    }

    /// The authors with these ids that exist for the viewer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn authors_by_ids(&self, ids: &[AuthorId]) -> Result<HashMap<AuthorId, Author>, StoreError> {
        let found: Vec<Author> = self.by_ids(ids, |id| id.uuid(), &self.author_exists()).await?;
        Ok(found.into_iter().map(|author| (author.id, author)).collect())
    }

    /// A page of all tags, by slug. A tag exists for the viewer when an article with it does.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn tags(&self, page: &PageRequest) -> Result<Page<Tag>, StoreError> {
        self.by_slug(page, self.named_by_an_article::<Tag>()).await
    }

    /// One tag, if an article with it exists for the viewer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn tag(&self, key: &TagKey) -> Result<Option<Tag>, StoreError> {
        let named = match key {
            TagKey::Id(id) => Expr::col(Column::Id).eq(id.uuid()),
            TagKey::Slug(slug) => Expr::col(Column::Slug).eq(slug.as_str()),
        };
        let ask = select::<Tag>().and_where(named).cond_where(self.named_by_an_article::<Tag>()).take();
        Ok(self.records(&ask).await?.pop())
    }

    /// The tags with these ids that exist for the viewer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn tags_by_ids(&self, ids: &[TagId]) -> Result<HashMap<TagId, Tag>, StoreError> {
        let found: Vec<Tag> = self.by_ids(ids, |id| id.uuid(), &self.named_by_an_article::<Tag>()).await?;
        Ok(found.into_iter().map(|tag| (tag.id, tag)).collect())
    }

    /// One source, if an article that cites it exists for the viewer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn source(&self, id: SourceId) -> Result<Option<Source>, StoreError> {
        Ok(self.sources_by_ids(&[id]).await?.remove(&id))
    }

    /// The sources with these ids that exist for the viewer.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn sources_by_ids(&self, ids: &[SourceId]) -> Result<HashMap<SourceId, Source>, StoreError> {
        let exists = self.named_by_an_article::<Source>();
        let found: Vec<Source> = self.by_ids(ids, |id| id.uuid(), &exists).await?;
        Ok(found.into_iter().map(|source| (source.id, source)).collect())
    }

    async fn by_ids<R: Record, I>(
        &self,
        ids: &[I],
        uuid: impl Fn(&I) -> Uuid,
        exists: &Condition,
    ) -> Result<Vec<R>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(IDS_A_STATEMENT) {
            let mut ask = select::<R>();
            ask.and_where(Expr::col(Column::Id).is_in(ids.iter().map(&uuid))).cond_where(exists.clone());
            found.extend(self.records(&ask).await?);
        }
        Ok(found)
    }

    async fn by_slug<R: Record>(
        &self,
        request: &PageRequest,
        exists: Condition,
    ) -> Result<Page<R>, StoreError> {
        let view = View::of(request);
        let Some(ask) = window::<R>(&view, &exists) else { return Ok(Page::empty()) };
        let mut rows = Vec::new();
        let mut behind = false;
        for cells in self.store.reader().query_all(&ask).await? {
            let row = Row::new(&cells, R::TABLE, "id")?;
            if row.get("is_behind")? {
                behind = true;
                continue;
            }
            let record = R::open(&row)?;
            let slug = record.slug().map(Slug::to_string).unwrap_or_default();
            rows.push((Position { key: SortKey::Text(slug), id: row.id }, record));
        }
        let slug = |row: &(Position, R)| row.1.slug().cloned();
        rows.sort_by_key(slug);
        if view.backward {
            rows.reverse();
        }
        let Shown { rows, has_next, has_previous } = view.shown(rows, behind);
        Ok(Page { rows, has_next, has_previous })
    }

    async fn records<R: Record>(&self, ask: &SelectStatement) -> Result<Vec<R>, StoreError> {
        let rows = self.store.reader().query_all(ask).await?;
        rows.iter().map(|cells| R::open(&Row::new(cells, R::TABLE, "id")?)).collect()
    }
}

fn select<R: Record>() -> SelectStatement {
    Query::select().columns([Column::Id, Column::Content]).from(R::TABLE).take()
}

/// The statement for a page by slug: its rows, and one behind its position. `None` when the position belongs to
/// another kind of list.
fn window<R: Record>(view: &View<'_>, exists: &Condition) -> Option<SelectStatement> {
    let order = |backward| if backward { Order::Desc } else { Order::Asc };
    let part = |is_behind: bool| {
        let content = if is_behind { Expr::val("") } else { Expr::col(Column::Content) };
        Query::select()
            .column(Column::Id)
            .expr_as(content, "content")
            .expr_as(Expr::val(is_behind), "is_behind")
            .from(R::TABLE)
            .cond_where(exists.clone())
            .order_by(Column::Slug, order(view.backward != is_behind))
            .limit(if is_behind { 1 } else { view.limit() })
            .take()
    };
    let mut ahead = part(false);
    let Some(position) = view.position else { return Some(ahead) };
    let SortKey::Text(mark) = &position.key else { return None };
    let mut behind = part(true);
    let slug = || Expr::col(Column::Slug);
    if view.backward {
        ahead.and_where(slug().lt(mark));
        behind.and_where(slug().gte(mark));
    } else {
        ahead.and_where(slug().gt(mark));
        behind.and_where(slug().lte(mark));
    }
    all_of([ahead, behind])
}

#[cfg(test)]
impl Library<'_> {
    /// One statement of each form that looks for records.
    pub(super) fn asks_for_records(&self, view: &View<'_>) -> Vec<SelectStatement> {
        let sections = select::<Section>().cond_where(self.named_by_an_article::<Section>()).take();
        let one = Expr::col(Column::Id).eq(Uuid::nil());
        let author = select::<Author>().and_where(one).cond_where(self.author_exists()).take();
        let pages = [
            window::<Author>(view, &self.author_exists()),
            window::<Tag>(view, &self.named_by_an_article::<Tag>()),
        ];
        [sections, author].into_iter().chain(pages.into_iter().flatten()).collect()
    }
}
