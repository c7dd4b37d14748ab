//! Reading articles by what names them.

use super::names::{had_slug, has_slug, owners_of};
use super::{IDS_A_STATEMENT, Library};
use crate::error::StoreError;
use crate::key::ArticleKey;
use crate::row::Row;
use crate::schema::Publication;
use masthead_domain::article::{Article, Document};
use masthead_domain::id::ArticleId;
use masthead_domain::slug::Slug;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

const TABLE: &str = "publication";

/// The column with an article's id.
const ID: (Publication, Publication) = (Publication::Table, Publication::ArticleId);

/// An article and its present slug.
pub(super) type Named = (ArticleId, Slug);

impl Library<'_> {
    /// One article, in one statement; for staff in two when it is not published.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn article(&self, key: &ArticleKey) -> Result<Option<Arc<Article>>, StoreError> {
        let mut ask = documents(self.visible());
        match key {
            ArticleKey::Id(id) => ask.and_where(Expr::col(ID).eq(id.uuid())),
            ArticleKey::Slug(slug) => has_slug(&mut ask, ID, slug),
        };
        match (self.opened(TABLE, &ask).await?.pop(), self.desk()) {
            (None, Some(desk)) => desk.article(key).await,
            (None, None) => Ok(self.previewed().await?.filter(|article| match key {
                ArticleKey::Id(id) => article.id() == *id,
                ArticleKey::Slug(slug) => article.slug() == slug,
            })),
            (found, _) => Ok(found),
        }
    }

    /// The present slug of the article that had this slug before; of several that exist for the viewer, the one
    /// that gave it up last. Whether an article has it now is for [`Library::article`] to say.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn moved(&self, old: &Slug) -> Result<Option<Slug>, StoreError> {
        let mut ask = names(self.visible());
        had_slug(&mut ask, ID, old);
        match (self.named(TABLE, &ask).await?.pop(), self.desk()) {
            (None, Some(desk)) => desk.moved(old).await,
            (found, _) => Ok(found.map(|(_, slug)| slug)),
        }
    }

    /// The articles with these ids. One statement for every 500, and for staff another when some are not
    /// published.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn articles_by_ids(
        &self,
        ids: &[ArticleId],
    ) -> Result<HashMap<ArticleId, Arc<Article>>, StoreError> {
        let mut all = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(IDS_A_STATEMENT) {
            let mut found = self.opened(TABLE, &among(documents(self.visible()), ids)).await?;
            if let Some(desk) = self.desk().filter(|_| found.len() < ids.len()) {
                found.extend(desk.articles(ids).await?);
            }
            if self.preview().is_some_and(|preview| ids.contains(&preview.article)) {
                found.extend(self.previewed().await?);
            }
            all.extend(found.into_iter().map(|article| (article.id(), article)));
        }
        Ok(all)
    }

    /// The article of each of these keys, in their order. One statement more than for [`Library::articles_by_ids`].
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn articles_by_keys(
        &self,
        keys: &[Option<ArticleKey>],
    ) -> Result<Vec<Option<Arc<Article>>>, StoreError> {
        let slugs = keys.iter().flatten().filter_map(|key| match key {
            ArticleKey::Slug(slug) => Some(slug),
            ArticleKey::Id(_) => None,
        });
        let slugs: Vec<&Slug> = slugs.collect();
        let mut owners = HashMap::new();
        for slugs in slugs.chunks(IDS_A_STATEMENT) {
            let ask = owners_of(slugs);
            owners.extend(self.named("article_slug", &ask).await?.into_iter().map(|(id, slug)| (slug, id)));
        }
        let id = |key: &ArticleKey| match key {
            ArticleKey::Id(id) => Some(*id),
            ArticleKey::Slug(slug) => owners.get(slug).copied(),
        };
        let ids: Vec<_> = keys.iter().map(|key| key.as_ref().and_then(id)).collect();
        let mut wanted: Vec<_> = ids.iter().flatten().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found = self.articles_by_ids(&wanted).await?;
        Ok(ids.iter().map(|id| found.get(id.as_ref()?).cloned()).collect())
    }

    /// The present slugs of these articles. One that does not exist for the viewer is left out. As many statements
    /// as for [`Library::articles_by_ids`].
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn slugs(&self, ids: &[ArticleId]) -> Result<HashMap<ArticleId, Slug>, StoreError> {
        let mut all = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(IDS_A_STATEMENT) {
            let mut found = self.named(TABLE, &among(names(self.visible()), ids)).await?;
            if let Some(desk) = self.desk().filter(|_| found.len() < ids.len()) {
                found.extend(desk.slugs(ids).await?);
            }
            all.extend(found);
        }
        Ok(all)
    }

    /// The articles of these versions, from memory where one has been read before. What has been changed since the
    /// versions were read comes as it is now; what no longer exists for the viewer is left out.
    pub(super) async fn at_versions(
        &self,
        versions: impl Iterator<Item = (Uuid, i64)>,
    ) -> Result<HashMap<Uuid, Arc<Article>>, StoreError> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for (id, version) in versions {
            match self.store.articles().get((id, version)) {
                Some(article) => {
                    found.insert(id, article);
                }
                None => missing.push(ArticleId::from_uuid(id)),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        let read = self.articles_by_ids(&missing).await?;
        found.extend(read.into_iter().map(|(id, article)| (id.uuid(), article)));
        Ok(found)
    }

    /// The articles that a statement finds.
    pub(super) async fn opened(
        &self,
        table: &'static str,
        ask: &SelectStatement,
    ) -> Result<Vec<Arc<Article>>, StoreError> {
        let known = self.store.articles();
        let open = |cells| {
            let row = Row::new(cells, table, "article_id")?;
            let version = (row.id, row.get("version")?);
            if let Some(article) = known.get(version) {
                return Ok(article);
            }
            let document: String = row.get("document")?;
            let article = Document::open(&document).map_err(|error| row.corrupt("document", error))?;
            let article = Arc::new(article);
            known.put(version, document.len(), &article);
            Ok(article)
        };
        self.store.reader().query_all(ask).await?.iter().map(open).collect()
    }

    /// The slugs that a statement finds.
    pub(super) async fn named(
        &self,
        table: &'static str,
        ask: &SelectStatement,
    ) -> Result<Vec<Named>, StoreError> {
        let name = |cells| {
            let row = Row::new(cells, table, "article_id")?;
            Ok((ArticleId::from_uuid(row.id), row.parse("slug")?))
        };
        self.store.reader().query_all(ask).await?.iter().map(name).collect()
    }
}

pub(super) fn documents(visible: Condition) -> SelectStatement {
    let columns = [Publication::ArticleId, Publication::Version, Publication::Document];
    let columns = columns.map(|column| (Publication::Table, column));
    Query::select().columns(columns).from(Publication::Table).cond_where(visible).take()
}

fn names(visible: Condition) -> SelectStatement {
    let columns = [Publication::ArticleId, Publication::Slug].map(|column| (Publication::Table, column));
    Query::select().columns(columns).from(Publication::Table).cond_where(visible).take()
}

fn among(mut ask: SelectStatement, ids: &[ArticleId]) -> SelectStatement {
    let ids = ids.iter().map(|id| id.uuid());
    ask.and_where(Expr::col(ID).is_in(ids)).take()
}

#[cfg(test)]
impl Library<'_> {
    /// One statement of each form that looks for articles by what names them.
    pub(super) fn asks_by_name(&self) -> Vec<SelectStatement> {
        let slug: Slug = "a-slug".parse().expect("a slug");
        let mut document = documents(self.visible());
        has_slug(&mut document, ID, &slug);
        let mut moved = names(self.visible());
        had_slug(&mut moved, ID, &slug);
        let ids = [ArticleId::from_uuid(Uuid::nil())];
        vec![document, moved, among(documents(self.visible()), &ids), among(names(self.visible()), &ids)]
    }
}
