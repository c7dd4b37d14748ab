//! What all codes of links have in common: one is sent, counted against the client's address, and gets a token.

use super::answer::personal;
use super::dto::{CodeRequest, TokenDto};
use super::parameters::Parameters;
use crate::body;
use crate::error::Problem;
use crate::operation::{LinkCode, Opened, Reading};
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

/// Redeems the code that a request brings.
pub(super) async fn redeem<F>(
    request: &HttpRequest,
    payload: Payload,
    gateway: &Gateway,
    open: F,
) -> Result<HttpResponse, Problem>
where
    F: AsyncFnOnce(&Reading, &LinkCode) -> Result<Opened, Problem>,
{
    let caller = gateway.caller(request)?;
    Parameters::of(request)?.finish()?;
    gateway.admit(&caller, gateway.client(request).address, &gateway.limits.redemptions)?;
    let CodeRequest { code } = body::json(request, payload).await?;
    let opened = open(&gateway.reading(&caller), &LinkCode::sent(&code)?).await?;
    Ok(personal(StatusCode::CREATED, &TokenDto::new(&opened, gateway.issue(&opened)?)))
}
