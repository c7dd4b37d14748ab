//! `POST /v1/checkout`

use crate::body;
use crate::error::Problem;
use crate::operation::member::asking;
use crate::operation::payment;
use crate::rest::answer::personal;
use crate::rest::dto::{CheckoutDto, CheckoutRequest, NewGiftSubscriptionDto, Ordered};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};

/// Begins to pay: the address of a page of the payment provider's.
///
/// For members. Say `tier` with `interval`, `contribution`, or `gift`. What is paid for opens when the provider has reported the
/// payment. One address may ask so often an hour.
#[utoipa::path(
    post,
    path = "/v1/checkout",
    operation_id = "startCheckout",
    security(("bearer" = [])),
    tag = "payments",
    params(IdempotencyKey),
    request_body = CheckoutRequest,
    responses(
        (status = 201, description = "Where to pay; for a gift, with its code.", body = CheckoutDto),
        (status = 409, description = "It is not for sale, is paid for already, or nothing can be paid for here."),
        (status = 502, description = "The payment provider failed."),
    ),
)]
#[post("/v1/checkout")]
pub(crate) async fn start_checkout(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    asking(&caller)?;
    Parameters::of(&request)?.finish()?;
    gateway.admit(&caller, gateway.client(&request).address, &gateway.limits.checkouts)?;
    let (ordered, back) = body::json::<CheckoutRequest>(&request, payload).await?.order()?;
    let payments = &gateway.payments;
    match ordered {
        Ordered::Own(wish) => {
            let url = payment::checkout(&gateway.reading(&caller), payments, &caller, wish, &back).await?;
            Ok(personal(StatusCode::CREATED, &CheckoutDto { url, gift: None }))
        }
        Ordered::Gift(present) => {
            let (acting, secrets) = (gateway.acting(&caller), &gateway.accounts.secrets);
            let (url, wrapped) = payment::buy(&acting, payments, secrets, &caller, present, &back).await?;
            let gift = Some(NewGiftSubscriptionDto::new(&wrapped));
            Ok(personal(StatusCode::CREATED, &CheckoutDto { url, gift }))
        }
    }
}
