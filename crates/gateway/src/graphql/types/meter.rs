//! The meter, and opening articles by it.

use super::article::ArticleObject;
use super::query::key;
use super::scalar::DateTime;
use crate::error::Problem;
use crate::graphql::session::Session;
use async_graphql::{Context, ID, Object, SimpleObject};
use masthead_domain::viewer::MeterReading;
use masthead_persistence::ArticleKey;

/// How many locked articles a reader may open by themselves.
#[derive(SimpleObject)]
pub(super) struct Meter {
    /// How many articles a period opens.
    limit: u32,
    /// How many are left of them.
    left: u32,
    /// When the next period begins.
    resets: DateTime,
}

impl From<&MeterReading> for Meter {
    fn from(meter: &MeterReading) -> Self {
        Self { limit: meter.limit, left: meter.left, resets: DateTime(meter.resets) }
    }
}

/// An article after it was opened by the meter.
#[derive(SimpleObject)]
pub(super) struct UnlockPayload {
    /// The article as the reader sees it now.
    article: ArticleObject,
    /// Whether one article less is left: not for one that the meter opened before in this period, and not for one
    /// that it does not open.
    spent: bool,
}

/// What readers do with their meter.
#[derive(Default)]
pub(super) struct MeterMutation;

#[Object]
impl MeterMutation {
    /// Opens an article by the reader's meter. An article counts once a period.
    async fn unlock_article(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<UnlockPayload>, Problem> {
        let Some(key) = key(id, slug, ArticleKey::Id, ArticleKey::Slug)? else {
            return Err(Problem::not_found());
        };
        let unlocked = Session::of(ctx).unlock(&key).await?;
        Ok(Some(UnlockPayload { article: ArticleObject(unlocked.dossier), spent: unlocked.spent }))
    }
}
