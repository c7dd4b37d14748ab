//! `GET /v1/articles/{article}/related`

use super::get::moved;
use crate::error::Problem;
use crate::operation::{Sending, article};
use crate::rest::answer::{Made, counted_answer};
use crate::rest::dto::{ArticleSummaryDto, BodyFormat, DataDto};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

/// What to read next.
///
/// Other articles that share tags, sources, authors or the section with this one, best first.
#[utoipa::path(
    get,
    path = "/v1/articles/{article}/related",
    operation_id = "listRelatedArticles",
    tag = "articles",
    params(
        ("article" = String, Path, description = "The article's slug or id."),
        ("limit" = Option<u32>, Query, description = "How many at most.", minimum = 1, maximum = 100, example = 5),
    ),
    responses(
        (status = 200, description = "The related articles.", body = DataDto<ArticleSummaryDto>),
        (status = 429, description = "A partner's quota of the day is used up."),
        (status = 308, description = "The article has another slug now."),
    ),
)]
#[get("/v1/articles/{article}/related")]
pub(crate) async fn list_related_articles(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    counted_answer(&request, &gateway, async |reading| {
        let mut parameters = Parameters::of(&request)?;
        let size = parameters.limit()?;
        parameters.finish()?;
        let key = path.parse().map_err(|_| Problem::not_found())?;
        reading.sends(Sending::TEASER);
        let Some(found) = article::related(&reading, &key, size).await? else {
            return moved(&reading, &key, "/related").await;
        };
        let listed = |dossier| ArticleSummaryDto::new(dossier, &gateway.site, BodyFormat::None);
        Made::json(&DataDto { data: found.iter().map(listed).collect() })
    })
    .await
}
