//! `GET` and `POST /v1/groups`

use crate::body;
use crate::error::Problem;
use crate::operation::{group, require};
use crate::rest::answer::{personal_page, versioned};
use crate::rest::dto::{GroupDto, ListDto, NewGroupDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::links::page_of;
use crate::rest::parameters::Parameters;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::group::{GroupSelection, GroupStatus};
use masthead_domain::viewer::Role;

/// The groups, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/groups",
    operation_id = "listGroups",
    security(("bearer" = [])),
    tag = "groups",
    params(
        ("status" = Option<String>, Query, description = "`active` or `ended`."),
        ("tier" = Option<String>, Query, description = "Those whose seats open this tier, by slug."),
        ("domain" = Option<String>, Query, description = "The one that has this domain."),
        ("owner" = Option<String>, Query, description = "Those that the member with this id manages."),
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of groups.", body = ListDto<GroupDto>)),
)]
#[get("/v1/groups")]
pub(crate) async fn list_groups(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    require(&caller.viewer, Role::Publisher)?;
    let mut parameters = Parameters::of(&request)?;
    let statuses = [GroupStatus::Active, GroupStatus::Ended].map(|status| (status.code(), status));
    let selection = GroupSelection {
        status: parameters.word("status", &statuses)?,
        tier: parameters.parse("tier")?,
        domain: parameters.parse("domain")?,
        owner: parameters.parse("owner")?,
    };
    let list = group::list_name(&selection);
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = group::list(&gateway.reading(&caller), &selection, &page).await?;
    let data = found.items().map(GroupDto::from).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Enters a group. For publishers.
#[utoipa::path(
    post,
    path = "/v1/groups",
    operation_id = "createGroup",
    security(("bearer" = [])),
    tag = "groups",
    params(IdempotencyKey),
    request_body = NewGroupDto,
    responses(
        (status = 201, description = "The group.", body = GroupDto),
        (status = 409, description = "Another group has one of the domains."),
    ),
)]
#[post("/v1/groups")]
pub(crate) async fn create_group(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let entry = body::json::<NewGroupDto>(&request, payload).await?.entry()?;
    let saved = group::create(&gateway.acting(&caller), entry).await?;
    let mut response = versioned(StatusCode::CREATED, saved.version, &GroupDto::from(&saved));
    if let Ok(location) = format!("/v1/groups/{}", saved.group.id).try_into() {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}
