//! `/v1/audit`.

use super::dto::{DeedDto, ListDto};
use super::links::{link_header, page_of};
use super::parameters::Parameters;
use super::staff::{Desk, told};
use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::partner;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::LINK;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::viewer::Role;

/// What the staff has done, the newest first. For admins.
#[utoipa::path(
    get,
    path = "/v1/audit",
    operation_id = "listDeeds",
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
    let desk = Desk::of(&request, &gateway, Role::Admin).await?;
    let mut parameters = Parameters::of(&request)?;
    let list = ListName::new(partner::DEEDS);
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = partner::deeds(desk.gateway.desk.store(), &page).await?;
    let page = page_of(&found, list);
    let link = link_header(&request, &page);
    let data = found.items().map(DeedDto::new).collect();
    let mut response = told(StatusCode::OK, None, &ListDto { data, page });
    if let Some(link) = link {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}
