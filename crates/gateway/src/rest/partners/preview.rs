//! `POST /v1/partners/{partner}/licence/preview`, `POST /v1/licences/preview`, sample feeds beside them, and
//! `GET /v1/partners/{partner}/usage`

use crate::body;
use crate::error::Problem;
use crate::feed::{self, FeedParameters, FeedResponses};
use crate::operation::cursor::ListName;
use crate::operation::partner::preview;
use crate::operation::require;
use crate::rest::answer::personal;
use crate::rest::dto::{BodyFormat, DataDto, LicenceDto, LicencePreviewDto, UsageDayDto};
use crate::rest::links::page_of;
use crate::rest::parameters::Parameters;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::Role;

/// What a licence would deliver to a partner, beside its present one. For publishers.
///
/// The articles of the last seven days that it would cover, as it would show them; as if it were valid now. Nothing is granted and
/// nothing is noted as delivered.
#[utoipa::path(
    post,
    path = "/v1/partners/{partner}/licence/preview",
    operation_id = "previewPartnerLicence",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a preview of the same licence."),
        ("body" = Option<String>, Query, description = "`portable`, `html`, `text`, `markdown` or `none` (the default)."),
    ),
    request_body = LicenceDto,
    responses((status = 200, description = "What it would deliver.", body = LicencePreviewDto)),
)]
#[post("/v1/partners/{partner}/licence/preview")]
pub(crate) async fn preview_partner_licence(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    require(&gateway.caller(&request)?.viewer, Role::Publisher)?;
    let partner = path.parse().map_err(|_| Problem::not_found())?;
    previewed(&request, payload, &gateway, Some(partner)).await
}

/// What a licence would deliver. For publishers.
///
/// As for a partner, with no licence to compare it with.
#[utoipa::path(
    post,
    path = "/v1/licences/preview",
    operation_id = "previewLicence",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a preview of the same licence."),
        ("body" = Option<String>, Query, description = "`portable`, `html`, `text`, `markdown` or `none` (the default)."),
    ),
    request_body = LicenceDto,
    responses((status = 200, description = "What it would deliver.", body = LicencePreviewDto)),
)]
#[post("/v1/licences/preview")]
pub(crate) async fn preview_licence(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    require(&gateway.caller(&request)?.viewer, Role::Publisher)?;
    previewed(&request, payload, &gateway, None).await
}

async fn previewed(
    request: &HttpRequest,
    payload: Payload,
    gateway: &Gateway,
    partner: Option<PartnerId>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(request)?;
    let terms = body::json::<LicenceDto>(request, payload).await?.terms()?;
    let mut parameters = Parameters::of(request)?;
    let list = ListName::new(&preview::list(partner, &terms));
    let page = parameters.page(list)?;
    let format = parameters.word("body", &BodyFormat::WORDS)?.unwrap_or(BodyFormat::None);
    parameters.finish()?;
    let found = preview::preview(&gateway.reading(&caller), partner, terms, &page).await?;
    let page = page_of(&found.page, list);
    Ok(personal(StatusCode::OK, &LicencePreviewDto::new(&found, page, &gateway.site, format)))
}

/// The feed of all articles as a partner would get it under a licence. For publishers.
///
/// The very document that `/feeds/articles` would have for it, as if the licence were valid now. Nothing is granted and nothing is
/// noted as delivered.
#[utoipa::path(
    post,
    path = "/v1/partners/{partner}/licence/preview/articles.{format}",
    operation_id = "samplePartnerFeed",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    request_body = LicenceDto,
    responses(FeedResponses),
)]
#[post("/v1/partners/{partner}/licence/preview/articles.{format}")]
pub(crate) async fn sample_partner_feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    require(&gateway.caller(&request)?.viewer, Role::Publisher)?;
    let (partner, extension) = path.into_inner();
    let partner = partner.parse().map_err(|_| Problem::not_found())?;
    sampled(&request, payload, &gateway, Some(partner), &extension).await
}

/// The feed of all articles as anybody would get it under a licence. For publishers.
#[utoipa::path(
    post,
    path = "/v1/licences/preview/articles.{format}",
    operation_id = "sampleFeed",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("format" = String, Path, description = "`rss`, `atom`, `json` (JSON Feed 1.1) or `ninjs` (3.1)."),
        FeedParameters,
    ),
    request_body = LicenceDto,
    responses(FeedResponses),
)]
#[post("/v1/licences/preview/articles.{format}")]
pub(crate) async fn sample_feed(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    require(&gateway.caller(&request)?.viewer, Role::Publisher)?;
    sampled(&request, payload, &gateway, None, &path).await
}

async fn sampled(
    request: &HttpRequest,
    payload: Payload,
    gateway: &Gateway,
    partner: Option<PartnerId>,
    extension: &str,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(request)?;
    let terms = body::json::<LicenceDto>(request, payload).await?.terms()?;
    let theirs = preview::sample(&gateway.reading(&caller), partner, terms).await?;
    feed::sample(&theirs, request, &gateway.site, extension).await
}

/// How many requests for articles a partner made on each of the last 31 days, the latest first. For publishers.
///
/// Requests are counted under a daily quota; a day without any is left out.
#[utoipa::path(
    get,
    path = "/v1/partners/{partner}/usage",
    operation_id = "listUsage",
    security(("bearer" = [])),
    tag = "partners",
    params(("partner" = String, Path, description = "The partner's id.")),
    responses((status = 200, description = "The days.", body = DataDto<UsageDayDto>)),
)]
#[get("/v1/partners/{partner}/usage")]
pub(crate) async fn list_usage(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let partner = path.parse().map_err(|_| Problem::not_found())?;
    let used = preview::usage(&gateway.reading(&caller), partner).await?;
    Ok(personal(StatusCode::OK, &DataDto { data: used.into_iter().map(UsageDayDto::new).collect() }))
}
