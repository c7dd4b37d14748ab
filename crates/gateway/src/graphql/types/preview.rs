//! What a licence would deliver before it is granted, and what was used of a quota, for publishers.

use super::article::ArticleObject;
use super::if_there;
use super::page::{PageArguments, connection};
use super::partner::LicenceInput;
use super::scalar::DateTime;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::article::Dossier;
use crate::operation::cursor::ListName;
use crate::operation::partner::preview;
use crate::operation::require;
use async_graphql::{Context, ID, Object, SimpleObject};
use masthead_domain::viewer::Role;

/// What a licence would have delivered in the last seven days.
#[derive(SimpleObject)]
pub(super) struct LicencePreview {
    /// Articles that were published from this instant on: a week before the last one that the delay lets through.
    published_since: DateTime,
    /// How many articles.
    count: u64,
    /// How many of them the partner's present licence does not cover.
    adds: u64,
    /// How many that the present licence covers it would not.
    loses: u64,
    /// Some of them, the newest first, as the licence would show them. What their fields lead on to is as you see it.
    articles: PreviewedArticleConnection,
}

connection!(
    /// A page of articles as a licence would show them.
    PreviewedArticleConnection, PreviewedArticleEdge, ArticleObject, Dossier,
    "PreviewedArticleConnection", "PreviewedArticleEdge"
);

/// How many requests for articles a partner made on a day.
#[derive(SimpleObject)]
pub(super) struct UsageDay {
    /// When the day began (UTC).
    day: DateTime,
    requests: i64,
}

/// What publishers ask about licences.
#[derive(Default)]
pub(super) struct PreviewQuery;

#[Object]
impl PreviewQuery {
    /// What a licence would deliver, as if it were valid now: to a partner, beside its present one, or to anybody. Nothing is
    /// granted and nothing is noted as delivered. For publishers.
    async fn licence_preview(
        &self,
        ctx: &Context<'_>,
        partner: Option<ID>,
        licence: LicenceInput,
        first: i32,
        after: Option<String>,
    ) -> Result<Option<LicencePreview>, Problem> {
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let Ok(partner) = partner.map(|id| id.parse()).transpose() else { return Ok(None) };
        let terms = licence.terms()?;
        let list = ListName::new(&preview::list(partner, &terms));
        let request =
            PageArguments { first: Some(first), after, ..PageArguments::default() }.request(list)?;
        let Some(found) = if_there(preview::preview(reading, partner, terms, &request).await)? else {
            return Ok(None);
        };
        Ok(Some(LicencePreview {
            published_since: DateTime(found.since),
            count: found.count,
            adds: found.adds,
            loses: found.loses,
            articles: PreviewedArticleConnection { page: found.page, list },
        }))
    }

    /// How many requests for articles a partner made on each of the last 31 days, the latest first. They are counted under a
    /// daily quota; a day without any is left out. For publishers.
    async fn partner_usage(&self, ctx: &Context<'_>, partner: ID) -> Result<Option<Vec<UsageDay>>, Problem> {
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let Ok(partner) = partner.parse() else { return Ok(None) };
        let Some(days) = if_there(preview::usage(reading, partner).await)? else { return Ok(None) };
        reading.charge(days.len())?;
        Ok(Some(
            days.into_iter()
                .map(|used| UsageDay { day: DateTime(used.day), requests: used.requests })
                .collect(),
        ))
    }
}
