//! `/v1/access`.

use super::answer::{Made, answer, personal};
use super::dto::{AccessClassDto, DataDto, DescribedViewer, ExplainRequest, ExplanationDto};
use super::parameters::Parameters;
use crate::body;
use crate::error::Problem;
use crate::operation::access;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use std::sync::Arc;

/// Why the locks of an article are open or shut for somebody.
///
/// For editors. The decisions are those by which the article is shown.
#[utoipa::path(
    post,
    path = "/v1/access/explain",
    operation_id = "explainAccess",
    security(("bearer" = [])),
    tag = "access",
    request_body = ExplainRequest,
    responses((status = 200, description = "The locks, with what lies behind each.", body = ExplanationDto)),
)]
#[post("/v1/access/explain")]
pub(crate) async fn explain_access(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    access::may_ask(&gateway.reading(&caller))?;
    let asked: ExplainRequest = body::json(&request, payload).await?;
    let key = asked.article.parse().map_err(|_| Problem::not_found())?;
    let described = asked.viewer.map(DescribedViewer::described);
    let viewer = gateway.whose(asked.token.as_deref(), described.as_ref()).await?;
    let locks = access::explain(&gateway.reading(&caller), Arc::clone(&viewer), &key).await?;
    Ok(personal(StatusCode::OK, &ExplanationDto::new(&viewer, locks.as_deref())))
}

/// The access classes of articles, for edges that keep pages.
///
/// Two tokens for which an article has the same class see the same of it. A class says nothing else, and changes with
/// the article.
#[utoipa::path(
    get,
    path = "/v1/access",
    operation_id = "listAccessClasses",
    tag = "access",
    params(("url" = String, Query, description = "Addresses, slugs or ids of articles, at most 20, separated by commas.")),
    responses((status = 200, description = "A class for each, in their order.", body = DataDto<AccessClassDto>)),
)]
#[get("/v1/access")]
pub(crate) async fn list_access_classes(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        let mut parameters = Parameters::of(&request)?;
        let wanted = parameters.text("url");
        parameters.finish()?;
        let wanted = wanted.ok_or_else(|| Problem::invalid_parameter("url", "url: is missing."))?;
        let urls: Vec<_> = wanted.split(',').collect();
        let classes = access::classes_at(&reading, &gateway.site, &urls).await?;
        let row = |(url, class): (&&str, _)| AccessClassDto { url: (*url).to_owned(), class };
        Made::json(&DataDto { data: urls.iter().zip(classes).map(row).collect() })
    })
    .await
}
