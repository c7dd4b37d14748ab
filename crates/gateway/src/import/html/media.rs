//! Pictures, frames, sound and film in HTML.

use super::embeds::kind_of;
use super::walk::{Done, Walk};
use masthead_domain::article::{Block, Embed, EmbedKind, Text};
use masthead_domain::href::Href;
use masthead_domain::image::Image;
use scraper::ElementRef;

impl Walk<'_> {
    /// An address that must be one outside the publication's articles; noted when it is not.
    pub(super) fn address(&mut self, address: &str, of: &str) -> Option<Href> {
        let href = self.links.href(address);
        if href.is_none() {
            self.notes.left_out_with(&format!("{of} with an address that is not allowed"), address);
        }
        href
    }

    pub(super) fn picture(&mut self, element: ElementRef<'_>) -> Option<Image> {
        let address = element.attr("src").filter(|src| !src.is_empty()).or(element.attr("data-src"))?;
        let src = self.address(address, "picture")?;
        let pixels = |name| element.attr(name).and_then(|value| value.parse().ok());
        let mut image = Image::new(src, element.attr("alt").unwrap_or_default().trim());
        image.width = pixels("width");
        image.height = pixels("height");
        Some(image)
    }

    pub(super) fn image(&mut self, element: ElementRef<'_>) -> Done {
        if let Some(image) = self.picture(element) {
            self.flush();
            self.out.push(Block::Image(image));
        }
        Ok(())
    }

    /// A figure is what it holds; its caption goes below the last picture or embed in it.
    pub(super) fn figure(&mut self, element: ElementRef<'_>) -> Done {
        self.flush();
        let before = self.out.len();
        let is_caption = |child: &ElementRef<'_>| child.value().name() == "figcaption";
        for child in element.child_elements().filter(|child| !is_caption(child)) {
            self.nested(child)?;
        }
        self.flush();
        let caption = element.child_elements().find(is_caption).and_then(Self::caption);
        if let Some(caption) = caption {
            let place = self.out.iter_mut().skip(before).rev().find_map(|block| match block {
                Block::Image(image) => Some(&mut image.caption),
                Block::Embed(embed) => Some(&mut embed.caption),
                _ => None,
            });
            match place {
                Some(place) => *place = Some(caption),
                None => {
                    let spans = vec![masthead_domain::article::Span::plain(caption)];
                    self.out.push(Block::Text(Text { spans, ..Text::default() }));
                }
            }
        }
        Ok(())
    }

    pub(super) fn frame(&mut self, element: ElementRef<'_>) -> Done {
        let address = element.attr("src").filter(|src| !src.is_empty()).or(element.attr("data-src"));
        let address =
            address.map(|src| if src.starts_with("//") { format!("https:{src}") } else { src.into() });
        let url = address.and_then(|address| self.address(&address, "frame"));
        if let Some(url) = url {
            let title = super::own::attribute(element, "title");
            self.push_embed(Embed { title, ..embed(kind_of(&url), url) });
        }
        Ok(())
    }

    pub(super) fn media(&mut self, element: ElementRef<'_>) -> Done {
        let kind = if element.value().name() == "audio" { EmbedKind::Audio } else { EmbedKind::Video };
        let source = element.child_elements().find(|child| child.value().name() == "source");
        let address = element.attr("src").or_else(|| source.and_then(|source| source.attr("src")));
        if let Some(url) = address.and_then(|address| self.address(address, "sound or film")) {
            self.push_embed(embed(kind, url));
        }
        Ok(())
    }

    pub(super) fn push_embed(&mut self, embed: Embed) {
        self.flush();
        self.out.push(Block::Embed(embed));
    }

    /// A post of a social network as its own script would draw it: a quotation that ends in a link to it.
    pub(super) fn social_post(&mut self, element: ElementRef<'_>) -> Option<Embed> {
        const POSTS: [&str; 6] = [
            "twitter-tweet",
            "instagram-media",
            "tiktok-embed",
            "bluesky-embed",
            "mastodon-embed",
            "text-post-media",
        ];
        element.value().classes().find(|class| POSTS.contains(class))?;
        let links = element.descendent_elements().filter(|inner| inner.value().name() == "a");
        let address = element
            .attr("cite")
            .or(element.attr("data-instgrm-permalink"))
            .or_else(|| links.filter_map(|link| link.attr("href")).last())?;
        let url = self.address(address, "post of a social network")?;
        Some(Embed { description: Self::caption(element), ..embed(EmbedKind::Post, url) })
    }
}

/// An embed of which only the address is known.
pub(crate) const fn embed(kind: EmbedKind, url: Href) -> Embed {
    Embed { kind, url, title: None, description: None, provider: None, caption: None }
}
