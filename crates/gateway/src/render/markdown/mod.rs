//! A body as Markdown (CommonMark 0.31, and `~~` for what is struck through), for machines that read it as text.
//!
//! What Markdown has no mark for (underlined, lowered, raised) stands as plain text. Some readers make links of bare
//! addresses by themselves; that shows nothing that is not there.

mod inline;

#[cfg(test)]
mod tests;

use super::disclosure::picture_note;
use super::text::without_markup;
use crate::site::Site;
use inline::{Inline, Marks, destination, longest_run};
use masthead_domain::article::{Decorator, Embed, ListItem, Style};
use masthead_domain::image::Image;
use masthead_domain::view::{BlockContent, BlockView, CalloutView, GateView, MarkView, TextView};

/// The body as Markdown: blocks apart by an empty line. A shut gate is a block quote with what is said of it.
#[must_use]
pub fn body_markdown(body: &[BlockView], site: &Site) -> String {
    markdown_page(blocks(body, site))
}

/// A page of these blocks.
#[must_use]
pub fn markdown_page(blocks: Vec<String>) -> String {
    let mut page = blocks.join("\n\n");
    if !page.is_empty() {
        page.push('\n');
    }
    page
}

/// A text in one line, in which nothing is markup.
#[must_use]
pub fn markdown_line(text: &str) -> String {
    let mut line = Inline::one_line();
    line.text(text);
    line.finish()
}

/// A link. The words are in one line.
#[must_use]
pub fn markdown_link(words: &str, address: &str) -> String {
    let mut line = Inline::one_line();
    line.run(words, Marks { link: Some(address), ..Marks::default() }, None);
    line.finish()
}

/// A picture, and what stands below it.
#[must_use]
pub fn markdown_figure(image: &Image, site: &Site) -> Vec<String> {
    let picture = format!("![{}]({})", markdown_line(&image.alt), destination(&site.absolute(&image.src)));
    let made = image.digital_source_type.and_then(picture_note);
    let below = [image.caption.as_deref(), image.credit.as_deref(), made];
    let below: Vec<_> = below.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect();
    said_of([Some(picture), Some(paragraph(&below.join(" ")))])
}

fn said_of<const N: usize>(parts: [Option<String>; N]) -> Vec<String> {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect()
}

fn paragraph(text: &str) -> String {
    let mut written = Inline::default();
    written.text(text);
    written.finish()
}

fn strong(text: &str) -> String {
    let mut line = Inline::one_line();
    line.run(text, Marks { is_strong: true, ..Marks::default() }, None);
    line.finish()
}

/// List items in a row make lists; every other block stands alone.
fn blocks(body: &[BlockView], site: &Site) -> Vec<String> {
    let in_one_list = |a: &BlockView, b: &BlockView| item(a).is_some() && item(b).is_some();
    let written = body.chunk_by(in_one_list).flat_map(|run| match item(&run[0]) {
        Some(first) => lists(run, first.level, site),
        None => block(&run[0], site),
    });
    written.filter(|block| !block.is_empty()).collect()
}

fn item(block: &BlockView) -> Option<ListItem> {
    match &block.content {
        BlockContent::Text(text) => text.list,
        _ => None,
    }
}

/// A run of list items, as lists after and in each other. What is nested deeper belongs to the item before.
fn lists(run: &[BlockView], level: u8, site: &Site) -> Vec<String> {
    let is_deeper = |_: &BlockView, next: &BlockView| item(next).is_some_and(|item| item.level > level);
    let entries: Vec<&[BlockView]> = run.chunk_by(is_deeper).collect();
    let numbered = |entry: &[BlockView]| item(&entry[0]).is_some_and(|item| item.numbered);
    let list = |entries: &[&[BlockView]]| {
        let written = entries.iter().map(|entry| list_item(entry, site)).filter(|item| !item.is_empty());
        let marked = written.enumerate().map(|(at, item)| {
            let marker = if numbered(entries[0]) { format!("{}. ", at + 1) } else { "- ".to_owned() };
            let indent = " ".repeat(marker.len());
            prefixed(&item, &marker, &indent)
        });
        marked.collect::<Vec<_>>().join("\n")
    };
    entries.chunk_by(|a, b| numbered(a) == numbered(b)).map(list).collect()
}

/// An item with the lists in it. An item without text of its own begins with them.
fn list_item(entry: &[BlockView], site: &Site) -> String {
    let (own, deeper) = (&entry[0], &entry[1..]);
    let own = match &own.content {
        BlockContent::Text(text) => spans(text, Inline::default(), site),
        _ => String::new(),
    };
    let nested = deeper.first().and_then(item).map(|first| lists(deeper, first.level, site));
    let parts = [own].into_iter().chain(nested.into_iter().flatten()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

fn prefixed(text: &str, first: &str, others: &str) -> String {
    let line = |(at, line): (usize, &str)| {
        let prefix = if at == 0 { first } else { others };
        if line.is_empty() { prefix.trim_end().to_owned() } else { format!("{prefix}{line}") }
    };
    text.split('\n').enumerate().map(line).collect::<Vec<_>>().join("\n")
}

fn quoted(blocks: Vec<String>) -> String {
    if blocks.is_empty() { String::new() } else { prefixed(&blocks.join("\n\n"), "> ", "> ") }
}

fn block(block: &BlockView, site: &Site) -> Vec<String> {
    match &block.content {
        BlockContent::Text(text) => vec![text_block(text, site)],
        BlockContent::Image(image) => markdown_figure(image, site),
        BlockContent::Embed(embed) => self::embed(embed, site),
        BlockContent::Quote(quote) => {
            let by = quote.attribution.as_deref().map(paragraph);
            vec![quoted(said_of([Some(paragraph(&quote.text)), by]))]
        }
        BlockContent::Callout(callout) => vec![self::callout(callout, site)],
        BlockContent::Code(code) => vec![listing(&code.code, code.language.as_deref())],
        // Three dashes at the head of a page would be read as metadata by many.
        BlockContent::Divider => vec!["* * *".to_owned()],
        BlockContent::Html(html) => vec![paragraph(&without_markup(&html.html))],
        BlockContent::Gate(gate) => self::gate(gate, site),
    }
}

fn text_block(text: &TextView, site: &Site) -> String {
    let heading = |marker: &str| {
        let words = spans(text, Inline::one_line(), site);
        if words.is_empty() { words } else { format!("{marker} {words}") }
    };
    match text.style {
        Style::Normal => spans(text, Inline::default(), site),
        Style::H2 => heading("##"),
        Style::H3 => heading("###"),
        Style::H4 => heading("####"),
        Style::Blockquote => quoted(said_of([Some(spans(text, Inline::default(), site))])),
    }
}

fn spans(text: &TextView, mut written: Inline, site: &Site) -> String {
    for (at, span) in text.spans.iter().enumerate() {
        let is = |decorator| span.marks.contains(&MarkView::Decorator(decorator));
        let link = span.marks.iter().find_map(|mark| match mark {
            MarkView::Link(href) => Some(site.absolute(href)),
            MarkView::Article { slug, .. } => Some(site.article_url(slug)),
            MarkView::Decorator(_) => None,
        });
        let marks = Marks {
            is_strong: is(Decorator::Strong),
            is_stressed: is(Decorator::Em),
            is_struck: is(Decorator::StrikeThrough),
            is_code: is(Decorator::Code),
            link: link.as_deref(),
        };
        let next = text.spans[at + 1..].iter().find_map(|span| span.text.chars().next());
        written.run(&span.text, marks, next);
    }
    written.finish()
}

fn embed(embed: &Embed, site: &Site) -> Vec<String> {
    let title = embed.title.as_deref().filter(|title| !title.trim().is_empty());
    let link = markdown_link(title.unwrap_or(embed.url.as_str()), &site.absolute(&embed.url));
    let below = |text: &Option<String>| text.as_deref().map(paragraph);
    said_of([Some(link), below(&embed.description), below(&embed.provider), below(&embed.caption)])
}

fn callout(callout: &CalloutView, site: &Site) -> String {
    let title = callout.title.as_deref().map(strong).filter(|title| !title.is_empty());
    quoted(title.into_iter().chain(blocks(&callout.content, site)).collect())
}

fn gate(gate: &GateView, site: &Site) -> Vec<String> {
    if let Some(content) = &gate.content {
        return blocks(content, site);
    }
    let mut said = said_of([gate.headline.as_deref().map(strong)]);
    said.extend(gate.image.iter().flat_map(|image| markdown_figure(image, site)));
    let words = [gate.teaser.as_deref(), gate.call_to_action.as_deref()];
    said.extend(said_of(words.map(|text| text.map(paragraph))));
    said.push("*This part is locked.*".to_owned());
    vec![quoted(said)]
}

/// A listing, between more backticks than stand in it.
fn listing(code: &str, language: Option<&str>) -> String {
    let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '.' | '_');
    let language: String = language.unwrap_or_default().chars().filter(|c| is_name(*c)).collect();
    let code = code.replace("\r\n", "\n").replace('\r', "\n");
    let break_ = if code.is_empty() || code.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{code}{break_}{fence}")
}
