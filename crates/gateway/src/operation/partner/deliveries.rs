//! What was delivered to whom, for publishers.

use super::stored;
use crate::error::Problem;
use crate::operation::reading::Reading;
use crate::operation::role::require;
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::partner::Delivery;
use masthead_domain::viewer::Role;
use masthead_persistence::ArticleKey;

/// The name of the list of what went out to a partner, for cursors.
#[must_use]
pub fn list_to(partner: PartnerId, article: Option<ArticleId>) -> String {
    format!("deliveries to {partner} {article:?}")
}

/// The name of the list of those to whom an article went out, for cursors.
#[must_use]
pub fn list_of(article: &ArticleKey) -> String {
    format!("deliveries of {article:?}")
}

/// A page of what went out to a partner, the newest articles first; of one article alone, when it is named.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when there is no such partner.
pub async fn to(
    reading: &Reading,
    partner: PartnerId,
    article: Option<ArticleId>,
    page: &PageRequest,
) -> Result<Page<Delivery>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    reading.charge(page.size.get() as usize)?;
    stored(reading.store(), partner).await?;
    Ok(reading.store().registry().deliveries_to(partner, article, page).await?)
}

/// A page of the partners that an article went out to, the newest partners first.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when there is no such article.
pub async fn of(
    reading: &Reading,
    article: &ArticleKey,
    page: &PageRequest,
) -> Result<Page<Delivery>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    reading.charge(page.size.get() as usize)?;
    let article = reading.library().article(article).await?.ok_or_else(Problem::not_found)?;
    Ok(reading.store().registry().deliveries_of(article.id(), page).await?)
}
