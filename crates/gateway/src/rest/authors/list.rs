//! `GET /v1/authors`

use crate::error::Problem;
use crate::operation::author;
use crate::operation::cursor::ListName;
use crate::rest::answer::{Made, answer};
use crate::rest::dto::{AuthorDto, ListDto};
use crate::rest::links::{link_header, page_of};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

/// The authors, by slug: people, AI personas and organisations.
#[utoipa::path(
    get,
    path = "/v1/authors",
    operation_id = "listAuthors",
    tag = "authors",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of authors.", body = ListDto<AuthorDto>)),
)]
#[get("/v1/authors")]
pub(crate) async fn list_authors(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        let mut parameters = Parameters::of(&request)?;
        let list = ListName::new(author::LIST);
        let page = parameters.page(list)?;
        parameters.finish()?;
        let found = author::list(&reading, &page).await?;
        let page = page_of(&found, list);
        let links = link_header(&request, &page);
        let data = found.items().map(|card| AuthorDto::new(card, &gateway.site)).collect();
        Made::page(&ListDto { data, page }, links)
    })
    .await
}
