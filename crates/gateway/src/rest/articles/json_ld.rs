//! `GET /v1/articles/{article}/json-ld`

use super::get::moved;
use crate::error::Problem;
use crate::operation::{Sending, article};
use crate::render::JsonLd;
use crate::rest::answer::{Made, counted_answer};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::header::HeaderValue;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::viewer::Extent;

const LD_JSON: HeaderValue = HeaderValue::from_static("application/ld+json");

/// An article for search engines.
///
/// `NewsArticle` by schema.org, as JSON that may stand in a `script` element of the page. Parts that are not for everybody
/// are named by the class `gate-KEY`, which the elements of the page must have; `body=html` comes with it.
#[utoipa::path(
    get,
    path = "/v1/articles/{article}/json-ld",
    operation_id = "getArticleJsonLd",
    tag = "articles",
    params(("article" = String, Path, description = "The article's slug or id.")),
    responses(
        (status = 200, description = "The article.", content_type = "application/ld+json", body = Object),
        (status = 429, description = "A partner's quota of the day is used up."),
        (status = 308, description = "The article has another slug now."),
    ),
)]
#[get("/v1/articles/{article}/json-ld")]
pub(crate) async fn get_article_json_ld(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    counted_answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        reading.sends(Sending { extent: Some(Extent::Teaser), sources: true });
        let key = path.parse().map_err(|_| Problem::not_found())?;
        let Some(dossier) = article::find(&reading, &key).await? else {
            return moved(&reading, &key, "/json-ld").await;
        };
        let document = JsonLd::of(&dossier, &gateway.site).to_json().map_err(|_| Problem::internal())?;
        Ok(Made::typed(document.into_bytes(), LD_JSON))
    })
    .await
}
