//! The body as Ghost's present editor keeps it: a tree of nodes.

use super::cards;
use super::desk::{BodyError, Desk};
use crate::import::html::{Lead, Line, Links};
use masthead_domain::article::{Block, Decorator, ListItem, Mark, Style, Text};
use serde_json::Value;

const MAX_LEVEL: u8 = 9;
const FORM: &str = "lexical";

/// What the bits of a text node's format mean. The eighth is a highlight, which has no mark here.
const BITS: [(u64, Decorator); 7] = [
    (1, Decorator::Strong),
    (2, Decorator::Em),
    (4, Decorator::StrikeThrough),
    (8, Decorator::Underline),
    (16, Decorator::Code),
    (32, Decorator::Sub),
    (64, Decorator::Sup),
];
const HIGHLIGHT: u64 = 128;

/// Reads a document.
pub(super) fn read(source: &str, desk: &mut Desk<'_>) -> Result<(), BodyError> {
    let document: Value =
        serde_json::from_str(source).map_err(|error| BodyError::Json { form: FORM, error })?;
    let root = &document["root"];
    if !root["children"].is_array() {
        let what = "has no root with children".to_owned();
        return Err(BodyError::Form { form: FORM, what });
    }
    let mut reader =
        Reader { desk, line: Line::default(), marks: Vec::new(), style: Style::Normal, list: None };
    reader.children(root)?;
    reader.flush();
    Ok(())
}

struct Reader<'r, 'd> {
    desk: &'r mut Desk<'d>,
    line: Line,
    marks: Vec<Mark>,
    style: Style,
    list: Option<ListItem>,
}

impl Reader<'_, '_> {
    fn children(&mut self, node: &Value) -> Result<(), BodyError> {
        let children = node["children"].as_array().map(Vec::as_slice).unwrap_or_default();
        children.iter().try_for_each(|child| self.node(child))
    }

    fn node(&mut self, node: &Value) -> Result<(), BodyError> {
        match node["type"].as_str().unwrap_or_default() {
            "text" | "extended-text" | "tab" => self.text(node),
            "tk" => {
                self.desk.notes.changed("placeholder for text to come (TK): kept as text");
                self.text(node);
            }
            "linebreak" => self.line.line_break(),
            "zwnj" | "at-link" | "at-link-search" => {}
            "link" | "autolink" => self.link(node)?,
            "paragraph" => self.block(node, Style::Normal)?,
            "heading" | "extended-heading" => self.block(node, heading(node))?,
            "quote" | "extended-quote" | "aside" => self.block(node, Style::Blockquote)?,
            "list" => self.list(node)?,
            "listitem" => {
                self.flush();
                if node["checked"].as_bool() == Some(true) {
                    self.desk.notes.changed("list item that is ticked: now without the tick");
                }
                self.children(node)?;
                self.flush();
            }
            "horizontalrule" => {
                self.flush();
                self.desk.block(Block::Divider);
            }
            kind => {
                self.flush();
                cards::add(kind, node, self.desk)?;
            }
        }
        Ok(())
    }

    fn text(&mut self, node: &Value) {
        let text = node["text"].as_str().unwrap_or_default();
        let format = node["format"].as_u64().unwrap_or(0);
        if format & HIGHLIGHT != 0 {
            self.desk.notes.changed("highlighted text: now without the highlight");
        }
        let outer = self.marks.len();
        let set = BITS.iter().filter(|(bit, _)| format & bit != 0);
        self.marks.extend(set.map(|(_, decorator)| Mark::Decorator(*decorator)));
        self.line.push(text, &self.marks);
        self.marks.truncate(outer);
    }

    fn link(&mut self, node: &Value) -> Result<(), BodyError> {
        let address = node["url"].as_str().unwrap_or_default();
        let mark = match self.desk.links.follow(address) {
            Lead::Article(id) => Mark::Article(id),
            Lead::Href(href) => Mark::Link(href),
            Lead::Nowhere => {
                let what = "link that leads nowhere or is not allowed (its text stays)";
                self.desk.notes.left_out_with(what, address);
                return self.children(node);
            }
        };
        self.marks.push(mark);
        let done = self.children(node);
        self.marks.pop();
        done
    }

    fn block(&mut self, node: &Value, style: Style) -> Result<(), BodyError> {
        if self.list.is_some() {
            self.line.paragraph_break();
            return self.children(node);
        }
        self.flush();
        let outer = std::mem::replace(&mut self.style, style);
        self.children(node)?;
        self.flush();
        self.style = outer;
        Ok(())
    }

    fn list(&mut self, node: &Value) -> Result<(), BodyError> {
        self.flush();
        let outer = self.list;
        let level = outer.map_or(1, |item| item.level + 1);
        if level > MAX_LEVEL {
            self.desk.notes.changed("list nested deeper than 9 levels: now at level 9");
        }
        let numbered = node["listType"] == "number" || node["tag"] == "ol";
        self.list = Some(ListItem { numbered, level: level.min(MAX_LEVEL) });
        self.children(node)?;
        self.flush();
        self.list = outer;
        Ok(())
    }

    fn flush(&mut self) {
        if let Some(spans) = self.line.finish() {
            self.desk.block(Block::Text(Text { style: self.style, list: self.list, spans }));
        }
    }
}

fn heading(node: &Value) -> Style {
    match node["tag"].as_str() {
        Some("h1" | "h2") => Style::H2,
        Some("h3") => Style::H3,
        _ => Style::H4,
    }
}
