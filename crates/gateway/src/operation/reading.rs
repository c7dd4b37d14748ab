//! One viewer, looking at the publication at one instant.

use super::budget::Budget;
use super::delivering::{Delivering, Sending};
use super::section::SectionTree;
use crate::error::Problem;
use masthead_domain::article::Article;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::paywall::{self, Explained, Policy, Surroundings};
use masthead_domain::slug::Slug;
use masthead_domain::tier::Tier;
use masthead_domain::view::ArticleView;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{Library, Store};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::OnceCell;

/// How many views are made before other requests have their turn.
const PRESENTED_AT_ONCE: usize = 16;

/// Where a publication is read: its database and its clock.
#[derive(Clone)]
pub struct Desk {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Desk {
    /// A desk on this database.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Begins to read for this viewer. The instant is fixed from here on, so that everything in one answer
    /// agrees.
    #[must_use]
    pub fn reading(&self, viewer: Arc<Viewer>) -> Reading {
        self.reading_within(viewer, Arc::default(), Arc::default())
    }

    /// The same, with so many rows to read, and a place for notes of what goes out.
    #[must_use]
    pub fn reading_within(
        &self,
        viewer: Arc<Viewer>,
        budget: Arc<Budget>,
        delivering: Arc<Delivering>,
    ) -> Reading {
        Reading::of(self.store.clone(), viewer, budget, delivering, self.clock.now())
    }

    /// The database.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }
}

/// One viewer, looking at the publication at one instant. Cheap to clone.
#[derive(Clone)]
pub struct Reading(Arc<Inner>);

struct Inner {
    store: Store,
    viewer: Arc<Viewer>,
    budget: Arc<Budget>,
    delivering: Arc<Delivering>,
    now: Timestamp,
    /// When what was read is no longer true without a change, in microseconds.
    ends: AtomicI64,
    tiers: OnceCell<Arc<[Arc<Tier>]>>,
    policy: OnceCell<Arc<Policy>>,
    sections: OnceCell<Arc<SectionTree>>,
}

impl Reading {
    fn of(
        store: Store,
        viewer: Arc<Viewer>,
        budget: Arc<Budget>,
        delivering: Arc<Delivering>,
        now: Timestamp,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            viewer,
            budget,
            delivering,
            now,
            ends: AtomicI64::new(i64::MAX),
            tiers: OnceCell::new(),
            policy: OnceCell::new(),
            sections: OnceCell::new(),
        }))
    }

    /// Who is looking.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.0.viewer
    }

    /// Notes that rows were read.
    ///
    /// # Errors
    /// A problem when the request has read too many.
    pub fn charge(&self, rows: usize) -> Result<(), Problem> {
        self.0.budget.charge(rows)
    }

    /// The instant of looking.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// What was published before this instant exists for the viewer: now, or earlier when their licence waits.
    #[must_use]
    pub fn horizon(&self) -> Timestamp {
        self.0.now.plus_seconds(-self.0.viewer.delay_seconds())
    }

    /// When time itself next changes what exists for a viewer whose licence waits, and for no other: the watch knows of
    /// all other instants. `None` when it will not.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn next_arrival(&self) -> Result<Option<Timestamp>, Problem> {
        match self.0.viewer.delay_seconds() {
            0 => Ok(None),
            delay => Ok(self.0.store.next_of_age(delay, self.0.now).await?),
        }
    }

    /// Says that what was read is true until this instant at the latest, whatever happens.
    pub fn holds_until(&self, instant: Timestamp) {
        self.0.ends.fetch_min(instant.micros(), Ordering::Relaxed);
    }

    /// When what was read is no longer true without a change of any record: what time itself changes for the viewer, or what
    /// was said by [`Self::holds_until`]. `None` for never.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn ends(&self) -> Result<Option<Timestamp>, Problem> {
        let said = Timestamp::try_from(self.0.ends.load(Ordering::Relaxed)).ok();
        Ok(self.next_arrival().await?.into_iter().chain(said).min())
    }

    /// Says how much of articles is sent to a partner.
    pub fn sends(&self, sending: Sending) {
        self.0.delivering.sends(sending);
    }

    /// What goes out to a partner.
    #[must_use]
    pub fn delivering(&self) -> &Delivering {
        &self.0.delivering
    }

    /// The same publication at the same instant, through the eyes of somebody else, to whom nothing goes out.
    pub(super) fn seen_by(&self, viewer: Arc<Viewer>) -> Self {
        Self::of(self.0.store.clone(), viewer, Arc::clone(&self.0.budget), Arc::default(), self.0.now)
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn library(&self) -> Library<'_> {
        self.0.store.library(&self.0.viewer, self.0.now)
    }

    /// The tiers; read from the database once.
    pub(super) async fn tiers(&self) -> Result<&Arc<[Arc<Tier>]>, Problem> {
        let read = async || {
            let tiers = self.library().tiers().await?;
            Ok(tiers.into_iter().map(Arc::new).collect())
        };
        self.0.tiers.get_or_try_init(read).await
    }

    /// The tier with this slug, whether it is offered or not.
    pub(super) async fn tier(&self, slug: &Slug) -> Result<Option<Arc<Tier>>, Problem> {
        Ok(self.tiers().await?.iter().find(|tier| tier.slug == *slug).cloned())
    }

    /// What the publisher has decided for all articles; read from the database once.
    pub(super) async fn policy(&self) -> Result<&Arc<Policy>, Problem> {
        let read = async || {
            let saved = self.0.store.registry().policy().await?;
            Ok::<_, Problem>(Arc::new(saved.map(|saved| saved.policy).unwrap_or_default()))
        };
        self.0.policy.get_or_try_init(read).await
    }

    /// The sections; read from the database once.
    pub(super) async fn sections(&self) -> Result<&Arc<SectionTree>, Problem> {
        let read = async || Ok(Arc::new(SectionTree::new(self.library().sections().await?)));
        self.0.sections.get_or_try_init(read).await
    }

    /// Makes the views of these articles. The one place where the gateway meets the paywall.
    pub(super) async fn present(&self, articles: &[Arc<Article>]) -> Result<Vec<ArticleView>, Problem> {
        let around = self.around(articles).await?;
        let mut views = Vec::with_capacity(articles.len());
        for some in articles.chunks(PRESENTED_AT_ONCE) {
            views.extend(some.iter().map(|article| paywall::present(article, &self.0.viewer, &around)));
            // Other requests on this worker have their turn.
            tokio::task::yield_now().await;
        }
        self.0.delivering.presented(&self.0.viewer, &views);
        Ok(views)
    }

    /// What lies behind the locks of an article. It is for the publisher's staff, not for the viewer.
    pub(super) async fn explain(&self, article: &Arc<Article>) -> Result<Vec<Explained>, Problem> {
        let around = self.around(std::slice::from_ref(article)).await?;
        Ok(paywall::explain(article, &self.0.viewer, &around))
    }

    async fn around(&self, articles: &[Arc<Article>]) -> Result<Surroundings, Problem> {
        #[expect(clippy::disallowed_methods, reason = "the paywall wants the addresses of what is linked to")]
        let linked: BTreeSet<_> = articles.iter().flat_map(|article| article.linked_articles()).collect();
        let linked: Vec<_> = linked.into_iter().collect();
        let policy = self.policy().await?;
        Ok(Surroundings {
            now: self.0.now,
            links: Arc::new(self.library().slugs(&linked).await?),
            tiers: Arc::clone(self.tiers().await?),
            // They are read after the article, so the section that it stands in is among them.
            parents: match policy.rules.is_empty() {
                true => Arc::default(),
                false => Arc::new(self.library().parents_of_sections().await?),
            },
            policy: Arc::clone(policy),
        })
    }
}
