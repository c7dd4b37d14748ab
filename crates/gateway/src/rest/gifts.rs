//! `/v1/gifts`.

use super::answer::{done, personal_page};
use super::dto::{CodeRequest, GiftDto, ListDto, TokenDto};
use super::links::page_of;
use super::parameters::Parameters;
use super::redeem::redeem;
use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::gift;
use crate::state::Gateway;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::viewer::Bearer;

/// The gifts that the token's bearer may take back, the newest first: a member's own; for editors, everybody's.
#[utoipa::path(
    get,
    path = "/v1/gifts",
    operation_id = "listGifts",
    security(("bearer" = [])),
    tag = "passes",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of the same list."),
    ),
    responses((status = 200, description = "A page of gifts.", body = ListDto<GiftDto>)),
)]
#[get("/v1/gifts")]
pub(crate) async fn list_gifts(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let list = ListName::new(gift::LIST);
    let mut parameters = Parameters::of(&request)?;
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = gift::list(&gateway.reading(&caller), caller.bearer.as_ref(), &page).await?;
    let data = found.items().map(GiftDto::from).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Opens a gift: a token for its article.
///
/// Nobody has to be signed in. It opens the article's gates with what the giver holds, as long as they hold it, and
/// never its source links. Each redemption counts.
#[utoipa::path(
    post,
    path = "/v1/gifts/redeem",
    operation_id = "redeemGift",
    security(()),
    tag = "passes",
    request_body = CodeRequest,
    responses((status = 201, description = "The token.", body = TokenDto)),
)]
#[post("/v1/gifts/redeem")]
pub(crate) async fn redeem_gift(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    redeem(&request, payload, &gateway, async |reading, code| gift::redeem(reading, code).await).await
}

/// Takes a gift back.
///
/// For the giver and for editors. Its code and its tokens open nothing any more.
#[utoipa::path(
    delete,
    path = "/v1/gifts/{gift}",
    operation_id = "revokeGift",
    security(("bearer" = [])),
    tag = "passes",
    params(("gift" = String, Path, description = "The gift's id.")),
    responses((status = 204, description = "It opens nothing any more.")),
)]
#[delete("/v1/gifts/{gift}")]
pub(crate) async fn revoke_gift(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    gift::revoke(&gateway.acting(&caller), caller.bearer.as_ref(), id).await?;
    gateway.standings.forget(&Bearer::Gift(id));
    Ok(done())
}
