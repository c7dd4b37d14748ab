//! `GET /v1/authors/{author}`

use crate::error::Problem;
use crate::operation::author;
use crate::rest::answer::{Made, answer};
use crate::rest::dto::AuthorDto;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

/// One author.
#[utoipa::path(
    get,
    path = "/v1/authors/{author}",
    operation_id = "getAuthor",
    tag = "authors",
    params(("author" = String, Path, description = "The author's slug or id.")),
    responses((status = 200, description = "The author.", body = AuthorDto)),
)]
#[get("/v1/authors/{author}")]
pub(crate) async fn get_author(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let key = path.parse().map_err(|_| Problem::not_found())?;
        let card = author::find(&reading, &key).await?.ok_or_else(Problem::not_found)?;
        Made::json(&AuthorDto::new(&card, &gateway.site))
    })
    .await
}
