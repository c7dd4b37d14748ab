//! `GET` and `PATCH /v1/tiers/{tier}`

use crate::body;
use crate::error::Problem;
use crate::operation::{require, tier};
use crate::rest::answer::{Made, answer, etag, tagged};
use crate::rest::condition::if_match_etag;
use crate::rest::dto::{TierChangeDto, TierDto};
use crate::rest::parameters::Parameters;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, patch};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;
use masthead_persistence::SavedTier;

/// One tier, whether it is offered or not.
///
/// Its `ETag` is the same for everybody, and is what a change is sent with as `If-Match`.
#[utoipa::path(
    get,
    path = "/v1/tiers/{tier}",
    operation_id = "getTier",
    tag = "tiers",
    params(("tier" = String, Path, description = "The tier's slug.")),
    responses((status = 200, description = "The tier.", body = TierDto)),
)]
#[get("/v1/tiers/{tier}")]
pub(crate) async fn get_tier(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    if require(&caller.viewer, Role::Publisher).is_ok() {
        Parameters::of(&request)?.finish()?;
        let saved = tier::saved(&gateway.reading(&caller), &slug(&path)?).await?;
        return Ok(tagged(StatusCode::OK, &TierDto::new(&saved.tier)));
    }
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        Made::json(&TierDto::new(&*tier::find(&reading, &slug(&path)?).await?))
    })
    .await
}

/// Changes a tier. What is left out stays. For publishers.
///
/// What it grants is held, or no longer held, within a second. `"active": false` takes it off sale: whoever has it keeps
/// it.
#[utoipa::path(
    patch,
    path = "/v1/tiers/{tier}",
    operation_id = "updateTier",
    security(("bearer" = [])),
    tag = "tiers",
    params(
        ("tier" = String, Path, description = "The tier's slug."),
        ("If-Match" = Option<String>, Header, description = "The ETag of what is changed."),
    ),
    request_body = TierChangeDto,
    responses(
        (status = 200, description = "The tier.", body = TierDto),
        (status = 412, description = "The tier has been changed since."),
    ),
)]
#[patch("/v1/tiers/{tier}")]
pub(crate) async fn change_tier(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let slug = slug(&path)?;
    let known = if_match_etag(request.headers())?;
    let is_based_on = |there: &SavedTier| known.is_none() || etag(&TierDto::new(&there.tier)) == known;
    let change = body::json::<TierChangeDto>(&request, payload).await?.change()?;
    let saved = tier::change(&gateway.acting(&caller), &slug, is_based_on, change).await?;
    Ok(tagged(StatusCode::OK, &TierDto::new(&saved.tier)))
}

/// What is no slug is no tier's.
fn slug(path: &str) -> Result<Slug, Problem> {
    path.parse().map_err(|_| Problem::not_found())
}
