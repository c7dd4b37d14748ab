//! `/v1/me/sessions`: where a member is signed in.

use crate::error::Problem;
use crate::rest::answer::{done, personal};
use crate::rest::dto::{DataDto, SessionDto};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get};

/// Where the member is signed in, the newest first.
#[utoipa::path(
    get,
    path = "/v1/me/sessions",
    operation_id = "listSessions",
    security(("bearer" = [])),
    tag = "me",
    responses((status = 200, description = "The sessions that go on.", body = DataDto<SessionDto>)),
)]
#[get("/v1/me/sessions")]
pub(crate) async fn list_sessions(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let sessions = gateway.accounts.sessions(&caller).await?;
    Ok(personal(StatusCode::OK, &DataDto { data: sessions.iter().map(SessionDto::from).collect() }))
}

/// Ends a session of the member's own. Its tokens are good no longer.
#[utoipa::path(
    delete,
    path = "/v1/me/sessions/{session}",
    operation_id = "endSession",
    security(("bearer" = [])),
    tag = "me",
    params(("session" = String, Path, description = "The session's id.")),
    responses((status = 204, description = "It is over.")),
)]
#[delete("/v1/me/sessions/{session}")]
pub(crate) async fn end_session(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let session = path.parse().map_err(|_| Problem::not_found())?;
    gateway.accounts.end_session(&caller, session).await?;
    Ok(done())
}
