//! `GET /v1/articles/{article}`

use crate::error::Problem;
use crate::operation::{Reading, Sending, article};
use crate::rest::answer::{Made, counted_answer};
use crate::rest::dto::{ArticleDto, BodyFormat};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_persistence::ArticleKey;

/// One article.
///
/// What the token may see of the article. A part behind a lock stands in its place with `content: null`
/// and an `access` that says what opens it. An old slug is redirected to the present one.
#[utoipa::path(
    get,
    path = "/v1/articles/{article}",
    operation_id = "getArticle",
    tag = "articles",
    params(
        ("article" = String, Path, description = "The article's slug or id."),
        ("body" = Option<String>, Query, description = "`portable` (the default), `html`, `text` or `none`."),
    ),
    responses(
        (status = 200, description = "The article.", body = ArticleDto),
        (status = 429, description = "A partner's quota of the day is used up."),
        (status = 308, description = "The article has another slug now."),
    ),
)]
#[get("/v1/articles/{article}")]
pub(crate) async fn get_article(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    counted_answer(&request, &gateway, async |reading| {
        let mut parameters = Parameters::of(&request)?;
        let format = parameters.word("body", &BodyFormat::WORDS)?.unwrap_or(BodyFormat::Portable);
        parameters.finish()?;
        let key = path.parse().map_err(|_| Problem::not_found())?;
        reading.sends(Sending::EVERYTHING.with_text(format != BodyFormat::None));
        match article::find(&reading, &key).await? {
            Some(dossier) => {
                let updated = dossier.view.updated;
                Ok(Made::json(&ArticleDto::new(&dossier, &gateway.site, format))?.modified(updated))
            }
            None => moved(&reading, &key, "").await,
        }
    })
    .await
}

/// Where the article is found now, if its slug has changed.
pub(super) async fn moved(reading: &Reading, key: &ArticleKey, below: &str) -> Result<Made, Problem> {
    let ArticleKey::Slug(old) = key else { return Err(Problem::not_found()) };
    let present = article::moved(reading, old).await?.ok_or_else(Problem::not_found)?;
    Ok(Made::Moved(format!("/v1/articles/{present}{below}")))
}
