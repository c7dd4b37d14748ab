//! `/v1/devices`.

use super::answer::personal;
use super::dto::TokenDto;
use super::parameters::Parameters;
use crate::error::Problem;
use crate::operation::unlock::new_device;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};

/// A token for a reader who is not signed in, so that a meter can run for them.
///
/// Nothing is kept of the device before it opens an article. One address gets so many an hour.
#[utoipa::path(
    post,
    path = "/v1/devices",
    operation_id = "registerDevice",
    security(()),
    tag = "passes",
    responses((status = 201, description = "The token.", body = TokenDto)),
)]
#[post("/v1/devices")]
pub(crate) async fn register_device(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    Parameters::of(&request)?.finish()?;
    let caller = gateway.caller(&request)?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.devices)?;
    let opened = new_device(&*gateway.chance, gateway.clock.now())?;
    Ok(personal(StatusCode::CREATED, &TokenDto::new(&opened, gateway.issue(&opened)?)))
}
