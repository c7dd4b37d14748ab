//! `POST /v1/articles/{article}/previews`

use crate::error::Problem;
use crate::operation::preview;
use crate::rest::answer::personal;
use crate::rest::dto::NewPreviewDto;
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

/// Makes a link to an article before its publication.
///
/// For editors. It shows exactly the present version; a later version ends it, and so does the publication. The code
/// is shown this once.
#[utoipa::path(
    post,
    path = "/v1/articles/{article}/previews",
    operation_id = "previewArticle",
    security(("bearer" = [])),
    tag = "passes",
    params(
        ("article" = String, Path, description = "The article's slug or id."),
        ("seconds" = Option<i64>, Query, description = "How long the link lives; a week when nothing is said.", minimum = 1, maximum = 2592000),
        IdempotencyKey,
    ),
    responses((status = 201, description = "The link with its code.", body = NewPreviewDto)),
)]
#[post("/v1/articles/{article}/previews")]
pub(crate) async fn preview_article(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let mut parameters = Parameters::of(&request)?;
    let seconds = parameters.parse("seconds")?;
    parameters.finish()?;
    let key = path.parse().map_err(|_| Problem::not_found())?;
    let new = preview::make(&gateway.acting(&caller), &key, seconds).await?;
    Ok(personal(StatusCode::CREATED, &NewPreviewDto::new(&new, &gateway.site)))
}
