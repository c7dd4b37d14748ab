//! Answers that are ready to send again.
//!
//! An answer is kept under three things: the epoch of the publication it was made in, the class of the
//! viewer it was made for, and what was asked. A write, or an instant at which something becomes visible,
//! starts a new epoch, and no answer of an older one is sent again. What a bearer may read is kept beside them, and
//! dropped when the log says that something of the bearer has changed.

mod coding;
mod feeds;
mod generations;
mod keys;
mod ledgers;
mod noted;
mod representation;
mod standings;
mod watch;

pub use coding::Coding;
pub use feeds::Feeds;
pub use generations::{Generation, Generations};
pub use keys::Keys;
pub use ledgers::{AsOf, Ledgers};
pub use representation::{Audience, Representation};
pub use standings::Standings;
pub use watch::{Epoch, Watch};

use actix_web::HttpRequest;
use masthead_domain::clock::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// What an answer is kept under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of what was asked, by a viewer of this class, in this epoch. `asked` must hold everything
    /// that the answer depends on beside them.
    #[must_use]
    pub fn new(epoch: Epoch, class: &str, asked: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&epoch.number().to_le_bytes());
        for part in std::iter::once(class.as_bytes()).chain(asked.iter().copied()) {
            // The length keeps `ab` + `c` and `a` + `bc` apart.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }
}

#[derive(Clone)]
struct Size;

impl Weighter<Key, Arc<Representation>> for Size {
    fn weight(&self, _: &Key, representation: &Arc<Representation>) -> u64 {
        /// What a key, the headers and the cache's own bookkeeping take, roughly.
        const OVERHEAD: u64 = 512;
        representation.size() as u64 + OVERHEAD
    }
}

/// The answers that are ready, within a bound of bytes. The least used give way.
///
/// A thousand partners with terms of their own have more bytes than there is room for, and ask again and again whether theirs
/// are still true. So what it takes to say so is kept apart, for longer.
pub struct Representations {
    kept: Cache<Key, Arc<Representation>, Size>,
    /// The same without their bodies.
    described: Cache<Key, Arc<Representation>, Size>,
}

impl Representations {
    /// An empty cache that holds at most so many bytes; zero keeps nothing.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        /// Only sizes the first tables.
        const USUAL_SIZE: u64 = 8 * 1024;
        /// Which part of the room is for answers without their bodies: enough for some thousands of feeds.
        const DESCRIBED: u64 = 16;
        let cache = |bytes: u64| {
            let items = usize::try_from(bytes / USUAL_SIZE).unwrap_or(usize::MAX).max(1);
            Cache::with_weighter(items, bytes, Size)
        };
        let described = bytes / DESCRIBED;
        Self { kept: cache(bytes - described), described: cache(described) }
    }

    /// The answer, if it is ready and still true.
    #[must_use]
    pub fn get(&self, key: &Key, now: Timestamp) -> Option<Arc<Representation>> {
        self.kept.get(key).filter(|kept| kept.holds_at(now))
    }

    /// The answer to a request, if it is ready and still true. It may have no body where the client has that already.
    #[must_use]
    pub fn answer_to(&self, request: &HttpRequest, key: &Key, now: Timestamp) -> Option<Arc<Representation>> {
        let is_enough = |known: &Arc<Representation>| known.holds_at(now) && known.is_known_to(request);
        self.get(key, now).or_else(|| self.described.get(key).filter(is_enough))
    }

    /// Keeps an answer.
    pub fn put(&self, key: Key, representation: Arc<Representation>) {
        self.described.insert(key, Arc::new(representation.without_body()));
        self.kept.insert(key, representation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::StatusCode;
    use actix_web::http::header::{ETAG, HeaderValue, IF_NONE_MATCH};
    use actix_web::test::TestRequest;

    #[test]
    fn a_key_tells_every_part_apart() {
        let epoch = Epoch::for_tests(1);
        let key = Key::new(epoch, "member", &[b"/v1/articles", b"a"]);
        assert_eq!(key, Key::new(epoch, "member", &[b"/v1/articles", b"a"]));
        assert_ne!(key, Key::new(Epoch::for_tests(2), "member", &[b"/v1/articles", b"a"]));
        assert_ne!(key, Key::new(epoch, "anonymous", &[b"/v1/articles", b"a"]));
        assert_ne!(key, Key::new(epoch, "member", &[b"/v1/articlesa"]));
        assert_ne!(key, Key::new(epoch, "member", &[b"/v1/article", b"sa"]));
    }

    #[test]
    fn nothing_is_kept_without_room() {
        let cache = Representations::new(0);
        let key = Key::new(Epoch::for_tests(1), "anonymous", &[b"/"]);
        cache.put(key, Arc::new(Representation::json(b"{}".to_vec(), Audience::Everybody)));
        assert!(cache.get(&key, Timestamp::EPOCH).is_none());
    }

    #[test]
    fn whether_an_answer_has_changed_is_known_for_longer_than_its_body() {
        let cache = Representations::new(32 * 1024);
        let key = Key::new(Epoch::for_tests(1), "partner", &[b"/"]);
        let ends = Timestamp::EPOCH.plus_seconds(9);
        let body = vec![b' '; 64 * 1024];
        let etag = Representation::etag_of(&body);
        let answer = Representation::json(body, Audience::Credential).with_codings().until(Some(ends));
        cache.put(key, Arc::new(answer));
        assert!(cache.get(&key, Timestamp::EPOCH).is_none(), "there is no room for it");
        let ask = |known: &HeaderValue, now| {
            let request = TestRequest::get().insert_header((IF_NONE_MATCH, known.clone())).to_http_request();
            cache.answer_to(&request, &key, now).map(|answer| answer.respond(&request))
        };
        let known = ask(&etag, Timestamp::EPOCH).expect("known");
        assert_eq!((known.status(), known.headers().get(ETAG)), (StatusCode::NOT_MODIFIED, Some(&etag)));
        assert!(ask(&HeaderValue::from_static("\"other\""), Timestamp::EPOCH).is_none());
        assert!(ask(&etag, ends).is_none());
    }

    #[test]
    fn what_has_ended_is_not_sent_again() {
        let cache = Representations::new(1_000_000);
        let key = Key::new(Epoch::for_tests(1), "partner", &[b"/"]);
        let ends = Timestamp::EPOCH.plus_seconds(9);
        let answer = Representation::json(b"{}".to_vec(), Audience::Credential).until(Some(ends));
        cache.put(key, Arc::new(answer));
        assert!(cache.get(&key, Timestamp::EPOCH.plus_seconds(8)).is_some());
        assert!(cache.get(&key, ends).is_none());
    }
}
