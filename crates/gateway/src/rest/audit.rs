//! `/v1/audit`.

use super::answer::personal_page;
use super::dto::{DeedDto, ListDto};
use super::links::page_of;
use super::parameters::Parameters;
use crate::error::Problem;
use crate::operation::audit;
use crate::operation::cursor::ListName;
use crate::state::Gateway;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

/// What the staff has done, and owners of groups with the seats of others, the newest first. For admins.
#[utoipa::path(
    get,
    path = "/v1/audit",
    operation_id = "listDeeds",
    security(("bearer" = [])),
    tag = "audit",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` of a page of this list."),
    ),
    responses((status = 200, description = "A page of deeds.", body = ListDto<DeedDto>)),
)]
#[get("/v1/audit")]
pub(crate) async fn list_deeds(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let mut parameters = Parameters::of(&request)?;
    let list = ListName::new(audit::LIST);
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = audit::deeds(&gateway.reading(&caller), &page).await?;
    let data = found.items().map(DeedDto::new).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}
