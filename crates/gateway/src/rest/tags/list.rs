//! `GET /v1/tags`

use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::tag;
use crate::rest::answer::{Made, answer};
use crate::rest::dto::{ListDto, TagDto};
use crate::rest::links::{link_header, page_of};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

/// The tags, by slug. A tag exists for a token if an article with it does.
#[utoipa::path(
    get,
    path = "/v1/tags",
    operation_id = "listTags",
    tag = "tags",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of tags.", body = ListDto<TagDto>)),
)]
#[get("/v1/tags")]
pub(crate) async fn list_tags(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        let mut parameters = Parameters::of(&request)?;
        let list = ListName::new(tag::LIST);
        let page = parameters.page(list)?;
        parameters.finish()?;
        let found = tag::list(&reading, &page).await?;
        let page = page_of(&found, list);
        let links = link_header(&request, &page);
        Made::page(&ListDto { data: found.items().map(TagDto::new).collect(), page }, links)
    })
    .await
}
