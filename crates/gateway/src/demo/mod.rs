//! A publication in files, and the one that this program brings with it.
//!
//! `publication.toml` holds sections, tags, tiers, authors and sources; each file `articles/<slug>.md` holds
//! an article: its front matter as TOML between two lines of `+++`, then its body as Markdown
//! ([`crate::import::markdown`]). Everything is named by slugs, and a name that stands for nothing is an
//! error that says in which file, at which key. Ids are derived from the names, so that reading the files
//! again means the same things.

mod article;
mod author;
mod error;
mod files;
mod form;
mod names;
mod own;
mod people;
mod publication;

#[cfg(test)]
mod tests;

pub use error::{DemoError, Place};
pub use files::Files;

use masthead_domain::article::Article;
use masthead_domain::author::Author;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::MemberId;
use masthead_domain::member::Newsletter;
use masthead_domain::section::Section;
use masthead_domain::slug::Slug;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::tier::Tier;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{Store, Tally};
use publication::Publication;

/// The article of the demo that shows most of what there is: a gate in the middle, free parts after it, source
/// links with a lock of their own, an AI illustration, a correction.
pub const SHOWCASE: &str = "a-toll-nobody-voted-for";

/// A whole publication, checked.
#[derive(Clone, Debug)]
pub struct Content {
    /// What it is called.
    pub name: String,
    /// Its sections, a section after the one that it stands below.
    pub sections: Vec<Section>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// What its members pay for.
    pub tiers: Vec<Tier>,
    /// What it sends by mail.
    pub newsletters: Vec<Newsletter>,
    /// Who writes for it.
    pub authors: Vec<Author>,
    /// What its articles rest on.
    pub sources: Vec<Source>,
    /// Its articles and pages, in the order of their slugs.
    pub articles: Vec<Article>,
}

/// What a load did.
#[derive(Clone, Debug)]
pub struct DemoSummary {
    /// What the publication is called.
    pub publication: String,
    /// What happened to its sections.
    pub sections: Tally,
    /// What happened to its tags.
    pub tags: Tally,
    /// What happened to its tiers.
    pub tiers: Tally,
    /// What happened to its newsletters.
    pub newsletters: Tally,
    /// What happened to its authors.
    pub authors: Tally,
    /// What happened to its sources.
    pub sources: Tally,
    /// What happened to its articles and pages.
    pub articles: Tally,
    /// Its members, by what they are.
    pub members: Vec<(&'static str, MemberId)>,
}

/// Reads a publication from its files.
///
/// # Errors
/// [`DemoError`] names the file, and the key or line in it.
pub fn read(files: &Files) -> Result<Content, DemoError> {
    let mut publication = Publication::read(files.publication()?)?;
    for (file, name, _) in files.articles() {
        let at = || Place::new(file, "slug");
        let slug: Slug = name.parse().map_err(|_| at().wrong("the file's name is no slug"))?;
        publication.register.articles.add(&slug, article::id(&publication.ids, name), at)?;
    }
    let articles = files
        .articles()
        .map(|(file, name, text)| article::article(file, name, text, &publication.register))
        .collect::<Result<_, _>>()?;
    Ok(Content {
        name: publication.name,
        sections: publication.sections,
        tags: publication.tags,
        tiers: publication.tiers,
        newsletters: publication.newsletters,
        authors: publication.authors,
        sources: publication.sources,
        articles,
    })
}

/// Writes the demo publication into the database, in one transaction. What is there already and the same
/// stays untouched, and so does what whoever tries the demo may change: its tiers and newsletters. A database that holds
/// anything else is refused.
///
/// # Errors
/// [`DemoError::Foreign`] and [`DemoError::Large`] for a database of another publication;
/// [`DemoError::Store`] when the database fails; then nothing has been written.
pub async fn load(store: &Store, now: Timestamp) -> Result<DemoSummary, DemoError> {
    let content = read(&Files::embedded()?)?;
    own::check(store, &content, now).await?;
    let there = store.library(&Viewer::Anonymous, now).tiers().await?;
    let (new_tiers, mut tiers) = new(&content.tiers, &there, |tier| tier.id);
    let there = store.registry().newsletters().await?;
    let (new_newsletters, mut newsletters) = new(&content.newsletters, &there, |newsletter| newsletter.id);
    let mut work = store.begin(now).await?;
    tiers += work.put_tiers(&new_tiers).await?;
    newsletters += work.put_newsletters(&new_newsletters).await?;
    let summary = DemoSummary {
        tiers,
        newsletters,
        sections: work.put_sections(&content.sections).await?,
        authors: work.put_authors(&content.authors).await?,
        tags: work.put_tags(&content.tags).await?,
        sources: work.put_sources(&content.sources).await?,
        articles: work.put_articles(&content.articles).await?,
        members: people::load(&mut work, &content, now).await?,
        publication: content.name,
    };
    work.commit().await?;
    Ok(summary)
}

/// What is not there yet, and a count of what is, as it may be by now.
fn new<T: Clone, I: Eq>(content: &[T], there: &[T], id: impl Fn(&T) -> I) -> (Vec<T>, Tally) {
    let is_there = |one: &&T| there.iter().any(|known| id(known) == id(one));
    let (known, new): (Vec<&T>, Vec<&T>) = content.iter().partition(is_there);
    (new.into_iter().cloned().collect(), Tally { unchanged: known.len() as u64, ..Tally::default() })
}
