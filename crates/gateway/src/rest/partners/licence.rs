//! `GET` and `PUT /v1/partners/{partner}/licence`

use crate::body;
use crate::error::Problem;
use crate::operation::partner;
use crate::rest::answer::versioned;
use crate::rest::condition::must_match;
use crate::rest::dto::LicenceDto;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, put};
use masthead_domain::viewer::Role;

/// A partner's licence. For publishers.
#[utoipa::path(
    get,
    path = "/v1/partners/{partner}/licence",
    operation_id = "getLicence",
    security(("bearer" = [])),
    tag = "partners",
    params(("partner" = String, Path, description = "The partner's id.")),
    responses((status = 200, description = "The licence, with an ETag for replacing it.", body = LicenceDto)),
)]
#[get("/v1/partners/{partner}/licence")]
pub(crate) async fn get_licence(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let saved = partner::find(&gateway.reading(&caller), id).await?;
    let licence = saved.partner.licence.as_ref().ok_or_else(Problem::not_found)?;
    Ok(versioned(StatusCode::OK, saved.version, &LicenceDto::new(licence)))
}

/// Grants a licence in place of the one before. For publishers.
///
/// What it no longer covers is gone for the partner's keys within a second.
#[utoipa::path(
    put,
    path = "/v1/partners/{partner}/licence",
    operation_id = "replaceLicence",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        ("If-Match" = String, Header, description = "The ETag of the partner or its licence, or `*`."),
    ),
    request_body = LicenceDto,
    responses(
        (status = 200, description = "The licence.", body = LicenceDto),
        (status = 412, description = "The partner has been changed since."),
        (status = 428, description = "If-Match is missing."),
    ),
)]
#[put("/v1/partners/{partner}/licence")]
pub(crate) async fn replace_licence(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let based_on = must_match(request.headers())?;
    let licence = body::json::<LicenceDto>(&request, payload).await?.terms()?;
    let saved = partner::license(&gateway.acting(&caller), id, based_on, licence).await?;
    let licence = saved.partner.licence.as_ref().ok_or_else(Problem::internal)?;
    Ok(versioned(StatusCode::OK, saved.version, &LicenceDto::new(licence)))
}
