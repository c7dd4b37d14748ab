//! `/v1/webhooks/{provider}`: where payment providers report.

use crate::error::{Code, Problem};
use crate::operation::payment;
use crate::payment::Noticed;
use crate::state::Gateway;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

/// Takes a payment provider's event in.
///
/// The event is believed by its signature (for Stripe: `Stripe-Signature`). It is kept as it came; the
/// same event may come again, and events may come in any order.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{provider}",
    operation_id = "takePaymentEvent",
    tag = "payments",
    params(("provider" = String, Path, description = "The provider, such as `stripe`.")),
    request_body(content = String, content_type = "application/json", description = "The event."),
    security(()),
    responses((status = 204, description = "It has been taken in.")),
)]
#[post("/v1/webhooks/{provider}")]
pub(crate) async fn take_payment_event(
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (provider, terms) = gateway.payments.provider(&path).ok_or_else(Problem::not_found)?;
    let now = gateway.clock.now();
    let noticed = provider.read(request.headers(), &body, now).map_err(|error| {
        Problem::new(Code::InvalidRequest, format!("The event is not taken in: {error}."))
    })?;
    if let Noticed::Kept(notice) = noticed {
        payment::take_in(&gateway.accounts, &notice, terms, now).await?;
    }
    Ok(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}
