//! `GET /v1/members/{member}/feeds`, `DELETE /v1/members/{member}/feeds/{feed}`

use crate::error::Problem;
use crate::operation::membership::feeds;
use crate::rest::answer::{done, personal};
use crate::rest::dto::{DataDto, FeedDto};
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get};
use masthead_domain::viewer::Role;

/// A member's private feeds, revoked ones too, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/members/{member}/feeds",
    operation_id = "listMemberFeeds",
    security(("bearer" = [])),
    tag = "members",
    params(("member" = String, Path, description = "The member's id.")),
    responses((status = 200, description = "The feeds, without their addresses.", body = DataDto<FeedDto>)),
)]
#[get("/v1/members/{member}/feeds")]
pub(crate) async fn list_member_feeds(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let found = feeds::of_member(&gateway.reading(&caller), id).await?;
    Ok(personal(StatusCode::OK, &DataDto { data: found.iter().map(FeedDto::from).collect() }))
}

/// Revokes a private feed of a member. Its address leads nowhere within a second. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/members/{member}/feeds/{feed}",
    operation_id = "revokeMemberFeed",
    security(("bearer" = [])),
    tag = "members",
    params(
        ("member" = String, Path, description = "The member's id."),
        ("feed" = String, Path, description = "The feed's id."),
    ),
    responses((status = 204, description = "It is revoked.")),
)]
#[delete("/v1/members/{member}/feeds/{feed}")]
pub(crate) async fn revoke_member_feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let (member, feed) = path.into_inner();
    let member = member.parse().map_err(|_| Problem::not_found())?;
    let feed = feed.parse().map_err(|_| Problem::not_found())?;
    feeds::revoke(&gateway.acting(&caller), member, feed).await?;
    Ok(done())
}
