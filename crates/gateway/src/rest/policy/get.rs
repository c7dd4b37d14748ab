//! `GET /v1/policy`

use crate::error::Problem;
use crate::operation::policy;
use crate::rest::answer::versioned;
use crate::rest::dto::PolicyDto;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

/// The policy that holds.
///
/// For editors. Before the first one was saved, it is the empty policy with the version 0.
#[utoipa::path(
    get,
    path = "/v1/policy",
    operation_id = "getPolicy",
    security(("bearer" = [])),
    tag = "policy",
    responses((status = 200, description = "The policy.", body = PolicyDto)),
)]
#[get("/v1/policy")]
pub(crate) async fn get_policy(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let saved = policy::current(&gateway.reading(&caller)).await?;
    let policy = saved.map_or_else(PolicyDto::none, PolicyDto::from);
    Ok(versioned(StatusCode::OK, policy.version, &policy))
}
