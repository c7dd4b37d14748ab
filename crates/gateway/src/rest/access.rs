//! `/v1/access`.

use super::answer::{Made, answer, personal};
use super::dto::{
    AccessClassDto, DataDto, DescribedKind, DescribedViewer, ExplainRequest, ExplanationDto, holdable,
};
use super::parameters::Parameters;
use crate::body;
use crate::error::Problem;
use crate::operation::{access, require};
use crate::site::Site;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::viewer::{Entitlement, Reader, Role, Viewer};
use masthead_persistence::ArticleKey;
use std::sync::Arc;

/// How many articles one request asks about.
const MAX_ARTICLES: usize = 20;

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
    let caller = gateway.caller(&request).await?;
    Parameters::of(&request)?.finish()?;
    require(&caller.viewer, Role::Editor)?;
    let asked: ExplainRequest = body::json(&request, payload).await?;
    let key = asked.article.parse().map_err(|_| Problem::not_found())?;
    let viewer = match (&asked.token, &asked.viewer) {
        (Some(token), None) => of_token(&gateway, token).await?,
        (None, Some(viewer)) => Arc::new(described(viewer)?),
        (None, None) => return Err(Problem::invalid_parameter("viewer", "Give a token or a viewer.")),
        (Some(_), Some(_)) => {
            return Err(Problem::invalid_parameter("viewer", "Give a token or a viewer, not both."));
        }
    };
    let locks = access::explain(&gateway.reading(&caller), Arc::clone(&viewer), &key).await?;
    Ok(personal(StatusCode::OK, &ExplanationDto::new(&viewer, locks.as_deref())))
}

async fn of_token(gateway: &Gateway, token: &str) -> Result<Arc<Viewer>, Problem> {
    let believed = gateway
        .tokens
        .verify(token, gateway.clock.now())
        .map_err(|error| Problem::invalid_parameter("token", format!("token: {error}.")))?;
    Ok(gateway.caller_of(believed).await?.viewer)
}

fn described(viewer: &DescribedViewer) -> Result<Viewer, Problem> {
    let mut held = holdable(&viewer.entitlements)?;
    for (place, slug) in viewer.tiers.iter().enumerate() {
        let place = format!("tiers[{place}]");
        let slug = slug.parse();
        let slug = slug.map_err(|error| Problem::invalid_parameter(&place, format!("{place}: {error}.")))?;
        held.push(Entitlement::Tier(slug));
    }
    match viewer.kind {
        DescribedKind::Member => Ok(Viewer::member("described:member", held)),
        DescribedKind::Guest => {
            let entitlements = held.into_iter().collect();
            Ok(Viewer::Reader(Reader { entitlements, ..Reader::nobody("described:guest") }))
        }
        _ if !held.is_empty() => {
            Err(Problem::invalid_parameter("viewer", "Only members and guests hold entitlements."))
        }
        DescribedKind::Anonymous => Ok(Viewer::Anonymous),
        DescribedKind::Staff => Ok(Viewer::staff("described:staff")),
    }
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
        let wanted = wanted.ok_or_else(|| Problem::invalid_parameter("url", "url: is needed."))?;
        let urls: Vec<_> = wanted.split(',').collect();
        if urls.len() > MAX_ARTICLES {
            let detail = format!("url: at most {MAX_ARTICLES} articles.");
            return Err(Problem::invalid_parameter("url", detail));
        }
        let keys: Vec<_> = urls.iter().map(|url| key(&gateway.site, url)).collect();
        let classes = access::classes(&reading, &keys).await?;
        let row = |(url, class): (&&str, _)| AccessClassDto { url: (*url).to_owned(), class };
        Made::json(&DataDto { data: urls.iter().zip(classes).map(row).collect() })
    })
    .await
}

fn key(site: &Site, url: &str) -> Option<ArticleKey> {
    site.slug_in(url).map(ArticleKey::Slug).or_else(|| url.parse().ok())
}
