//! The walk over the elements of a document, in reading order.

use super::HtmlError;
use super::clean::clean;
use super::line::Line;
use super::links::{Lead, Links};
use crate::import::notes::Notes;
use masthead_domain::article::{Block, Code, Decorator, Html, ListItem, Mark, Style, Text};
use scraper::{ElementRef, Node};

/// How deep the walk follows elements into each other; what lies deeper becomes plain text.
const MAX_DEPTH: usize = 100;

/// The deepest list level that there is.
const MAX_LEVEL: u8 = 9;

pub(super) type Done = Result<(), HtmlError>;

pub(super) struct Walk<'a> {
    pub(super) links: &'a dyn Links,
    pub(super) notes: &'a mut Notes,
    pub(super) out: Vec<Block>,
    /// How many gates have become blocks.
    pub(super) gates: usize,
    line: Line,
    marks: Vec<Mark>,
    style: Style,
    list: Option<ListItem>,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(links: &'a dyn Links, notes: &'a mut Notes) -> Self {
        Self {
            links,
            notes,
            out: Vec::new(),
            gates: 0,
            line: Line::default(),
            marks: Vec::new(),
            style: Style::Normal,
            list: None,
            depth: 0,
        }
    }

    /// Everything inside an element.
    pub(super) fn children(&mut self, parent: ElementRef<'_>) -> Done {
        self.children_but(parent, "")
    }

    /// Everything inside an element but the elements of one name right below it.
    pub(super) fn children_but(&mut self, parent: ElementRef<'_>, name: &str) -> Done {
        for child in parent.children() {
            match child.value() {
                Node::Text(text) => self.line.flow(text, &self.marks),
                Node::Element(inner) if inner.name() != name => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.nested(element)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn nested(&mut self, element: ElementRef<'_>) -> Done {
        if self.depth >= MAX_DEPTH {
            self.notes.changed("markup nested deeper than 100 levels: now plain text");
            each_text(element, |text| self.line.flow(text, &self.marks));
            return Ok(());
        }
        self.depth += 1;
        let done = self.element(element);
        self.depth -= 1;
        done
    }

    fn element(&mut self, element: ElementRef<'_>) -> Done {
        if self.card(element)? {
            return Ok(());
        }
        match element.value().name() {
            "b" | "strong" => self.decorated(element, Decorator::Strong),
            "i" | "em" | "cite" | "dfn" | "var" => self.decorated(element, Decorator::Em),
            "u" | "ins" => self.decorated(element, Decorator::Underline),
            "s" | "del" | "strike" => self.decorated(element, Decorator::StrikeThrough),
            "code" | "kbd" | "samp" | "tt" => self.decorated(element, Decorator::Code),
            "sub" => self.decorated(element, Decorator::Sub),
            "sup" => self.decorated(element, Decorator::Sup),
            "a" => self.link(element),
            "br" => {
                self.line.line_break();
                Ok(())
            }
            "mark" => {
                self.notes.changed("highlighted text: now without the highlight");
                self.children(element)
            }
            "q" => {
                self.line.flow("“", &self.marks);
                self.children(element)?;
                self.line.push("”", &self.marks);
                Ok(())
            }
            "h1" | "h2" => self.styled(element, Style::H2),
            "h3" => self.styled(element, Style::H3),
            "h4" | "h5" | "h6" => self.styled(element, Style::H4),
            "blockquote" => self.quotation(element),
            "ul" => self.items(element, false),
            "ol" => self.items(element, true),
            "li" => self.item(element),
            "hr" => {
                self.flush();
                self.out.push(Block::Divider);
                Ok(())
            }
            "pre" => self.listing(element),
            "img" => self.image(element),
            "figure" => self.figure(element),
            "iframe" => self.frame(element),
            "audio" | "video" => self.media(element),
            "aside" => self.callout(element, None),
            "details" => self.details(element),
            "masthead-gate" => self.gate(element),
            "masthead-quote" => self.quote(element),
            "masthead-callout" => self.callout(element, super::own::attribute(element, "title")),
            "script" | "style" | "noscript" | "template" | "head" | "title" | "meta" | "link" | "base"
            | "object" | "embed" | "applet" | "frameset" | "svg" | "math" | "canvas" | "textarea" => {
                self.notes.left_out(&format!("markup: <{}>", element.value().name()));
                Ok(())
            }
            "input" | "select" | "option" | "datalist" | "source" | "track" | "wbr" | "param" | "area" => {
                Ok(())
            }
            "table" | "dl" | "form" | "fieldset" | "map" => {
                self.raw(element);
                Ok(())
            }
            "p" | "div" | "section" | "article" | "main" | "header" | "footer" | "nav" | "address"
            | "center" | "hgroup" | "dd" | "dt" | "tr" | "td" | "th" | "body" | "html" => {
                self.edge();
                self.children(element)?;
                self.edge();
                Ok(())
            }
            _ => self.children(element),
        }
    }

    /// Ends the block in the making, if there is one.
    pub(super) fn flush(&mut self) {
        if let Some(spans) = self.line.finish() {
            self.out.push(Block::Text(Text { style: self.style, list: self.list, spans }));
        }
    }

    /// Where one paragraph ends and the next begins: inside a list item that is a new line.
    fn edge(&mut self) {
        if self.list.is_some() { self.line.paragraph_break() } else { self.flush() }
    }

    /// Runs a part of the walk that begins and ends with a block of its own, and gives back its blocks.
    pub(super) fn apart(&mut self, part: impl FnOnce(&mut Self) -> Done) -> Result<Vec<Block>, HtmlError> {
        self.flush();
        let out = std::mem::take(&mut self.out);
        let marks = std::mem::take(&mut self.marks);
        let (style, list) = (std::mem::take(&mut self.style), self.list.take());
        part(self)?;
        self.flush();
        self.marks = marks;
        self.style = style;
        self.list = list;
        Ok(std::mem::replace(&mut self.out, out))
    }

    /// Whether the walk stands between blocks and not inside running text, where no gate can stand.
    pub(super) fn between_blocks(&self) -> bool {
        self.marks.is_empty() && self.list.is_none() && self.style == Style::Normal
    }

    fn decorated(&mut self, element: ElementRef<'_>, decorator: Decorator) -> Done {
        self.marked(element, Mark::Decorator(decorator))
    }

    fn marked(&mut self, element: ElementRef<'_>, mark: Mark) -> Done {
        let added = !self.marks.contains(&mark);
        if added {
            self.marks.push(mark);
        }
        let done = self.children(element);
        if added {
            self.marks.pop();
        }
        done
    }

    fn link(&mut self, element: ElementRef<'_>) -> Done {
        let Some(address) = element.attr("href") else { return self.children(element) };
        match self.links.follow(address) {
            Lead::Article(id) => self.marked(element, Mark::Article(id)),
            Lead::Href(href) => self.marked(element, Mark::Link(href)),
            Lead::Nowhere => {
                self.notes
                    .left_out_with("link that leads nowhere or is not allowed (its text stays)", address);
                self.children(element)
            }
        }
    }

    fn styled(&mut self, element: ElementRef<'_>, style: Style) -> Done {
        if self.list.is_some() {
            self.line.paragraph_break();
            self.children(element)?;
            self.line.paragraph_break();
            return Ok(());
        }
        self.flush();
        let outer = std::mem::replace(&mut self.style, style);
        let done = self.children(element);
        self.flush();
        self.style = outer;
        done
    }

    fn quotation(&mut self, element: ElementRef<'_>) -> Done {
        if let Some(embed) = self.social_post(element) {
            self.flush();
            self.out.push(Block::Embed(embed));
            return Ok(());
        }
        self.flush();
        let list = self.list.take();
        let done = self.styled(element, Style::Blockquote);
        self.list = list;
        done
    }

    fn items(&mut self, element: ElementRef<'_>, numbered: bool) -> Done {
        self.flush();
        let outer = self.list;
        let level = outer.map_or(1, |item| item.level + 1);
        if level > MAX_LEVEL {
            self.notes.changed("list nested deeper than 9 levels: now at level 9");
        }
        self.list = Some(ListItem { numbered, level: level.min(MAX_LEVEL) });
        let style = std::mem::take(&mut self.style);
        let done = self.children(element);
        self.flush();
        self.list = outer;
        self.style = style;
        done
    }

    fn item(&mut self, element: ElementRef<'_>) -> Done {
        self.flush();
        let outer = self.list;
        self.list.get_or_insert(ListItem { numbered: false, level: 1 });
        let done = self.children(element);
        self.flush();
        self.list = outer;
        done
    }

    fn listing(&mut self, element: ElementRef<'_>) -> Done {
        self.flush();
        let code: String = element.text().collect();
        let code = code.trim_matches('\n').to_owned();
        let language = element
            .child_elements()
            .find(|inner| inner.value().name() == "code")
            .and_then(|inner| inner.value().classes().find_map(|class| class.strip_prefix("language-")))
            .map(str::to_owned);
        if !code.trim().is_empty() {
            self.out.push(Block::Code(Code { code, language }));
        }
        Ok(())
    }

    /// Keeps an element as markup, cleaned.
    pub(super) fn raw(&mut self, element: ElementRef<'_>) {
        self.flush();
        let name = element.value().name();
        match clean(&self.links.rewrite(&element.html())) {
            Some(html) => {
                self.notes.changed(&format!("markup: <{name}>, now an html block"));
                self.out.push(Block::Html(Html { html }));
            }
            None => self.notes.left_out(&format!("markup: <{name}>")),
        }
    }

    /// The running text of an element, on one line; `None` when there is none.
    pub(super) fn caption(element: ElementRef<'_>) -> Option<String> {
        let mut line = Line::default();
        each_text(element, |text| line.flow(text, &[]));
        line.finish().map(|spans| spans.into_iter().map(|span| span.text).collect())
    }
}

/// Calls `found` with every text that a reader would see, in order, however deep it lies.
fn each_text(element: ElementRef<'_>, mut found: impl FnMut(&str)) {
    let hidden = ["script", "style", "template", "noscript", "title", "textarea", "iframe"];
    for node in element.descendants() {
        let Node::Text(text) = node.value() else { continue };
        let within = node.parent().and_then(ElementRef::wrap);
        if !within.is_some_and(|parent| hidden.contains(&parent.value().name())) {
            found(text);
        }
    }
}
