//! Documents that are known by their hash, so that a client need not send them again.

use super::request::Asked;
use crate::error::{Code, Problem};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// How many bytes of text are kept, and about how many documents that makes.
const BYTES: u64 = 4 * 1024 * 1024;
const DOCUMENTS: usize = 4 * 1024;

/// Texts of documents by their SHA-256. The store is shared by all viewers: a text is no secret, and what
/// it brings is decided for the viewer who sends its hash.
pub struct PersistedQueries {
    texts: Cache<[u8; 32], Arc<str>, ByBytes>,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<[u8; 32], Arc<str>> for ByBytes {
    fn weight(&self, _: &[u8; 32], text: &Arc<str>) -> u64 {
        text.len() as u64 + 64
    }
}

impl Default for PersistedQueries {
    fn default() -> Self {
        Self { texts: Cache::with_weighter(DOCUMENTS, BYTES, ByBytes) }
    }
}

impl PersistedQueries {
    /// The text that a request means.
    ///
    /// # Errors
    /// A problem when the hash is not known, or is not the one of the text that came with it.
    pub fn text(&self, asked: &Asked) -> Result<Arc<str>, Problem> {
        match (&asked.query, &asked.hash) {
            (Some(text), Some(hash)) if sha256(text) != *hash => {
                let detail = "extensions.persistedQuery.sha256Hash is not the hash of the query.";
                Err(Problem::new(Code::InvalidRequest, detail).about("extensions.persistedQuery"))
            }
            (Some(text), _) => Ok(text.as_str().into()),
            (None, Some(hash)) => self.texts.get(hash).ok_or_else(|| {
                // Clients look for this very word.
                Problem::new(Code::PersistedQueryNotFound, "PersistedQueryNotFound")
            }),
            (None, None) => {
                Err(Problem::new(Code::InvalidRequest, "The request has no query.").about("query"))
            }
        }
    }

    /// Keeps a text under its hash, once the guard has let it pass.
    pub fn keep(&self, asked: &Asked, text: &Arc<str>) {
        if let (Some(hash), Some(_)) = (asked.hash, &asked.query) {
            self.texts.insert(hash, Arc::clone(text));
        }
    }
}

fn sha256(text: &str) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_under_its_own_hash_only() {
        let store = PersistedQueries::default();
        let asked = |query: Option<&str>, hash: &str| Asked {
            query: query.map(str::to_owned),
            hash: Some(sha256(hash)),
            ..Asked::default()
        };
        let code = |asked: &Asked| store.text(asked).err().map(|problem| problem.code());
        assert_eq!(code(&asked(None, "{a}")), Some(Code::PersistedQueryNotFound));
        assert_eq!(code(&asked(Some("{b}"), "{a}")), Some(Code::InvalidRequest));
        let both = asked(Some("{a}"), "{a}");
        let text = store.text(&both).expect("matches");
        store.keep(&both, &text);
        assert_eq!(store.text(&asked(None, "{a}")).expect("known").as_ref(), "{a}");
        assert_eq!(code(&asked(None, "{b}")), Some(Code::PersistedQueryNotFound));
    }

    #[test]
    fn the_hash_is_sha256() {
        let hash = blake3::Hash::from(sha256("abc"));
        assert_eq!(
            hash.to_hex().as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
