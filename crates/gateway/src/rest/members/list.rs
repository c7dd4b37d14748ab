//! `GET` and `POST /v1/members`

use super::filter;
use crate::body;
use crate::error::Problem;
use crate::operation::membership::{self, Known};
use crate::operation::require;
use crate::rest::answer::{personal_page, versioned};
use crate::rest::dto::{ListDto, MemberDetailsDto, MemberDto, NewMemberDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::links::page_of;
use crate::rest::parameters::Parameters;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::viewer::Role;

/// The members, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/members",
    operation_id = "listMembers",
    security(("bearer" = [])),
    tag = "members",
    params(
        ("email" = Option<String>, Query, description = "Who has this address."),
        ("status" = Option<String>, Query, description = "`active` or `suspended`."),
        ("tier" = Option<String>, Query, description = "Who has this tier now, by slug."),
        ("newsletter" = Option<String>, Query, description = "Who gets this newsletter, by slug."),
        ("label" = Option<String>, Query, description = "Who has this label."),
        ("createdFrom" = Option<String>, Query, description = "Accounts made at this instant or later."),
        ("createdTo" = Option<String>, Query, description = "Accounts made before this instant."),
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of members.", body = ListDto<MemberDto>)),
)]
#[get("/v1/members")]
pub(crate) async fn list_members(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    require(&caller.viewer, Role::Publisher)?;
    let mut parameters = Parameters::of(&request)?;
    let filter = filter(&mut parameters)?;
    let list = filter.list();
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = membership::list(&gateway.reading(&caller), &filter, &page).await?;
    let data = found.items().map(MemberDto::from).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Enters a member, on the publisher's word that the address is theirs. For publishers.
#[utoipa::path(
    post,
    path = "/v1/members",
    operation_id = "createMember",
    security(("bearer" = [])),
    tag = "members",
    params(IdempotencyKey),
    request_body = NewMemberDto,
    responses(
        (status = 201, description = "The member.", body = MemberDetailsDto),
        (status = 409, description = "A member has the address, or whoever has it asked to be forgotten."),
    ),
)]
#[post("/v1/members")]
pub(crate) async fn create_member(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let entry = body::json::<NewMemberDto>(&request, payload).await?.entry()?;
    let acting = gateway.acting(&caller);
    let id = membership::enter(&acting, &gateway.accounts.secrets, entry, Known::Refuse).await?;
    let details = membership::find(&gateway.reading(&caller), id).await?;
    let answer = MemberDetailsDto::from(&details);
    let mut response = versioned(StatusCode::CREATED, details.saved.version, &answer);
    if let Ok(location) = format!("/v1/members/{id}").try_into() {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}
