//! `GET /v1/sections/{section}`

use crate::error::Problem;
use crate::operation::section;
use crate::rest::answer::{Made, answer};
use crate::rest::dto::SectionDto;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

/// One section, with the sections above and below it.
#[utoipa::path(
    get,
    path = "/v1/sections/{section}",
    operation_id = "getSection",
    tag = "sections",
    params(("section" = String, Path, description = "The section's slug or id.")),
    responses((status = 200, description = "The section.", body = SectionDto)),
)]
#[get("/v1/sections/{section}")]
pub(crate) async fn get_section(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let key = path.parse().map_err(|_| Problem::not_found())?;
        let tree = section::all(&reading).await?;
        Made::json(&SectionDto::new(tree.find(&key).ok_or_else(Problem::not_found)?, &tree))
    })
    .await
}
