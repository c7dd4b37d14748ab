//! From a request to a feed.

use super::document::{Base, Document, document};
use super::format::by_extension;
use super::scope::Scope;
use crate::auth::Caller;
use crate::cache::{Audience, Representation};
use crate::deliveries::Surface;
use crate::error::Problem;
use crate::rest::parameters::Parameters;
use crate::state::{Gateway, send_coded};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use std::ops::ControlFlow;

/// Answers a request for a feed, as this caller may see it, with links below `base`. What is unchanged costs a partner's
/// quota nothing; what is delivered is one request.
///
/// # Errors
/// 404 for a format that there is not, those of [`document`], and 429 when a partner's quota is used up.
pub(crate) async fn answer_to(
    caller: &Caller,
    request: &HttpRequest,
    gateway: &Gateway,
    base: Base<'_>,
    scope: impl FnOnce(&mut Parameters) -> Result<Scope, Problem>,
    extension: &str,
) -> Result<HttpResponse, Problem> {
    let format = by_extension(extension).ok_or_else(Problem::not_found)?;
    let audience = Audience::of(caller);
    let Base(address) = base;
    let asked: [&[u8]; 4] =
        [request.path().as_bytes(), request.query_string().as_bytes(), &[audience as u8], address.as_bytes()];
    let made = gateway.kept(caller, request, Surface::Feed, &asked, async |reading| {
        let mut parameters = Parameters::of(request)?;
        let scope = scope(&mut parameters)?;
        Ok(match document(&reading, &gateway.site, base, &scope, format, parameters).await? {
            Document::Made { body, links, updated } => {
                let made = Representation::new(body, HeaderValue::from_static(format.media_type()), audience);
                let links = HeaderValue::try_from(links).ok();
                ControlFlow::Continue(made.with_link(links).with_last_modified(updated).with_codings())
            }
            Document::Split(query) => ControlFlow::Break(split(&query)),
        })
    });
    let ready = match made.await? {
        ControlFlow::Continue(ready) => ready,
        ControlFlow::Break(response) => return Ok(response),
    };
    if !ready.is_known_to(request) {
        gateway.quotas.count(request, &caller.viewer, gateway.desk.store(), gateway.clock.now()).await?;
    }
    Ok(send_coded(&ready, request).await)
}

/// The way to the last part of an archive that is too long. It may be another one tomorrow.
fn split(query: &str) -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((header::LOCATION, format!("?{query}")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
