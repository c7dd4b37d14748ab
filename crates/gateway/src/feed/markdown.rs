//! One article as a page of Markdown, with everything that must be said beside it in a feed.

use super::item::{Cited, Item};
use crate::operation::article::Dossier;
use crate::render::{RightsDto, body_markdown, markdown_figure, markdown_line, markdown_link, markdown_page};
use crate::site::Site;

/// The article as the viewer of the dossier may see it.
pub(crate) fn article_markdown(dossier: &Dossier, site: &Site) -> String {
    let item = Item::new(dossier, site);
    let view = item.view;
    let mut blocks = vec![format!("# {}", markdown_line(&view.title))];
    blocks.extend(view.standfirst.as_deref().map(markdown_line));
    blocks.push(markdown_line(&signature(&item)));
    blocks.extend(Some(item.disclosures().join(" ")).map(|said| markdown_line(&said)));
    blocks.extend(view.hero.iter().flat_map(|image| markdown_figure(image, site)));
    blocks.push(body_markdown(&view.body, site).trim_end_matches('\n').to_owned());
    blocks.extend(view.attribution.as_deref().map(markdown_line));
    blocks.extend(section("Corrections", corrections(&item)));
    blocks.extend(section("Sources", item.sources().map(|cited| source(&cited)).collect()));
    let there = if item.is_partial() { "Continue reading" } else { "Read it at the publication" };
    blocks.push(markdown_link(there, &item.canonical()));
    blocks.extend(section("Rights", item.rights().iter().flat_map(rights).collect()));
    blocks.retain(|block| !block.is_empty());
    markdown_page(blocks)
}

/// Who made it, and when it appeared.
fn signature(item: &Item<'_>) -> String {
    let by = item.byline().map(|names| format!("By {names}.")).unwrap_or_default();
    let published = item.view.published.map(|at| format!(" Published {at}.")).unwrap_or_default();
    format!("{by}{published} Updated {}.", item.updated()).trim_start().to_owned()
}

/// What may be done with it, for whoever reads on behalf of a machine.
fn rights(rights: &RightsDto) -> Vec<String> {
    let mut said = vec![markdown_line(&format!("Rights: {}.", rights.holder))];
    let links = [("Terms", &rights.terms_url), ("Licence for machines (RSL)", &rights.rsl)];
    said.extend(links.into_iter().filter_map(|(words, url)| Some(markdown_link(words, url.as_deref()?))));
    let usage = rights.content_usage.as_deref();
    said.extend(usage.map(|usage| markdown_line(&format!("Content-Usage: {usage}"))));
    let mining = rights.tdm_reservation.map(|reserved| if reserved { "reserved" } else { "not reserved" });
    said.extend(mining.map(|mining| format!("Text and data mining: {mining}")));
    let policy = rights.tdm_policy.as_deref();
    said.extend(policy.map(|url| markdown_link("Policy for text and data mining", url)));
    said
}

fn section(heading: &str, entries: Vec<String>) -> Option<String> {
    let list = entries.iter().map(|entry| format!("- {entry}")).collect::<Vec<_>>().join("\n");
    (!entries.is_empty()).then(|| format!("## {heading}\n\n{list}"))
}

fn corrections(item: &Item<'_>) -> Vec<String> {
    let said = |correction: &masthead_domain::article::Correction| {
        markdown_line(&format!("{}: {}", correction.at.to_utc().date(), correction.text))
    };
    item.corrections().iter().map(said).collect()
}

fn source(cited: &Cited<'_>) -> String {
    let source = cited.source;
    let title = match &cited.link {
        Some(link) => markdown_link(&source.title, link),
        None => markdown_line(&source.title),
    };
    let publisher = markdown_line(&source.publisher);
    let date = source.date.as_ref().map(|date| format!(", {}", markdown_line(date)));
    let note = cited.note.map(|note| format!(" ({})", markdown_line(note)));
    format!("{publisher}: {title}{}{}", date.unwrap_or_default(), note.unwrap_or_default())
}
