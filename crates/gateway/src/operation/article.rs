//! Articles: one, a list, several lists at once, and what is related to one.

use super::cards::Cards;
use super::filter::Filter;
use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::article::Article;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::page::{Page, PageRequest, PageSize};
use masthead_domain::selection::Selection;
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

/// The instant of publication, or of the last change, that a list begins with; `None` when it holds nothing.
///
/// # Errors
/// As [`list`].
pub async fn edge(reading: &Reading, filter: &Filter) -> Result<Option<Timestamp>, Problem> {
    let Some(selection) = filter.resolve(reading).await? else { return Ok(None) };
    Ok(reading.library().edge(&selection).await?)
}

/// The first page of each of several lists, in as many statements as one list costs for every
/// [`ROWS_AT_ONCE`] rows.
///
/// # Errors
/// As [`list`].
pub async fn lists(
    reading: &Reading,
    filters: &[Filter],
    size: PageSize,
) -> Result<Vec<Page<Dossier>>, Problem> {
    let Resolved { selections, exists } = Resolved::of(reading, filters).await?;
    let mut pages = Vec::with_capacity(selections.len());
    for some in selections.chunks(at_once(size)) {
        let found = reading.library().articles_of_each(some, size).await?;
        pages.extend(into_dossiers(reading, found).await?);
    }
    let mut pages = pages.into_iter();
    let page = |exists: bool| if exists { pages.next() } else { None };
    Ok(exists.into_iter().map(page).map(|page| page.unwrap_or_else(Page::empty)).collect())
}

/// How many articles a list holds for the viewer.
///
/// # Errors
/// As [`list`].
pub async fn count(reading: &Reading, filter: &Filter) -> Result<u64, Problem> {
    let mut counts = counts(reading, std::slice::from_ref(filter)).await?;
    Ok(counts.pop().unwrap_or(0))
}

/// How many articles each of several lists holds for the viewer, in as many statements as for one.
///
/// # Errors
/// As [`list`].
pub async fn counts(reading: &Reading, filters: &[Filter]) -> Result<Vec<u64>, Problem> {
    let Resolved { selections, exists } = Resolved::of(reading, filters).await?;
    reading.charge(selections.len())?;
    let mut counts = Vec::with_capacity(selections.len());
    for some in selections.chunks(LISTS_AT_ONCE) {
        counts.extend(reading.library().count_of_each(some).await?);
    }
    let mut counts = counts.into_iter();
    Ok(exists.into_iter().map(|exists| if exists { counts.next().unwrap_or(0) } else { 0 }).collect())
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

/// What else to read after each of these articles, in about as many statements as for one for every
/// [`ROWS_AT_ONCE`] rows. For an article that does not exist for the viewer there is nothing.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn related_of_each(
    reading: &Reading,
    ids: &[ArticleId],
    size: PageSize,
) -> Result<Vec<Vec<Dossier>>, Problem> {
    let articles = reading.library().articles_by_ids(ids).await?;
    let known: Vec<_> = ids.iter().filter_map(|id| articles.get(id).map(AsRef::as_ref)).collect();
    let mut each: Vec<Vec<Dossier>> = Vec::with_capacity(known.len());
    for some in known.chunks(at_once(size)) {
        let found = reading.library().related_of_each(some, size).await?;
        let all: Vec<_> = found.iter().flatten().cloned().collect();
        let mut made = dossiers(reading, &all).await?.into_iter();
        each.extend(found.into_iter().map(|some| made.by_ref().take(some.len()).collect()));
    }
    let mut each = each.into_iter();
    let of = |id: &ArticleId| if articles.contains_key(id) { each.next() } else { None };
    Ok(ids.iter().map(of).map(Option::unwrap_or_default).collect())
}

/// How many lists one statement reads.
const LISTS_AT_ONCE: usize = 100;

/// About how many articles are read before they are charged to the request.
const ROWS_AT_ONCE: usize = 2_000;

/// How many lists of this size are read before they are charged.
fn at_once(size: PageSize) -> usize {
    (ROWS_AT_ONCE / size.get() as usize).clamp(1, LISTS_AT_ONCE)
}

/// What some filters select, and which of them select anything.
struct Resolved {
    selections: Vec<Selection>,
    exists: Vec<bool>,
}

impl Resolved {
    async fn of(reading: &Reading, filters: &[Filter]) -> Result<Self, Problem> {
        let (mut selections, mut exists) =
            (Vec::with_capacity(filters.len()), Vec::with_capacity(filters.len()));
        for filter in filters {
            let selection = filter.resolve(reading).await?;
            exists.push(selection.is_some());
            selections.extend(selection);
        }
        Ok(Self { selections, exists })
    }
}

async fn dossiers(reading: &Reading, articles: &[Arc<Article>]) -> Result<Vec<Dossier>, Problem> {
    reading.charge(articles.len())?;
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
