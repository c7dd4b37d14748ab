//! Articles: one, a list, several lists at once, and what is related to one.

use super::cards::Cards;
use super::filter::Filter;
use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::article::Article;
use masthead_domain::id::ArticleId;
use masthead_domain::page::{Page, PageRequest, PageSize};
use masthead_domain::slug::Slug;
use masthead_domain::view::ArticleView;
use masthead_persistence::ArticleKey;
use std::sync::Arc;

/// An article as the viewer may see it, with what stands around it.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The article.
    pub view: Arc<ArticleView>,
    /// The authors, tags, sources and sections that it names; shared by the articles of one answer.
    pub cards: Arc<Cards>,
}

/// One article, by id or slug.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn find(reading: &Reading, key: &ArticleKey) -> Result<Option<Dossier>, Problem> {
    let Some(article) = reading.library().article(key).await? else { return Ok(None) };
    Ok(dossiers(reading, &[article]).await?.pop())
}

/// The present slug of the article that once had this one, if it exists for the viewer.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn moved(reading: &Reading, old: &Slug) -> Result<Option<Slug>, Problem> {
    Ok(reading.library().moved(old).await?)
}

/// The articles with these ids, in their order. One that does not exist for the viewer is `None`.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn by_ids(reading: &Reading, ids: &[ArticleId]) -> Result<Vec<Option<Dossier>>, Problem> {
    let found = reading.library().articles_by_ids(ids).await?;
    let present: Vec<_> = ids.iter().filter_map(|id| found.get(id).cloned()).collect();
    let mut made = dossiers(reading, &present).await?.into_iter();
    Ok(ids.iter().map(|id| if found.contains_key(id) { made.next() } else { None }).collect())
}

/// A page of a list.
///
/// # Errors
/// A problem when the filter asks for what the viewer cannot ask, or the database cannot be read.
pub async fn list(reading: &Reading, filter: &Filter, page: &PageRequest) -> Result<Page<Dossier>, Problem> {
    let Some(selection) = filter.resolve(reading).await? else { return Ok(Page::empty()) };
    let found = reading.library().articles(&selection, page).await?;
    let mut pages = into_dossiers(reading, vec![found]).await?;
    Ok(pages.pop().unwrap_or_else(Page::empty))
}

/// The first page of each of several lists, in as many statements as one list costs.
///
/// # Errors
/// As [`list`].
pub async fn lists(
    reading: &Reading,
    filters: &[Filter],
    size: PageSize,
) -> Result<Vec<Page<Dossier>>, Problem> {
    let mut selections = Vec::with_capacity(filters.len());
    let mut places = Vec::with_capacity(filters.len());
    for filter in filters {
        let selection = filter.resolve(reading).await?;
        places.push(selection.is_some());
        selections.extend(selection);
    }
    let found = reading.library().articles_of_each(&selections, size).await?;
    let mut pages = into_dossiers(reading, found).await?.into_iter();
    let page = |exists: bool| if exists { pages.next() } else { None };
    Ok(places.into_iter().map(page).map(|page| page.unwrap_or_else(Page::empty)).collect())
}

/// How many articles a list holds for the viewer.
///
/// # Errors
/// As [`list`].
pub async fn count(reading: &Reading, filter: &Filter) -> Result<u64, Problem> {
    match filter.resolve(reading).await? {
        Some(selection) => Ok(reading.library().count(&selection).await?),
        None => Ok(0),
    }
}

/// What else the viewer may want to read after this article, best first; `None` when the article does not
/// exist for the viewer.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn related(
    reading: &Reading,
    key: &ArticleKey,
    size: PageSize,
) -> Result<Option<Vec<Dossier>>, Problem> {
    let Some(article) = reading.library().article(key).await? else { return Ok(None) };
    let found = reading.library().related(&article, size).await?;
    Ok(Some(dossiers(reading, &found).await?))
}

async fn dossiers(reading: &Reading, articles: &[Arc<Article>]) -> Result<Vec<Dossier>, Problem> {
    let views = reading.present(articles).await?;
    let cards = Cards::of(reading, &views).await?;
    let dossier = |view| Dossier { view: Arc::new(view), cards: Arc::clone(&cards) };
    Ok(views.into_iter().map(dossier).collect())
}

async fn into_dossiers(
    reading: &Reading,
    pages: Vec<Page<Arc<Article>>>,
) -> Result<Vec<Page<Dossier>>, Problem> {
    let articles: Vec<_> = pages.iter().flat_map(Page::items).cloned().collect();
    let mut made = dossiers(reading, &articles).await?.into_iter();
    Ok(pages.into_iter().map(|page| page.filter_map(|_| made.next())).collect())
}
