//! The addresses of private feeds: every feed once more, below a secret that stands for its member.

use super::answer::{Place, answer_to};
use super::routes::{FeedParameters, FeedResponses};
use super::scope::Scope;
use crate::error::Problem;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::header::{HeaderName, HeaderValue, REFERRER_POLICY};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::viewer::Bearer;

/// What every answer that is made here says, so that the address goes no further: neither to the sites that an article links to nor into
/// search engines.
const DISCREET: [(HeaderName, HeaderValue); 2] = [
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
];

/// The path of a private feed's own documents.
pub(crate) fn place(secret: &str) -> String {
    format!("/feeds/private/{secret}")
}

async fn answer(
    request: &HttpRequest,
    gateway: &Gateway,
    secret: &str,
    extension: &str,
    scope: impl FnOnce(&mut Parameters) -> Result<Scope, Problem>,
) -> Result<HttpResponse, Problem> {
    let discreet = |problem: Problem| {
        DISCREET.into_iter().fold(problem, |problem, (name, value)| problem.with_header(name, value))
    };
    let mut response = read(request, gateway, secret, extension, scope).await.map_err(discreet)?;
    for (name, value) in DISCREET {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

async fn read(
    request: &HttpRequest,
    gateway: &Gateway,
    secret: &str,
    extension: &str,
    scope: impl FnOnce(&mut Parameters) -> Result<Scope, Problem>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(request)?;
    // A path that is spelled otherwise leads here too, and its secret was not looked at.
    if !matches!(caller.bearer, Some(Bearer::Feed { .. })) {
        return Err(Problem::not_found());
    }
    let (own, base) = (place(secret), gateway.site.api(&place(secret)));
    let path = request.path().strip_prefix(&own).ok_or_else(Problem::not_found)?;
    answer_to(&caller, request, gateway, Place { base: &base, path, is_private: true }, scope, extension)
        .await
}

/// All articles as a member's private feed, the newest first.
///
/// What the member may read now. The address is the credential, so no token is sent with it; `POST /v1/me/feeds` makes one. One
/// that is unknown, revoked, or whose member may not use their account is not found.
#[utoipa::path(
    get,
    path = "/feeds/private/{secret}/articles.{format}",
    operation_id = "readPrivateFeed",
    tag = "feeds",
    security(()),
    params(
        ("secret" = String, Path, description = "The secret of the address."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was."),
    ),
)]
#[get("/feeds/private/{secret}/articles.{format}")]
pub(crate) async fn read_private_feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (secret, extension) = path.into_inner();
    answer(&request, &gateway, &secret, &extension, |_| Ok(Scope::Publication)).await
}

/// A section's articles as a member's private feed, the newest first.
///
/// Those of the sections below it too, unless `below` is `false`.
#[utoipa::path(
    get,
    path = "/feeds/private/{secret}/sections/{section}.{format}",
    operation_id = "readPrivateSectionFeed",
    tag = "feeds",
    security(()),
    params(
        ("secret" = String, Path, description = "The secret of the address."),
        ("section" = String, Path, description = "The section's slug or id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        ("below" = Option<bool>, Query, description = "Whether the sections below it are read along (the default)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was."),
    ),
)]
#[get("/feeds/private/{secret}/sections/{section}.{format}")]
pub(crate) async fn read_private_section_feed(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (secret, section, extension) = path.into_inner();
    answer(&request, &gateway, &secret, &extension, |parameters| Scope::section(&section, parameters)).await
}

/// An author's articles as a member's private feed, the newest first.
#[utoipa::path(
    get,
    path = "/feeds/private/{secret}/authors/{author}.{format}",
    operation_id = "readPrivateAuthorFeed",
    tag = "feeds",
    security(()),
    params(
        ("secret" = String, Path, description = "The secret of the address."),
        ("author" = String, Path, description = "The author's slug or id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was."),
    ),
)]
#[get("/feeds/private/{secret}/authors/{author}.{format}")]
pub(crate) async fn read_private_author_feed(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (secret, author, extension) = path.into_inner();
    answer(&request, &gateway, &secret, &extension, |_| Scope::author(&author)).await
}

/// The articles with a tag as a member's private feed, the newest first.
#[utoipa::path(
    get,
    path = "/feeds/private/{secret}/tags/{tag}.{format}",
    operation_id = "readPrivateTagFeed",
    tag = "feeds",
    security(()),
    params(
        ("secret" = String, Path, description = "The secret of the address."),
        ("tag" = String, Path, description = "The tag's slug or id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    responses(
        FeedResponses,
        (status = 304, description = "The feed is as it was."),
    ),
)]
#[get("/feeds/private/{secret}/tags/{tag}.{format}")]
pub(crate) async fn read_private_tag_feed(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (secret, tag, extension) = path.into_inner();
    answer(&request, &gateway, &secret, &extension, |_| Scope::tag(&tag)).await
}
