//! `POST /v1/members/{member}/subscriptions`, `DELETE /v1/members/{member}/subscriptions/{subscription}`

use crate::body;
use crate::error::Problem;
use crate::operation::membership::comp;
use crate::rest::answer::{done, personal};
use crate::rest::dto::{CompDto, SubscriptionDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, post};
use masthead_domain::viewer::Role;

/// Gives a member a tier. It opens within a second, with the tokens that they have. For publishers.
#[utoipa::path(
    post,
    path = "/v1/members/{member}/subscriptions",
    operation_id = "giveSubscription",
    security(("bearer" = [])),
    tag = "members",
    params(
        ("member" = String, Path, description = "The member's id."),
        IdempotencyKey,
    ),
    request_body = CompDto,
    responses((status = 201, description = "The subscription.", body = SubscriptionDto)),
)]
#[post("/v1/members/{member}/subscriptions")]
pub(crate) async fn give_subscription(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let given = body::json::<CompDto>(&request, payload).await?.comp("")?;
    let subscription = comp::give(&gateway.acting(&caller), id, given).await?;
    Ok(personal(StatusCode::CREATED, &SubscriptionDto::from(&subscription)))
}

/// Ends a subscription that nobody pays for. It opens nothing within a second. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/members/{member}/subscriptions/{subscription}",
    operation_id = "endSubscription",
    security(("bearer" = [])),
    tag = "members",
    params(
        ("member" = String, Path, description = "The member's id."),
        ("subscription" = String, Path, description = "The subscription's id."),
    ),
    responses(
        (status = 204, description = "It is over."),
        (status = 409, description = "It ends with the payment provider, or with its group."),
    ),
)]
#[delete("/v1/members/{member}/subscriptions/{subscription}")]
pub(crate) async fn end_subscription(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let (member, subscription) = path.into_inner();
    let member = member.parse().map_err(|_| Problem::not_found())?;
    let subscription = subscription.parse().map_err(|_| Problem::not_found())?;
    comp::end(&gateway.acting(&caller), member, subscription).await?;
    Ok(done())
}
