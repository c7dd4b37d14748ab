//! `GET /v1/tags/{tag}`

use crate::error::Problem;
use crate::operation::tag;
use crate::rest::answer::{Made, answer};
use crate::rest::dto::TagDto;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

/// One tag.
#[utoipa::path(
    get,
    path = "/v1/tags/{tag}",
    operation_id = "getTag",
    tag = "tags",
    params(("tag" = String, Path, description = "The tag's slug or id.")),
    responses((status = 200, description = "The tag.", body = TagDto)),
)]
#[get("/v1/tags/{tag}")]
pub(crate) async fn get_tag(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let key = path.parse().map_err(|_| Problem::not_found())?;
        Made::json(&TagDto::new(&tag::find(&reading, &key).await?.ok_or_else(Problem::not_found)?))
    })
    .await
}
