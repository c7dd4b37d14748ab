//! The paywall's policy in REST answers. It is written and read as the domain says; the shapes here are what the
//! contract tells of it.

use masthead_domain::paywall::Policy;
use masthead_persistence::SavedPolicy;
use serde::Serialize;
use utoipa::ToSchema;

/// A policy that was saved.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedPolicy)]
pub(in crate::rest) struct PolicyDto {
    /// Its number, counted from one; 0 before the first.
    pub(in crate::rest) version: i64,
    #[schema(value_type = PolicyShape)]
    policy: Policy,
    /// When it was saved; null before the first.
    #[schema(format = DateTime)]
    saved: Option<String>,
    /// Who saved it.
    by: Option<String>,
}

impl PolicyDto {
    /// What holds before any policy was saved.
    pub(in crate::rest) fn none() -> Self {
        Self { version: 0, policy: Policy::default(), saved: None, by: None }
    }
}

impl From<SavedPolicy> for PolicyDto {
    fn from(saved: SavedPolicy) -> Self {
        let SavedPolicy { version, policy, at, by } = saved;
        Self { version, policy, saved: Some(at.to_string()), by: Some(by) }
    }
}

/// What the publisher has decided for all articles at once.
#[derive(ToSchema)]
#[schema(as = Policy, rename_all = "camelCase")]
#[expect(dead_code, reason = "the shape of masthead_domain::paywall::Policy, for the contract")]
pub(in crate::rest) struct PolicyShape {
    /// Rules, in order. The first one that matches an article holds for it. At most 100.
    #[schema(required = false)]
    rules: Vec<RuleShape>,
    /// Meters, in order. The first one that a reader comes under runs for them. At most 20.
    #[schema(required = false)]
    meters: Vec<MeterShape>,
    /// What members may give away.
    #[schema(required = false)]
    gifts: GiftTermsShape,
}

/// Locks the articles that it matches. It never opens an article's own gates.
#[derive(ToSchema)]
#[schema(as = Rule, rename_all = "camelCase")]
#[expect(dead_code, reason = "the shape of masthead_domain::paywall::policy::Rule, for the contract")]
struct RuleShape {
    /// Its name, unique in the policy.
    #[schema(example = "archive")]
    name: String,
    /// All of these must hold. A rule without conditions matches every article.
    #[schema(required = false)]
    when: Vec<ConditionShape>,
    /// What it asks of readers; null for nothing, which ends the search.
    #[schema(required = false)]
    requires: Option<RequirementShape>,
    /// How many blocks at the start stay free: 0 to 1,000.
    #[schema(required = false)]
    free_blocks: u32,
}

/// Any one of these opens the lock.
#[derive(ToSchema)]
#[schema(as = Requirement, rename_all = "camelCase")]
#[expect(dead_code, reason = "the shape of masthead_domain::paywall::Requirement, for the contract")]
struct RequirementShape {
    /// `subscriber`, `member`, `tier:SLUG` or `staff`; one at least. What asks for `staff` alone is shut for all readers, with the
    /// reason `unavailable` and without an offer.
    #[schema(example = json!(["member"]))]
    any_of: Vec<String>,
}

/// What a rule asks about an article.
#[derive(ToSchema)]
#[schema(as = Condition)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[expect(dead_code, reason = "the shape of masthead_domain::paywall::policy::Condition, for the contract")]
enum ConditionShape {
    /// It stands in this section or in one below it.
    Section {
        /// The section's id.
        id: String,
    },
    /// It has this tag.
    Tag {
        /// The tag's id.
        id: String,
    },
    /// It is in exactly this language (BCP 47).
    Language {
        /// The language.
        tag: String,
    },
    /// This author stands in a byline.
    Author {
        /// The author's id.
        id: String,
    },
    /// It carries this flag.
    Flag {
        /// The flag.
        name: String,
    },
    /// It was published at least so long ago.
    OlderThan {
        /// In seconds.
        seconds: i64,
    },
    /// It was published less long ago.
    YoungerThan {
        /// In seconds.
        seconds: i64,
    },
}

/// Lets some readers open so many locked articles a period.
#[derive(ToSchema)]
#[schema(as = MeterTerms, rename_all = "camelCase")]
#[expect(dead_code, reason = "the shape of masthead_domain::paywall::meter::Meter, for the contract")]
struct MeterShape {
    /// Whom it is for: `devices`, `members`, or an object that names an entitlement as `holders`.
    #[schema(value_type = Value, example = json!({ "holders": "subscriber" }))]
    who: serde_json::Value,
    /// How many articles: 1 to 1,000.
    limit: u32,
    /// In how long: `day`, `week` (from Monday) or `month`, by the calendar in UTC.
    period: String,
    /// What an article that it opens is opened with; `subscriber` and `member` when nothing is said.
    #[schema(required = false)]
    opens: Vec<String>,
}

/// What members may give away.
#[derive(ToSchema)]
#[schema(as = GiftTerms)]
#[expect(dead_code, reason = "the shape of masthead_domain::paywall::policy::GiftTerms, for the contract")]
struct GiftTermsShape {
    /// How many articles a member may give away in a calendar month (UTC): 0 to 1,000.
    monthly: u32,
    /// How many days a gift can be opened: 1 to 366.
    days: u32,
    /// How often one gift can be opened: 1 to 10,000.
    uses: u32,
}
