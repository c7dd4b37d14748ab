//! `GET`, `PATCH` and `DELETE /v1/partners/{partner}`

use crate::body;
use crate::error::Problem;
use crate::operation::partner;
use crate::rest::answer::{done, versioned};
use crate::rest::condition::if_match;
use crate::rest::dto::{PartnerChangeDto, PartnerDto};
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch};
use masthead_domain::viewer::Role;

/// One partner. For publishers.
#[utoipa::path(
    get,
    path = "/v1/partners/{partner}",
    operation_id = "getPartner",
    security(("bearer" = [])),
    tag = "partners",
    params(("partner" = String, Path, description = "The partner's id.")),
    responses((status = 200, description = "The partner, with an ETag for changing it.", body = PartnerDto)),
)]
#[get("/v1/partners/{partner}")]
pub(crate) async fn get_partner(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let saved = partner::find(&gateway.reading(&caller), id).await?;
    Ok(versioned(StatusCode::OK, saved.version, &PartnerDto::new(&saved)))
}

/// Changes a partner's name, contact or status. For publishers.
///
/// To suspend a partner shuts all of its keys within a second.
#[utoipa::path(
    patch,
    path = "/v1/partners/{partner}",
    operation_id = "updatePartner",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        ("If-Match" = Option<String>, Header, description = "The ETag of the state that is changed."),
    ),
    request_body = PartnerChangeDto,
    responses((status = 200, description = "The partner.", body = PartnerDto)),
)]
#[patch("/v1/partners/{partner}")]
pub(crate) async fn change_partner(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let based_on = if_match(request.headers())?;
    let change = body::json::<PartnerChangeDto>(&request, payload).await?.change()?;
    let saved = partner::change(&gateway.acting(&caller), id, based_on, change).await?;
    Ok(versioned(StatusCode::OK, saved.version, &PartnerDto::new(&saved)))
}

/// Takes a partner out, with its keys. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/partners/{partner}",
    operation_id = "deletePartner",
    security(("bearer" = [])),
    tag = "partners",
    params(("partner" = String, Path, description = "The partner's id.")),
    responses((status = 204, description = "The partner is gone.")),
)]
#[delete("/v1/partners/{partner}")]
pub(crate) async fn delete_partner(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    partner::remove(&gateway.acting(&caller), id).await?;
    Ok(done())
}
