//! Bringing a ledger up to date, some articles at a time.
//!
//! Three things change what a partner may hold, and a ledger has a place in each: the change log, the order of publication
//! (time goes on, and a delay or a schedule passes), and, under another licence or when a section has moved, the ledger itself,
//! which is then looked at again from its first article to its last. A place that is lost begins again: nothing that
//! is taken in twice is told twice.

use super::follower::{Follower, licence_name, terms_name};
use super::ledger::{self, Entry, State};
use super::log::{ENTRIES_AT_ONCE, Entry as LogEntry, entries_after, last_place};
use crate::error::StoreError;
use crate::glance::first_after;
use crate::library::Library;
use crate::record::Record as _;
use crate::registry::{SavedPartner, select_partners};
use crate::row::Row;
use crate::schema::Record as Column;
use crate::store::Store;
use crate::work::alone;
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PartnerId;
use masthead_domain::partner::{Partner as SavedAs, PartnerStatus};
use masthead_domain::viewer::{Extent, Licence, Partner, Viewer};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// How many articles are taken in at once. They are looked up in one statement, and other writers wait for no more than them.
const ARTICLES_AT_ONCE: usize = 500;

/// How many times one request takes some in.
const TIMES_A_REQUEST: usize = 4;

/// How far a place may lie behind where nothing is to be taken in, in microseconds and in entries of the log, before it is
/// moved on. Looking at what lies between costs less than a write, until there is much of it.
const STALE_MICROS: i64 = 3_600 * 1_000_000;
const STALE_ENTRIES: usize = 500;

/// How far a ledger has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Whether everything is taken in that there is at this instant.
    pub is_current: bool,
    /// The first instant at which time alone may bring something more.
    pub due: Option<Timestamp>,
}

impl Store {
    /// Brings the ledger of a partner up to date by the licence that it has now, in bounded steps. `None` when the partner has
    /// no valid licence now, or there is no such partner. At most five statements where there is nothing to do, and none of them
    /// waits for writers.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn follow(&self, partner: PartnerId, now: Timestamp) -> Result<Option<Followed>, StoreError> {
        let (mut is_current, mut delay) = (false, 0);
        for time in 0..TIMES_A_REQUEST {
            // What there is to do is found out without keeping writers waiting.
            let Some(licence) = licence_of(self.reader(), partner, now).await? else { return Ok(None) };
            delay = licence.delay_seconds;
            if time == 0 && !self.is_behind(partner, &licence, now).await? {
                is_current = true;
                break;
            }
            let transaction = alone(self.writer()).await?;
            let Some(licence) = licence_of(&transaction, partner, now).await? else { return Ok(None) };
            let viewer = Viewer::Partner(Partner { id: partner, licence: Arc::clone(&licence) });
            let library = self.library(&viewer, now);
            is_current =
                Update { connection: &transaction, library, licence: &licence, now }.take_in(partner).await?;
            transaction.commit().await?;
            if is_current {
                break;
            }
        }
        let due = self.due(delay, now).await?;
        Ok(Some(Followed { is_current, due }))
    }

    /// When the next article, whatever it is, will be as old as a delay.
    async fn due(&self, delay: i64, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let next = first_after(now.plus_seconds(-delay));
        let Some(row) = self.reader().query_one(&next).await? else { return Ok(None) };
        let published: Option<i64> = row.try_get("", "first")?;
        Ok(published.and_then(|micros| Timestamp::try_from(micros).ok()).map(|at| at.plus_seconds(delay)))
    }

    async fn is_behind(
        &self,
        partner: PartnerId,
        licence: &Arc<Licence>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(follower) = Follower::find(self.reader(), partner).await? else { return Ok(true) };
        let until = until(licence, now);
        let (published, _) = follower.published;
        let is_in_place = (until.saturating_sub(STALE_MICROS)..=until).contains(&published);
        if follower.licence != licence_name(licence) || follower.checked.is_some() || !is_in_place {
            return Ok(true);
        }
        let Some(entries) = entries_after(self.reader(), follower.log).await? else { return Ok(true) };
        let matters =
            |entry: &LogEntry| entry.subject == Some(Subject::Article) || moves_articles(entry, licence);
        if entries.len() >= STALE_ENTRIES || entries.iter().any(matters) {
            return Ok(true);
        }
        let viewer = Viewer::Partner(Partner { id: partner, licence: Arc::clone(licence) });
        let more = self.library(&viewer, now).published_after(follower.published, 1);
        Ok(match more {
            Some(more) => self.reader().query_one(&more).await?.is_some(),
            None => false,
        })
    }
}

/// The licence of a partner, if anything may be taken under it now.
async fn licence_of(
    connection: &impl ConnectionTrait,
    partner: PartnerId,
    now: Timestamp,
) -> Result<Option<Arc<Licence>>, StoreError> {
    let ask = select_partners(Expr::col(Column::Id).eq(partner.uuid()), 1);
    let Some(cells) = connection.query_one(&ask).await? else { return Ok(None) };
    let SavedPartner { partner, .. } = SavedPartner::open(&Row::new(&cells, SavedAs::TABLE, "id")?)?;
    let is_active = partner.status == PartnerStatus::Active;
    Ok(partner.licence.filter(|licence| is_active && licence.is_valid(now)).map(Arc::new))
}

/// The last instant of publication that the licence covers.
fn until(licence: &Licence, now: Timestamp) -> i64 {
    now.plus_seconds(-licence.delay_seconds).micros()
}

/// Whether articles that did not change may be covered no longer, or by now: a section may stand elsewhere. What
/// a newer node writes may be anything.
fn moves_articles(entry: &LogEntry, licence: &Licence) -> bool {
    let is_moved = entry.subject == Some(Subject::Section) && entry.kind != Some(ChangeKind::Created);
    (is_moved && licence.sections.is_some()) || entry.subject.is_none()
}

/// One unit of work on a ledger.
struct Update<'a, C> {
    connection: &'a C,
    library: Library<'a>,
    licence: &'a Licence,
    now: Timestamp,
}

impl<C: ConnectionTrait> Update<'_, C> {
    /// Takes some more in, and says whether it is all.
    async fn take_in(&self, partner: PartnerId) -> Result<bool, StoreError> {
        let Some(mut follower) = Follower::find(self.connection, partner).await? else {
            let mut follower = Follower::new(partner, last_place(self.connection).await?, self.licence);
            let is_all = self.take_in_published(&mut follower).await?;
            follower.save(self.connection).await?;
            return Ok(is_all);
        };
        let licence = licence_name(self.licence);
        if follower.licence != licence {
            follower.licence = licence;
            follower.begin_again();
        }
        // What comes after the log sees later versions than the log tells of. So the log goes first, to its end.
        let is_all = self.take_in_log(&mut follower).await?
            && self.check(&mut follower).await?
            && self.take_in_published(&mut follower).await?;
        follower.save(self.connection).await?;
        Ok(is_all)
    }

    async fn take_in_log(&self, follower: &mut Follower) -> Result<bool, StoreError> {
        let Some(mut entries) = entries_after(self.connection, follower.log).await? else {
            follower.log = last_place(self.connection).await?;
            follower.begin_again();
            return Ok(true);
        };
        let is_all = entries.len() < ENTRIES_AT_ONCE;
        let (mut changed, mut seen, mut corrected) = (Vec::new(), HashSet::new(), HashSet::new());
        let mut taken = 0;
        for entry in &entries {
            if entry.subject == Some(Subject::Article) && !seen.contains(&entry.id) {
                if changed.len() == ARTICLES_AT_ONCE {
                    break;
                }
                seen.insert(entry.id);
                changed.push(entry.id);
            }
            if entry.kind == Some(ChangeKind::Corrected) {
                corrected.insert(entry.id);
            }
            taken += 1;
        }
        let is_all = is_all && taken == entries.len();
        entries.truncate(taken);
        if entries.iter().any(|entry| moves_articles(entry, self.licence)) {
            follower.begin_again();
        }
        if let Some(last) = entries.last() {
            follower.log = last.place;
        }
        let listed = self.listed(&changed).await?;
        self.settle(follower, &changed, &listed, &corrected).await?;
        Ok(is_all)
    }

    /// Looks again at what the ledger holds.
    async fn check(&self, follower: &mut Follower) -> Result<bool, StoreError> {
        let Some(checked) = follower.checked else { return Ok(true) };
        let some =
            ledger::articles_after(self.connection, follower.partner, checked, ARTICLES_AT_ONCE).await?;
        let is_all = some.len() < ARTICLES_AT_ONCE;
        follower.checked = some.last().copied().filter(|_| !is_all);
        let listed = self.listed(&some).await?;
        self.settle(follower, &some, &listed, &HashSet::new()).await?;
        Ok(is_all)
    }

    /// Takes in what has been published, in its order.
    async fn take_in_published(&self, follower: &mut Follower) -> Result<bool, StoreError> {
        let until = until(self.licence, self.now);
        // A clock that stands behind that of another node sees less than is taken in, and must see it come.
        follower.published = follower.published.min((until, Uuid::max()));
        let Some(ask) = self.library.published_after(follower.published, ARTICLES_AT_ONCE as u64) else {
            return Ok(true);
        };
        let rows = self.connection.query_all(&ask).await?;
        let (mut some, mut listed) = (Vec::with_capacity(rows.len()), HashMap::new());
        for cells in &rows {
            let row = Row::new(cells, "shelf", "article_id")?;
            follower.published = (row.get("sorted_by")?, row.id);
            some.push(row.id);
            listed.insert(row.id, row.get("version")?);
        }
        let is_all = rows.len() < ARTICLES_AT_ONCE;
        if is_all {
            follower.published = (until, Uuid::max());
        }
        self.settle(follower, &some, &listed, &HashSet::new()).await?;
        Ok(is_all)
    }

    /// Writes down what is so of these articles, where the ledger says something else. `listed` are those that the partner may
    /// hold, with their versions.
    async fn settle(
        &self,
        follower: &mut Follower,
        articles: &[Uuid],
        listed: &HashMap<Uuid, i64>,
        corrected: &HashSet<Uuid>,
    ) -> Result<(), StoreError> {
        if articles.is_empty() {
            return Ok(());
        }
        let known = ledger::of_articles(self.connection, follower.partner, articles).await?;
        let lost = |id: &&Uuid| {
            known.get(id).is_some_and(|entry| entry.state == State::Held) && !listed.contains_key(id)
        };
        let lost: Vec<_> = articles.iter().filter(lost).copied().collect();
        let elsewhere = self.published_for_others(&lost).await?;
        let terms = terms_name(self.licence);
        let mut changed = Vec::new();
        for id in articles {
            let (before, version) = (known.get(id), listed.get(id).copied());
            let state = match version {
                Some(_) => State::Held,
                None if elsewhere.contains_key(id) => State::OutsideLicence,
                None => State::Withdrawn,
            };
            let sequence = follower.sequence + 1;
            let new = Entry {
                article: *id,
                sequence,
                first: sequence,
                entered: sequence,
                corrected: 0,
                version: version.unwrap_or_default(),
                terms: terms.clone(),
                state,
                at: self.now,
            };
            let entry = match (before, version) {
                (None, None) => continue,
                (None, Some(_)) => new,
                (Some(before), None) if before.state != State::Held => continue,
                (Some(before), None) => Entry { sequence, state, at: self.now, ..before.clone() },
                (Some(before), Some(_)) if before.state != State::Held => {
                    Entry { first: before.first, ..new }
                }
                (Some(before), Some(version)) if before.version == version && before.terms == terms => {
                    continue;
                }
                (Some(before), Some(_)) => Entry {
                    first: before.first,
                    entered: before.entered,
                    corrected: match corrected.contains(id) && self.shows_corrections() {
                        true => sequence,
                        false => before.corrected,
                    },
                    ..new
                },
            };
            follower.sequence = sequence;
            changed.push(entry);
        }
        ledger::write(self.connection, follower.partner, &changed).await
    }

    /// Corrections are told with the text, and that there is one is told nobody else.
    fn shows_corrections(&self) -> bool {
        self.licence.extent == Extent::FullText
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
