//! A body as HTML, for clients that show it as it is.

use super::disclosure::picture_note;
use super::json_ld::gate_class;
use crate::import::html::clean_with;
use crate::site::Site;
use masthead_domain::article::{CalloutTone, Decorator, ListItem, Style};
use masthead_domain::image::Image;
use masthead_domain::paywall::Reason;
use masthead_domain::view::{BlockContent, BlockView, CalloutView, GateView, MarkView, SpanView, TextView};
use maud::{Markup, PreEscaped, html};

/// The body as HTML. All text is escaped; `html` blocks were cleaned when they were made.
#[must_use]
pub fn body_html(body: &[BlockView], site: &Site) -> String {
    blocks(body, Pen { site, article: None }).into_string()
}

/// The body as HTML for where nothing of ours stands around it, such as a feed reader: every address is absolute, a shut
/// gate leads to the article at this address, and what a generative model made says so.
#[must_use]
pub fn body_html_apart(body: &[BlockView], site: &Site, article: &str) -> Markup {
    blocks(body, Pen { site, article: Some(article) })
}

/// How a body is written.
#[derive(Clone, Copy)]
struct Pen<'a> {
    site: &'a Site,
    /// Where the article is read, when the body stands apart from it.
    article: Option<&'a str>,
}

/// List items in a row make lists; every other block stands alone.
fn blocks(body: &[BlockView], pen: Pen<'_>) -> Markup {
    let in_one_list = |a: &BlockView, b: &BlockView| item(a).is_some() && item(b).is_some();
    html! {
        @for run in body.chunk_by(in_one_list) {
            @match item(&run[0]) {
                Some(first) => (lists(run, first.level, pen)),
                None => (block(&run[0], pen)),
            }
        }
    }
}

fn item(block: &BlockView) -> Option<ListItem> {
    match &block.content {
        BlockContent::Text(text) => text.list,
        _ => None,
    }
}

/// A run of list items, as lists after and in each other. What is nested deeper belongs to the item before.
fn lists(run: &[BlockView], level: u8, pen: Pen<'_>) -> Markup {
    let is_deeper = |_: &BlockView, next: &BlockView| item(next).is_some_and(|item| item.level > level);
    let entries: Vec<&[BlockView]> = run.chunk_by(is_deeper).collect();
    let numbered = |entry: &[BlockView]| item(&entry[0]).is_some_and(|item| item.numbered);
    html! {
        @for list in entries.chunk_by(|a, b| numbered(a) == numbered(b)) {
            @let items = html! { @for entry in list { (list_item(entry, pen)) } };
            @if numbered(list[0]) { ol { (items) } } @else { ul { (items) } }
        }
    }
}

fn list_item(entry: &[BlockView], pen: Pen<'_>) -> Markup {
    let (own, deeper) = (&entry[0], &entry[1..]);
    html! {
        li {
            @if let BlockContent::Text(text) = &own.content { (spans(&text.spans, pen)) }
            @if let Some(first) = deeper.first().and_then(item) { (lists(deeper, first.level, pen)) }
        }
    }
}

fn block(block: &BlockView, pen: Pen<'_>) -> Markup {
    match &block.content {
        BlockContent::Text(text) => paragraph(text, pen),
        BlockContent::Image(image) => figure(image, pen),
        BlockContent::Embed(embed) => html! {
            figure class={ "embed embed-" (embed.kind.code()) } {
                a href=(pen.site.absolute(&embed.url)) {
                    (embed.title.as_deref().unwrap_or(embed.url.as_str()))
                }
                @if let Some(description) = &embed.description { p { (description) } }
                @if let Some(provider) = &embed.provider { p { cite { (provider) } } }
                @if let Some(caption) = &embed.caption { figcaption { (caption) } }
            }
        },
        BlockContent::Quote(quote) => html! {
            figure class="quote" {
                blockquote { p { (quote.text) } }
                @if let Some(attribution) = &quote.attribution { figcaption { (attribution) } }
            }
        },
        BlockContent::Callout(callout) => self::callout(callout, pen),
        BlockContent::Code(code) => html! {
            pre { code class=[code.language.as_ref().map(|name| format!("language-{name}"))] { (code.code) } }
        },
        BlockContent::Divider => html! { hr; },
        BlockContent::Html(html) if pen.article.is_some() => {
            PreEscaped(clean_with(&html.html, |href| pen.site.absolute(href)))
        }
        BlockContent::Html(html) => PreEscaped(html.html.clone()),
        BlockContent::Gate(gate) => self::gate(&block.key, gate, pen),
    }
}

fn callout(callout: &CalloutView, pen: Pen<'_>) -> Markup {
    match callout.tone {
        CalloutTone::Note => html! {
            aside class="callout" {
                @if let Some(title) = &callout.title { p class="callout-title" { strong { (title) } } }
                (blocks(&callout.content, pen))
            }
        },
        CalloutTone::Toggle => html! {
            details {
                summary { (callout.title.as_deref().unwrap_or_default()) }
                (blocks(&callout.content, pen))
            }
        },
    }
}

fn gate(key: &str, gate: &GateView, pen: Pen<'_>) -> Markup {
    html! {
        @if let Some(content) = &gate.content {
            section class={ "gate gate-open " (gate_class(key)) } data-gate=(key) { (blocks(content, pen)) }
        } @else {
            section class={ "gate gate-shut " (gate_class(key)) } data-gate=(key) data-reason=(gate.access.reason().code()) {
                @if let Some(headline) = &gate.headline { h2 { (headline) } }
                @if let Some(image) = &gate.image { (figure(image, pen)) }
                @if let Some(teaser) = &gate.teaser { p class="gate-teaser" { (teaser) } }
                @if let Some(action) = &gate.call_to_action { p class="gate-action" { (action) } }
                // What nobody can open is not to be read at the article either.
                @if let Some(article) = pen.article.filter(|_| gate.access.reason() != Reason::Unavailable) {
                    p class="gate-continue" { a href=(article) { "Continue reading" } }
                }
            }
        }
    }
}

fn figure(image: &Image, pen: Pen<'_>) -> Markup {
    html! {
        figure {
            img src=(pen.site.absolute(&image.src)) alt=(image.alt) width=[image.width] height=[image.height];
            @let made = pen.article.and(image.digital_source_type).and_then(picture_note);
            @if image.caption.is_some() || image.credit.is_some() || made.is_some() {
                figcaption {
                    @if let Some(caption) = &image.caption { (caption) }
                    @if let Some(credit) = &image.credit { " " span class="credit" { (credit) } }
                    @if let Some(made) = made { " " span class="disclosure" { (made) } }
                }
            }
        }
    }
}

fn paragraph(text: &TextView, pen: Pen<'_>) -> Markup {
    let inner = spans(&text.spans, pen);
    match text.style {
        Style::Normal => html! { p { (inner) } },
        Style::H2 => html! { h2 { (inner) } },
        Style::H3 => html! { h3 { (inner) } },
        Style::H4 => html! { h4 { (inner) } },
        Style::Blockquote => html! { blockquote { p { (inner) } } },
    }
}

fn spans(spans: &[SpanView], pen: Pen<'_>) -> Markup {
    html! { @for span in spans { (span_markup(span, pen)) } }
}

fn span_markup(span: &SpanView, pen: Pen<'_>) -> Markup {
    let mut lines = span.text.split('\n');
    let text = html! {
        (lines.next().unwrap_or_default())
        @for line in lines { br; (line) }
    };
    span.marks.iter().rev().fold(text, |inner, mark| match mark {
        MarkView::Link(href) => html! { a href=(pen.site.absolute(href)) { (inner) } },
        MarkView::Article { slug, .. } => html! { a href=(pen.site.article_url(slug)) { (inner) } },
        MarkView::Decorator(decorator) => match decorator {
            Decorator::Strong => html! { strong { (inner) } },
            Decorator::Em => html! { em { (inner) } },
            Decorator::Underline => html! { u { (inner) } },
            Decorator::StrikeThrough => html! { s { (inner) } },
            Decorator::Code => html! { code { (inner) } },
            Decorator::Sub => html! { sub { (inner) } },
            Decorator::Sup => html! { sup { (inner) } },
        },
    })
}
