//! `/llms.txt`: what the publication is, for models that look around (llmstxt.org). It is the same for everybody, and says
//! nothing that is not public.

use crate::auth::Caller;
use crate::cache::{Audience, Representation};
use crate::deliveries::Surface;
use crate::error::Problem;
use crate::operation::{SectionTree, section};
use crate::render::{markdown_line, markdown_link, markdown_page};
use crate::rest::parameters::Parameters;
use crate::rights::RSL_PATH;
use crate::site::Site;
use crate::state::Gateway;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use std::ops::ControlFlow;

/// Where it lies, here and below the site's address.
pub const LLMS_PATH: &str = "/llms.txt";

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Answers, where machines are told apart.
///
/// # Errors
/// 404 where they are not, 400 for parameters, and a problem when the database cannot be read.
pub async fn llms(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    if !gateway.agents.are_known() {
        return Err(Problem::not_found());
    }
    Parameters::of(&request)?.finish()?;
    let (anybody, asked) = (Caller::anonymous(), [LLMS_PATH.as_bytes()]);
    let made = gateway.kept(&anybody, &request, &asked, async |reading| {
        let sections = section::all(&reading).await?;
        let page = page(&gateway.site, &sections, gateway.agents.terms());
        Ok(ControlFlow::Continue(Representation::new(page.into_bytes(), TEXT, Audience::Everybody)))
    });
    Ok(match made.await? {
        ControlFlow::Continue(ready) => gateway.send(&anybody, Surface::Rest, &ready, &request).await?,
        ControlFlow::Break(response) => response,
    })
}

fn page(site: &Site, sections: &SectionTree, terms: Option<&str>) -> String {
    let mut blocks = vec![
        format!("# {}", markdown_line(&site.name)),
        "> A news publication. What is open to everybody may be read here; what is behind a lock says so in its place."
            .to_owned(),
        format!(
            "An article lies at {}. With the header `Accept: text/markdown` it comes as Markdown. `SLUG` is its name in \
             the address at which readers find it.",
            code(&site.api("/v1/articles/SLUG"))
        ),
    ];
    let feed = |format: &str| site.api(&format!("/feeds/articles.{format}"));
    let feeds = [("RSS", "rss"), ("Atom", "atom"), ("JSON Feed", "json")];
    let feeds = feeds.map(|(name, format)| entry(&format!("All articles, {name}"), &feed(format), None));
    blocks.push(part("Feeds", &feeds));
    let sections: Vec<_> = sections
        .all()
        .iter()
        .map(|one| {
            let feed = site.api(&format!("/feeds/sections/{}.rss", one.slug));
            entry(&one.name, &feed, one.description.as_deref())
        })
        .collect();
    blocks.push(part("Sections", &sections));
    let rights = site.rights();
    let mut said = Vec::new();
    said.extend(terms.map(|url| entry("Terms for machines", url, None)));
    said.extend(rights.rsl.as_ref().map(|_| entry("Licence for machines, RSL", &site.page(RSL_PATH), None)));
    let policy = rights.tdm.as_ref().and_then(|tdm| tdm.policy.as_deref());
    said.extend(policy.map(|url| entry("Policy for text and data mining", url, None)));
    said.extend(rights.content_usage.as_deref().map(|usage| format!("- Content-Usage: {}", code(usage))));
    blocks.push(part("Terms", &said));
    blocks.retain(|block| !block.is_empty());
    markdown_page(blocks)
}

fn part(heading: &str, entries: &[String]) -> String {
    if entries.is_empty() { String::new() } else { format!("## {heading}\n\n{}", entries.join("\n")) }
}

fn entry(words: &str, address: &str, about: Option<&str>) -> String {
    let about = about.map(|about| format!(": {}", markdown_line(about))).unwrap_or_default();
    format!("- {}{about}", markdown_link(words, address))
}

/// What is set in the settings and has no backtick in it, as it is written.
fn code(text: &str) -> String {
    format!("`{text}`")
}
