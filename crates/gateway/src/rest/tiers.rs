//! `/v1/tiers`.

use super::answer::{Made, answer};
use super::dto::{DataDto, TierDto};
use super::parameters::Parameters;
use crate::error::Problem;
use crate::operation::tier;
use crate::state::Gateway;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

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
