//! A view's body in the forms that clients ask for. Everything here is made from a view, so it holds only
//! what the viewer may see.

mod access;
mod disclosure;
mod html;
mod image;
mod json_ld;
mod markdown;
mod portable;
mod rights;
mod text;

pub use access::{AccessDto, LockDto, OfferDto, PriceDto};
pub use disclosure::{picture_note, text_note};
pub use html::{body_html, body_html_apart};
pub use image::ImageDto;
pub use json_ld::JsonLd;
pub use markdown::{body_markdown, markdown_figure, markdown_line, markdown_link, markdown_page};
pub use portable::{
    CalloutBlock, CodeBlock, DividerBlock, EmbedBlock, GateBlock, HtmlBlock, ImageBlock, MarkDef,
    PortableBlock, PortableSpan, QuoteBlock, TextBlock, body_portable,
};
pub use rights::RightsDto;
pub use text::body_text;
