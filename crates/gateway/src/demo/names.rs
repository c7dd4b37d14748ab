//! The names by which the files of a publication speak of each other, and the ids behind them.

use super::error::{DemoError, Place};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, AuthorId, SectionId, SourceId, TagId};
use masthead_domain::paywall::Requirement;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Entitlement;
use std::collections::{HashMap, HashSet};

/// Makes ids from names, so that the same file always means the same thing.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    /// Keeps the ids of two publications apart.
    pub(super) key: String,
    /// The instant in every id. It is the publication's and not the article's, so that an id outlives a
    /// change of date.
    pub(super) founded: Timestamp,
}

impl Ids {
    /// The instant and the 80 bits for the thing of this kind with this name.
    pub(super) fn of(&self, kind: &str, name: &str) -> (Timestamp, [u8; 10]) {
        let mut hasher = blake3::Hasher::new();
        for part in [&self.key, kind, name] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        let mut bits = [0; 10];
        hasher.finalize_xof().fill(&mut bits);
        (self.founded, bits)
    }
}

/// The things of one kind, by name.
#[derive(Debug)]
pub(super) struct Names<Id> {
    what: &'static str,
    ids: HashMap<Slug, Id>,
}

impl<Id: Copy> Names<Id> {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, ids: HashMap::new() }
    }

    /// Takes in a new name, used at this place.
    pub(super) fn add(&mut self, name: &Slug, id: Id, at: impl FnOnce() -> Place) -> Result<(), DemoError> {
        match self.ids.insert(name.clone(), id) {
            None => Ok(()),
            Some(_) => Err(DemoError::Twice { at: at(), what: self.what, name: name.to_string() }),
        }
    }

    /// What a name stands for, used at this place.
    pub(super) fn find(&self, name: &Slug, at: impl FnOnce() -> Place) -> Result<Id, DemoError> {
        self.ids.get(name).copied().ok_or_else(|| self.unknown(name.as_str(), at()))
    }

    pub(super) fn get(&self, name: &str) -> Option<Id> {
        name.parse().ok().and_then(|slug: Slug| self.ids.get(&slug).copied())
    }

    pub(super) fn unknown(&self, name: &str, at: Place) -> DemoError {
        DemoError::Unknown { at, what: self.what, name: name.to_owned() }
    }
}

/// Everything that an article may name.
#[derive(Debug)]
pub(super) struct Register {
    pub(super) sections: Names<SectionId>,
    pub(super) tags: Names<TagId>,
    pub(super) tiers: Names<()>,
    pub(super) authors: Names<AuthorId>,
    pub(super) sources: Names<SourceId>,
    pub(super) articles: Names<ArticleId>,
    /// The authors who are people.
    pub(super) people: HashSet<AuthorId>,
}

impl Register {
    pub(super) fn new() -> Self {
        Self {
            sections: Names::new("section"),
            tags: Names::new("tag"),
            tiers: Names::new("tier"),
            authors: Names::new("author"),
            sources: Names::new("source"),
            articles: Names::new("article"),
            people: HashSet::new(),
        }
    }

    /// A person, for what only people may answer for.
    pub(super) fn person(&self, name: &Slug, at: impl Fn() -> Place) -> Result<AuthorId, DemoError> {
        let id = self.authors.find(name, &at)?;
        if self.people.contains(&id) { Ok(id) } else { Err(at().wrong(format!("`{name}` is not a person"))) }
    }

    /// What these words require; none of them is open to everybody.
    pub(super) fn requirement(
        &self,
        words: &[String],
        at: impl Fn(usize) -> Place,
    ) -> Result<Requirement, DemoError> {
        let entitlements: Vec<Entitlement> = words.iter().map(|word| word.as_str().into()).collect();
        for (place, entitlement) in entitlements.iter().enumerate() {
            self.entitlement(entitlement, || at(place))?;
        }
        Ok(if entitlements.is_empty() { Requirement::public() } else { Requirement::any_of(entitlements) })
    }

    /// Checks that somebody can hold this.
    pub(super) fn entitlement(
        &self,
        entitlement: &Entitlement,
        at: impl FnOnce() -> Place,
    ) -> Result<(), DemoError> {
        match entitlement {
            Entitlement::Tier(slug) => self.tiers.find(slug, at),
            Entitlement::Unknown(word) => {
                Err(DemoError::Unknown { at: at(), what: "entitlement", name: word.clone() })
            }
            Entitlement::Subscriber | Entitlement::Member | Entitlement::Staff => Ok(()),
        }
    }
}
