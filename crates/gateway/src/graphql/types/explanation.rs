//! Why locks are open or shut for somebody, and which answers are the same for whom.

use super::access::Access;
use super::query::key;
use super::words::DescribedKind;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::{Described, access};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use masthead_domain::paywall::Explained;
use masthead_domain::viewer::Viewer;
use masthead_persistence::ArticleKey;
use std::sync::Arc;

/// A viewer, described.
#[derive(InputObject)]
pub(super) struct ViewerInput {
    kind: DescribedKind,
    /// What a reader with a token holds besides: `subscriber`, `member`, `tier:SLUG`.
    #[graphql(default)]
    entitlements: Vec<String>,
    /// The tiers that a member holds, by their slugs.
    #[graphql(default)]
    tiers: Vec<String>,
}

/// The locks that somebody sees in an article, and what lies behind each.
pub(super) struct Explanation {
    viewer: Arc<Viewer>,
    locks: Option<Vec<Explained>>,
}

#[Object]
impl Explanation {
    /// What the viewer is to the paywall: `anonymous`, `guest`, `member`, `partner`, `staff` or `preview`.
    async fn kind(&self) -> &str {
        self.viewer.kind()
    }

    /// What they hold for every article.
    async fn entitlements(&self) -> Vec<String> {
        self.viewer.entitlements().iter().map(ToString::to_string).collect()
    }

    /// Whether the article exists for them.
    async fn exists(&self) -> bool {
        self.locks.is_some()
    }

    /// The locks that they see, in reading order.
    async fn locks(&self) -> Vec<ExplainedLock<'_>> {
        self.locks.iter().flatten().map(ExplainedLock).collect()
    }
}

/// A lock, and what lies behind its decision.
pub(super) struct ExplainedLock<'a>(&'a Explained);

#[Object]
impl ExplainedLock<'_> {
    /// The key of the gate, or `sources` for the lock on the source links.
    async fn id(&self) -> &str {
        &self.0.lock.id
    }

    /// Whether it is open, and why.
    async fn access(&self) -> Access<'_> {
        Access(&self.0.lock.access)
    }

    /// The rule of the policy that put the lock there; null for one of the article itself.
    async fn rule(&self) -> Option<String> {
        self.0.rule.as_ref().map(ToString::to_string)
    }

    /// The entitlement that opened it: held by the viewer, or counted by the pass that the reason names.
    async fn by(&self) -> Option<String> {
        self.0.lock.access.decision().by().map(ToString::to_string)
    }
}

/// The access class of one article for the viewer.
#[derive(SimpleObject)]
pub(super) struct AccessClass {
    /// What was asked for.
    url: String,
    /// Equal for two viewers exactly when they see the same; null when the article does not exist for the viewer.
    class: Option<String>,
}

/// What one asks about the paywall.
#[derive(Default)]
pub(super) struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Why the locks of an article are open or shut for a token or a described viewer. For editors. The decisions are
    /// those by which the article is shown.
    async fn explain_access(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
        token: Option<String>,
        viewer: Option<ViewerInput>,
    ) -> Result<Option<Explanation>, Problem> {
        let session = Session::of(ctx);
        let described = viewer.map(|viewer| Described {
            kind: viewer.kind.into(),
            entitlements: viewer.entitlements,
            tiers: viewer.tiers,
        });
        let key = key(id, slug, ArticleKey::Id, ArticleKey::Slug)?;
        access::may_ask(&session.reading)?;
        let viewer = session.gateway().whose(token.as_deref(), described.as_ref()).await?;
        let Some(key) = key else { return Ok(None) };
        let locks = access::explain(&session.reading, Arc::clone(&viewer), &key).await?;
        Ok(Some(Explanation { viewer, locks }))
    }

    /// The access classes of articles, for edges that keep pages. At most 20 addresses, slugs or ids.
    async fn access_classes(
        &self,
        ctx: &Context<'_>,
        urls: Vec<String>,
    ) -> Result<Option<Vec<AccessClass>>, Problem> {
        let session = Session::of(ctx);
        let classes = access::classes_at(&session.reading, session.site(), &urls).await?;
        let row = |(url, class)| AccessClass { url, class };
        Ok(Some(urls.into_iter().zip(classes).map(row).collect()))
    }
}
