//! `PUT /v1/policy`

use crate::body;
use crate::error::Problem;
use crate::operation::policy;
use crate::rest::answer::versioned;
use crate::rest::condition::must_match;
use crate::rest::dto::{PolicyDto, PolicyShape};
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, put};
use masthead_domain::viewer::Role;

/// Saves another policy, whole.
///
/// For publishers. It holds within a second, on every server.
#[utoipa::path(
    put,
    path = "/v1/policy",
    operation_id = "putPolicy",
    security(("bearer" = [])),
    tag = "policy",
    params(("If-Match" = String, Header, description = "The `ETag` of the version that was changed; `*` for whatever there is.")),
    request_body = PolicyShape,
    responses((status = 200, description = "The policy that holds now.", body = PolicyDto)),
)]
#[put("/v1/policy")]
pub(crate) async fn put_policy(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let based_on = must_match(request.headers())?;
    let wanted = policy::read(body::json(&request, payload).await?)?;
    let saved = policy::save(&gateway.acting(&caller), wanted, based_on).await?;
    Ok(versioned(StatusCode::OK, saved.version, &PolicyDto::from(saved)))
}
