//! Why locks are open or shut, in REST answers.

use crate::operation::{self, Described};
use crate::render::AccessDto;
use masthead_domain::paywall::Explained;
use masthead_domain::viewer::Viewer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose access to which article is to be explained: a token's, or a described viewer's.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ExplainRequest)]
pub(in crate::rest) struct ExplainRequest {
    /// The article's slug or id.
    pub(in crate::rest) article: String,
    /// A token.
    #[serde(default)]
    pub(in crate::rest) token: Option<String>,
    /// A viewer, described.
    #[serde(default)]
    pub(in crate::rest) viewer: Option<DescribedViewer>,
}

/// A viewer, described.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = DescribedViewer)]
pub(in crate::rest) struct DescribedViewer {
    kind: DescribedKind,
    /// What a reader with a token holds besides: `subscriber`, `member`, `tier:SLUG`.
    #[serde(default)]
    entitlements: Vec<String>,
    /// The tiers that a member holds, by their slugs.
    #[serde(default)]
    tiers: Vec<String>,
}

impl DescribedViewer {
    pub(in crate::rest) fn described(self) -> Described {
        let Self { kind, entitlements, tiers } = self;
        let kind = match kind {
            DescribedKind::Anonymous => operation::DescribedKind::Anonymous,
            DescribedKind::Guest => operation::DescribedKind::Guest,
            DescribedKind::Account => operation::DescribedKind::Account,
            DescribedKind::Subscriber => operation::DescribedKind::Subscriber,
            DescribedKind::Member => operation::DescribedKind::Member,
            DescribedKind::Staff => operation::DescribedKind::Staff,
        };
        Described { kind, entitlements, tiers }
    }
}

/// A kind of viewer that can be described.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = DescribedKind)]
enum DescribedKind {
    /// Without a token.
    Anonymous,
    /// A device on which nobody is signed in.
    Guest,
    /// Somebody with an account, who holds nothing by that.
    Account,
    /// Somebody with an account and the free newsletter.
    Subscriber,
    /// Somebody with an account who pays, or is treated so.
    Member,
    /// Somebody on the staff.
    Staff,
}

/// The locks that somebody sees in an article, and what lies behind each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(in crate::rest) struct ExplanationDto {
    /// What the viewer is to the paywall.
    kind: &'static str,
    /// What they hold for every article.
    entitlements: Vec<String>,
    /// Whether the article exists for them.
    exists: bool,
    /// The locks that they see, in reading order.
    locks: Vec<ExplainedDto>,
}

/// A lock, and what lies behind its decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplainedLock)]
pub(in crate::rest) struct ExplainedDto {
    /// The `_key` of the gate, or `sources` for the lock on the source links.
    id: String,
    access: AccessDto,
    /// The rule of the policy that put the lock there; null for one of the article itself.
    rule: Option<String>,
    /// The entitlement that opened it: held by the viewer, or counted by the pass that `access.reason` names.
    by: Option<String>,
}

impl ExplanationDto {
    pub(in crate::rest) fn new(viewer: &Viewer, locks: Option<&[Explained]>) -> Self {
        let lock = |explained: &Explained| ExplainedDto {
            id: explained.lock.id.clone(),
            access: AccessDto::from(&explained.lock.access),
            rule: explained.rule.as_ref().map(ToString::to_string),
            by: explained.lock.access.decision().by().map(ToString::to_string),
        };
        Self {
            kind: viewer.kind(),
            entitlements: viewer.entitlements().iter().map(ToString::to_string).collect(),
            exists: locks.is_some(),
            locks: locks.unwrap_or_default().iter().map(lock).collect(),
        }
    }
}

/// The access class of one article for the token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessClass)]
pub(in crate::rest) struct AccessClassDto {
    /// What was asked for.
    pub(in crate::rest) url: String,
    /// Equal for two tokens exactly when they see the same; null when the article does not exist for the token.
    pub(in crate::rest) class: Option<String>,
}
