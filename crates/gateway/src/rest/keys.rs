//! `/v1/keys`: keys for programs of the publisher's own.

use super::answer::{done, personal};
use super::dto::{ApiKeyDto, DataDto, MadeApiKeyDto, NewServiceKeyDto};
use super::parameters::Parameters;
use super::staff::staff;
use crate::body;
use crate::error::Problem;
use crate::operation::partner::keys;
use crate::rest::idempotency::IdempotencyKey;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::viewer::Role;

/// The keys of the publisher's own programs, the newest first. For admins.
#[utoipa::path(
    get,
    path = "/v1/keys",
    operation_id = "listServiceKeys",
    security(("bearer" = [])),
    tag = "keys",
    responses((status = 200, description = "The keys, without their secrets.", body = DataDto<ApiKeyDto>)),
)]
#[get("/v1/keys")]
pub(crate) async fn list_service_keys(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let reading = gateway.reading(&caller);
    let found = keys::of_services(&reading).await?;
    let data = found.iter().map(|key| ApiKeyDto::new(key, reading.now())).collect();
    Ok(personal(StatusCode::OK, &DataDto { data }))
}

/// Makes a key for a program of the publisher's own and shows it this once. For admins.
///
/// It reads as somebody of the staff with its role does, drafts too. With `manages` it also writes as the role may.
#[utoipa::path(
    post,
    path = "/v1/keys",
    operation_id = "createServiceKey",
    security(("bearer" = [])),
    tag = "keys",
    params(IdempotencyKey),
    request_body = NewServiceKeyDto,
    responses((status = 201, description = "The key with its secret.", body = MadeApiKeyDto)),
)]
#[post("/v1/keys")]
pub(crate) async fn create_service_key(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Admin)?;
    let new: NewServiceKeyDto = body::json(&request, payload).await?;
    let (role, expires) = (new.role()?, new.expires()?);
    let acting = gateway.acting(&caller);
    let made = keys::add_for_service(&acting, role, new.manages, new.name, expires).await?;
    Ok(personal(StatusCode::CREATED, &MadeApiKeyDto::new(&made, gateway.clock.now())))
}

/// Revokes a key of a program. It is good no longer within a second. For admins.
#[utoipa::path(
    delete,
    path = "/v1/keys/{key}",
    operation_id = "revokeServiceKey",
    security(("bearer" = [])),
    tag = "keys",
    params(("key" = String, Path, description = "The key's id.")),
    responses((status = 204, description = "The key is revoked.")),
)]
#[delete("/v1/keys/{key}")]
pub(crate) async fn revoke_service_key(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Admin)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    keys::revoke(&gateway.acting(&caller), None, id).await?;
    Ok(done())
}
