//! The addresses of feeds.

use super::answer::{FEEDS, Place, answer_to};
use super::private::{
    read_private_author_feed, read_private_feed, read_private_section_feed, read_private_tag_feed,
};
use super::scope::{Scope, key};
use crate::error::Problem;
use crate::operation::partner::filters;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::openapi::{ContentBuilder, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, PartialSchema};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the feeds into an application and into its OpenAPI document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_feed)
        .service(read_section_feed)
        .service(read_author_feed)
        .service(read_tag_feed)
        .service(read_filter_feed)
        .service(read_private_feed)
        .service(read_private_section_feed)
        .service(read_private_author_feed)
        .service(read_private_tag_feed);
}

/// The parameters that all feeds have.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes them; `document` reads them")]
pub(crate) struct FeedParameters {
    /// Articles in the document.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<u32>,
    /// A place in the feed, as its links `next` and `previous` have it.
    cursor: Option<String>,
    /// A month, day, hour or minute (UTC) that is over, as the links `prev-archive` and `next-archive` have it.
    #[param(example = "2026-10")]
    archive: Option<String>,
}

/// What every feed may be answered with, whoever asks and however.
pub(crate) struct FeedResponses;

impl IntoResponses for FeedResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let of = |schema| ContentBuilder::new().schema(Some(schema)).build();
        let feed = ResponseBuilder::new()
            .description("The feed.")
            .content("application/rss+xml", of(String::schema()))
            .content("application/atom+xml", of(String::schema()))
            .content("application/feed+json", of(Value::schema()))
            .content("application/json", of(Value::schema()));
        let elsewhere = "The archive holds too much for one document; its last part is elsewhere.";
        let split = ResponseBuilder::new().description(elsewhere);
        BTreeMap::from([("200".to_owned(), feed.build().into()), ("307".to_owned(), split.build().into())])
    }
}

async fn answer(
    request: &HttpRequest,
    gateway: &Gateway,
    extension: &str,
    scope: impl FnOnce(&mut Parameters) -> Result<Scope, Problem>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(request)?;
    let base = gateway.site.api(FEEDS);
    let place = Place { base: &base, path: request.path(), is_private: false };
    answer_to(&caller, request, gateway, place, scope, extension).await
}

/// All articles as a feed, the newest first.
///
/// What the token may see of each: a part behind a lock stands in its place, with what is said of it and the way to the
/// article. Older articles follow by the link `next`, or without gaps by `prev-archive`.
#[utoipa::path(
    get,
    path = "/feeds/articles.{format}",
    operation_id = "readFeed",
    tag = "feeds",
    params(
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was. This costs a partner's quota nothing."),
        (status = 429, description = "A partner's quota of the day is used up."),
    ),
)]
#[get("/feeds/articles.{format}")]
pub(crate) async fn read_feed(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, &path, |_| Ok(Scope::Publication)).await
}

/// A section's articles as a feed, the newest first.
///
/// Those of the sections below it too, unless `below` is `false`.
#[utoipa::path(
    get,
    path = "/feeds/sections/{section}.{format}",
    operation_id = "readSectionFeed",
    tag = "feeds",
    params(
        ("section" = String, Path, description = "The section's slug or id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        ("below" = Option<bool>, Query, description = "Whether the sections below it are read along (the default)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was. This costs a partner's quota nothing."),
        (status = 429, description = "A partner's quota of the day is used up."),
    ),
)]
#[get("/feeds/sections/{section}.{format}")]
pub(crate) async fn read_section_feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (section, extension) = path.into_inner();
    answer(&request, &gateway, &extension, |parameters| Scope::section(&section, parameters)).await
}

/// An author's articles as a feed, the newest first.
///
/// Those with the author in the byline.
#[utoipa::path(
    get,
    path = "/feeds/authors/{author}.{format}",
    operation_id = "readAuthorFeed",
    tag = "feeds",
    params(
        ("author" = String, Path, description = "The author's slug or id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was. This costs a partner's quota nothing."),
        (status = 429, description = "A partner's quota of the day is used up."),
    ),
)]
#[get("/feeds/authors/{author}.{format}")]
pub(crate) async fn read_author_feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (author, extension) = path.into_inner();
    answer(&request, &gateway, &extension, |_| Scope::author(&author)).await
}

/// The articles with a tag as a feed, the newest first.
///
/// Those that have it among their tags.
#[utoipa::path(
    get,
    path = "/feeds/tags/{tag}.{format}",
    operation_id = "readTagFeed",
    tag = "feeds",
    params(
        ("tag" = String, Path, description = "The tag's slug or id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was. This costs a partner's quota nothing."),
        (status = 429, description = "A partner's quota of the day is used up."),
    ),
)]
#[get("/feeds/tags/{tag}.{format}")]
pub(crate) async fn read_tag_feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (tag, extension) = path.into_inner();
    answer(&request, &gateway, &extension, |_| Scope::tag(&tag)).await
}

/// The articles that a saved filter of the partner who asks lets through, as a feed, the newest first.
///
/// The filter chooses among what the licence covers. For that partner's keys, and for the staff; nobody else finds it.
#[utoipa::path(
    get,
    path = "/feeds/filters/{filter}.{format}",
    operation_id = "readFilterFeed",
    tag = "feeds",
    security((), ("bearer" = [])),
    params(
        ("filter" = String, Path, description = "The filter's id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was. This costs a partner's quota nothing."),
        (status = 429, description = "A partner's quota of the day is used up."),
    ),
)]
#[get("/feeds/filters/{filter}.{format}")]
pub(crate) async fn read_filter_feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (filter, extension) = path.into_inner();
    let caller = gateway.caller(&request)?;
    // It is looked up each time: a kept answer does not know that it was taken out.
    let saved = filters::for_reading(&gateway.reading(&caller), key(&filter)?).await?;
    answer(&request, &gateway, &extension, |_| Ok(Scope::Saved(Box::new(saved)))).await
}
