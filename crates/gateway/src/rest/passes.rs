//! `/v1/passes`.

use super::answer::{done, personal, personal_page};
use super::dto::{CodeRequest, ListDto, NewPassDto, PassDto, PassRequest, TokenDto};
use super::links::page_of;
use super::parameters::Parameters;
use super::redeem::redeem;
use super::staff::staff;
use crate::body;
use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::pass;
use crate::rest::idempotency::IdempotencyKey;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use masthead_domain::viewer::{Bearer, Role};

/// Makes a pass for some time.
///
/// For publishers and for what sells passes in their name. The code is shown this once.
#[utoipa::path(
    post,
    path = "/v1/passes",
    operation_id = "makePass",
    security(("bearer" = [])),
    tag = "passes",
    params(IdempotencyKey),
    request_body = PassRequest,
    responses((status = 201, description = "The pass with its code.", body = NewPassDto)),
)]
#[post("/v1/passes")]
pub(crate) async fn make_pass(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let terms = body::json::<PassRequest>(&request, payload).await?.terms()?;
    let (made, code) = pass::make(&gateway.acting(&caller), terms).await?;
    Ok(personal(StatusCode::CREATED, &NewPassDto::new(&made, code.as_str())))
}

/// All passes, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/passes",
    operation_id = "listPasses",
    security(("bearer" = [])),
    tag = "passes",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of the same list."),
    ),
    responses((status = 200, description = "A page, without the codes.", body = ListDto<PassDto>)),
)]
#[get("/v1/passes")]
pub(crate) async fn list_passes(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let list = ListName::new(pass::LIST);
    let mut parameters = Parameters::of(&request)?;
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = pass::all(&gateway.reading(&caller), &page).await?;
    let data = found.items().map(PassDto::from).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Opens a pass: a token with what it counts as.
///
/// Nobody has to be signed in. Each redemption counts. The token ends with the pass.
#[utoipa::path(
    post,
    path = "/v1/passes/redeem",
    operation_id = "redeemPass",
    security(()),
    tag = "passes",
    request_body = CodeRequest,
    responses((status = 201, description = "The token.", body = TokenDto)),
)]
#[post("/v1/passes/redeem")]
pub(crate) async fn redeem_pass(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    redeem(&request, payload, &gateway, async |reading, code| pass::redeem(reading, code).await).await
}

/// Takes a pass back.
///
/// For publishers. Its code and its tokens open nothing any more.
#[utoipa::path(
    delete,
    path = "/v1/passes/{pass}",
    operation_id = "revokePass",
    security(("bearer" = [])),
    tag = "passes",
    params(("pass" = String, Path, description = "The pass's id.")),
    responses((status = 204, description = "It opens nothing any more.")),
)]
#[delete("/v1/passes/{pass}")]
pub(crate) async fn revoke_pass(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    pass::revoke(&gateway.acting(&caller), id).await?;
    gateway.standings.forget(&Bearer::Pass(id));
    Ok(done())
}
