//! Whoever syndicates, and what their licence covers.

use crate::clock::Timestamp;
use crate::id::{PartnerId, SectionId, TagId};
use crate::language::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How much of an article a partner may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The title, and what is known of the article without its text.
    Headline,
    /// The title, the standfirst and the picture.
    Teaser,
    /// The whole text, members' parts included.
    FullText,
}

impl Extent {
    /// The extent in snake case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Teaser => "teaser",
            Self::FullText => "full_text",
        }
    }

    /// Every extent, in the order of the declaration: each holds those before it.
    pub const ALL: [Self; 3] = [Self::Headline, Self::Teaser, Self::FullText];
}

/// What a partner may take. What it does not cover does not exist for the partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Licence {
    /// Articles of these sections and of those below; `None` for all. An empty set covers nothing.
    pub sections: Option<BTreeSet<SectionId>>,
    /// Articles with one of these tags; `None` for all. An empty set covers nothing.
    pub tags: Option<BTreeSet<TagId>>,
    /// Articles in one of these languages; `None` for all. An empty set covers nothing.
    pub languages: Option<BTreeSet<Language>>,
    /// How much of each.
    pub extent: Extent,
    /// Whether the source links come with it.
    pub source_links: bool,
    /// How many seconds after its publication an article is covered: 0 to [`Licence::MAX_DELAY`].
    pub delay_seconds: i64,
    /// From when on it is valid.
    pub valid_from: Timestamp,
    /// The first instant at which it is no longer valid; `None` for open.
    pub valid_until: Option<Timestamp>,
    /// How many requests for articles it covers a day (UTC); `None` for any number.
    pub daily_quota: Option<u32>,
    /// What must stand with every article.
    pub attribution: Option<String>,
}

/// Why a licence cannot be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LicenceError {
    /// The delay is negative or longer than ten years.
    #[error("delaySeconds: must be 0 to {}", Licence::MAX_DELAY)]
    Delay,
    /// It ends before it begins.
    #[error("validUntil: must lie after validFrom")]
    Validity,
    /// A set with more entries than one query compares.
    #[error("{0}: at most 100 entries")]
    TooMany(&'static str),
    /// The attribution is longer than 2,000 bytes.
    #[error("attribution: at most 2,000 bytes")]
    Attribution,
}

impl Licence {
    /// The longest delay, in seconds: ten years.
    pub const MAX_DELAY: i64 = 10 * 366 * 24 * 3_600;
    /// The most sections, tags or languages that one licence names.
    pub const MAX_ENTRIES: usize = 100;

    /// Checks what must hold of every licence.
    ///
    /// # Errors
    /// [`LicenceError`] names the field that is wrong.
    pub fn check(&self) -> Result<(), LicenceError> {
        if !(0..=Self::MAX_DELAY).contains(&self.delay_seconds) {
            return Err(LicenceError::Delay);
        }
        if self.valid_until.is_some_and(|until| until <= self.valid_from) {
            return Err(LicenceError::Validity);
        }
        for (field, entries) in [
            ("sections", self.sections.as_ref().map_or(0, BTreeSet::len)),
            ("tags", self.tags.as_ref().map_or(0, BTreeSet::len)),
            ("languages", self.languages.as_ref().map_or(0, BTreeSet::len)),
        ] {
            if entries > Self::MAX_ENTRIES {
                return Err(LicenceError::TooMany(field));
            }
        }
        if self.attribution.as_ref().is_some_and(|text| text.len() > 2_000) {
            return Err(LicenceError::Attribution);
        }
        Ok(())
    }

    /// Everything that the view of an article under it depends on, as text: two licences with the same terms show the
    /// same of each article that both cover.
    #[must_use]
    pub fn terms(&self) -> String {
        format!("{} {} {:?}", self.extent.code(), self.source_links, self.attribution)
    }

    /// Everything that decides which articles it covers while it is valid, as text.
    #[must_use]
    pub fn scope(&self) -> String {
        let Self { sections, tags, languages, delay_seconds, .. } = self;
        format!("{delay_seconds} {sections:?} {tags:?} {languages:?}")
    }

    /// Whether it is valid at this instant.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.valid_from <= now && self.valid_until.is_none_or(|until| now < until)
    }
}

/// A partner, by the licence that its key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Who.
    pub id: PartnerId,
    /// What they may take.
    pub licence: Arc<Licence>,
}

impl Partner {
    /// Everything that an article's view, and whether there is one, depends on, as text.
    pub(super) fn class(&self) -> String {
        format!("{} {}", self.licence.scope(), self.licence.terms())
    }
}
