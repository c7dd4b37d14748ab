//! Whether a database holds anything but the demo.

use super::{Content, DemoError};
use masthead_domain::article::{Kind, Status};
use masthead_domain::clock::Timestamp;
use masthead_domain::page::{MAX_PAGE, Page, PageRequest, PageSize, Window};
use masthead_domain::selection::Selection;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{Library, Store, StoreError};
use std::collections::HashSet;
use std::hash::Hash;

/// Checks that the database is empty or holds nothing but the demo. A source exists only with an article that
/// cites it, so articles stand for their sources.
///
/// # Errors
/// [`DemoError::Foreign`] names what belongs to another publication.
pub(super) async fn check(store: &Store, content: &Content, now: Timestamp) -> Result<(), DemoError> {
    let staff = Viewer::staff("demo");
    let library = store.library(&staff, now);
    let sections = library.sections().await?;
    foreign("section", &content.sections, &sections, |section| (section.id, &section.slug))?;
    // Whoever tries the demo may have added a tier.
    if sections.is_empty() {
        foreign("tier", &content.tiers, &library.tiers().await?, |tier| (tier.id, &tier.slug))?;
    }
    let authors = all(async |page| library.authors(&page).await).await?;
    foreign("author", &content.authors, &authors, |author| (author.id, &author.slug))?;
    let tags = all(async |page| library.tags(&page).await).await?;
    foreign("tag", &content.tags, &tags, |tag| (tag.id, &tag.slug))?;
    check_articles(library, content).await
}

async fn check_articles(library: Library<'_>, content: &Content) -> Result<(), DemoError> {
    for kind in [Kind::Article, Kind::Page] {
        for status in [Status::Published, Status::Scheduled, Status::Draft, Status::Withdrawn] {
            let selection = Selection { kind, status, ..Selection::default() };
            let articles = all(async |page| library.articles(&selection, &page).await).await?;
            let articles: Vec<_> = articles.into_iter().map(|article| (*article).clone()).collect();
            foreign("article", &content.articles, &articles, |article| (article.id(), article.slug()))?;
        }
    }
    Ok(())
}

/// Reads a list to its end, but no further than a demo can reach.
async fn all<T>(read: impl AsyncFn(PageRequest) -> Result<Page<T>, StoreError>) -> Result<Vec<T>, DemoError> {
    const MOST: usize = 1_000;
    let size = PageSize::new(MAX_PAGE).map_err(|_| DemoError::Large)?;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = read(PageRequest { size, window: Window::After(after) }).await?;
        after = page.rows.last().map(|(position, _)| position.clone());
        found.extend(page.rows.into_iter().map(|(_, row)| row));
        if !page.has_next {
            return Ok(found);
        }
        if found.len() > MOST {
            return Err(DemoError::Large);
        }
    }
}

fn foreign<T, I: Eq + Hash>(
    what: &'static str,
    own: &[T],
    found: &[T],
    name: impl Fn(&T) -> (I, &Slug),
) -> Result<(), DemoError> {
    let own: HashSet<I> = own.iter().map(|one| name(one).0).collect();
    match found.iter().map(name).find(|(id, _)| !own.contains(id)) {
        Some((_, slug)) => Err(DemoError::Foreign { what, name: slug.to_string() }),
        None => Ok(()),
    }
}
