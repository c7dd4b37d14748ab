//! `POST /v1/groups/invitations/accept`, `POST /v1/me/group`, `GET /v1/me/groups`, `DELETE /v1/me/groups/{group}`

use crate::body;
use crate::error::Problem;
use crate::operation::member::asking;
use crate::rest::answer::{done, personal};
use crate::rest::dto::{CodeRequest, MyGroupsDto, MySeatDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};

/// Takes the seat that an invitation offers. For whoever is signed in.
///
/// The code is used up with that. It is good for whoever has it, whatever address they sign in with.
#[utoipa::path(
    post,
    path = "/v1/groups/invitations/accept",
    operation_id = "acceptGroupInvitation",
    security(("bearer" = [])),
    tag = "groups",
    params(IdempotencyKey),
    request_body = CodeRequest,
    responses(
        (status = 201, description = "The seat.", body = MySeatDto),
        (status = 400, description = "The code is wrong, has been used, or is too old."),
        (status = 409, description = "No seat is left; the code stays good."),
    ),
)]
#[post("/v1/groups/invitations/accept")]
pub(crate) async fn accept_invitation(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    asking(&caller)?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.redemptions)?;
    let CodeRequest { code } = body::json(&request, payload).await?;
    let taken = gateway.accounts.accept_invitation(&caller, &code).await?;
    Ok(personal(StatusCode::CREATED, &MySeatDto::from(&taken)))
}

/// Takes a seat in the group that has the domain of the member's address.
///
/// Whoever has one already is answered the same.
#[utoipa::path(
    post,
    path = "/v1/me/group",
    operation_id = "takeGroupSeat",
    security(("bearer" = [])),
    tag = "me",
    params(IdempotencyKey),
    responses(
        (status = 201, description = "The seat.", body = MySeatDto),
        (status = 404, description = "No group has the domain of the member's address."),
        (status = 409, description = "No seat is left, or theirs was taken back."),
        (status = 429, description = "Asked for too often."),
    ),
)]
#[post("/v1/me/group")]
pub(crate) async fn take_seat(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    asking(&caller)?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.redemptions)?;
    let taken = gateway.accounts.take_seat(&caller).await?;
    Ok(personal(StatusCode::CREATED, &MySeatDto::from(&taken)))
}

/// The member's seats in groups, the groups that they manage, and the invitations to their address.
#[utoipa::path(
    get,
    path = "/v1/me/groups",
    operation_id = "listMyGroups",
    security(("bearer" = [])),
    tag = "me",
    responses((status = 200, description = "What the member has to do with groups.", body = MyGroupsDto)),
)]
#[get("/v1/me/groups")]
pub(crate) async fn list_my_groups(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let groups = gateway.accounts.groups(&caller).await?;
    Ok(personal(StatusCode::OK, &MyGroupsDto::from(&groups)))
}

/// Gives up the member's seat in a group.
#[utoipa::path(
    delete,
    path = "/v1/me/groups/{group}",
    operation_id = "leaveGroup",
    security(("bearer" = [])),
    tag = "me",
    params(("group" = String, Path, description = "The group's id.")),
    responses((status = 204, description = "The seat is free.")),
)]
#[delete("/v1/me/groups/{group}")]
pub(crate) async fn leave_group(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    asking(&caller)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    gateway.accounts.leave_group(&caller, id).await?;
    Ok(done())
}
