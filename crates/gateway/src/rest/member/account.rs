//! `/v1/me`: what is known of a member.

use crate::body;
use crate::error::Problem;
use crate::operation::member::{NameChange, asking};
use crate::rest::answer::{attached, done, personal};
use crate::rest::dto::{ExportDto, ProfileChangeDto, ProfileDto};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch};
use masthead_domain::viewer::Bearer;

/// What the member sees of themselves.
#[utoipa::path(
    get,
    path = "/v1/me/profile",
    operation_id = "getProfile",
    security(("bearer" = [])),
    tag = "me",
    responses((status = 200, description = "The profile.", body = ProfileDto)),
)]
#[get("/v1/me/profile")]
pub(crate) async fn get_profile(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let profile = gateway.accounts.profile(&caller).await?;
    Ok(personal(StatusCode::OK, &ProfileDto::from(&profile)))
}

/// Changes the profile. What is left out stays.
#[utoipa::path(
    patch,
    path = "/v1/me/profile",
    operation_id = "updateProfile",
    security(("bearer" = [])),
    tag = "me",
    request_body = ProfileChangeDto,
    responses((status = 200, description = "The profile as it is now.", body = ProfileDto)),
)]
#[patch("/v1/me/profile")]
pub(crate) async fn update_profile(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    asking(&caller)?;
    let ProfileChangeDto { name } = body::json(&request, payload).await?;
    let name = name.map_or(NameChange::Keep, NameChange::Set);
    let profile = gateway.accounts.update_profile(&caller, name).await?;
    Ok(personal(StatusCode::OK, &ProfileDto::from(&profile)))
}

/// All that is known of the member, to take along.
#[utoipa::path(
    get,
    path = "/v1/me/export",
    operation_id = "exportMe",
    security(("bearer" = [])),
    tag = "me",
    responses((status = 200, description = "Everything.", body = ExportDto)),
)]
#[get("/v1/me/export")]
pub(crate) async fn export_me(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let everything = gateway.accounts.export(&caller).await?;
    let session = match caller.bearer {
        Some(Bearer::Member { session, .. }) => session,
        _ => None,
    };
    Ok(attached(personal(StatusCode::OK, &ExportDto::new(&everything, session)), "my-data.json"))
}

/// Erases the member: the account and all that is known of them. Their tokens are good no longer.
#[utoipa::path(
    delete,
    path = "/v1/me",
    operation_id = "deleteMe",
    security(("bearer" = [])),
    tag = "me",
    responses((status = 204, description = "Erased.")),
)]
#[delete("/v1/me")]
pub(crate) async fn delete_me(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    gateway.accounts.erase(&caller).await?;
    Ok(done())
}
