//! The cards of Ghost as they stand in its HTML, known by their class.

use super::HtmlError;
use super::media::embed;
use super::walk::{Done, Walk};
use masthead_domain::article::{Block, Callout, CalloutTone, Embed, EmbedKind};
use scraper::{CaseSensitivity, ElementRef};

type Found<'a> = Option<ElementRef<'a>>;

fn has(element: ElementRef<'_>, class: &str) -> bool {
    element.value().has_class(class, CaseSensitivity::CaseSensitive)
}

fn part<'a>(element: ElementRef<'a>, class: &str) -> Found<'a> {
    element.descendent_elements().find(|inner| has(*inner, class))
}

fn words(element: ElementRef<'_>, class: &str) -> Option<String> {
    part(element, class).and_then(Walk::caption)
}

fn named<'a>(element: ElementRef<'a>, name: &str) -> Found<'a> {
    element.descendent_elements().find(|inner| inner.value().name() == name)
}

impl Walk<'_> {
    /// Turns the element into blocks if it is a card of Ghost that has a shape of its own; says whether it
    /// was one. Cards that are figures are read as figures.
    pub(super) fn card(&mut self, element: ElementRef<'_>) -> Result<bool, HtmlError> {
        if !element.attr("class").is_some_and(|classes| classes.contains("kg-")) {
            return Ok(false);
        }
        if has(element, "kg-bookmark-card") {
            self.bookmark(element)?;
        } else if has(element, "kg-callout-card") {
            self.callout_card(element)?;
        } else if has(element, "kg-toggle-card") {
            self.toggle(element)?;
        } else if has(element, "kg-file-card") {
            self.file(element);
        } else if has(element, "kg-audio-card") {
            let title = words(element, "kg-audio-title");
            self.player(element, "audio", EmbedKind::Audio, title)?;
        } else if has(element, "kg-video-card") {
            self.player(element, "video", EmbedKind::Video, None)?;
        } else if has(element, "kg-button-card") {
            self.flush();
            self.children(element)?;
            self.flush();
        } else if has(element, "kg-signup-card") || has(element, "kg-transistor-card") {
            self.flush();
            self.notes.left_out("Ghost card: a form or player that only Ghost can serve");
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn bookmark(&mut self, card: ElementRef<'_>) -> Done {
        let address = named(card, "a").and_then(|link| link.attr("href")).unwrap_or_default();
        let Some(url) = self.address(address, "bookmark") else { return Ok(()) };
        let caption = card.child_elements().find(|child| child.value().name() == "figcaption");
        self.push_embed(Embed {
            title: words(card, "kg-bookmark-title"),
            description: words(card, "kg-bookmark-description"),
            provider: words(card, "kg-bookmark-publisher").or_else(|| words(card, "kg-bookmark-author")),
            caption: caption.and_then(Self::caption),
            ..embed(EmbedKind::Bookmark, url)
        });
        Ok(())
    }

    fn callout_card(&mut self, card: ElementRef<'_>) -> Done {
        if part(card, "kg-callout-emoji").is_some() {
            self.notes.left_out("emoji of a callout");
        }
        let text = part(card, "kg-callout-text").unwrap_or(card);
        self.callout(text, None)
    }

    fn toggle(&mut self, card: ElementRef<'_>) -> Done {
        let title = words(card, "kg-toggle-heading-text");
        let content = match part(card, "kg-toggle-content") {
            Some(content) => self.apart(|walk| walk.children(content))?,
            None => self.apart(|walk| walk.children_but(card, "button"))?,
        };
        if !content.is_empty() || title.is_some() {
            self.flush();
            self.out.push(Block::Callout(Callout { tone: CalloutTone::Toggle, title, content }));
        }
        Ok(())
    }

    fn file(&mut self, card: ElementRef<'_>) {
        let address = named(card, "a").and_then(|link| link.attr("href")).unwrap_or_default();
        if let Some(url) = self.address(address, "file") {
            let title = words(card, "kg-file-card-title").or_else(|| words(card, "kg-file-card-filename"));
            let description = words(card, "kg-file-card-caption");
            self.push_embed(Embed { title, description, ..embed(EmbedKind::File, url) });
        }
    }

    fn player(&mut self, card: ElementRef<'_>, name: &str, kind: EmbedKind, title: Option<String>) -> Done {
        let address = named(card, name).and_then(|player| player.attr("src")).unwrap_or_default();
        if let Some(url) = self.address(address, "sound or film") {
            let caption = named(card, "figcaption").and_then(Self::caption);
            self.push_embed(Embed { title, caption, ..embed(kind, url) });
        }
        Ok(())
    }
}
