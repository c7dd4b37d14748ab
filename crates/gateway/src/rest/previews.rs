//! `/v1/previews`.

use super::answer::done;
use super::dto::{CodeRequest, TokenDto};
use super::parameters::Parameters;
use super::redeem::redeem;
use crate::error::Problem;
use crate::operation::preview;
use crate::state::Gateway;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, post};
use masthead_domain::viewer::Bearer;

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
    redeem(&request, payload, &gateway, async |reading, code| preview::redeem(reading, code).await).await
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
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    preview::revoke(&gateway.acting(&caller), id).await?;
    gateway.standings.forget(&Bearer::Preview(id));
    Ok(done())
}
