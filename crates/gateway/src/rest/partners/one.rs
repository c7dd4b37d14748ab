//! `GET`, `PATCH` and `DELETE /v1/partners/{partner}`

use crate::error::Problem;
use crate::operation::partner::{self, BasedOn};
use crate::rest::body;
use crate::rest::dto::{PartnerChangeDto, PartnerDto};
use crate::rest::parameters::Parameters;
use crate::rest::staff::{Desk, done, told};
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
    let desk = Desk::of(&request, &gateway, Role::Publisher).await?;
    Parameters::of(&request)?.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let saved = partner::find(desk.gateway.desk.store(), id).await?;
    Ok(told(StatusCode::OK, Some(saved.version), &PartnerDto::new(&saved)))
}

/// Changes a partner's name, contact or status. For publishers.
///
/// To suspend a partner shuts all of its keys within a second.
#[utoipa::path(
    patch,
    path = "/v1/partners/{partner}",
    operation_id = "changePartner",
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
    let desk = Desk::of(&request, &gateway, Role::Publisher).await?;
    Parameters::of(&request)?.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let based_on = body::based_on(&request)?.unwrap_or(BasedOn::Any);
    let change = body::json::<PartnerChangeDto>(&request, payload).await?.change()?;
    let saved = partner::change(&desk.acting(), id, based_on, change).await?;
    Ok(told(StatusCode::OK, Some(saved.version), &PartnerDto::new(&saved)))
}

/// Takes a partner out, with its keys. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/partners/{partner}",
    operation_id = "deletePartner",
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
    let desk = Desk::of(&request, &gateway, Role::Publisher).await?;
    Parameters::of(&request)?.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    partner::remove(&desk.acting(), id).await?;
    Ok(done())
}
