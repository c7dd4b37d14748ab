//! `POST /v1/contributions`

use crate::body;
use crate::error::Problem;
use crate::operation::payment;
use crate::rest::answer::personal;
use crate::rest::dto::{CheckoutDto, ContributionRequest};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};

/// Begins to give a contribution: the address of a page of the payment provider's.
///
/// For everybody. It counts for the member whose token is sent, if one is. One address may ask so often an hour.
#[utoipa::path(
    post,
    path = "/v1/contributions",
    operation_id = "startContribution",
    security((), ("bearer" = [])),
    tag = "payments",
    params(IdempotencyKey),
    request_body = ContributionRequest,
    responses(
        (status = 201, description = "Where to pay.", body = CheckoutDto),
        (status = 409, description = "Nothing can be paid for here."),
        (status = 502, description = "The payment provider failed."),
    ),
)]
#[post("/v1/contributions")]
pub(crate) async fn start_contribution(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.checkouts)?;
    let (amount, email, back) = body::json::<ContributionRequest>(&request, payload).await?.wish()?;
    let reading = gateway.reading(&caller);
    let url = payment::contribute(&reading, &gateway.payments, &caller, amount, email, &back).await?;
    Ok(personal(StatusCode::CREATED, &CheckoutDto { url, gift: None }))
}
