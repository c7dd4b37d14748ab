//! `POST /v1/articles/{article}/gifts`

use crate::error::Problem;
use crate::operation::gift;
use crate::rest::answer::personal;
use crate::rest::dto::NewGiftDto;
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

/// Gives an article away.
///
/// For members who hold what opens the whole body, as often a month as the policy says, and for the staff. The code
/// is shown this once.
#[utoipa::path(
    post,
    path = "/v1/articles/{article}/gifts",
    operation_id = "giveArticle",
    security(("bearer" = [])),
    tag = "passes",
    params(
        ("article" = String, Path, description = "The article's slug or id."),
        IdempotencyKey,
    ),
    responses((status = 201, description = "The gift with its code.", body = NewGiftDto)),
)]
#[post("/v1/articles/{article}/gifts")]
pub(crate) async fn give_article(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let key = path.parse().map_err(|_| Problem::not_found())?;
    let new = gift::give(&gateway.acting(&caller), caller.bearer.as_ref(), &key).await?;
    Ok(personal(StatusCode::CREATED, &NewGiftDto::new(&new, &gateway.site)))
}
