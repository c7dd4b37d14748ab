//! What the publisher has decided for all articles at once: rules that lock, and meters that open.

use super::meter::{Meter, MeterError};
use super::requirement::Requirement;
use crate::article::{ArticleParts, Kind};
use crate::clock::Timestamp;
use crate::id::{AuthorId, SectionId, TagId};
use crate::language::Language;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the publisher has decided for all articles at once. The empty policy adds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Rules, in order. The first one that matches an article holds for it; where none matches, only the
    /// article's own gates do.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Meters, in order. The first one that a reader comes under runs for them.
    #[serde(default)]
    pub meters: Vec<Meter>,
    /// What members may give away.
    #[serde(default)]
    pub gifts: GiftTerms,
}

/// Locks the articles that it matches. It never opens an article's own gates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Its name, unique in the policy.
    pub name: Slug,
    /// All of these must hold. A rule without conditions matches every article.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// What it asks of readers; `None` for nothing, which ends the search and leaves the article as it is. What asks for
    /// `staff` alone takes the articles from all readers, who are offered nothing.
    #[serde(default)]
    pub requires: Option<Requirement>,
    /// How many blocks at the start stay free.
    #[serde(default)]
    pub free_blocks: u32,
}

/// What a rule asks about an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// One that this version knows.
    Known(KnownCondition),
    /// Anything else. It is refused when a policy is saved; where one stands all the same, the rule locks every
    /// article that it could mean.
    Unknown(serde_json::Value),
}

/// A condition that this version knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum KnownCondition {
    /// It stands in this section or in one below it.
    Section {
        /// The section.
        id: SectionId,
    },
    /// It has this tag.
    Tag {
        /// The tag.
        id: TagId,
    },
    /// It is in exactly this language.
    Language {
        /// The language.
        tag: Language,
    },
    /// This author stands in a byline.
    Author {
        /// The author.
        id: AuthorId,
    },
    /// It carries this flag.
    Flag {
        /// The flag.
        name: Slug,
    },
    /// It was published at least so long ago.
    OlderThan {
        /// In seconds: 1 to [`MAX_AGE`].
        seconds: i64,
    },
    /// It was published less long ago.
    YoungerThan {
        /// In seconds: 1 to [`MAX_AGE`].
        seconds: i64,
    },
}

/// What members may give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GiftTerms {
    /// How many articles a member may give away in a calendar month (UTC): 0 to 1,000.
    pub monthly: u32,
    /// How many days a gift can be opened: 1 to 366.
    pub days: u32,
    /// How often one gift can be opened: 1 to 10,000.
    pub uses: u32,
}

impl Default for GiftTerms {
    fn default() -> Self {
        Self { monthly: 5, days: 14, uses: 10 }
    }
}

/// The most rules of a policy.
pub const MAX_RULES: usize = 100;

/// The greatest age that a rule asks about, in seconds: one hundred years.
pub const MAX_AGE: i64 = 100 * 366 * 24 * 3_600;

/// The most different ages that the rules of a policy ask about: each is an instant to look out for.
pub const MAX_AGES: usize = 8;

const MAX_CONDITIONS: usize = 20;
const MAX_FREE_BLOCKS: u32 = 1_000;

/// Something because of which a policy cannot be saved. It is written with its place in front, up to the first colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More than [`MAX_RULES`] rules.
    #[error("rules: at most {MAX_RULES}")]
    TooManyRules,
    /// Two rules of one name.
    #[error("rules[{0}].name: another rule has this name")]
    NameTwice(usize),
    /// A rule with too many conditions.
    #[error("rules[{0}].when: at most {MAX_CONDITIONS} conditions")]
    TooManyConditions(usize),
    /// A condition that this version does not know.
    #[error("rules[{rule}].when[{condition}]: is of no kind that is known, or has fields of another kind")]
    UnknownCondition {
        /// Which rule, from zero.
        rule: usize,
        /// Which condition, from zero.
        condition: usize,
    },
    /// An age outside its range.
    #[error("rules[{rule}].when[{condition}].seconds: must be 1 to {MAX_AGE}")]
    Age {
        /// Which rule, from zero.
        rule: usize,
        /// Which condition, from zero.
        condition: usize,
    },
    /// Too many different ages.
    #[error("rules: ask about more than {MAX_AGES} different ages")]
    TooManyAges,
    /// A requirement that names what is not known, or nothing.
    #[error(
        "rules[{0}].requires.anyOf: must name one at least, and nothing but subscriber, member, tier:SLUG and staff"
    )]
    Requirement(usize),
    /// Too many free blocks.
    #[error("rules[{0}].freeBlocks: at most {MAX_FREE_BLOCKS}")]
    FreeBlocks(usize),
    /// A meter is wrong.
    #[error("meters{0}")]
    Meter(#[from] MeterError),
    /// A term of gifts outside its range.
    #[error("gifts.{field}: must be {least} to {most}")]
    Gifts {
        /// Which term.
        field: &'static str,
        /// The least that it may be.
        least: u32,
        /// The most that it may be.
        most: u32,
    },
}

/// What the rules say of one article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ruling<'p> {
    /// Nothing.
    Free,
    /// The body after so many blocks is held for whoever meets the requirement.
    Held {
        /// The rule's name.
        rule: &'p Slug,
        requirement: Requirement,
        free_blocks: usize,
    },
}

impl Policy {
    /// What is wrong with a policy that is to be saved: each fault with its place, in the order of the document. Of rules, meters
    /// and conditions beyond the most that there may be nothing is said but that there are too many.
    #[must_use]
    pub fn faults(&self) -> Vec<PolicyError> {
        let mut faults = Vec::new();
        if self.rules.len() > MAX_RULES {
            faults.push(PolicyError::TooManyRules);
        }
        for (at, rule) in self.rules.iter().take(MAX_RULES).enumerate() {
            if self.rules.iter().take(at).any(|earlier| earlier.name == rule.name) {
                faults.push(PolicyError::NameTwice(at));
            }
            rule.faults(at, &mut faults);
        }
        if self.ages().len() > MAX_AGES {
            faults.push(PolicyError::TooManyAges);
        }
        faults.extend(super::meter::faults(&self.meters).into_iter().map(PolicyError::from));
        let GiftTerms { monthly, days, uses } = self.gifts;
        for (field, value, least, most) in
            [("monthly", monthly, 0, 1_000), ("days", days, 1, 366), ("uses", uses, 1, 10_000)]
        {
            if !(least..=most).contains(&value) {
                faults.push(PolicyError::Gifts { field, least, most });
            }
        }
        faults
    }

    /// The ages, in seconds, at which a rule begins or ends to match: so long after its publication an article
    /// may look different without a write.
    #[must_use]
    pub fn ages(&self) -> BTreeSet<i64> {
        let age = |condition: &Condition| match condition {
            Condition::Known(
                KnownCondition::OlderThan { seconds } | KnownCondition::YoungerThan { seconds },
            ) => Some(*seconds),
            _ => None,
        };
        self.rules.iter().flat_map(|rule| &rule.when).filter_map(age).collect()
    }

    /// What the rules say of this article. Pages, such as the imprint, are under no rule.
    pub(crate) fn ruling(
        &self,
        parts: &ArticleParts,
        is_below: impl Fn(SectionId, SectionId) -> Option<bool>,
        now: Timestamp,
    ) -> Ruling<'_> {
        if parts.kind == Kind::Page {
            return Ruling::Free;
        }
        for rule in &self.rules {
            let holds: Vec<Option<bool>> = rule
                .when
                .iter()
                .map(|condition| match condition {
                    Condition::Known(condition) => condition.holds(parts, &is_below, now),
                    Condition::Unknown(_) => None,
                })
                .collect();
            if holds.contains(&Some(false)) {
                continue;
            }
            // What cannot be told is locked.
            if holds.contains(&None) {
                return Ruling::Held { rule: &rule.name, requirement: Requirement::staff(), free_blocks: 0 };
            }
            return match &rule.requires {
                None => Ruling::Free,
                Some(requirement) => Ruling::Held {
                    rule: &rule.name,
                    requirement: if requirement.is_public() {
                        Requirement::staff()
                    } else {
                        requirement.clone()
                    },
                    free_blocks: usize::try_from(rule.free_blocks).unwrap_or(usize::MAX),
                },
            };
        }
        Ruling::Free
    }
}

impl Rule {
    fn faults(&self, rule: usize, faults: &mut Vec<PolicyError>) {
        if self.when.len() > MAX_CONDITIONS {
            faults.push(PolicyError::TooManyConditions(rule));
        }
        for (condition, one) in self.when.iter().take(MAX_CONDITIONS).enumerate() {
            match one {
                Condition::Unknown(_) => faults.push(PolicyError::UnknownCondition { rule, condition }),
                Condition::Known(
                    KnownCondition::OlderThan { seconds } | KnownCondition::YoungerThan { seconds },
                ) if !(1..=MAX_AGE).contains(seconds) => {
                    faults.push(PolicyError::Age { rule, condition });
                }
                Condition::Known(_) => {}
            }
        }
        if self.requires.as_ref().is_some_and(|requirement| !requirement.is_wholly_known()) {
            faults.push(PolicyError::Requirement(rule));
        }
        if self.free_blocks > MAX_FREE_BLOCKS {
            faults.push(PolicyError::FreeBlocks(rule));
        }
    }
}

impl KnownCondition {
    fn holds(
        &self,
        parts: &ArticleParts,
        is_below: impl Fn(SectionId, SectionId) -> Option<bool>,
        now: Timestamp,
    ) -> Option<bool> {
        // What is not published yet is as young as can be.
        let age = parts.published.map_or(0, |at| now.micros().saturating_sub(at.micros()).max(0));
        let micros = |seconds: i64| seconds.saturating_mul(1_000_000);
        Some(match self {
            Self::Section { id } => {
                return parts.section.map_or(Some(false), |section| is_below(section, *id));
            }
            Self::Tag { id } => parts.tags.contains(id),
            Self::Language { tag } => parts.language == *tag,
            Self::Author { id } => parts.bylines.iter().any(|byline| byline.author == *id),
            Self::Flag { name } => parts.flags.contains(name),
            Self::OlderThan { seconds } => age >= micros(*seconds),
            Self::YoungerThan { seconds } => age < micros(*seconds),
        })
    }
}
