//! One step towards a ledger that is up to date: what it must say of some articles. Nothing is written here, so that a step
//! can be tried without keeping writers waiting.
//!
//! Three things change what a partner may hold, and a ledger has a place in each: the change log, the order of publication
//! (time goes on, and a delay or a schedule passes), and, under another licence or when a section has moved, the ledger itself,
//! which is then looked at again from its first article to its last. A place that is lost begins again: nothing that
//! is taken in twice is told twice.

use super::follower::{Follower, licence_name, terms_name};
use super::ledger::{self, Entry, State};
use super::log::{Entry as LogEntry, entries_after, last_place};
use super::sections::{covered_sections, sections_name};
use crate::error::StoreError;
use crate::library::Library;
use crate::row::Row;
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::{Extent, Licence, Viewer};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::SelectStatement;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a step has found.
pub(super) struct Step {
    /// How far the ledger has come with it.
    pub(super) follower: Follower,
    /// What the ledger must say of articles of which it says something else.
    pub(super) told: HashMap<Uuid, Entry>,
    /// Whether everything is taken in that there is.
    pub(super) is_all: bool,
    /// Whether a place was found lost, and begins again.
    pub(super) begins_again: bool,
    /// How many more articles may be looked at.
    room: usize,
}

impl Step {
    fn begin_again(&mut self) {
        self.follower.begin_again();
        self.begins_again = true;
    }
}

/// What takes steps: a partner's eyes on the publication, at the instant of its library.
pub(super) struct Update<'a, C> {
    pub(super) connection: &'a C,
    pub(super) library: Library<'a>,
    pub(super) licence: &'a Licence,
    /// How many articles a step looks at, at most.
    pub(super) most: usize,
}

impl<C: ConnectionTrait> Update<'_, C> {
    /// The step after `from`; the first one where there is no ledger.
    pub(super) async fn step(&self, partner: PartnerId, from: Option<Follower>) -> Result<Step, StoreError> {
        let licence = licence_name(self.licence);
        let mut follower = match from {
            Some(follower) => follower,
            None => {
                let log = last_place(self.connection).await?;
                Follower::new(partner, log, licence.clone(), self.sections().await?)
            }
        };
        follower.at = follower.at.max(self.library.now);
        let mut step =
            Step { follower, told: HashMap::new(), is_all: false, begins_again: false, room: self.most };
        if step.follower.licence != licence {
            step.follower.licence = licence;
            step.follower.sections = self.sections().await?;
            step.begin_again();
        }
        // What comes after the log sees later versions than the log tells of. So the log goes first, to its end.
        step.is_all = self.take_in_log(&mut step).await?
            && self.check(&mut step).await?
            && self.take_in_published(&mut step).await?;
        Ok(step)
    }

    async fn take_in_log(&self, step: &mut Step) -> Result<bool, StoreError> {
        let most = 2 * self.most;
        let Some(mut entries) = entries_after(self.connection, step.follower.log, most).await? else {
            step.follower.log = last_place(self.connection).await?;
            step.follower.sections = self.sections().await?;
            step.begin_again();
            return Ok(true);
        };
        let is_all = entries.len() < most;
        let (mut changed, mut seen, mut corrected) = (Vec::new(), HashSet::new(), HashMap::new());
        let mut taken = 0;
        for entry in &entries {
            if entry.subject == Some(Subject::Article) && !seen.contains(&entry.id) {
                if changed.len() == step.room {
                    break;
                }
                seen.insert(entry.id);
                changed.push(entry.id);
            }
            if entry.kind == Some(ChangeKind::Corrected) {
                corrected.insert(entry.id, entry.version);
            }
            taken += 1;
        }
        let is_all = is_all && taken == entries.len();
        entries.truncate(taken);
        if self.moves_articles(step, &entries).await? {
            step.begin_again();
        }
        if let Some(last) = entries.last() {
            step.follower.log = last.place;
        }
        step.room -= changed.len();
        let listed = self.listed(&changed).await?;
        self.settle(step, &changed, &listed, &corrected).await?;
        Ok(is_all)
    }

    /// Whether articles that did not change may be covered no longer, or by now: a section stands elsewhere. What a newer
    /// node writes may be anything.
    async fn moves_articles(&self, step: &mut Step, entries: &[LogEntry]) -> Result<bool, StoreError> {
        let is_unknown = entries.iter().any(|entry| entry.subject.is_none());
        if self.licence.sections.is_none() || !entries.iter().any(LogEntry::is_of_section) {
            return Ok(is_unknown);
        }
        let covered = covered_sections(self.connection, self.licence).await?;
        let name = sections_name(covered.iter());
        // What stands in a new section has come there after it, with entries of its own.
        let is_new = |entry: &&LogEntry| entry.is_of_section() && entry.kind == Some(ChangeKind::Created);
        let new: HashSet<_> = entries.iter().filter(is_new).map(|entry| entry.id).collect();
        let known = sections_name(covered.iter().filter(|section| !new.contains(&section.uuid())));
        let is_moved = ![&name, &known].contains(&&step.follower.sections);
        step.follower.sections = name;
        Ok(is_moved || is_unknown)
    }

    /// Looks again at what the ledger holds.
    async fn check(&self, step: &mut Step) -> Result<bool, StoreError> {
        let Some(checked) = step.follower.checked else { return Ok(true) };
        if step.room == 0 {
            return Ok(false);
        }
        let some = ledger::articles_after(self.connection, step.follower.partner, checked, step.room).await?;
        let is_all = some.len() < step.room;
        step.follower.checked = some.last().copied().filter(|_| !is_all);
        step.room -= some.len();
        let listed = self.listed(&some).await?;
        self.settle(step, &some, &listed, &HashMap::new()).await?;
        Ok(is_all)
    }

    /// Takes in what has been published, in its order.
    async fn take_in_published(&self, step: &mut Step) -> Result<bool, StoreError> {
        if step.room == 0 {
            return Ok(false);
        }
        let ask = self.library.published_after(step.follower.published, step.room as u64);
        let rows = self.connection.query_all(&ask).await?;
        let (mut some, mut listed) = (Vec::new(), HashMap::new());
        for cells in &rows {
            let row = Row::new(cells, "shelf", "article_id")?;
            step.follower.published = (row.get("sorted_by")?, row.id);
            if row.get("covered")? {
                some.push(row.id);
                listed.insert(row.id, row.get("version")?);
            }
        }
        let is_all = rows.len() < step.room;
        if is_all {
            step.follower.published = (self.library.published_until().micros(), Uuid::max());
        }
        step.room -= rows.len();
        self.settle(step, &some, &listed, &HashMap::new()).await?;
        Ok(is_all)
    }

    /// Notes what is so of these articles, where the ledger says something else. `listed` are those that the partner may
    /// hold, with their versions, and `corrected` those that the log says were corrected, with the version that was.
    async fn settle(
        &self,
        step: &mut Step,
        articles: &[Uuid],
        listed: &HashMap<Uuid, i64>,
        corrected: &HashMap<Uuid, i64>,
    ) -> Result<(), StoreError> {
        if articles.is_empty() {
            return Ok(());
        }
        let mut known = ledger::of_articles(self.connection, step.follower.partner, articles).await?;
        // What this step has found is not written yet.
        known.extend(articles.iter().filter_map(|id| Some((*id, step.told.get(id)?.clone()))));
        let lost = |id: &&Uuid| {
            known.get(id).is_some_and(|entry| entry.state == State::Held) && !listed.contains_key(id)
        };
        let lost: Vec<_> = articles.iter().filter(lost).copied().collect();
        let elsewhere = self.published_for_others(&lost).await?;
        let (terms, at) = (terms_name(self.licence), self.library.now);
        for id in articles {
            let (before, version) = (known.get(id), listed.get(id).copied());
            let state = match version {
                Some(_) => State::Held,
                None if elsewhere.contains_key(id) => State::OutsideLicence,
                None => State::Withdrawn,
            };
            let sequence = step.follower.sequence + 1;
            let new = Entry {
                article: *id,
                sequence,
                first: sequence,
                entered: sequence,
                corrected: 0,
                // Whoever is given it is given its corrections.
                corrected_version: version.unwrap_or_default(),
                version: version.unwrap_or_default(),
                terms: terms.clone(),
                state,
                at,
            };
            let entry = match (before, version) {
                (None, None) => continue,
                (None, Some(_)) => new,
                (Some(before), None) if before.state != State::Held => continue,
                (Some(before), None) => Entry { sequence, state, at, ..before.clone() },
                (Some(before), Some(_)) if before.state != State::Held => {
                    Entry { first: before.first, ..new }
                }
                (Some(before), Some(version)) => {
                    // An earlier step may have told of the version without having read that it is a correction.
                    let is_news = |corrected: &i64| *corrected > before.corrected_version;
                    let is_corrected = self.shows_corrections() && corrected.get(id).is_some_and(is_news);
                    if before.version == version && before.terms == terms && !is_corrected {
                        continue;
                    }
                    let (first, entered) = (before.first, before.entered);
                    let (corrected, corrected_version) = match is_corrected {
                        true => (sequence, version),
                        false => (before.corrected, before.corrected_version),
                    };
                    Entry { first, entered, corrected, corrected_version, ..new }
                }
            };
            step.follower.sequence = sequence;
            step.told.insert(*id, entry);
        }
        Ok(())
    }

    /// Corrections are told with the text, and that there is one is told nobody else.
    fn shows_corrections(&self) -> bool {
        self.licence.extent == Extent::FullText
    }

    async fn sections(&self) -> Result<String, StoreError> {
        Ok(sections_name(covered_sections(self.connection, self.licence).await?.iter()))
    }

    /// Which of these the partner may hold, with their versions.
    async fn listed(&self, articles: &[Uuid]) -> Result<HashMap<Uuid, i64>, StoreError> {
        self.versions(articles, |some| self.library.listed_among(some)).await
    }

    /// Which of these everybody may see.
    async fn published_for_others(&self, articles: &[Uuid]) -> Result<HashMap<Uuid, i64>, StoreError> {
        let library = Library { viewer: &Viewer::Anonymous, ..self.library };
        self.versions(articles, |some| library.listed_among(some)).await
    }

    async fn versions(
        &self,
        articles: &[Uuid],
        ask: impl Fn(&[Uuid]) -> Option<SelectStatement>,
    ) -> Result<HashMap<Uuid, i64>, StoreError> {
        if articles.is_empty() {
            return Ok(HashMap::new());
        }
        let Some(ask) = ask(articles) else { return Ok(HashMap::new()) };
        let mut versions = HashMap::new();
        for cells in self.connection.query_all(&ask).await? {
            let row = Row::new(&cells, "shelf", "article_id")?;
            versions.insert(row.id, row.get("version")?);
        }
        Ok(versions)
    }
}
