//! What a partner's licence covers, as the partner itself may know it.

use super::scalar::DateTime;
use super::words::LicenceExtent;
use crate::error::Problem;
use crate::graphql::session::Session;
use async_graphql::{Context, ID, Object, SimpleObject};
use masthead_domain::viewer::Partner;

/// What a partner's licence covers. What it does not cover does not exist for the partner.
pub(super) struct Licence(pub(super) Partner);

#[Object]
impl Licence {
    /// The partner.
    async fn partner(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Articles of these sections and of those below; null for all.
    async fn sections(&self) -> Option<Vec<ID>> {
        ids(self.0.licence.sections.as_ref())
    }

    /// Articles with one of these tags; null for all.
    async fn tags(&self) -> Option<Vec<ID>> {
        ids(self.0.licence.tags.as_ref())
    }

    /// Articles in one of these languages (BCP 47); null for all.
    async fn languages(&self) -> Option<Vec<String>> {
        self.0.licence.languages.as_ref().map(|set| set.iter().map(ToString::to_string).collect())
    }

    /// How much of each.
    async fn extent(&self) -> LicenceExtent {
        self.0.licence.extent.into()
    }

    /// Whether the source links come with it.
    async fn source_links(&self) -> bool {
        self.0.licence.source_links
    }

    /// How many seconds after its publication an article is covered.
    async fn delay_seconds(&self) -> i64 {
        self.0.licence.delay_seconds
    }

    /// From when on it is valid.
    async fn valid_from(&self) -> DateTime {
        DateTime(self.0.licence.valid_from)
    }

    /// The first instant at which it is no longer valid; null for open.
    async fn valid_until(&self) -> Option<DateTime> {
        self.0.licence.valid_until.map(DateTime)
    }

    /// What must stand with every article.
    async fn attribution(&self) -> Option<&str> {
        self.0.licence.attribution.as_deref()
    }

    /// What is left of the day; null without a quota.
    async fn quota(&self, ctx: &Context<'_>) -> Result<Option<Quota>, Problem> {
        let left = Session::of(ctx).quota(self.0.clone()).await?;
        Ok(left.map(|quota| Quota { limit: quota.limit, left: quota.left, resets: DateTime(quota.resets) }))
    }
}

/// What is left of a day's requests for articles.
#[derive(SimpleObject)]
struct Quota {
    /// How many the licence covers a day (UTC).
    limit: u32,
    /// How many are left.
    left: u32,
    /// When the next day begins.
    resets: DateTime,
}

fn ids<T: ToString>(set: Option<&std::collections::BTreeSet<T>>) -> Option<Vec<ID>> {
    set.map(|set| set.iter().map(|id| id.to_string().into()).collect())
}
