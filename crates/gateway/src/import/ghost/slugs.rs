//! Names and ids that are made from those of the source, the same on every import.

use super::tables::Key;
use crate::import::notes::Notes;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::slug::{MAX_SLUG, Slug};
use std::collections::{HashMap, HashSet};

/// The articles of the export by their slugs in Ghost.
pub(super) type SlugIndex = HashMap<Box<str>, ArticleId>;

/// The time and the bits that a record's id is made of: when it was made in Ghost, and a hash of its id
/// there.
pub(super) fn id_of(kind: &str, key: &Key, created: Option<Timestamp>) -> (Timestamp, [u8; 10]) {
    let mut hasher = blake3::Hasher::new();
    for part in ["ghost", kind, &key.to_string()] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bits = [0; 10];
    hasher.finalize_xof().fill(&mut bits);
    let epoch = || Timestamp::try_from(0).expect("the epoch is a valid instant");
    (key.made().or(created).unwrap_or_else(epoch), bits)
}

/// Slugs of one kind, each given once.
#[derive(Default)]
pub(super) struct Slugs(HashSet<Slug>);

impl Slugs {
    /// The slug of the source when it can be kept, else one made from it or from the name; with a number at
    /// its end when it is taken. What is changed is noted.
    pub(super) fn give(&mut self, slug: Option<&str>, name: &str, key: &Key, notes: &mut Notes) -> Slug {
        let kept = slug.and_then(|slug| slug.parse().ok());
        let wanted = match kept {
            Some(kept) => kept,
            None => {
                let made =
                    slug.and_then(|slug| Slug::from_text(slug).ok()).or_else(|| Slug::from_text(name).ok());
                let made = made.unwrap_or_else(|| numbered("untitled", &key.to_string()));
                notes.changed_with("slug that an address cannot carry: made anew", &made);
                made
            }
        };
        if self.0.insert(wanted.clone()) {
            return wanted;
        }
        let mut number = 2_u64;
        loop {
            let other = numbered(wanted.as_str(), &number.to_string());
            if self.0.insert(other.clone()) {
                notes.changed_with("slug that is taken: with a number at its end", &other);
                return other;
            }
            number += 1;
        }
    }
}

/// The slug with something at its end, cut so that both fit.
fn numbered(slug: &str, end: &str) -> Slug {
    let end: String = end.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let kept: String = slug.chars().take(MAX_SLUG - 1 - end.len()).collect();
    Slug::from_text(&format!("{kept}-{end}")).expect("a slug with letters or digits at its end stays one")
}
