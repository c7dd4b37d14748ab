//! Ghost's cards, by the names and fields of its present editor. Those of the former one have other names
//! and the same fields.

use super::desk::{BodyError, Desk};
use super::locks::{self, Piece, behind};
use crate::import::html::{self, Links, clean, embed, kind_of};
use crate::import::markdown::{self, Breaks};
use masthead_domain::article::{
    Block, Callout, CalloutTone, Code, Embed, EmbedKind, Html, Mark, Span, Style, Text,
};
use masthead_domain::href::Href;
use masthead_domain::image::Image;
use serde_json::Value;

/// The fields in which a card that is not known may carry text.
const TEXTS: [&str; 14] = [
    "text",
    "title",
    "heading",
    "header",
    "subheader",
    "question",
    "content",
    "description",
    "body",
    "quote",
    "caption",
    "label",
    "textValue",
    "value",
];

/// Adds a card, behind its own rule where it has one.
pub(super) fn add(kind: &str, card: &Value, desk: &mut Desk<'_>) -> Result<(), BodyError> {
    if kind == "paywall" {
        desk.pieces.push(Piece::Paywall);
        return Ok(());
    }
    if matches!(kind, "email" | "email-cta") {
        desk.notes.left_out("card that Ghost sends by e-mail alone");
        return Ok(());
    }
    let mut rules = Vec::new();
    rules.extend(card.get("visibility").and_then(|visibility| locks::of_card(visibility, desk.notes)));
    if !matches!(kind, "html" | "markdown") {
        rules.extend(desk.hoist(card));
    }
    let before = desk.pieces.len();
    Card { fields: card, desk }.convert(kind)?;
    for rule in rules.iter().rev() {
        let inside = desk.pieces.split_off(before);
        desk.pieces.extend(behind(rule, inside));
    }
    Ok(())
}

struct Card<'c, 'r, 'd> {
    fields: &'c Value,
    desk: &'r mut Desk<'d>,
}

impl<'c> Card<'c, '_, '_> {
    fn convert(&mut self, kind: &str) -> Result<(), BodyError> {
        match kind {
            "html" => self.desk.html(self.get("html"))?,
            "markdown" => {
                let html = markdown::to_html(self.get("markdown"), Breaks::Hard);
                self.desk.html(&html)?;
            }
            "horizontalrule" => self.desk.block(Block::Divider),
            "image" => self.image(),
            "gallery" => self.gallery(),
            "codeblock" => self.code(),
            "callout" => self.callout()?,
            "toggle" => self.toggle()?,
            "bookmark" | "nft" => self.bookmark(),
            "embed" => self.embed()?,
            "button" => self.button("buttonText", "buttonUrl"),
            "file" => self.file(),
            "audio" | "video" => self.player(kind),
            "header" => self.header()?,
            "product" => self.product()?,
            "call-to-action" => self.call_to_action()?,
            "before-after" => self.before_after(),
            "signup" | "transistor" => {
                self.desk
                    .notes
                    .left_out(&format!("card <{kind}>: a form or player that only Ghost can serve"));
            }
            other => self.unknown(other),
        }
        Ok(())
    }

    fn get(&self, field: &str) -> &'c str {
        self.fields[field].as_str().unwrap_or_default()
    }

    fn plain(&self, field: &str) -> Option<String> {
        html::plain(self.get(field))
    }

    fn href(&mut self, address: &str, of: &str) -> Option<Href> {
        if address.is_empty() {
            return None;
        }
        let href = self.desk.links.href(address);
        if href.is_none() {
            self.desk.notes.left_out_with(&format!("{of} with an address that is not allowed"), address);
        }
        href
    }

    fn image_of(&mut self, fields: &Value) -> Option<Image> {
        let text = |name: &str| fields[name].as_str().unwrap_or_default();
        let src = self.href(text("src"), "picture")?;
        if !text("href").is_empty() {
            self.desk.notes.left_out_with("link on a picture", text("href"));
        }
        let pixels = |name: &str| fields[name].as_u64().and_then(|value| u32::try_from(value).ok());
        let mut image = Image::new(src, text("alt").trim());
        image.caption = html::plain(text("caption"));
        image.width = pixels("width");
        image.height = pixels("height");
        Some(image)
    }

    fn image(&mut self) {
        if let Some(image) = self.image_of(self.fields) {
            self.desk.block(Block::Image(image));
        }
    }

    /// Several pictures; the gallery's caption stands below the last.
    fn gallery(&mut self) {
        let listed = self.fields["images"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut images: Vec<Image> = listed.iter().filter_map(|fields| self.image_of(fields)).collect();
        if let (Some(last), Some(caption)) = (images.last_mut(), self.plain("caption")) {
            last.caption = Some(caption);
        }
        images.into_iter().for_each(|image| self.desk.block(Block::Image(image)));
    }

    fn code(&mut self) {
        let code = self.get("code");
        if !code.trim().is_empty() {
            let language = Some(self.get("language").trim()).filter(|language| !language.is_empty());
            let language = language.map(str::to_owned);
            self.desk.block(Block::Code(Code { code: code.to_owned(), language }));
        }
        self.paragraph("caption", Style::Normal);
    }

    fn paragraph(&mut self, field: &str, style: Style) {
        if let Some(text) = self.plain(field) {
            self.desk.block(Block::Text(Text { style, list: None, spans: vec![Span::plain(text)] }));
        }
    }

    fn callout(&mut self) -> Result<(), BodyError> {
        if !self.get("calloutEmoji").is_empty() {
            self.desk.notes.left_out("emoji of a callout");
        }
        let content = self.desk.inner(self.get("calloutText"))?;
        self.boxed(CalloutTone::Note, None, content);
        Ok(())
    }

    fn toggle(&mut self) -> Result<(), BodyError> {
        let content = self.desk.inner(self.get("content"))?;
        self.boxed(CalloutTone::Toggle, self.plain("heading"), content);
        Ok(())
    }

    fn boxed(&mut self, tone: CalloutTone, title: Option<String>, content: Vec<Block>) {
        if title.is_some() || !content.is_empty() {
            self.desk.block(Block::Callout(Callout { tone, title, content }));
        }
    }

    fn metadata(&self, field: &str) -> Option<String> {
        html::plain(self.fields["metadata"][field].as_str().unwrap_or_default())
    }

    fn bookmark(&mut self) {
        if let Some(url) = self.href(self.get("url"), "bookmark") {
            self.desk.block(Block::Embed(Embed {
                title: self.metadata("title"),
                description: self.metadata("description"),
                provider: self.metadata("publisher").or_else(|| self.metadata("author")),
                caption: self.plain("caption"),
                ..embed(EmbedKind::Bookmark, url)
            }));
        }
    }

    fn embed(&mut self) -> Result<(), BodyError> {
        let Some(url) = self.href(self.get("url"), "embed") else {
            let inner = self.desk.inner(self.get("html"))?;
            inner.into_iter().for_each(|block| self.desk.block(block));
            return Ok(());
        };
        let kind = match self.get("embedType") {
            "video" => EmbedKind::Video,
            "twitter" => EmbedKind::Post,
            _ => kind_of(&url),
        };
        self.desk.block(Block::Embed(Embed {
            title: self.metadata("title"),
            description: self.metadata("description"),
            provider: self.metadata("provider_name").or_else(|| self.metadata("author_name")),
            caption: self.plain("caption"),
            ..embed(kind, url)
        }));
        Ok(())
    }

    /// A button is a link in a paragraph of its own.
    fn button(&mut self, text: &str, url: &str) {
        let Some(text) = self.plain(text) else { return };
        let marks = self.href(self.get(url), "button").map(Mark::Link).into_iter().collect();
        let spans = vec![Span { text, marks }];
        self.desk.block(Block::Text(Text { spans, ..Text::default() }));
    }

    fn file(&mut self) {
        if let Some(url) = self.href(self.get("src"), "file") {
            self.desk.block(Block::Embed(Embed {
                title: self.plain("fileTitle").or_else(|| self.plain("fileName")),
                description: self.plain("fileCaption"),
                ..embed(EmbedKind::File, url)
            }));
        }
    }

    fn player(&mut self, kind: &str) {
        let kind = if kind == "audio" { EmbedKind::Audio } else { EmbedKind::Video };
        if let Some(url) = self.href(self.get("src"), "sound or film") {
            let title = self.plain("title").or_else(|| self.plain("fileName"));
            let caption = self.plain("caption");
            self.desk.block(Block::Embed(Embed { title, caption, ..embed(kind, url) }));
        }
    }

    fn picture(&mut self, field: &str, alt: Option<String>) {
        if let Some(src) = self.href(self.get(field), "picture") {
            self.desk.block(Block::Image(Image::new(src, alt.unwrap_or_default())));
        }
    }

    fn rich(&mut self, field: &str) -> Result<(), BodyError> {
        let inner = self.desk.inner(self.get(field))?;
        inner.into_iter().for_each(|block| self.desk.block(block));
        Ok(())
    }

    fn header(&mut self) -> Result<(), BodyError> {
        self.desk.notes.changed("header card: now a picture, a heading, a paragraph and a link");
        self.picture("backgroundImageSrc", None);
        self.paragraph("header", Style::H2);
        self.rich("subheader")?;
        self.button("buttonText", "buttonUrl");
        Ok(())
    }

    fn product(&mut self) -> Result<(), BodyError> {
        self.desk.notes.changed("product card: now a picture, a heading, its text and a link");
        self.picture("productImageSrc", self.plain("productTitle"));
        self.paragraph("productTitle", Style::H4);
        self.rich("productDescription")?;
        self.button("productButton", "productUrl");
        Ok(())
    }

    fn call_to_action(&mut self) -> Result<(), BodyError> {
        self.desk.notes.changed("call-to-action card: now a callout and a link");
        self.picture("imageUrl", None);
        let content = self.desk.inner(self.get("textValue"))?;
        self.boxed(CalloutTone::Note, self.plain("sponsorLabel"), content);
        self.button("buttonText", "buttonUrl");
        Ok(())
    }

    fn before_after(&mut self) {
        self.desk.notes.changed("before-and-after card: now two pictures");
        for field in ["beforeImage", "afterImage"] {
            if let Some(image) = self.image_of(&self.fields[field]) {
                self.desk.block(Block::Image(image));
            }
        }
        self.paragraph("caption", Style::Normal);
    }

    /// A card that is not known keeps its own markup, or else the text that it carries.
    fn unknown(&mut self, kind: &str) {
        let mut text = String::new();
        let source = match self.get("html") {
            "" => {
                gather(self.fields, &mut text);
                ammonia::clean_text(&text)
            }
            html => self.desk.links.rewrite(html).into_owned(),
        };
        match clean(&source) {
            Some(html) => {
                self.desk.notes.changed(&format!("card <{kind}>, which is not known: now an html block"));
                self.desk.block(Block::Html(Html { html }));
            }
            None => {
                self.desk.notes.left_out(&format!("card <{kind}>, which is not known and carries no text"))
            }
        }
    }
}

/// The text of a node and of those inside it, a line each.
fn gather(node: &Value, text: &mut String) {
    for field in TEXTS {
        if let Some(line) = node[field].as_str().and_then(html::plain) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    for child in node["children"].as_array().map(Vec::as_slice).unwrap_or_default() {
        gather(child, text);
    }
}
