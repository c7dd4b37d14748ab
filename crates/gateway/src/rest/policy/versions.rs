//! `GET /v1/policy/versions`

use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::policy::{self, VERSIONS};
use crate::rest::answer::personal_page;
use crate::rest::dto::{ListDto, PolicyDto};
use crate::rest::links::page_of;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

/// Every policy that was saved, the newest first.
///
/// For editors.
#[utoipa::path(
    get,
    path = "/v1/policy/versions",
    operation_id = "listPolicyVersions",
    security(("bearer" = [])),
    tag = "policy",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of the same list."),
    ),
    responses((status = 200, description = "A page of policies.", body = ListDto<PolicyDto>)),
)]
#[get("/v1/policy/versions")]
pub(crate) async fn list_policy_versions(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    let list = ListName::new(VERSIONS);
    let mut parameters = Parameters::of(&request)?;
    let page = parameters.page(list)?;
    parameters.finish()?;
    let found = policy::versions(&gateway.reading(&caller), &page).await?;
    let page = page_of(&found, list);
    let data = found.rows.into_iter().map(|(_, saved)| PolicyDto::from(saved)).collect();
    Ok(personal_page(&request, ListDto { data, page }))
}
