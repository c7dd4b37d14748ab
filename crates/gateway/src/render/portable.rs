//! A body as Portable Text, the open JSON format. A renderer that knows only `block` shows all running
//! text and hands over the types that it does not know.

use super::access::AccessDto;
use super::image::ImageDto;
use crate::site::Site;
use masthead_domain::article::ListItem;
use masthead_domain::view::{BlockContent, BlockView, GateView, MarkView, TextView};
use serde::Serialize;
use utoipa::ToSchema;

/// One element of a body. `_key` is unique within the answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "_type", rename_all = "lowercase")]
pub enum PortableBlock {
    /// A paragraph, heading, block quote or list item.
    Block(TextBlock),
    /// A picture.
    Image(ImageBlock),
    /// Something that lives elsewhere.
    Embed(EmbedBlock),
    /// A quotation set apart.
    Quote(QuoteBlock),
    /// A box beside the running text.
    Callout(CalloutBlock),
    /// A listing.
    Code(CodeBlock),
    /// A line between two parts.
    Divider(DividerBlock),
    /// Cleaned markup that has no block of its own.
    Html(HtmlBlock),
    /// A part with a lock.
    Gate(GateBlock),
}

/// A paragraph, heading, block quote or list item.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextBlock {
    #[serde(rename = "_key")]
    key: String,
    /// `normal`, `h2`, `h3`, `h4` or `blockquote`.
    style: &'static str,
    /// `bullet` or `number`, in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    list_item: Option<&'static str>,
    /// How deep the item is nested, from 1, in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
    children: Vec<PortableSpan>,
    mark_defs: Vec<MarkDef>,
}

/// A run of text with the same marks.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "_type", rename = "span")]
pub struct PortableSpan {
    #[serde(rename = "_key")]
    key: String,
    text: String,
    /// Decorators (`strong`, `em`, `underline`, `strike-through`, `code`, `sub`, `sup`) and keys of `markDefs`.
    marks: Vec<String>,
}

/// The data of a mark.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "_type", rename_all = "camelCase")]
pub enum MarkDef {
    /// A link.
    Link {
        /// What a span's `marks` name.
        #[serde(rename = "_key")]
        key: String,
        /// Where it leads.
        href: String,
    },
    /// A link to an article of this publication.
    ArticleLink {
        /// What a span's `marks` name.
        #[serde(rename = "_key")]
        key: String,
        /// The article's identifier.
        article: String,
        /// Its present address.
        href: String,
    },
}

/// A picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImageBlock {
    #[serde(rename = "_key")]
    key: String,
    #[serde(flatten)]
    image: ImageDto,
}

/// Something that lives elsewhere.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EmbedBlock {
    #[serde(rename = "_key")]
    key: String,
    /// `video`, `audio`, `post`, `file`, `bookmark` or `other`.
    kind: &'static str,
    url: String,
    title: Option<String>,
    description: Option<String>,
    provider: Option<String>,
    caption: Option<String>,
}

/// A quotation set apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuoteBlock {
    #[serde(rename = "_key")]
    key: String,
    text: String,
    attribution: Option<String>,
}

/// A box beside the running text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalloutBlock {
    #[serde(rename = "_key")]
    key: String,
    /// `note` or `toggle`.
    tone: &'static str,
    title: Option<String>,
    #[schema(no_recursion)]
    content: Vec<PortableBlock>,
}

/// A listing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeBlock {
    #[serde(rename = "_key")]
    key: String,
    code: String,
    language: Option<String>,
}

/// A line between two parts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DividerBlock {
    #[serde(rename = "_key")]
    key: String,
}

/// Cleaned markup that has no block of its own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HtmlBlock {
    #[serde(rename = "_key")]
    key: String,
    html: String,
}

/// A part with a lock. Shut, it stands in its place with `content: null`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateBlock {
    #[serde(rename = "_key")]
    key: String,
    headline: Option<String>,
    teaser: Option<String>,
    image: Option<ImageDto>,
    call_to_action: Option<String>,
    access: AccessDto,
    #[schema(no_recursion)]
    content: Option<Vec<PortableBlock>>,
}

/// The body as Portable Text.
#[must_use]
pub fn body_portable(body: &[BlockView], site: &Site) -> Vec<PortableBlock> {
    body.iter().map(|block| portable(block, site)).collect()
}

fn portable(block: &BlockView, site: &Site) -> PortableBlock {
    let key = block.key.clone();
    match &block.content {
        BlockContent::Text(text) => PortableBlock::Block(text_block(key, text, site)),
        BlockContent::Image(image) => {
            PortableBlock::Image(ImageBlock { key, image: ImageDto::new(image, site) })
        }
        BlockContent::Embed(embed) => PortableBlock::Embed(EmbedBlock {
            key,
            kind: embed.kind.code(),
            url: site.absolute(&embed.url),
            title: embed.title.clone(),
            description: embed.description.clone(),
            provider: embed.provider.clone(),
            caption: embed.caption.clone(),
        }),
        BlockContent::Quote(quote) => PortableBlock::Quote(QuoteBlock {
            key,
            text: quote.text.clone(),
            attribution: quote.attribution.clone(),
        }),
        BlockContent::Callout(callout) => PortableBlock::Callout(CalloutBlock {
            key,
            tone: callout.tone.code(),
            title: callout.title.clone(),
            content: body_portable(&callout.content, site),
        }),
        BlockContent::Code(code) => {
            PortableBlock::Code(CodeBlock { key, code: code.code.clone(), language: code.language.clone() })
        }
        BlockContent::Divider => PortableBlock::Divider(DividerBlock { key }),
        BlockContent::Html(html) => PortableBlock::Html(HtmlBlock { key, html: html.html.clone() }),
        BlockContent::Gate(gate) => PortableBlock::Gate(gate_block(key, gate, site)),
    }
}

fn gate_block(key: String, gate: &GateView, site: &Site) -> GateBlock {
    GateBlock {
        key,
        headline: gate.headline.clone(),
        teaser: gate.teaser.clone(),
        image: gate.image.as_ref().map(|image| ImageDto::new(image, site)),
        call_to_action: gate.call_to_action.clone(),
        access: AccessDto::from(&gate.access),
        content: gate.content.as_ref().map(|content| body_portable(content, site)),
    }
}

fn text_block(key: String, text: &TextView, site: &Site) -> TextBlock {
    let mut mark_defs = Vec::new();
    let mut children = Vec::with_capacity(text.spans.len());
    for (at, span) in text.spans.iter().enumerate() {
        let mut marks = Vec::with_capacity(span.marks.len());
        for mark in &span.marks {
            let mark_key = format!("{key}m{}", mark_defs.len());
            let def = match mark {
                MarkView::Decorator(decorator) => {
                    marks.push(decorator.code().to_owned());
                    continue;
                }
                MarkView::Link(href) => MarkDef::Link { key: mark_key.clone(), href: site.absolute(href) },
                MarkView::Article { id, slug } => MarkDef::ArticleLink {
                    key: mark_key.clone(),
                    article: id.to_string(),
                    href: site.article_url(slug),
                },
            };
            marks.push(mark_key);
            mark_defs.push(def);
        }
        children.push(PortableSpan { key: format!("{key}s{at}"), text: span.text.clone(), marks });
    }
    let list_item = |item: ListItem| if item.numbered { "number" } else { "bullet" };
    TextBlock {
        style: text.style.code(),
        list_item: text.list.map(list_item),
        level: text.list.map(|item| item.level),
        children,
        mark_defs,
        key,
    }
}
