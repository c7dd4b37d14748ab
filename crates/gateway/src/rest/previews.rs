//! `/v1/previews`.

use super::answer::{done, personal};
use super::dto::{CodeRequest, TokenDto};
use super::parameters::Parameters;
use crate::body;
use crate::error::Problem;
use crate::operation::{LinkCode, preview};
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, post};
use masthead_domain::viewer::Bearer;

/// How long the token of a preview link lives, in seconds: a day. It ends earlier when the link does.
const LIFE: i64 = 24 * 3_600;

/// Opens a preview link: a token with which its article exists.
///
/// The article is found by its slug or id alone; it stands in no list.
#[utoipa::path(
    post,
    path = "/v1/previews/redeem",
    operation_id = "redeemPreview",
    security(()),
    tag = "passes",
    request_body = CodeRequest,
    responses((status = 201, description = "The token.", body = TokenDto)),
)]
#[post("/v1/previews/redeem")]
pub(crate) async fn redeem_preview(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request).await?;
    Parameters::of(&request)?.finish()?;
    gateway.admit(&request, &gateway.limits.redemptions)?;
    let CodeRequest { code } = body::json(&request, payload).await?;
    let reading = gateway.reading(&caller);
    let preview = preview::redeem(&reading, &LinkCode::sent(&code)?).await?;
    let bearer = Bearer::Preview(preview.id);
    let issued = gateway.issue(&bearer, LIFE.min(preview.expires.seconds() - reading.now().seconds()))?;
    Ok(personal(StatusCode::CREATED, &TokenDto::new(&bearer, issued, Some(preview.article.to_string()))))
}

/// Takes a preview link back.
///
/// For editors. Its code and its tokens show nothing any more.
#[utoipa::path(
    delete,
    path = "/v1/previews/{preview}",
    operation_id = "revokePreview",
    security(("bearer" = [])),
    tag = "passes",
    params(("preview" = String, Path, description = "The preview link's id.")),
    responses((status = 204, description = "It shows nothing any more.")),
)]
#[delete("/v1/previews/{preview}")]
pub(crate) async fn revoke_preview(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request).await?;
    Parameters::of(&request)?.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    preview::revoke(&gateway.acting(&caller), id).await?;
    gateway.standings.forget(&Bearer::Preview(id));
    Ok(done())
}
