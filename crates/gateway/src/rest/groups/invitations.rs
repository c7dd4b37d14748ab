//! `GET` and `POST /v1/groups/{group}/invitations`, `DELETE /v1/groups/{group}/invitations/{invitation}`

use super::managing;
use crate::body;
use crate::error::Problem;
use crate::operation::group;
use crate::rest::answer::{done, personal, personal_page};
use crate::rest::dto::{DataDto, InvitationDto, ListDto, NewInvitationsDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::links::page_of;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};

/// The invitations of a group that are good, the newest first. For publishers, and for its owners.
#[utoipa::path(
    get,
    path = "/v1/groups/{group}/invitations",
    operation_id = "listGroupInvitations",
    security(("bearer" = [])),
    tag = "groups",
    params(
        ("group" = String, Path, description = "The group's id."),
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of invitations, without their codes.", body = ListDto<InvitationDto>)),
)]
#[get("/v1/groups/{group}/invitations")]
pub(crate) async fn list_invitations(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (managing, mut parameters) = managing(&request, &gateway).await?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let list = group::invitations_list(id);
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = group::invitations(&managing, id, &page).await?;
    let data = found.items().map(InvitationDto::from).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Invites people to seats in a group, by mail. For publishers, and for its owners.
///
/// Each address gets a letter with a code that is good once, for two weeks. The answer is the same whether an address has
/// an account or not. Who is invited again gets another code, and the one before is good no longer.
#[utoipa::path(
    post,
    path = "/v1/groups/{group}/invitations",
    operation_id = "inviteToGroup",
    security(("bearer" = [])),
    tag = "groups",
    params(
        ("group" = String, Path, description = "The group's id."),
        IdempotencyKey,
    ),
    request_body = NewInvitationsDto,
    responses(
        (status = 202, description = "The invitations; the letters are under way.", body = DataDto<InvitationDto>),
        (status = 409, description = "The group is over, or has fewer seats left."),
        (status = 429, description = "Too many letters in a day, to one address or from the group."),
    ),
)]
#[post("/v1/groups/{group}/invitations")]
pub(crate) async fn invite(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (managing, parameters) = managing(&request, &gateway).await?;
    parameters.finish()?;
    let caller = gateway.caller(&request)?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.redemptions)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let NewInvitationsDto { emails } = body::json(&request, payload).await?;
    let made = group::invite(&managing, &gateway.accounts, id, &emails).await?;
    Ok(personal(StatusCode::ACCEPTED, &DataDto { data: made.iter().map(InvitationDto::from).collect() }))
}

/// Takes an invitation back. Its code is good no longer. For publishers, and for the group's owners.
#[utoipa::path(
    delete,
    path = "/v1/groups/{group}/invitations/{invitation}",
    operation_id = "revokeGroupInvitation",
    security(("bearer" = [])),
    tag = "groups",
    params(
        ("group" = String, Path, description = "The group's id."),
        ("invitation" = String, Path, description = "The invitation's id."),
    ),
    responses((status = 204, description = "It is good no longer.")),
)]
#[delete("/v1/groups/{group}/invitations/{invitation}")]
pub(crate) async fn revoke_invitation(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (managing, parameters) = managing(&request, &gateway).await?;
    parameters.finish()?;
    let (id, invitation) = path.into_inner();
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let invitation = invitation.parse().map_err(|_| Problem::not_found())?;
    group::revoke_invitation(&managing, id, invitation).await?;
    Ok(done())
}
