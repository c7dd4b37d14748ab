//! From a request to its answer: who asks, whether the answer is ready, and if not, how it is made.

use super::dto::ListDto;
use super::links::link_header;
use crate::auth::Caller;
use crate::cache::{Audience, Representation};
use crate::deliveries::Surface;
use crate::error::Problem;
use crate::operation::Reading;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::ops::ControlFlow;

/// What an endpoint has made of a request.
pub(super) enum Made {
    /// A document.
    Document { body: Vec<u8>, content_type: HeaderValue, link: Option<HeaderValue> },
    /// The thing is found under another path.
    Moved(String),
}

impl Made {
    /// A JSON document.
    pub(super) fn json(document: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(document).map_err(|_| Problem::internal())?;
        Ok(Self::typed(body, HeaderValue::from_static("application/json")))
    }

    /// A document of any media type.
    pub(super) const fn typed(body: Vec<u8>, content_type: HeaderValue) -> Self {
        Self::Document { body, content_type, link: None }
    }

    /// A JSON document that is a page of a list.
    pub(super) fn page(document: &impl Serialize, links: Option<HeaderValue>) -> Result<Self, Problem> {
        let mut made = Self::json(document)?;
        if let Self::Document { link, .. } = &mut made {
            *link = links;
        }
        Ok(made)
    }
}

/// Answers a request whose answer depends on the viewer's class and the state of the publication alone.
pub(super) async fn answer<F>(
    request: &HttpRequest,
    gateway: &Gateway,
    make: F,
) -> Result<HttpResponse, Problem>
where
    F: AsyncFnOnce(Reading) -> Result<Made, Problem>,
{
    let caller = gateway.caller(request)?;
    answer_to(&caller, ONE_FORM, request, gateway, make).await
}

/// What stands for the form of an answer that has one only.
const ONE_FORM: u8 = 0;

/// As [`answer`], for a route that reads articles: a partner's requests are counted, and what is left is told.
pub(super) async fn counted_answer<F>(
    request: &HttpRequest,
    gateway: &Gateway,
    make: F,
) -> Result<HttpResponse, Problem>
where
    F: AsyncFnOnce(Reading) -> Result<Made, Problem>,
{
    counted_answer_in(ONE_FORM, request, gateway, make).await
}

/// As [`counted_answer`], for a route whose answer has several forms: this one is made.
pub(super) async fn counted_answer_in<F>(
    form: u8,
    request: &HttpRequest,
    gateway: &Gateway,
    make: F,
) -> Result<HttpResponse, Problem>
where
    F: AsyncFnOnce(Reading) -> Result<Made, Problem>,
{
    let caller = gateway.caller(request)?;
    let (store, now) = (gateway.desk.store(), gateway.clock.now());
    gateway.quotas.count(request, &caller.viewer, store, now).await?;
    answer_to(&caller, form, request, gateway, make).await
}

async fn answer_to<F>(
    caller: &Caller,
    form: u8,
    request: &HttpRequest,
    gateway: &Gateway,
    make: F,
) -> Result<HttpResponse, Problem>
where
    F: AsyncFnOnce(Reading) -> Result<Made, Problem>,
{
    let audience = Audience::of(caller);
    let asked: [&[u8]; 3] =
        [request.path().as_bytes(), request.query_string().as_bytes(), &[audience as u8, form]];
    let made = gateway.kept(caller, request, &asked, async |reading| {
        Ok(match make(reading).await? {
            Made::Document { body, content_type, link } => {
                ControlFlow::Continue(Representation::new(body, content_type, audience).with_link(link))
            }
            Made::Moved(path) => ControlFlow::Break(moved(request, &path)),
        })
    });
    Ok(match made.await? {
        ControlFlow::Continue(ready) => gateway.send(caller, Surface::Rest, &ready, request).await?,
        ControlFlow::Break(response) => response,
    })
}

/// An answer that is for whoever asked and for this moment: no cache keeps it.
pub(super) fn personal(status: StatusCode, document: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization"))
        .json(document)
}

/// The same for a thing that can be changed: its version is the `ETag`, which a change is sent with as `If-Match`.
pub(super) fn versioned(status: StatusCode, version: i64, document: &impl Serialize) -> HttpResponse {
    let mut response = personal(status, document);
    if let Ok(etag) = format!("\"{version}\"").parse() {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// The same for a thing that everybody sees alike: its `ETag` is that which readers get, whoever asks.
pub(super) fn tagged(status: StatusCode, document: &impl Serialize) -> HttpResponse {
    let mut response = personal(status, document);
    if let Some(etag) = etag(document) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// The `ETag` of a document; `None` for one that cannot be written.
pub(super) fn etag(document: &impl Serialize) -> Option<HeaderValue> {
    serde_json::to_vec(document).ok().map(|body| Representation::etag_of(&body))
}

/// A page of a list that is for whoever asked.
pub(super) fn personal_page<T: Serialize>(request: &HttpRequest, list: ListDto<T>) -> HttpResponse {
    let mut response = personal(StatusCode::OK, &list);
    if let Some(link) = link_header(request, &list.page) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// The same as a file to keep, under this name.
pub(super) fn attached(mut response: HttpResponse, name: &'static str) -> HttpResponse {
    if let Ok(value) = format!("attachment; filename=\"{name}\"").parse() {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// That something was done, of which there is nothing to say.
pub(super) fn done() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization"))
        .finish()
}

/// The way to the new path. No cache keeps it: where a thing is found may depend on who asks.
fn moved(request: &HttpRequest, path: &str) -> HttpResponse {
    let query = request.query_string();
    let location = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
