//! `POST /v1/articles/{article}/unlock`

use crate::error::Problem;
use crate::operation::unlock;
use crate::rest::answer::personal;
use crate::rest::dto::UnlockDto;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

/// Opens an article by the reader's meter.
///
/// An article counts once a period, however often it is opened. Nothing is spent where the meter would open nothing.
/// It opens gates in the body, never source links.
#[utoipa::path(
    post,
    path = "/v1/articles/{article}/unlock",
    operation_id = "unlockArticle",
    security(("bearer" = [])),
    tag = "passes",
    params(("article" = String, Path, description = "The article's slug or id.")),
    responses((status = 200, description = "The article's access now, and what is left.", body = UnlockDto)),
)]
#[post("/v1/articles/{article}/unlock")]
pub(crate) async fn unlock_article(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let key = path.parse().map_err(|_| Problem::not_found())?;
    let unlocked = unlock::unlock(&gateway.reading(&caller), caller.bearer.as_ref(), &key).await?;
    if let Some(bearer) = &caller.bearer {
        gateway.standings.forget(bearer);
    }
    Ok(personal(StatusCode::OK, &UnlockDto::from(&unlocked)))
}
