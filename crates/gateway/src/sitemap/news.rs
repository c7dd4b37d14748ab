//! The news sitemap (Google, "Create a news sitemap").

use super::{SITEMAP, answer, written};
use crate::error::Problem;
use crate::operation::article::Dossier;
use crate::operation::sitemap;
use crate::rest::parameters::Parameters;
use crate::site::Site;
use crate::state::Gateway;
use crate::xml::Xml;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use std::io;

const NEWS: &str = "http://www.google.com/schemas/sitemap-news/0.9";

/// The news sitemap.
///
/// The articles of the last two days, the newest first, at most 1,000. Not there while there are none. An article that first
/// appeared elsewhere is not news of ours.
#[utoipa::path(
    get,
    path = "/sitemaps/news.xml",
    operation_id = "readNewsSitemap",
    tag = "sitemaps",
    responses((status = 200, description = "The sitemap.", content_type = "application/xml", body = String)),
)]
#[get("/sitemaps/news.xml")]
pub(crate) async fn read_news_sitemap(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |reading| {
        Parameters::of(&request)?.finish()?;
        let mut news = sitemap::news(&reading).await?;
        news.retain(|dossier| dossier.view.canonical.is_none());
        if news.is_empty() {
            return Err(Problem::not_found());
        }
        written(document(&gateway.site, &news))
    })
    .await
}

fn document(site: &Site, news: &[Dossier]) -> io::Result<Vec<u8>> {
    let mut xml = Xml::begin()?;
    xml.element("urlset", &[("xmlns", SITEMAP), ("xmlns:news", NEWS)], |xml| {
        for Dossier { view, .. } in news {
            xml.element("url", &[], |xml| {
                xml.text("loc", &site.article_url(&view.slug))?;
                xml.element("news:news", &[], |xml| {
                    xml.element("news:publication", &[], |xml| {
                        xml.text("news:name", &site.name)?;
                        xml.text("news:language", language(view.language.as_str()))
                    })?;
                    xml.optional(
                        "news:publication_date",
                        view.published.map(|at| at.to_string()).as_deref(),
                    )?;
                    xml.text("news:title", &view.title)
                })
            })?;
        }
        Ok(())
    })?;
    Ok(xml.end())
}

/// The language as news sitemaps have it: two or three letters, but for Chinese in two scripts.
fn language(tag: &str) -> &str {
    match tag.to_ascii_lowercase().as_str() {
        "zh-cn" | "zh-hans" | "zh-hans-cn" => "zh-cn",
        "zh-tw" | "zh-hant" | "zh-hant-tw" => "zh-tw",
        _ => tag.split('-').next().unwrap_or(tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_no_region_but_for_chinese() {
        for (tag, written) in [("en-GB", "en"), ("fr", "fr"), ("zh-Hant", "zh-tw"), ("zh-CN", "zh-cn")] {
            assert_eq!(language(tag), written);
        }
    }
}
