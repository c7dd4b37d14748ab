//! What sitemaps list.

use super::article::{self, Dossier};
use super::delivering::Sending;
use super::filter::Filter;
use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::article::Kind;
use masthead_domain::clock::Timestamp;
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

/// What was published from one instant to another, the oldest first; at most 50,000. Something must have been published at each of
/// the two, as in a sitemap's address: whoever invents spans is given nothing, and nothing is kept for them.
///
/// # Errors
/// 404 when there is no such span, and a problem when the database cannot be read.
pub async fn listed(
    reading: &Reading,
    kind: Kind,
    since: Timestamp,
    until: Option<Timestamp>,
) -> Result<Vec<Listed>, Problem> {
    let within = async |since, until, most| {
        let published = Span { since: Some(since), until };
        let listed = reading.library().listed(kind, published, most).await?;
        let is_there = listed.first().is_some_and(|first| first.published == since);
        if is_there { Ok(listed) } else { Err(Problem::not_found()) }
    };
    if let Some(until) = until {
        within(until, None, 1).await?;
    }
    within(since, until, MOST).await
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
            None => break,
        }
    }
    // Then the oldest of them is news no longer.
    if let Some(oldest) = news.iter().filter_map(|dossier| dossier.view.published).min() {
        reading.holds_until(oldest.plus_seconds(NEWS_SECONDS));
    }
    Ok(news)
}
