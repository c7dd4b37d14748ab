//! Articles that have been read before, so that a list need not read and parse their documents again.

use masthead_domain::article::Article;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;
use uuid::Uuid;

/// An article at one version. A version is never given out again, not even when the tables were made anew or came back
/// from a backup, so an entry never becomes wrong; whether the article may be read at all is asked of the database
/// each time.
pub(crate) type Version = (Uuid, i64);

#[derive(Clone)]
struct Length;

impl Weighter<Version, (usize, Arc<Article>)> for Length {
    fn weight(&self, _: &Version, (length, _): &(usize, Arc<Article>)) -> u64 {
        *length as u64 + 1
    }
}

/// At most this many bytes of documents.
const CAPACITY: u64 = 64 * 1024 * 1024;

/// Articles by version.
pub(crate) struct Articles(Cache<Version, (usize, Arc<Article>), Length>);

impl Articles {
    pub(crate) fn new() -> Self {
        const USUAL_LENGTH: u64 = 8 * 1024;
        Self(Cache::with_weighter((CAPACITY / USUAL_LENGTH) as usize, CAPACITY, Length))
    }

    pub(crate) fn get(&self, version: Version) -> Option<Arc<Article>> {
        self.0.get(&version).map(|(_, article)| article)
    }

    pub(crate) fn put(&self, version: Version, length: usize, article: &Arc<Article>) {
        self.0.insert(version, (length, Arc::clone(article)));
    }
}
