//! `/v1/previews`.

use super::answer::{done, personal_page};
use super::dto::{CodeRequest, ListDto, PreviewDto, TokenDto};
use super::links::page_of;
use super::parameters::Parameters;
use super::redeem::redeem;
use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::preview;
use crate::state::Gateway;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::viewer::Bearer;

/// All preview links, the newest first. For editors.
#[utoipa::path(
    get,
    path = "/v1/previews",
    operation_id = "listPreviews",
    security(("bearer" = [])),
    tag = "passes",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of the same list."),
    ),
    responses((status = 200, description = "A page, without the codes.", body = ListDto<PreviewDto>)),
)]
#[get("/v1/previews")]
pub(crate) async fn list_previews(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let list = ListName::new(preview::LIST);
    let mut parameters = Parameters::of(&request)?;
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = preview::all(&gateway.reading(&caller), &page).await?;
    let data = found.items().map(PreviewDto::from).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

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
