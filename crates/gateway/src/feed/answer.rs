//! From a request to a feed.

use super::document::{Base, Document, document};
use super::format::{Format, by_extension, extensions};
use super::scope::Scope;
use crate::auth::Caller;
use crate::cache::{Audience, Representation};
use crate::deliveries::Surface;
use crate::error::Problem;
use crate::operation::Reading;
use crate::rest::parameters::Parameters;
use crate::site::Site;
use crate::state::Gateway;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Below what all feeds lie.
pub(super) const FEEDS: &str = "/feeds";

/// Where the documents lie that a request is for.
pub(super) struct Place<'a> {
    /// What all their addresses begin with.
    pub(super) base: &'a str,
    /// The path that was asked for, without what is one reader's alone.
    pub(super) path: &'a str,
    /// Whether `base` is known to one reader alone.
    pub(super) is_private: bool,
}

/// Answers a request for a feed, as this caller may see it. What is unchanged costs a partner's quota nothing; what is delivered
/// is one request.
///
/// A document is kept once for all who see the same, private feeds included: their addresses are put in when it is sent.
///
/// # Errors
/// 404 for a format that there is not, those of [`document`], and 429 when a partner's quota is used up.
pub(super) async fn answer_to(
    caller: &Caller,
    request: &HttpRequest,
    gateway: &Gateway,
    place: Place<'_>,
    scope: impl FnOnce(&mut Parameters) -> Result<Scope, Problem>,
    extension: &str,
) -> Result<HttpResponse, Problem> {
    let format = by_extension(extension).ok_or_else(Problem::not_found)?;
    let audience = Audience::of(caller);
    let base = if place.is_private { gateway.feeds.any_base() } else { place.base };
    let asked: [&[u8]; 4] =
        [place.path.as_bytes(), request.query_string().as_bytes(), &[audience as u8], base.as_bytes()];
    let made = gateway.kept(caller, request, &asked, async |reading| {
        gateway.quotas.must_be_left(request, &caller.viewer, reading.now())?;
        let mut parameters = Parameters::of(request)?;
        let scope = scope(&mut parameters)?;
        Ok(match document(&reading, &gateway.site, Base(base), &scope, format, parameters).await? {
            Document::Made { body, links } => {
                let made = Representation::new(body, HeaderValue::from_static(format.media_type()), audience);
                let made = made.with_link(HeaderValue::try_from(links).ok());
                ControlFlow::Continue(if place.is_private { made } else { made.with_codings() })
            }
            Document::Split(query) => ControlFlow::Break(split(&query)),
        })
    });
    let ready = match made.await? {
        ControlFlow::Continue(ready) if place.is_private => Arc::new(ready.with_instead(base, place.base)),
        ControlFlow::Continue(ready) => ready,
        ControlFlow::Break(response) => return Ok(response),
    };
    if !ready.is_known_to(request) {
        gateway.quotas.count(request, &caller.viewer, gateway.desk.store(), gateway.clock.now()).await?;
    }
    gateway.send(caller, Surface::Feed, &ready, request).await
}

/// Answers with the feed of all articles as `reading` sees it, for this once: it is a sample, which nobody keeps and nobody is
/// given.
///
/// # Errors
/// 404 for a format that there is not, and those of [`document`].
pub(crate) async fn sample(
    reading: &Reading,
    request: &HttpRequest,
    site: &Site,
    extension: &str,
) -> Result<HttpResponse, Problem> {
    let format = by_extension(extension).ok_or_else(Problem::not_found)?;
    Ok(match of_everything(reading, site, format, Parameters::of(request)?).await? {
        Document::Made { body, .. } => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, format.media_type()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Authorization"))
            .body(body),
        Document::Split(query) => split(&query),
    })
}

/// The feed of all articles as `reading` sees it, to be printed.
///
/// # Errors
/// A problem that names the formats for one that there is not, and those of [`document`].
pub(crate) async fn printed(reading: &Reading, site: &Site, extension: &str) -> Result<Vec<u8>, Problem> {
    let format = by_extension(extension).ok_or_else(|| {
        Problem::invalid_parameter("feed", format!("feed: is none of {}.", extensions().join(", ")))
    })?;
    match of_everything(reading, site, format, Parameters::none()).await? {
        Document::Made { body, .. } => Ok(body),
        // Only an archive is split.
        Document::Split(_) => Err(Problem::internal()),
    }
}

async fn of_everything(
    reading: &Reading,
    site: &Site,
    format: &dyn Format,
    parameters: Parameters,
) -> Result<Document, Problem> {
    document(reading, site, Base(&site.api(FEEDS)), &Scope::Publication, format, parameters).await
}

/// The way to the last part of an archive that is too long. It may be another one tomorrow.
fn split(query: &str) -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((header::LOCATION, format!("?{query}")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
