//! `GET /v1/groups/{group}/seats`, `DELETE /v1/groups/{group}/seats/{seat}`

use super::managing;
use crate::error::Problem;
use crate::operation::group;
use crate::rest::answer::{done, personal_page};
use crate::rest::dto::{ListDto, SeatDto};
use crate::rest::links::page_of;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get};

/// The seats of a group that are taken, the newest first. For publishers, and for its owners.
#[utoipa::path(
    get,
    path = "/v1/groups/{group}/seats",
    operation_id = "listGroupSeats",
    security(("bearer" = [])),
    tag = "groups",
    params(
        ("group" = String, Path, description = "The group's id."),
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of seats.", body = ListDto<SeatDto>)),
)]
#[get("/v1/groups/{group}/seats")]
pub(crate) async fn list_seats(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (managing, mut parameters) = managing(&request, &gateway).await?;
    let id = path.parse().map_err(|_| Problem::not_found())?;
    let list = group::seats_list(id);
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = group::seats(&managing, id, &page).await?;
    let data = found.items().map(|seat| SeatDto::new(seat, managing.sees_members())).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// Takes a seat back. For publishers, and for the group's owners.
///
/// It opens nothing within a second, with the tokens that the member has.
#[utoipa::path(
    delete,
    path = "/v1/groups/{group}/seats/{seat}",
    operation_id = "takeBackGroupSeat",
    security(("bearer" = [])),
    tag = "groups",
    params(
        ("group" = String, Path, description = "The group's id."),
        ("seat" = String, Path, description = "The seat's id."),
    ),
    responses((status = 204, description = "It is free.")),
)]
#[delete("/v1/groups/{group}/seats/{seat}")]
pub(crate) async fn take_back_seat(
    request: HttpRequest,
    path: Path<(String, String)>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let (managing, parameters) = managing(&request, &gateway).await?;
    parameters.finish()?;
    let (id, seat) = path.into_inner();
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let seat = seat.parse().map_err(|_| Problem::not_found())?;
    group::take_back(&managing, id, seat).await?;
    Ok(done())
}
