//! `GET` and `POST /v1/partners/{partner}/filters`, `DELETE /v1/partners/{partner}/filters/{filter}`

use crate::body;
use crate::error::Problem;
use crate::operation::partner::filters;
use crate::rest::answer::{done, personal};
use crate::rest::dto::{DataDto, FilterDto, NewFilterDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::viewer::Role;

/// A partner's saved filters, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/partners/{partner}/filters",
    operation_id = "listSavedFilters",
    security(("bearer" = [])),
    tag = "partners",
    params(("partner" = String, Path, description = "The partner's id.")),
    responses((status = 200, description = "The filters.", body = DataDto<FilterDto>)),
)]
#[get("/v1/partners/{partner}/filters")]
pub(crate) async fn list_saved_filters(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let found = filters::of_partner(&gateway.reading(&caller), id).await?;
    let data = found.iter().map(|filter| FilterDto::new(filter, &gateway.site)).collect();
    Ok(personal(StatusCode::OK, &DataDto { data }))
}

/// Saves a filter for a partner, who reads what it lets through as a feed. For publishers.
///
/// It chooses among what the licence covers, and never widens it. A partner has fifty at most.
#[utoipa::path(
    post,
    path = "/v1/partners/{partner}/filters",
    operation_id = "createSavedFilter",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        IdempotencyKey,
    ),
    request_body = NewFilterDto,
    responses(
        (status = 201, description = "The filter.", body = FilterDto),
        (status = 409, description = "The partner has fifty already."),
    ),
)]
#[post("/v1/partners/{partner}/filters")]
pub(crate) async fn create_saved_filter(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let new = body::json::<NewFilterDto>(&request, payload).await?.filter()?;
    let filter = filters::add(&gateway.acting(&caller), id, new, "").await?;
    Ok(personal(StatusCode::CREATED, &FilterDto::new(&filter, &gateway.site)))
}

/// Takes a saved filter out. Its feed is not found any more. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/partners/{partner}/filters/{filter}",
    operation_id = "deleteSavedFilter",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        ("filter" = String, Path, description = "The filter's id."),
    ),
    responses((status = 204, description = "The filter is gone.")),
)]
#[delete("/v1/partners/{partner}/filters/{filter}")]
pub(crate) async fn delete_saved_filter(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let (partner, filter) = path.into_inner();
    let partner = partner.parse().map_err(|_| Problem::not_found())?;
    let filter = filter.parse().map_err(|_| Problem::not_found())?;
    filters::remove(&gateway.acting(&caller), partner, filter).await?;
    Ok(done())
}
