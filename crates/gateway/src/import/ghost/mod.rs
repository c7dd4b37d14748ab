//! A publication out of an export of Ghost 5 or 6.
//!
//! The file may be larger than memory. A first sweep follows its structure, checks every row and keeps the
//! small ones; of posts it keeps where they lie. Then every post is read, converted, checked and dropped
//! again. Only when all of that has gone well is anything written: posts are converted once more and put in
//! batches, each a transaction of its own. Ids are derived from those in Ghost, so a second import changes
//! nothing, and one after an interruption completes it.
//!
//! What Ghost means by its locks is in `locks`; what becomes of tags, users and products in `shelves`,
//! `people` and `tiers`; what becomes of a post in `post`.

mod addresses;
mod body;
mod cards;
mod collect;
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
mod tiers;

pub use error::{ImportError, Place, Record};

use super::notes::Notes;
use super::progress::{Progress, Step};
use super::summary::{Counted, ImportSummary};
use masthead_domain::clock::Timestamp;
use masthead_persistence::Store;
use std::path::Path;
use std::sync::Arc;
use survey::Survey;
use url::Url;

/// How an export is taken in.
#[derive(Clone, Debug)]
pub struct GhostOptions {
    /// Where the site stands, for the addresses that Ghost writes as `__GHOST_URL__`. Without it they become
    /// paths on the publication's own site.
    pub site_url: Option<Url>,
    /// The instant of the import, for the change log.
    pub now: Timestamp,
}

/// Takes in an export. Without a store it is read, converted and checked, and nothing is written.
///
/// # Errors
/// [`ImportError`] names the record and the place when the file is at fault; then nothing has been written.
pub async fn import_ghost(
    store: Option<&Store>,
    file: &Path,
    options: &GhostOptions,
    progress: Arc<dyn Progress>,
) -> Result<ImportSummary, ImportError> {
    let (path, site) = (Arc::<Path>::from(file), options.site_url.clone());
    let (survey, notes) = {
        let (path, progress) = (Arc::clone(&path), Arc::clone(&progress));
        let reading = move || read(&path, site.as_ref(), &*progress);
        tokio::task::spawn_blocking(reading).await.map_err(|_| ImportError::Stopped)??
    };
    let mut summary = ImportSummary {
        is_written: store.is_some(),
        tiers: Counted::found(survey.tiers.len()),
        sections: Counted::found(survey.sections.len()),
        authors: Counted::found(survey.authors.len()),
        tags: Counted::found(survey.tags.len()),
        articles: Counted::found(survey.entries.len()),
        notes,
    };
    if let Some(store) = store {
        run::write(store, path, Arc::new(survey), options.now, &*progress, &mut summary).await?;
    }
    Ok(summary)
}

/// Reads and checks the whole file.
fn read(path: &Path, site: Option<&Url>, progress: &dyn Progress) -> Result<(Survey, Notes), ImportError> {
    let length = std::fs::metadata(path).map_err(|error| ImportError::read(path, error))?.len();
    let mut notes = Notes::default();
    progress.begin(Step::Reading, length);
    let found = collect::collect(path, &mut notes, progress);
    progress.end();
    let survey = survey::arrange(found?, site, &mut notes);
    progress.begin(Step::Checking, survey.entries.len() as u64);
    let checked = run::check(path, &survey, progress);
    progress.end();
    notes.append(checked?);
    Ok((survey, notes))
}
