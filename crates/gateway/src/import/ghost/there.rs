//! What is in the database before the import, for the thread that reads the export.

use masthead_domain::id::{ArticleId, AuthorId, SectionId, TagId, TierId};
use masthead_domain::slug::Slug;
use masthead_persistence::{Store, StoreError};
use std::collections::HashMap;
use std::hash::Hash;
use tokio::runtime::Handle;

/// A database to look into, or none. One without tables is as good as none: it is empty.
pub(super) struct There {
    store: Option<Store>,
    runtime: Handle,
}

/// The records of one kind that come in.
pub(super) struct Coming<R> {
    pub(super) records: Vec<R>,
    /// How many others are there already under their slug, and stay as they are.
    pub(super) adopted: u64,
}

impl<R> Default for Coming<R> {
    fn default() -> Self {
        Self { records: Vec::new(), adopted: 0 }
    }
}

/// An id whose record has a slug.
pub(super) trait Held: Copy + Eq + Hash {
    /// Which records have these slugs.
    async fn holders(store: &Store, slugs: &[Slug]) -> Result<HashMap<Slug, Self>, StoreError>;
}

macro_rules! held {
    ($($id:ident: $ask:ident;)+) => {$(
        impl Held for $id {
            async fn holders(store: &Store, slugs: &[Slug]) -> Result<HashMap<Slug, Self>, StoreError> {
                store.$ask(slugs).await
            }
        }
    )+};
}

held! {
    TierId: tiers_with_slugs;
    SectionId: sections_with_slugs;
    AuthorId: authors_with_slugs;
    TagId: tags_with_slugs;
    ArticleId: articles_with_slugs;
}

impl There {
    /// To be made on the runtime, and asked from a thread that may wait.
    pub(super) fn new(store: Option<&Store>) -> Self {
        Self { store: store.cloned(), runtime: Handle::current() }
    }

    pub(super) fn holders<I: Held>(&self, slugs: &[Slug]) -> Result<HashMap<Slug, I>, StoreError> {
        let Some(store) = &self.store else { return Ok(HashMap::new()) };
        match self.runtime.block_on(I::holders(store, slugs)) {
            Err(StoreError::NotMigrated) => Ok(HashMap::new()),
            found => found,
        }
    }
}
