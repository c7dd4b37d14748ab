//! Every post is converted twice: once to check it, and once to write it.

use super::collect::Span;
use super::error::{ImportError, Record};
use super::post::{self, PostError};
use super::survey::{Entry, Survey};
use super::tiers::keeping_grants;
use crate::import::notes::Notes;
use crate::import::progress::{Progress, Step};
use crate::import::summary::ImportSummary;
use masthead_domain::article::Article;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::Viewer;
use masthead_persistence::Store;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

/// How many articles are written in one transaction.
const BATCH: usize = 250;

/// How many batches wait to be written.
const WAITING: usize = 2;

const MAX_THREADS: usize = 8;

/// Reads posts from the file and converts them.
struct Converter<'s> {
    path: &'s Path,
    file: File,
    survey: &'s Survey,
    post: Vec<u8>,
    meta: Vec<u8>,
}

impl<'s> Converter<'s> {
    fn open(path: &'s Path, survey: &'s Survey) -> Result<Self, ImportError> {
        let file = File::open(path).map_err(|error| ImportError::read(path, error))?;
        Ok(Self { path, file, survey, post: Vec::new(), meta: Vec::new() })
    }

    fn convert(&mut self, entry: &Entry, notes: &mut Notes) -> Result<Article, ImportError> {
        let fetched = fetch(&mut self.file, entry.span, &mut self.post)
            .and_then(|()| entry.meta.map_or(Ok(()), |span| fetch(&mut self.file, span, &mut self.meta)));
        fetched.map_err(|error| ImportError::read(self.path, error))?;
        let meta = entry.meta.map(|_| self.meta.as_slice());
        post::convert(entry, &self.post, meta, self.survey, notes).map_err(|error| match error {
            PostError::Row(error) => {
                ImportError::row(self.path, "posts", entry.row, entry.span.offset, &self.post, &error)
            }
            other => ImportError::record(
                self.path,
                Record::name("posts", entry.row, &self.post),
                other.to_string(),
                entry.span.offset,
            ),
        })
    }
}

fn fetch(file: &mut File, span: Span, into: &mut Vec<u8>) -> std::io::Result<()> {
    into.resize(span.length, 0);
    file.seek(SeekFrom::Start(span.offset))?;
    file.read_exact(into)
}

/// Converts every post and drops it again, on as many threads as there are processors. The first post in the
/// file that is at fault decides.
pub(super) fn check(path: &Path, survey: &Survey, progress: &dyn Progress) -> Result<Notes, ImportError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    let share = survey.entries.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let start = |entries| scope.spawn(move || check_share(path, survey, entries, progress));
        let workers: Vec<_> = survey.entries.chunks(share).map(start).collect();
        let mut notes = Notes::default();
        for worker in workers {
            notes.append(worker.join().map_err(|_| ImportError::Stopped)??);
        }
        Ok(notes)
    })
}

fn check_share(
    path: &Path,
    survey: &Survey,
    entries: &[Entry],
    progress: &dyn Progress,
) -> Result<Notes, ImportError> {
    let mut converter = Converter::open(path, survey)?;
    let mut notes = Notes::default();
    for entry in entries {
        converter.convert(entry, &mut notes)?;
        progress.advance(1);
    }
    Ok(notes)
}

/// Writes everything: what articles refer to in one transaction, then the articles in batches, while the
/// next ones are being converted.
pub(super) async fn write(
    store: &Store,
    path: Arc<Path>,
    survey: Arc<Survey>,
    now: Timestamp,
    progress: &dyn Progress,
    summary: &mut ImportSummary,
) -> Result<(), ImportError> {
    let there = store.library(&Viewer::Anonymous, now).tiers().await?;
    let tiers = keeping_grants(survey.tiers.records.clone(), &there);
    let mut work = store.begin(now).await?;
    summary.tiers.add(work.put_tiers(&tiers).await?);
    summary.sections.add(work.put_sections(&survey.sections.records).await?);
    summary.authors.add(work.put_authors(&survey.authors.records).await?);
    summary.tags.add(work.put_tags(&survey.tags.records).await?);
    work.commit().await?;
    progress.begin(Step::Writing, survey.entries.len() as u64);
    let written = write_articles(store, path, survey, now, progress, summary).await;
    progress.end();
    written
}

async fn write_articles(
    store: &Store,
    path: Arc<Path>,
    survey: Arc<Survey>,
    now: Timestamp,
    progress: &dyn Progress,
    summary: &mut ImportSummary,
) -> Result<(), ImportError> {
    let (sender, mut batches) = mpsc::channel::<Vec<Article>>(WAITING);
    let converting = tokio::task::spawn_blocking(move || convert_all(&path, &survey, &sender));
    while let Some(batch) = batches.recv().await {
        let mut work = store.begin(now).await?;
        summary.articles.add(work.put_articles(&batch).await?);
        work.commit().await?;
        progress.advance(batch.len() as u64);
    }
    converting.await.map_err(|_| ImportError::Stopped)?
}

/// Converts in batches until all are done or nobody takes them any more.
fn convert_all(path: &Path, survey: &Survey, sender: &mpsc::Sender<Vec<Article>>) -> Result<(), ImportError> {
    let mut converter = Converter::open(path, survey)?;
    // What is noted now has been noted while checking.
    let mut notes = Notes::default();
    // A post that gives its slug to another is written before it, or with it.
    let (mut ordered, staying): (Vec<&Entry>, Vec<&Entry>) =
        survey.entries.iter().partition(|entry| entry.is_leaving);
    ordered.extend(staying);
    for entries in ordered.chunks(BATCH) {
        let convert = |entry: &&Entry| converter.convert(entry, &mut notes);
        let batch = entries.iter().map(convert).collect::<Result<Vec<_>, _>>()?;
        if sender.blocking_send(batch).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
