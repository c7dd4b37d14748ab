//! Names and ids that are made from those of the source, the same on every import.

use super::tables::Key;
use super::there::{Held, There};
use crate::import::notes::Notes;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::slug::{MAX_SLUG, Slug};
use masthead_persistence::StoreError;
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

/// The slug that a record would have if it were alone: that of the source when it can be kept, else one made from it
/// or from the name. What is changed is noted.
pub(super) fn wanted(slug: Option<&str>, name: &str, key: &Key, notes: &mut Notes) -> Slug {
    if let Some(kept) = slug.and_then(|slug| slug.parse().ok()) {
        return kept;
    }
    let made = slug.and_then(|slug| Slug::from_text(slug).ok()).or_else(|| Slug::from_text(name).ok());
    let made = made.unwrap_or_else(|| numbered("untitled", &key.to_string()));
    notes.changed_with("slug that an address cannot carry: made anew", &made);
    made
}

/// A record of the export, and the slug that it would have if it were alone.
pub(super) struct Wish<I> {
    pub(super) id: I,
    pub(super) slug: Slug,
}

/// What to do when something that is not of this export has the slug.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenTaken {
    /// Take what is there for the record.
    Adopt,
    /// Put a number at the end.
    Number,
}

/// What a record is called, and under which id.
#[derive(Clone)]
pub(super) struct Grant<I> {
    pub(super) id: I,
    pub(super) slug: Slug,
    /// Whether it is something that was there before and stays as it is.
    pub(super) is_adopted: bool,
}

/// What came of the wishes, in their order.
pub(super) struct Grants<I> {
    pub(super) all: Vec<Grant<I>>,
    /// Those whose present slug another record of the export gets: they must be written before it.
    pub(super) leaving: HashSet<I>,
}

/// Gives every record a slug that nothing else has. The outcome depends on the export and on what is not of it, so it
/// is the same when the export has come in.
pub(super) fn settle<I: Held>(
    wishes: &[Wish<I>],
    when_taken: WhenTaken,
    there: &There,
) -> Result<Grants<I>, StoreError> {
    let own: HashSet<I> = wishes.iter().map(|wish| wish.id).collect();
    let mut granted: Vec<Option<Grant<I>>> = vec![None; wishes.len()];
    let mut given: HashSet<Slug> = HashSet::with_capacity(wishes.len());
    let mut last_number: HashMap<&Slug, u64> = HashMap::new();
    let mut leaving = HashSet::new();
    let mut open: Vec<(usize, Slug)> = wishes.iter().map(|wish| wish.slug.clone()).enumerate().collect();
    let mut first_round = true;
    while !open.is_empty() {
        let asked: Vec<Slug> = open.iter().map(|(_, slug)| slug.clone()).collect();
        let holders = there.holders::<I>(&asked)?;
        let mut still_open = Vec::new();
        for (at, slug) in open {
            let wish = &wishes[at];
            let holder = holders.get(&slug).copied().filter(|holder| *holder != wish.id);
            let stranger = holder.filter(|holder| !own.contains(holder));
            let may_adopt = first_round && when_taken == WhenTaken::Adopt;
            if given.contains(&slug) || (stranger.is_some() && !may_adopt) {
                let number = last_number.entry(&wish.slug).or_insert(1);
                *number += 1;
                still_open.push((at, numbered(wish.slug.as_str(), &number.to_string())));
                continue;
            }
            leaving.extend(holder.filter(|_| stranger.is_none()));
            given.insert(slug.clone());
            let id = stranger.unwrap_or(wish.id);
            granted[at] = Some(Grant { id, slug, is_adopted: stranger.is_some() });
        }
        open = still_open;
        first_round = false;
    }
    Ok(Grants { all: granted.into_iter().flatten().collect(), leaving })
}

impl<I> Grant<I> {
    /// Tells when the slug is not the one that was wanted.
    pub(super) fn note(&self, wanted: &Slug, notes: &mut Notes) {
        if self.slug != *wanted {
            notes.changed_with("slug that is taken: with a number at its end", &self.slug);
        }
    }
}

/// The slug with something at its end, cut so that both fit.
fn numbered(slug: &str, end: &str) -> Slug {
    let end: String = end.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let kept: String = slug.chars().take(MAX_SLUG - 1 - end.len()).collect();
    Slug::from_text(&format!("{kept}-{end}")).expect("a slug with letters or digits at its end stays one")
}
