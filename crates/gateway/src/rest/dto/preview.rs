//! What a licence would deliver, in REST answers.

use super::article::{ArticleSummaryDto, BodyFormat};
use super::envelope::PageDto;
use crate::operation::partner::preview::Preview;
use crate::quota::Used;
use crate::site::Site;
use serde::Serialize;
use utoipa::ToSchema;

/// What a licence would have delivered in the last seven days.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicencePreview)]
pub(in crate::rest) struct LicencePreviewDto {
    /// Articles that were published from this instant on: a week before the last one that the delay lets through.
    #[schema(format = DateTime)]
    published_since: String,
    /// How many articles.
    count: u64,
    /// How many of them the partner's present licence does not cover.
    adds: u64,
    /// How many that the present licence covers it would not.
    loses: u64,
    /// Some of them, the newest first, as the licence would show them.
    data: Vec<ArticleSummaryDto>,
    page: PageDto,
}

/// How many requests for articles a partner made on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageDay)]
pub(in crate::rest) struct UsageDayDto {
    /// When the day began (UTC).
    #[schema(format = DateTime)]
    day: String,
    requests: i64,
}

impl LicencePreviewDto {
    /// Shows a preview, with bodies in the form that is wanted.
    pub(in crate::rest) fn new(preview: &Preview, page: PageDto, site: &Site, format: BodyFormat) -> Self {
        let rows = preview.page.items();
        Self {
            published_since: preview.since.to_string(),
            count: preview.count,
            adds: preview.adds,
            loses: preview.loses,
            data: rows.map(|dossier| ArticleSummaryDto::new(dossier, site, format)).collect(),
            page,
        }
    }
}

impl UsageDayDto {
    pub(in crate::rest) fn new(used: Used) -> Self {
        Self { day: used.day.to_string(), requests: used.requests }
    }
}
