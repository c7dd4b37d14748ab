//! `/v1/auth`: signing in and out.

use crate::body;
use crate::error::Problem;
use crate::operation::member::{FinishSignIn, Proof, StartSignIn};
use crate::rest::answer::{done, personal};
use crate::rest::dto::{BegunDto, FinishDto, RefreshDto, SignOutDto, StartDto, TokensDto};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};

/// Asks for a mail with a code and a link, to sign in or up. The answer is the same whether the address is known or
/// not.
#[utoipa::path(
    post,
    path = "/v1/auth/start",
    operation_id = "startSignIn",
    security(()),
    tag = "auth",
    request_body = StartDto,
    responses(
        (status = 202, description = "A mail is on its way.", body = BegunDto),
        (status = 429, description = "Too many mails were asked for; see Retry-After."),
    ),
)]
#[post("/v1/auth/start")]
pub(crate) async fn start_sign_in(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    Parameters::of(&request)?.finish()?;
    let StartDto { email, newsletters, name, wording } = body::json(&request, payload).await?;
    let wish = StartSignIn { email, newsletters, name, wording };
    let begun = gateway.accounts.start_sign_in(wish, &gateway.client(&request)).await?;
    let begun = BegunDto { attempt: begun.attempt.to_string(), expires_in: begun.seconds };
    Ok(personal(StatusCode::ACCEPTED, &begun))
}

/// Signs in with the code or the link of the mail. Makes the account on the first time.
#[utoipa::path(
    post,
    path = "/v1/auth/finish",
    operation_id = "finishSignIn",
    security(()),
    tag = "auth",
    request_body = FinishDto,
    responses(
        (status = 200, description = "Signed in.", body = TokensDto),
        (status = 400, description = "The code or link is wrong, late, or was used before."),
    ),
)]
#[post("/v1/auth/finish")]
pub(crate) async fn finish_sign_in(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    Parameters::of(&request)?.finish()?;
    let FinishDto { attempt, code, token } = body::json(&request, payload).await?;
    let proof = Proof::new(attempt.as_deref(), code, token)?;
    let finish = FinishSignIn { proof, client: gateway.client(&request) };
    let tokens = gateway.accounts.finish_sign_in(finish).await?;
    Ok(personal(StatusCode::OK, &TokensDto::from(tokens)))
}

/// Gives new tokens for a refresh token, which is used up with that. One that comes a second time ends its session.
#[utoipa::path(
    post,
    path = "/v1/auth/refresh",
    operation_id = "refreshTokens",
    security(()),
    tag = "auth",
    request_body = RefreshDto,
    responses(
        (status = 200, description = "New tokens.", body = TokensDto),
        (status = 400, description = "The refresh token is good no longer."),
    ),
)]
#[post("/v1/auth/refresh")]
pub(crate) async fn refresh_tokens(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    Parameters::of(&request)?.finish()?;
    let RefreshDto { refresh_token } = body::json(&request, payload).await?;
    let tokens = gateway.accounts.refresh(&refresh_token).await?;
    Ok(personal(StatusCode::OK, &TokensDto::from(tokens)))
}

/// Ends a session. Its tokens are good no longer.
#[utoipa::path(
    post,
    path = "/v1/auth/sign-out",
    operation_id = "signOut",
    security(()),
    tag = "auth",
    request_body = SignOutDto,
    responses((status = 204, description = "Signed out.")),
)]
#[post("/v1/auth/sign-out")]
pub(crate) async fn sign_out(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    Parameters::of(&request)?.finish()?;
    let SignOutDto { refresh_token } = body::json(&request, payload).await?;
    let caller = gateway.caller(&request)?;
    gateway.accounts.sign_out(&caller, refresh_token.as_deref()).await?;
    Ok(done())
}
