//! `GET` and `POST /v1/tiers`

use crate::body;
use crate::error::Problem;
use crate::operation::tier;
use crate::rest::answer::{Made, answer, tagged};
use crate::rest::dto::{DataDto, NewTierDto, TierDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::parameters::Parameters;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::viewer::Role;

/// All tiers, cheapest first.
#[utoipa::path(
    get,
    path = "/v1/tiers",
    operation_id = "listTiers",
    tag = "tiers",
    responses((status = 200, description = "The tiers.", body = DataDto<TierDto>)),
)]
#[get("/v1/tiers")]
pub(crate) async fn list_tiers(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let tiers = tier::all(&reading).await?;
        Made::json(&DataDto { data: tiers.iter().map(|tier| TierDto::new(tier)).collect() })
    })
    .await
}

/// Makes a tier. For publishers.
///
/// Its slug stays as it is for good, and a tier is never taken out: what is no longer wanted is taken off sale with
/// `active`.
#[utoipa::path(
    post,
    path = "/v1/tiers",
    operation_id = "createTier",
    security(("bearer" = [])),
    tag = "tiers",
    params(IdempotencyKey),
    request_body = NewTierDto,
    responses(
        (status = 201, description = "The tier, with an ETag for changing it.", body = TierDto),
        (status = 409, description = "The slug is taken, or there are 100 tiers."),
    ),
)]
#[post("/v1/tiers")]
pub(crate) async fn create_tier(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let setup = body::json::<NewTierDto>(&request, payload).await?.setup()?;
    let saved = tier::create(&gateway.acting(&caller), setup).await?;
    let mut response = tagged(StatusCode::CREATED, &TierDto::new(&saved.tier));
    if let Ok(location) = format!("/v1/tiers/{}", saved.tier.slug).try_into() {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}
