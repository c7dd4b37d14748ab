//! Plain sitemaps, and the index over them.

use super::{SITEMAP, answer, written};
use crate::error::Problem;
use crate::operation::sitemap;
use crate::rest::parameters::Parameters;
use crate::site::Site;
use crate::state::Gateway;
use crate::xml::Xml;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::article::Kind;
use masthead_persistence::{Listed, Stretch};
use std::io;

const KINDS: [(Kind, &str); 2] =
    [(Kind::Article, "/sitemaps/articles.xml"), (Kind::Page, "/sitemaps/pages.xml")];

/// The index of the sitemaps.
///
/// For every ten thousand articles or pages one, the oldest first, and when something in it last changed. Not there while there
/// is none.
#[utoipa::path(
    get,
    path = "/sitemap.xml",
    operation_id = "readSitemapIndex",
    tag = "sitemaps",
    responses((status = 200, description = "The index.", content_type = "application/xml", body = String)),
)]
#[get("/sitemap.xml")]
pub(crate) async fn read_sitemap_index(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let mut all = Vec::new();
        for (kind, path) in KINDS {
            all.push((path, sitemap::stretches(&reading, kind).await?));
        }
        // Neither is an index (siteindex.xsd).
        if all.iter().all(|(_, stretches)| stretches.is_empty()) {
            return Err(Problem::not_found());
        }
        written(index(&gateway.site, &all))
    })
    .await
}

/// A sitemap of articles.
///
/// Those published within a span. The index knows the spans; others are not there.
#[utoipa::path(
    get,
    path = "/sitemaps/articles.xml",
    operation_id = "readArticleSitemap",
    tag = "sitemaps",
    params(
        ("since" = String, Query, format = DateTime, description = "Published at or after."),
        ("until" = Option<String>, Query, format = DateTime, description = "Published before."),
    ),
    responses((status = 200, description = "The sitemap.", content_type = "application/xml", body = String)),
)]
#[get("/sitemaps/articles.xml")]
pub(crate) async fn read_article_sitemap(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    of_kind(&request, &gateway, Kind::Article).await
}

/// A sitemap of pages.
///
/// Those published within a span. The index knows the spans; others are not there.
#[utoipa::path(
    get,
    path = "/sitemaps/pages.xml",
    operation_id = "readPageSitemap",
    tag = "sitemaps",
    params(
        ("since" = String, Query, format = DateTime, description = "Published at or after."),
        ("until" = Option<String>, Query, format = DateTime, description = "Published before."),
    ),
    responses((status = 200, description = "The sitemap.", content_type = "application/xml", body = String)),
)]
#[get("/sitemaps/pages.xml")]
pub(crate) async fn read_page_sitemap(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    of_kind(&request, &gateway, Kind::Page).await
}

async fn of_kind(request: &HttpRequest, gateway: &Gateway, kind: Kind) -> Result<HttpResponse, Problem> {
    answer(request, gateway, async |reading| {
        let mut parameters = Parameters::of(request)?;
        let (since, until) = (parameters.instant("since")?, parameters.instant("until")?);
        parameters.finish()?;
        let since = since.ok_or_else(|| Problem::invalid_parameter("since", "since: is missing."))?;
        let listed = sitemap::listed(&reading, kind, since, until).await?;
        written(addresses(&gateway.site, &listed))
    })
    .await
}

fn index(site: &Site, all: &[(&str, Vec<Stretch>)]) -> io::Result<Vec<u8>> {
    let mut xml = Xml::begin()?;
    xml.element("sitemapindex", &[("xmlns", SITEMAP)], |xml| {
        for (path, stretches) in all {
            for (number, stretch) in stretches.iter().enumerate() {
                let mut address = format!("{path}?since={}", stretch.since);
                if let Some(next) = stretches.get(number + 1) {
                    address.push_str(&format!("&until={}", next.since));
                }
                xml.element("sitemap", &[], |xml| {
                    xml.text("loc", &site.page(&address))?;
                    xml.text("lastmod", &stretch.updated.to_string())
                })?;
            }
        }
        Ok(())
    })?;
    Ok(xml.end())
}

fn addresses(site: &Site, listed: &[Listed]) -> io::Result<Vec<u8>> {
    let mut xml = Xml::begin()?;
    xml.element("urlset", &[("xmlns", SITEMAP)], |xml| {
        for one in listed {
            xml.element("url", &[], |xml| {
                xml.text("loc", &site.article_url(&one.slug))?;
                xml.text("lastmod", &one.updated.to_string())
            })?;
        }
        Ok(())
    })?;
    Ok(xml.end())
}
