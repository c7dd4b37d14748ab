//! `GET /v1/sections`

use crate::error::Problem;
use crate::operation::section;
use crate::rest::answer::{Made, answer};
use crate::rest::dto::{DataDto, SectionDto};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

/// All sections, siblings in their order.
#[utoipa::path(
    get,
    path = "/v1/sections",
    operation_id = "listSections",
    tag = "sections",
    responses((status = 200, description = "The sections.", body = DataDto<SectionDto>)),
)]
#[get("/v1/sections")]
pub(crate) async fn list_sections(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let tree = section::all(&reading).await?;
        Made::json(&DataDto {
            data: tree.all().iter().map(|section| SectionDto::new(section, &tree)).collect(),
        })
    })
    .await
}
