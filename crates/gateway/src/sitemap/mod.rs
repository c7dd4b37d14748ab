//! Sitemaps: where articles are, for search engines (sitemaps.org 0.9; Google's news sitemaps).
//!
//! They lie on the publication's own site, which has them answered from here. What they list is what exists for whoever asks.

mod news;
mod plain;

use crate::cache::{Audience, Representation};
use crate::deliveries::Surface;
use crate::error::Problem;
use crate::operation::Reading;
use crate::state::Gateway;
use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse};
use std::ops::ControlFlow;
use utoipa_actix_web::service_config::ServiceConfig;

/// The namespace of sitemaps.
const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

const XML: HeaderValue = HeaderValue::from_static("application/xml");

/// Puts the sitemaps into an application and into its OpenAPI document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(plain::read_sitemap_index)
        .service(plain::read_article_sitemap)
        .service(plain::read_page_sitemap)
        .service(news::read_news_sitemap);
}

/// Answers with a sitemap, which is kept as long as nothing changes for whoever asks.
async fn answer<F>(request: &HttpRequest, gateway: &Gateway, make: F) -> Result<HttpResponse, Problem>
where
    F: AsyncFnOnce(Reading) -> Result<Vec<u8>, Problem>,
{
    let caller = gateway.caller(request)?;
    let audience = Audience::of(&caller);
    let asked: [&[u8]; 3] = [request.path().as_bytes(), request.query_string().as_bytes(), &[audience as u8]];
    let made = gateway.kept(&caller, request, &asked, async |reading| {
        let document = make(reading).await?;
        Ok(ControlFlow::Continue(Representation::new(document, XML, audience).with_codings()))
    });
    Ok(match made.await? {
        ControlFlow::Continue(ready) => gateway.send(&caller, Surface::Sitemap, &ready, request).await?,
        ControlFlow::Break(response) => response,
    })
}

/// What is written into memory cannot fail but by a fault of ours.
fn written(document: std::io::Result<Vec<u8>>) -> Result<Vec<u8>, Problem> {
    document.map_err(|error| {
        tracing::error!(%error, "a sitemap cannot be written");
        Problem::internal()
    })
}
