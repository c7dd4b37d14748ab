//! A publication out of an export of Ghost 5 or 6.
//!
//! The file may be larger than memory. A first sweep follows its structure, checks every row and keeps the
//! small ones; of posts it keeps where they lie. Then every post is read, converted, checked and dropped
//! again. Only when all of that has gone well is anything written: posts are converted once more and put in
//! batches, each a transaction of its own. Ids are derived from those in Ghost, so a second import changes
//! nothing, and one after an interruption completes it.
//!
//! Several sites may come into one database. A tier, section, tag or author whose slug is there already is not
//! written: what is there is adopted. An article whose slug belongs to another one gets a number at its end.
//!
//! What Ghost means by its locks is in `locks`; what becomes of tags, users and products in `shelves`,
//! `people` and `tiers`; what becomes of a post in `post`.

mod addresses;
mod body;
mod cards;
mod collect;
mod desk;
mod error;
mod lexical;
mod locks;
mod marks;
mod mobiledoc;
mod people;
mod post;
mod run;
mod scan;
mod shelves;
mod slugs;
mod survey;
mod tables;
mod there;
mod tiers;

pub use error::{ImportError, Place, Record};

use super::notes::Notes;
use super::progress::{Progress, Step};
use super::summary::{Counted, ImportSummary};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::TierId;
use masthead_persistence::Store;
use std::path::Path;
use std::sync::Arc;
use survey::Survey;
use tables::Key;
use there::There;
use url::Url;

/// The id of the tier that the product with this id becomes; `None` for a text that is no id of Ghost's (24 digits in
/// hexadecimal, of which the first eight tell when it was made).
pub(crate) fn tier_id(product: &str) -> Option<TierId> {
    let key = Key::from_text(product);
    key.made().map(|made| tiers::tier_id(&key, Some(made)))
}

/// How an export is taken in.
#[derive(Clone, Debug)]
pub struct GhostOptions {
    /// Where the site stands, for the addresses that Ghost writes as `__GHOST_URL__`. Without it they become
    /// paths on the publication's own site.
    pub site_url: Option<Url>,
    /// The instant of the import, for the change log.
    pub now: Timestamp,
}

/// Where an export goes.
#[derive(Clone, Copy)]
pub enum Target<'s> {
    /// Into this store.
    Store(&'s Store),
    /// Nowhere: it is read, converted and checked, beside what a store holds if there is one. A store without tables
    /// counts as empty.
    Nowhere(Option<&'s Store>),
}

/// Takes in an export.
///
/// # Errors
/// [`ImportError`] names the record and the place when the file is at fault; then nothing has been written.
pub async fn import_ghost(
    target: Target<'_>,
    file: &Path,
    options: &GhostOptions,
    progress: Arc<dyn Progress>,
) -> Result<ImportSummary, ImportError> {
    let (store, beside) = match target {
        Target::Store(store) => (Some(store), Some(store)),
        Target::Nowhere(beside) => (None, beside),
    };
    let (path, site) = (Arc::<Path>::from(file), options.site_url.clone());
    let (survey, notes) = {
        let (path, progress, there) = (Arc::clone(&path), Arc::clone(&progress), There::new(beside));
        let reading = move || read(&path, site.as_ref(), &there, &*progress);
        tokio::task::spawn_blocking(reading).await.map_err(|_| ImportError::Stopped)??
    };
    let mut summary = ImportSummary {
        is_written: store.is_some(),
        tiers: Counted::found(survey.tiers.records.len(), survey.tiers.adopted),
        sections: Counted::found(survey.sections.records.len(), survey.sections.adopted),
        authors: Counted::found(survey.authors.records.len(), survey.authors.adopted),
        tags: Counted::found(survey.tags.records.len(), survey.tags.adopted),
        articles: Counted::found(survey.entries.len(), 0),
        notes,
    };
    if let Some(store) = store {
        run::write(store, path, Arc::new(survey), options.now, &*progress, &mut summary).await?;
    }
    Ok(summary)
}

/// Reads and checks the whole file.
fn read(
    path: &Path,
    site: Option<&Url>,
    there: &There,
    progress: &dyn Progress,
) -> Result<(Survey, Notes), ImportError> {
    let length = std::fs::metadata(path).map_err(|error| ImportError::read(path, error))?.len();
    let mut notes = Notes::default();
    progress.begin(Step::Reading, length);
    let found = collect::collect(path, &mut notes, progress);
    progress.end();
    let survey = survey::arrange(found?, site, there, &mut notes)?;
    progress.begin(Step::Checking, survey.entries.len() as u64);
    let checked = run::check(path, &survey, progress);
    progress.end();
    notes.append(checked?);
    Ok((survey, notes))
}
