//! The elements of a body.

use super::access::Access;
use super::image::Image;
use super::text::TextBlock;
use super::words::{CalloutTone, EmbedKind};
use crate::graphql::session::Session;
use async_graphql::{Context, Object, SimpleObject, Union};
use masthead_domain::article;
use masthead_domain::view::{BlockContent, BlockView, CalloutView, GateView};

/// One element of a body.
#[derive(Union)]
pub(super) enum Block<'a> {
    Text(TextBlock<'a>),
    Image(ImageBlock<'a>),
    Embed(EmbedBlock<'a>),
    Quote(QuoteBlock),
    Callout(CalloutBlock<'a>),
    Code(CodeBlock),
    Divider(DividerBlock),
    Html(HtmlBlock),
    Gate(Gate<'a>),
}

/// The elements of a body or of a part of it.
pub(super) fn blocks(body: &[BlockView]) -> Vec<Block<'_>> {
    body.iter().map(Block::new).collect()
}

impl<'a> Block<'a> {
    fn new(block: &'a BlockView) -> Self {
        let key = block.key.as_str();
        match &block.content {
            BlockContent::Text(text) => Self::Text(TextBlock { key, text }),
            BlockContent::Image(image) => Self::Image(ImageBlock { key, image }),
            BlockContent::Embed(embed) => Self::Embed(EmbedBlock { key, embed }),
            BlockContent::Quote(quote) => Self::Quote(QuoteBlock {
                key: key.to_owned(),
                text: quote.text.clone(),
                attribution: quote.attribution.clone(),
            }),
            BlockContent::Callout(callout) => Self::Callout(CalloutBlock { key, callout }),
            BlockContent::Code(code) => Self::Code(CodeBlock {
                key: key.to_owned(),
                code: code.code.clone(),
                language: code.language.clone(),
            }),
            BlockContent::Divider => Self::Divider(DividerBlock { key: key.to_owned() }),
            BlockContent::Html(html) => {
                Self::Html(HtmlBlock { key: key.to_owned(), html: html.html.clone() })
            }
            BlockContent::Gate(gate) => Self::Gate(Gate { key, gate }),
        }
    }
}

/// A picture in the body.
pub(super) struct ImageBlock<'a> {
    key: &'a str,
    image: &'a masthead_domain::image::Image,
}

#[Object]
impl ImageBlock<'_> {
    /// Unique in this body.
    async fn key(&self) -> &str {
        self.key
    }

    /// The picture.
    async fn image(&self) -> Image<'_> {
        Image(self.image)
    }
}

/// Something that lives elsewhere. It is described and linked; its markup is the front end's business.
pub(super) struct EmbedBlock<'a> {
    key: &'a str,
    embed: &'a article::Embed,
}

#[Object]
impl EmbedBlock<'_> {
    /// Unique in this body.
    async fn key(&self) -> &str {
        self.key
    }

    /// What it is.
    async fn kind(&self) -> EmbedKind {
        self.embed.kind.into()
    }

    /// Where it lies.
    async fn url(&self, ctx: &Context<'_>) -> String {
        Session::of(ctx).site().absolute(&self.embed.url)
    }

    /// What it is called.
    async fn title(&self) -> Option<&str> {
        self.embed.title.as_deref()
    }

    /// What it shows or says.
    async fn description(&self) -> Option<&str> {
        self.embed.description.as_deref()
    }

    /// Who published it.
    async fn provider(&self) -> Option<&str> {
        self.embed.provider.as_deref()
    }

    /// The line below it.
    async fn caption(&self) -> Option<&str> {
        self.embed.caption.as_deref()
    }
}

/// A quotation set apart.
#[derive(SimpleObject)]
pub(super) struct QuoteBlock {
    /// Unique in this body.
    key: String,
    /// What was said.
    text: String,
    /// Who said it.
    attribution: Option<String>,
}

/// A box beside the running text.
pub(super) struct CalloutBlock<'a> {
    key: &'a str,
    callout: &'a CalloutView,
}

#[Object]
impl CalloutBlock<'_> {
    /// Unique in this body.
    async fn key(&self) -> &str {
        self.key
    }

    /// What it is for.
    async fn tone(&self) -> CalloutTone {
        self.callout.tone.into()
    }

    /// Its heading.
    async fn title(&self) -> Option<&str> {
        self.callout.title.as_deref()
    }

    /// What it holds.
    async fn content(&self) -> Vec<Block<'_>> {
        blocks(&self.callout.content)
    }
}

/// A listing.
#[derive(SimpleObject)]
pub(super) struct CodeBlock {
    /// Unique in this body.
    key: String,
    /// The text, with its line breaks.
    code: String,
    /// The language it is written in.
    language: Option<String>,
}

/// A line between two parts.
#[derive(SimpleObject)]
pub(super) struct DividerBlock {
    /// Unique in this body.
    key: String,
}

/// Cleaned markup that has no block of its own.
#[derive(SimpleObject)]
pub(super) struct HtmlBlock {
    /// Unique in this body.
    key: String,
    /// The markup.
    html: String,
}

/// A part with a lock. Shut, it stands in its place without its content.
pub(super) struct Gate<'a> {
    key: &'a str,
    gate: &'a GateView,
}

#[Object]
impl Gate<'_> {
    /// Unique in this body; also the id of the lock.
    async fn key(&self) -> &str {
        self.key
    }

    /// The invitation's heading.
    async fn headline(&self) -> Option<&str> {
        self.gate.headline.as_deref()
    }

    /// One line on what is inside.
    async fn teaser(&self) -> Option<&str> {
        self.gate.teaser.as_deref()
    }

    /// A picture to stand there.
    async fn image(&self) -> Option<Image<'_>> {
        self.gate.image.as_ref().map(Image)
    }

    /// The words on the button.
    async fn call_to_action(&self) -> Option<&str> {
        self.gate.call_to_action.as_deref()
    }

    /// Whether it is open, and why.
    async fn access(&self) -> Access<'_> {
        Access(&self.gate.access)
    }

    /// What is inside; null when it is shut.
    async fn content(&self) -> Option<Vec<Block<'_>>> {
        self.gate.content.as_deref().map(blocks)
    }
}
