//! `GET` and `POST /v1/partners/{partner}/keys`, `DELETE /v1/partners/{partner}/keys/{key}`

use crate::body;
use crate::error::Problem;
use crate::operation::partner::keys;
use crate::rest::answer::{done, personal};
use crate::rest::dto::{ApiKeyDto, DataDto, MadeApiKeyDto, NewApiKeyDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::viewer::Role;

/// A partner's keys, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/partners/{partner}/keys",
    operation_id = "listKeys",
    security(("bearer" = [])),
    tag = "partners",
    params(("partner" = String, Path, description = "The partner's id.")),
    responses((status = 200, description = "The keys, without their secrets.", body = DataDto<ApiKeyDto>)),
)]
#[get("/v1/partners/{partner}/keys")]
pub(crate) async fn list_keys(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let found = keys::of_partner(&gateway.reading(&caller), id).await?;
    let data = found.iter().map(|key| ApiKeyDto::new(key, gateway.clock.now())).collect();
    Ok(personal(StatusCode::OK, &DataDto { data }))
}

/// Makes a key for a partner and shows it this once. For publishers.
///
/// Two keys of a partner may be good at the same time, so that one can take the place of the other without a gap.
#[utoipa::path(
    post,
    path = "/v1/partners/{partner}/keys",
    operation_id = "createKey",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        IdempotencyKey,
    ),
    request_body = NewApiKeyDto,
    responses(
        (status = 201, description = "The key with its secret.", body = MadeApiKeyDto),
        (status = 409, description = "Two keys are good already."),
    ),
)]
#[post("/v1/partners/{partner}/keys")]
pub(crate) async fn create_key(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let new = body::json::<NewApiKeyDto>(&request, payload).await?;
    let expires = new.expires()?;
    let made = keys::add(&gateway.acting(&caller), id, new.name, expires).await?;
    Ok(personal(StatusCode::CREATED, &MadeApiKeyDto::new(&made, gateway.clock.now())))
}

/// Revokes a key. It is good no longer within a second. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/partners/{partner}/keys/{key}",
    operation_id = "revokeKey",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        ("key" = String, Path, description = "The key's id."),
    ),
    responses((status = 204, description = "The key is revoked.")),
)]
#[delete("/v1/partners/{partner}/keys/{key}")]
pub(crate) async fn revoke_key(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let (partner, key) = path.into_inner();
    let partner = partner.parse().map_err(|_| Problem::not_found())?;
    let key = key.parse().map_err(|_| Problem::not_found())?;
    keys::revoke(&gateway.acting(&caller), Some(partner), key).await?;
    Ok(done())
}
