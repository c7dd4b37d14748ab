//! `/v1/institutions`.

use super::answer::{done, personal};
use super::dto::{DataDto, InstitutionDto, InstitutionRequest, TokenDto};
use super::parameters::Parameters;
use super::staff::staff;
use crate::body;
use crate::error::Problem;
use crate::operation::institution;
use crate::rest::idempotency::IdempotencyKey;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::id::{InstitutionId, PassId};
use masthead_domain::viewer::{Bearer, Role};

/// All institutions, the newest first.
///
/// For publishers.
#[utoipa::path(
    get,
    path = "/v1/institutions",
    operation_id = "listInstitutions",
    security(("bearer" = [])),
    tag = "passes",
    responses((status = 200, description = "The institutions.", body = DataDto<InstitutionDto>)),
)]
#[get("/v1/institutions")]
pub(crate) async fn list_institutions(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let all = institution::all(&gateway.reading(&caller)).await?;
    let data: Vec<_> = all.iter().map(InstitutionDto::from).collect();
    Ok(personal(StatusCode::OK, &DataDto { data }))
}

/// Adds an institution.
///
/// For publishers.
#[utoipa::path(
    post,
    path = "/v1/institutions",
    operation_id = "addInstitution",
    security(("bearer" = [])),
    tag = "passes",
    params(IdempotencyKey),
    request_body = InstitutionRequest,
    responses((status = 201, description = "The institution.", body = InstitutionDto)),
)]
#[post("/v1/institutions")]
pub(crate) async fn add_institution(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let InstitutionRequest { name, networks, entitlements } = body::json(&request, payload).await?;
    let added = institution::add(&gateway.acting(&caller), name, &networks, &entitlements).await?;
    Ok(personal(StatusCode::CREATED, &InstitutionDto::from(&added)))
}

/// Ends an institution's reading.
///
/// For publishers. Its tokens open nothing any more.
#[utoipa::path(
    delete,
    path = "/v1/institutions/{institution}",
    operation_id = "endInstitution",
    security(("bearer" = [])),
    tag = "passes",
    params(("institution" = String, Path, description = "The institution's id.")),
    responses((status = 204, description = "It reads no longer.")),
)]
#[delete("/v1/institutions/{institution}")]
pub(crate) async fn end_institution(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let id: InstitutionId = path.parse().map_err(|_| Problem::not_found())?;
    institution::end(&gateway.acting(&caller), id).await?;
    gateway.standings.forget(&Bearer::Pass(PassId::from_uuid(id.uuid())));
    Ok(done())
}

/// A token for whoever is at an institution, by the address of the request.
///
/// Behind a proxy the address is that in `X-Forwarded-For`, when the setting `trusted_proxies` names the proxy.
#[utoipa::path(
    post,
    path = "/v1/institutions/session",
    operation_id = "beginInstitutionSession",
    security(()),
    tag = "passes",
    responses((status = 201, description = "The token.", body = TokenDto)),
)]
#[post("/v1/institutions/session")]
pub(crate) async fn begin_institution_session(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.redemptions)?;
    let client = gateway.proxies.client(request.peer_addr(), request.headers());
    let opened = institution::open_at(&gateway.reading(&caller), client).await?;
    Ok(personal(StatusCode::CREATED, &TokenDto::new(&opened, gateway.issue(&opened)?)))
}
