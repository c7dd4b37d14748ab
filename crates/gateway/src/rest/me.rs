//! `/v1/me`.

use super::answer::personal;
use super::dto::MeDto;
use super::parameters::Parameters;
use crate::error::Problem;
use crate::quota;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::viewer::Viewer;

/// What the token grants. Never kept by any cache.
#[utoipa::path(
    get,
    path = "/v1/me",
    operation_id = "getMe",
    tag = "me",
    responses((status = 200, description = "What the token grants.", body = MeDto)),
)]
#[get("/v1/me")]
pub(crate) async fn get_me(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let quota = match &*caller.viewer {
        Viewer::Partner(partner) => {
            let partner = std::slice::from_ref(partner);
            quota::look(partner, gateway.desk.store(), gateway.clock.now()).await?.pop().flatten()
        }
        _ => None,
    };
    let me = MeDto::new(&caller.viewer, caller.expires, quota);
    Ok(personal(StatusCode::OK, &me))
}
