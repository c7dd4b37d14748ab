//! `/v1/gift-subscriptions`

use crate::body;
use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::member::asking;
use crate::operation::{LinkCode, payment};
use crate::rest::answer::{done, personal, personal_page};
use crate::rest::dto::{
    CodeRequest, DataDto, GiftSubscriptionDto, GiftSubscriptionRequest, ListDto, NewGiftSubscriptionDto,
    SubscriptionDto,
};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::links::page_of;
use crate::rest::parameters::Parameters;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::viewer::Role;

/// All gift subscriptions, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/gift-subscriptions",
    operation_id = "listGiftSubscriptions",
    security(("bearer" = [])),
    tag = "payments",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` of a page of this list."),
    ),
    responses((status = 200, description = "A page of gift subscriptions.", body = ListDto<GiftSubscriptionDto>)),
)]
#[get("/v1/gift-subscriptions")]
pub(crate) async fn list_gift_subscriptions(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let mut parameters = Parameters::of(&request)?;
    let list = ListName::new(payment::GIFT_SUBSCRIPTIONS);
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = payment::list(&gateway.reading(&caller), &page).await?;
    let data = found.items().map(GiftSubscriptionDto::new).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Makes gift subscriptions that nobody pays for. For publishers.
///
/// Each has a code, which is shown this once and is good once.
#[utoipa::path(
    post,
    path = "/v1/gift-subscriptions",
    operation_id = "makeGiftSubscriptions",
    security(("bearer" = [])),
    tag = "payments",
    params(IdempotencyKey),
    request_body = GiftSubscriptionRequest,
    responses((status = 201, description = "The gift subscriptions with their codes.", body = DataDto<NewGiftSubscriptionDto>)),
)]
#[post("/v1/gift-subscriptions")]
pub(crate) async fn make_gift_subscriptions(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let (present, count) = body::json::<GiftSubscriptionRequest>(&request, payload).await?.wish()?;
    let made = payment::make(&gateway.acting(&caller), present, count).await?;
    let data = made.iter().map(NewGiftSubscriptionDto::new).collect();
    Ok(personal(StatusCode::CREATED, &DataDto { data }))
}

/// Redeems a gift subscription: the member has its tier from now on.
///
/// For members. What they were given of the same tier before runs on first. One address may try so many codes an hour.
#[utoipa::path(
    post,
    path = "/v1/gift-subscriptions/redeem",
    operation_id = "redeemGiftSubscription",
    security(("bearer" = [])),
    tag = "payments",
    params(IdempotencyKey),
    request_body = CodeRequest,
    responses(
        (status = 201, description = "What the member has of it.", body = SubscriptionDto),
        (status = 409, description = "It has not been paid for yet."),
        (status = 410, description = "It was redeemed, or was taken back."),
    ),
)]
#[post("/v1/gift-subscriptions/redeem")]
pub(crate) async fn redeem_gift_subscription(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    asking(&caller)?;
    Parameters::of(&request)?.finish()?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.redemptions)?;
    let asked: CodeRequest = body::json(&request, payload).await?;
    let code = LinkCode::sent(&asked.code)?;
    let subscription = payment::redeem(&gateway.acting(&caller), &caller, &code).await?;
    if let Some(bearer) = &caller.bearer {
        gateway.standings.forget(bearer);
    }
    Ok(personal(StatusCode::CREATED, &SubscriptionDto::from(&subscription)))
}

/// Takes a gift subscription back that nobody has redeemed. For publishers.
#[utoipa::path(
    delete,
    path = "/v1/gift-subscriptions/{giftSubscription}",
    operation_id = "revokeGiftSubscription",
    security(("bearer" = [])),
    tag = "payments",
    params(("giftSubscription" = String, Path, description = "The gift subscription's id.")),
    responses(
        (status = 204, description = "Its code is good no longer."),
        (status = 409, description = "Somebody has redeemed it."),
    ),
)]
#[delete("/v1/gift-subscriptions/{giftSubscription}")]
pub(crate) async fn revoke_gift_subscription(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    payment::revoke(&gateway.acting(&caller), id).await?;
    Ok(done())
}
