//! Bringing a ledger up to date, some articles at a time.
//!
//! Each step is tried on a reader first. One that finds nothing to write moves the place on, and no writer waits for it;
//! one that finds something is taken again in the turn of writing, where alone it is true. A place that moved without a turn is
//! kept in the process until it lies far ahead of the one that is stored: what lies between is looked at again, and
//! nothing is lost with it.

use super::follower::Follower;
use super::ledger;
use super::step::{Step, Update};
use crate::error::StoreError;
use crate::glance::first_after;
use crate::record::Record as _;
use crate::registry::{SavedPartner, select_partners};
use crate::row::Row;
use crate::schema::Record as Column;
use crate::store::Store;
use crate::work::alone;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PartnerId;
use masthead_domain::partner::Partner as SavedAs;
use masthead_domain::viewer::{Licence, NoStanding, Partner, Viewer};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use std::sync::Arc;

/// How many articles one step looks at. Other writers wait for no more than one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(usize);

impl Pace {
    /// The most articles: they are looked up in one statement.
    const MOST: usize = 500;

    /// So many articles, at least 1 and at most 500.
    #[must_use]
    pub fn new(articles: usize) -> Self {
        Self(articles.clamp(1, Self::MOST))
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self(Self::MOST)
    }
}

/// How many steps one request takes, and how many of them at most in a turn of writing.
const STEPS_A_REQUEST: usize = 10;
const TURNS_A_REQUEST: usize = 4;

/// How far a place may lie behind where nothing is to be told, in microseconds and in entries of the log, before it is
/// moved on. Looking at what lies between costs less than a write, until there is much of it.
const STALE_MICROS: i64 = 3_600 * 1_000_000;
const STALE_ENTRIES: i64 = 100;

/// How far a ledger has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Whether everything is taken in that there is at this instant.
    pub is_current: bool,
    /// The first instant at which time alone may bring something more.
    pub due: Option<Timestamp>,
}

/// A ledger as it was found, by the licence of its partner.
struct Look {
    partner: PartnerId,
    licence: Arc<Licence>,
    viewer: Viewer,
    /// The instant by which it is looked at.
    now: Timestamp,
    stored: Option<Follower>,
    /// Where the next step begins: there, or ahead of it.
    place: Option<Follower>,
    begins_again: bool,
}

impl Store {
    /// Brings the ledger of a partner up to date by the licence that it has now, in bounded steps; says why not when the
    /// partner may take nothing, or there is no such partner. Five statements where nothing has happened, and a turn of writing
    /// only where there is something to tell.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn follow(
        &self,
        partner: PartnerId,
        now: Timestamp,
    ) -> Result<Result<Followed, NoStanding>, StoreError> {
        self.follow_in_steps(partner, Pace::default(), now).await
    }

    /// The same in steps of another size.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn follow_in_steps(
        &self,
        partner: PartnerId,
        pace: Pace,
        now: Timestamp,
    ) -> Result<Result<Followed, NoStanding>, StoreError> {
        let mut look = match Look::of(self.reader(), partner, now).await? {
            Ok(look) => look,
            Err(why) => return Ok(Err(why)),
        };
        let (mut is_current, mut turns) = (false, 0);
        for _ in 0..STEPS_A_REQUEST {
            let tried = match look.stored {
                Some(_) => {
                    let update = look.update(self, self.reader(), pace);
                    Some(update.step(partner, look.place.clone()).await?)
                }
                None => None,
            };
            match tried {
                Some(step) if step.told.is_empty() => is_current = look.go_on(step),
                _ if turns == TURNS_A_REQUEST => break,
                _ => {
                    turns += 1;
                    (look, is_current) = match self.take_a_turn(&look, pace, now).await? {
                        Ok(taken) => taken,
                        Err(why) => return Ok(Err(why)),
                    };
                }
            }
            if is_current {
                break;
            }
        }
        let due = self.due(look.licence.delay_seconds, now).await?;
        if !is_current || look.is_far_ahead() {
            self.keep(look).await?;
        }
        Ok(Ok(Followed { is_current, due }))
    }

    /// Takes one step and writes down what it finds, alone among the writers. Says whether it was the last.
    async fn take_a_turn(
        &self,
        before: &Look,
        pace: Pace,
        now: Timestamp,
    ) -> Result<Result<(Look, bool), NoStanding>, StoreError> {
        let partner = before.partner;
        let transaction = alone(self.writer()).await?;
        let mut look = match Look::of(&transaction, partner, now).await? {
            Ok(look) => look,
            Err(why) => return Ok(Err(why)),
        };
        if look.stored == before.stored && look.licence == before.licence {
            look.place.clone_from(&before.place);
        }
        let update = look.update(self, &transaction, pace);
        let Step { follower, told, is_all, .. } = update.step(partner, look.place.clone()).await?;
        let Some(follower) = follower.replace(look.stored.as_ref(), &transaction).await? else {
            // Another node has moved the place on.
            transaction.rollback().await?;
            return Ok(Look::of(self.reader(), partner, now).await?.map(|look| (look, false)));
        };
        ledger::write(&transaction, partner, &told).await?;
        transaction.commit().await?;
        look.stored = Some(follower.clone());
        look.place = Some(follower);
        Ok(Ok((look, is_all)))
    }

    /// Stores a place that has moved without a turn, unless another node has stored one since. It waits for no turn: on
    /// PostgreSQL for no writer, on SQLite for the one connection that writes.
    async fn keep(&self, look: Look) -> Result<(), StoreError> {
        if let Some(place) = look.place.filter(|place| look.stored.as_ref() != Some(place)) {
            place.replace(look.stored.as_ref(), self.writer()).await?;
        }
        Ok(())
    }

    /// When the next article, whatever it is, will be as old as a delay.
    async fn due(&self, delay: i64, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let next = first_after(now.plus_seconds(-delay));
        let Some(row) = self.reader().query_one(&next).await? else { return Ok(None) };
        let published: Option<i64> = row.try_get("", "first")?;
        Ok(published.and_then(|micros| Timestamp::try_from(micros).ok()).map(|at| at.plus_seconds(delay)))
    }
}

impl Look {
    async fn of(
        connection: &impl ConnectionTrait,
        partner: PartnerId,
        now: Timestamp,
    ) -> Result<Result<Self, NoStanding>, StoreError> {
        let stored = Follower::find(connection, partner).await?;
        let now = stored.as_ref().map_or(now, |follower| follower.at.max(now));
        let ask = select_partners(Expr::col(Column::Id).eq(partner.uuid()), 1);
        let Some(cells) = connection.query_one(&ask).await? else { return Ok(Err(NoStanding::Ended)) };
        let saved = SavedPartner::open(&Row::new(&cells, SavedAs::TABLE, "id")?)?;
        let licence = match saved.partner.licensed(now) {
            Ok(licence) => Arc::new(licence.clone()),
            Err(why) => return Ok(Err(NoStanding::Unlicensed(why))),
        };
        let viewer = Viewer::Partner(Partner { id: partner, licence: Arc::clone(&licence) });
        let place = stored.clone();
        Ok(Ok(Self { partner, licence, viewer, now, stored, place, begins_again: false }))
    }

    /// What takes steps from here.
    fn update<'a, C>(&'a self, store: &'a Store, connection: &'a C, pace: Pace) -> Update<'a, C> {
        let library = store.library(&self.viewer, self.now);
        Update { connection, library, licence: &self.licence, most: pace.0 }
    }

    /// Goes on to where a step has come that found nothing to tell, and says whether it was the last.
    fn go_on(&mut self, step: Step) -> bool {
        self.place = Some(step.follower);
        self.begins_again |= step.begins_again;
        step.is_all
    }

    /// Whether to go this way again would cost more than to store how far it led.
    fn is_far_ahead(&self) -> bool {
        let (Some(stored), Some(place)) = (&self.stored, &self.place) else { return false };
        let entries = place.log.sequence.saturating_sub(stored.log.sequence);
        let micros = place.published.0.saturating_sub(stored.published.0);
        self.begins_again || entries >= STALE_ENTRIES || micros >= STALE_MICROS
    }
}
