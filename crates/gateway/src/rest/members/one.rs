//! `GET`, `PATCH` and `DELETE /v1/members/{member}`, `GET /v1/members/{member}/export`

use crate::body;
use crate::error::Problem;
use crate::operation::membership;
use crate::rest::answer::{attached, done, personal, versioned};
use crate::rest::condition::if_match;
use crate::rest::dto::{ExportDto, MemberChangeDto, MemberDetailsDto};
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch};
use masthead_domain::viewer::Role;

/// One member, with what they have. For publishers.
#[utoipa::path(
    get,
    path = "/v1/members/{member}",
    operation_id = "getMember",
    security(("bearer" = [])),
    tag = "members",
    params(("member" = String, Path, description = "The member's id.")),
    responses((status = 200, description = "The member, with an ETag for changing them.", body = MemberDetailsDto)),
)]
#[get("/v1/members/{member}")]
pub(crate) async fn get_member(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let details = membership::find(&gateway.reading(&caller), id).await?;
    Ok(versioned(StatusCode::OK, details.saved.version, &MemberDetailsDto::from(&details)))
}

/// Changes a member's name, note, labels or status. For publishers.
///
/// To suspend a member shuts all of their tokens within a second.
#[utoipa::path(
    patch,
    path = "/v1/members/{member}",
    operation_id = "updateMember",
    security(("bearer" = [])),
    tag = "members",
    params(
        ("member" = String, Path, description = "The member's id."),
        ("If-Match" = Option<String>, Header, description = "The ETag of the state that is changed."),
    ),
    request_body = MemberChangeDto,
    responses(
        (status = 200, description = "The member.", body = MemberDetailsDto),
        (status = 412, description = "The member has been changed since."),
    ),
)]
#[patch("/v1/members/{member}")]
pub(crate) async fn change_member(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let based_on = if_match(request.headers())?;
    let change = body::json::<MemberChangeDto>(&request, payload).await?.change()?;
    membership::change(&gateway.acting(&caller), id, based_on, change).await?;
    let details = membership::find(&gateway.reading(&caller), id).await?;
    Ok(versioned(StatusCode::OK, details.saved.version, &MemberDetailsDto::from(&details)))
}

/// Erases a member and all that is known of them, as they can do themselves. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/members/{member}",
    operation_id = "eraseMember",
    security(("bearer" = [])),
    tag = "members",
    params(("member" = String, Path, description = "The member's id.")),
    responses((status = 204, description = "Erased.")),
)]
#[delete("/v1/members/{member}")]
pub(crate) async fn erase_member(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    membership::erase(&gateway.acting(&caller), &gateway.accounts.secrets, id).await?;
    Ok(done())
}

/// All that is known of a member, as they can take it along themselves. For publishers.
#[utoipa::path(
    get,
    path = "/v1/members/{member}/export",
    operation_id = "exportMember",
    security(("bearer" = [])),
    tag = "members",
    params(("member" = String, Path, description = "The member's id.")),
    responses((status = 200, description = "Everything.", body = ExportDto)),
)]
#[get("/v1/members/{member}/export")]
pub(crate) async fn export_member(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let acting = gateway.acting(&caller);
    let everything = membership::export(&acting, &gateway.accounts.secrets, id).await?;
    Ok(attached(personal(StatusCode::OK, &ExportDto::new(&everything, None)), "member.json"))
}
