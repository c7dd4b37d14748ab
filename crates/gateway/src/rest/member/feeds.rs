//! `/v1/me/feeds`: the member's private feeds.

use crate::body;
use crate::error::Problem;
use crate::operation::member::asking;
use crate::rest::answer::{done, personal};
use crate::rest::dto::{DataDto, FeedDto, MadeFeedDto, NewFeedDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};

/// The member's private feeds, revoked ones too, the newest first.
#[utoipa::path(
    get,
    path = "/v1/me/feeds",
    operation_id = "listPrivateFeeds",
    security(("bearer" = [])),
    tag = "me",
    responses((status = 200, description = "The feeds, without their addresses.", body = DataDto<FeedDto>)),
)]
#[get("/v1/me/feeds")]
pub(crate) async fn list_private_feeds(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let feeds = gateway.accounts.feeds(&caller).await?;
    Ok(personal(StatusCode::OK, &DataDto { data: feeds.iter().map(FeedDto::from).collect() }))
}

/// Makes a private feed and shows its address this once.
///
/// Whoever has the address reads what the member may read, until it is revoked. It is for the member's feed readers, and for
/// nothing else. A member has ten at most.
#[utoipa::path(
    post,
    path = "/v1/me/feeds",
    operation_id = "createPrivateFeed",
    security(("bearer" = [])),
    tag = "me",
    params(IdempotencyKey),
    request_body = NewFeedDto,
    responses(
        (status = 201, description = "The feed with its address.", body = MadeFeedDto),
        (status = 409, description = "Ten are good already."),
    ),
)]
#[post("/v1/me/feeds")]
pub(crate) async fn create_private_feed(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    asking(&caller)?;
    let NewFeedDto { name } = body::json(&request, payload).await?;
    let made = gateway.accounts.make_feed(&caller, name).await?;
    Ok(personal(StatusCode::CREATED, &MadeFeedDto::new(&made, &gateway.site)))
}

/// Revokes a private feed. Its address leads nowhere within a second.
#[utoipa::path(
    delete,
    path = "/v1/me/feeds/{feed}",
    operation_id = "revokePrivateFeed",
    security(("bearer" = [])),
    tag = "me",
    params(("feed" = String, Path, description = "The feed's id.")),
    responses((status = 204, description = "It is revoked.")),
)]
#[delete("/v1/me/feeds/{feed}")]
pub(crate) async fn revoke_private_feed(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    asking(&caller)?;
    let feed = path.parse().map_err(|_| Problem::not_found())?;
    gateway.accounts.revoke_feed(&caller, feed).await?;
    Ok(done())
}
