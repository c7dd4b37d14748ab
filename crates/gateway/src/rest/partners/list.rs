//! `GET` and `POST /v1/partners`

use crate::body;
use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::partner;
use crate::rest::answer::{personal_page, versioned};
use crate::rest::dto::{ListDto, NewPartnerDto, PartnerDto};
use crate::rest::idempotency::IdempotencyKey;
use crate::rest::links::page_of;
use crate::rest::parameters::Parameters;
use crate::rest::staff::staff;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::viewer::Role;

/// All partners, the newest first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/partners",
    operation_id = "listPartners",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` of a page of this list."),
    ),
    responses((status = 200, description = "A page of partners.", body = ListDto<PartnerDto>)),
)]
#[get("/v1/partners")]
pub(crate) async fn list_partners(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let mut parameters = Parameters::of(&request)?;
    let list = ListName::new(partner::LIST);
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = partner::list(&gateway.reading(&caller), &page).await?;
    let data = found.items().map(PartnerDto::new).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Enters a partner. For publishers.
#[utoipa::path(
    post,
    path = "/v1/partners",
    operation_id = "createPartner",
    security(("bearer" = [])),
    tag = "partners",
    params(IdempotencyKey),
    request_body = NewPartnerDto,
    responses((status = 201, description = "The partner.", body = PartnerDto)),
)]
#[post("/v1/partners")]
pub(crate) async fn create_partner(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = staff(&request, &gateway, Role::Publisher)?;
    let entry = body::json::<NewPartnerDto>(&request, payload).await?.entry()?;
    let saved = partner::create(&gateway.acting(&caller), entry).await?;
    let mut response = versioned(StatusCode::CREATED, saved.version, &PartnerDto::new(&saved));
    if let Ok(location) = format!("/v1/partners/{}", saved.partner.id).try_into() {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}
