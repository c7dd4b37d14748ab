//! What sitemaps list.

use super::article::{self, Dossier};
use super::delivering::Sending;
use super::filter::Filter;
use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::article::Kind;
use masthead_domain::page::{MAX_PAGE, PageRequest, PageSize, Window};
use masthead_domain::selection::Span;
use masthead_domain::viewer::Extent;
use masthead_persistence::{Listed, Stretch};
use std::num::NonZeroU32;

/// About how many articles one sitemap lists. Those of one instant are not torn apart, so it may be a few more.
const LENGTH: NonZeroU32 = const { NonZeroU32::new(10_000).expect("not zero") };

/// The most that one sitemap may list (sitemaps.org).
const MOST: u64 = 50_000;

/// How far back a sitemap of news goes, in seconds: two days.
const NEWS_SECONDS: i64 = 2 * 24 * 3_600;

/// The most articles in a sitemap of news.
const MOST_NEWS: usize = 1_000;

/// The parts of the publication that have a sitemap each, the oldest first.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn stretches(reading: &Reading, kind: Kind) -> Result<Vec<Stretch>, Problem> {
    Ok(reading.library().stretches(kind, LENGTH).await?)
}

/// What was published within a span, the oldest first; at most 50,000.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn listed(reading: &Reading, kind: Kind, published: Span) -> Result<Vec<Listed>, Problem> {
    Ok(reading.library().listed(kind, published, MOST).await?)
}

/// The articles of the last two days, the newest first; at most 1,000.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn news(reading: &Reading) -> Result<Vec<Dossier>, Problem> {
    reading.sends(Sending { extent: Some(Extent::Headline), sources: false });
    let since = reading.now().plus_seconds(-NEWS_SECONDS);
    let filter = Filter { published: Span { since: Some(since), until: None }, ..Filter::default() };
    let size = PageSize::new(MAX_PAGE).map_err(|_| Problem::internal())?;
    let (mut news, mut window) = (Vec::new(), Window::After(None));
    loop {
        let page = article::list(reading, &filter, &PageRequest { size, window }).await?;
        let last = page.rows.last().map(|(position, _)| position.clone());
        news.extend(page.rows.into_iter().map(|(_, dossier)| dossier));
        match last.filter(|_| page.has_next && news.len() < MOST_NEWS) {
            Some(position) => window = Window::After(Some(position)),
            None => return Ok(news),
        }
    }
}
