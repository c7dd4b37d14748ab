//! `/v1/sources/{source}`.

use super::answer::{Made, answer};
use super::dto::SourceDto;
use super::parameters::Parameters;
use crate::error::Problem;
use crate::operation::source;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

/// One source.
///
/// A source exists for a token if an article that cites it does. Its link is not here: it stands with each
/// article that cites it, behind that article's sources lock.
#[utoipa::path(
    get,
    path = "/v1/sources/{source}",
    operation_id = "getSource",
    tag = "sources",
    params(("source" = String, Path, description = "The source's id.")),
    responses((status = 200, description = "The source.", body = SourceDto)),
)]
#[get("/v1/sources/{source}")]
pub(crate) async fn get_source(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let id = path.parse().map_err(|_| Problem::not_found())?;
        Made::json(&SourceDto::new(&source::find(&reading, id).await?.ok_or_else(Problem::not_found)?))
    })
    .await
}
