//! `GET /v1/partners/{partner}/deliveries` and `GET /v1/articles/{article}/deliveries`

use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::partner::deliveries;
use crate::operation::require;
use crate::rest::answer::personal_page;
use crate::rest::dto::{DeliveryDto, ListDto};
use crate::rest::links::page_of;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::Role;
use masthead_persistence::ArticleKey;

/// What was delivered to a partner, the newest articles first. For publishers.
///
/// It is noted before an answer leaves, on every surface.
#[utoipa::path(
    get,
    path = "/v1/partners/{partner}/deliveries",
    operation_id = "listDeliveriesToPartner",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("partner" = String, Path, description = "The partner's id."),
        ("article" = Option<String>, Query, description = "Of this article alone: its id."),
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of deliveries.", body = ListDto<DeliveryDto>)),
)]
#[get("/v1/partners/{partner}/deliveries")]
pub(crate) async fn list_deliveries_to_partner(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    require(&caller.viewer, Role::Publisher)?;
    let mut parameters = Parameters::of(&request)?;
    let partner: PartnerId = path.parse().map_err(|_| Problem::not_found())?;
    let article = parameters.parse("article")?;
    let list = ListName::new(&deliveries::list_to(partner, article));
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = deliveries::to(&gateway.reading(&caller), partner, article, &page).await?;
    let data = found.items().map(DeliveryDto::new).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}

/// To which partners an article was delivered, the newest partners first. For publishers.
#[utoipa::path(
    get,
    path = "/v1/articles/{article}/deliveries",
    operation_id = "listDeliveriesOfArticle",
    security(("bearer" = [])),
    tag = "partners",
    params(
        ("article" = String, Path, description = "The article's slug or id."),
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of this list."),
    ),
    responses((status = 200, description = "A page of deliveries.", body = ListDto<DeliveryDto>)),
)]
#[get("/v1/articles/{article}/deliveries")]
pub(crate) async fn list_deliveries_of_article(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    require(&caller.viewer, Role::Publisher)?;
    let mut parameters = Parameters::of(&request)?;
    let article: ArticleKey = path.parse().map_err(|_| Problem::not_found())?;
    let list = ListName::new(&deliveries::list_of(&article));
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = deliveries::of(&gateway.reading(&caller), &article, &page).await?;
    let data = found.items().map(DeliveryDto::new).collect();
    Ok(personal_page(&request, ListDto { data, page: page_of(&found, list) }))
}
