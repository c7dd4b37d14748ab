//! `GET`, `PATCH` and `DELETE /v1/groups/{group}`

use super::managing;
use crate::body;
use crate::error::Problem;
use crate::operation::group;
use crate::rest::answer::{done, versioned};
use crate::rest::condition::if_match;
use crate::rest::dto::{GroupChangeDto, GroupDto};
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch};
use masthead_domain::viewer::Role;

/// One group. For publishers, and for its owners.
#[utoipa::path(
    get,
    path = "/v1/groups/{group}",
    operation_id = "getGroup",
    security(("bearer" = [])),
    tag = "groups",
    params(("group" = String, Path, description = "The group's id.")),
    responses((status = 200, description = "The group, with an ETag for changing it.", body = GroupDto)),
)]
#[get("/v1/groups/{group}")]
pub(crate) async fn get_group(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (managing, parameters) = managing(&request, &gateway).await?;
    parameters.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let saved = group::find(&managing, id).await?;
    Ok(versioned(StatusCode::OK, saved.version, &GroupDto::from(&saved)))
}

/// Changes a group. For publishers.
///
/// What its seats open changes within a second, with the tokens that members have.
#[utoipa::path(
    patch,
    path = "/v1/groups/{group}",
    operation_id = "updateGroup",
    security(("bearer" = [])),
    tag = "groups",
    params(
        ("group" = String, Path, description = "The group's id."),
        ("If-Match" = Option<String>, Header, description = "The ETag of the state that is changed."),
    ),
    request_body = GroupChangeDto,
    responses(
        (status = 200, description = "The group.", body = GroupDto),
        (status = 409, description = "More seats are taken, another group has one of the domains, or it was ended."),
        (status = 412, description = "The group has been changed since."),
    ),
)]
#[patch("/v1/groups/{group}")]
pub(crate) async fn change_group(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let based_on = if_match(request.headers())?;
    let change = body::json::<GroupChangeDto>(&request, payload).await?.change()?;
    let saved = group::change(&gateway.acting(&caller), id, based_on, change).await?;
    Ok(versioned(StatusCode::OK, saved.version, &GroupDto::from(&saved)))
}

/// Ends a group, for good. For publishers.
///
/// Its seats open nothing within a second, its domains are free, and its invitations are gone.
#[utoipa::path(
    delete,
    path = "/v1/groups/{group}",
    operation_id = "endGroup",
    security(("bearer" = [])),
    tag = "groups",
    params(("group" = String, Path, description = "The group's id.")),
    responses((status = 204, description = "It is over.")),
)]
#[delete("/v1/groups/{group}")]
pub(crate) async fn end_group(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    group::end(&gateway.acting(&caller), id).await?;
    Ok(done())
}
