//! `GET /v1/articles/{article}/sources`

use super::get::moved;
use crate::error::Problem;
use crate::operation::{Sending, article};
use crate::rest::answer::{Made, counted_answer};
use crate::rest::dto::SourcesDto;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

/// What an article rests on.
///
/// The sources are public; the direct links stand behind the article's sources lock.
#[utoipa::path(
    get,
    path = "/v1/articles/{article}/sources",
    operation_id = "listArticleSources",
    tag = "articles",
    params(("article" = String, Path, description = "The article's slug or id.")),
    responses(
        (status = 200, description = "The sources.", body = SourcesDto),
        (status = 429, description = "A partner's quota of the day is used up."),
        (status = 308, description = "The article has another slug now."),
    ),
)]
#[get("/v1/articles/{article}/sources")]
pub(crate) async fn list_article_sources(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    counted_answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let key = path.parse().map_err(|_| Problem::not_found())?;
        reading.sends(Sending::SOURCES);
        match article::find(&reading, &key).await? {
            Some(dossier) => Made::json(&SourcesDto::of(&dossier, &gateway.site)),
            None => moved(&reading, &key, "/sources").await,
        }
    })
    .await
}
