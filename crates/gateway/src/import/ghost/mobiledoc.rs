//! The body as Ghost's former editor kept it: mobiledoc 0.3, with markups, atoms and cards in lists of their
//! own that the sections point to.

use super::cards;
use super::desk::{BodyError, Desk};
use crate::import::html::{Lead, Line, Links};
use masthead_domain::article::{Block, Decorator, ListItem, Mark, Style, Text};
use masthead_domain::image::Image;
use serde_json::Value;

const FORM: &str = "mobiledoc";

/// Reads a document.
pub(super) fn read(source: &str, desk: &mut Desk<'_>) -> Result<(), BodyError> {
    let document: Value =
        serde_json::from_str(source).map_err(|error| BodyError::Json { form: FORM, error })?;
    let version = document["version"].as_str().unwrap_or_default();
    if !version.starts_with("0.3.") {
        return Err(wrong(format!("its version is `{version}`; 0.3 is known")));
    }
    let Some(sections) = document["sections"].as_array() else {
        return Err(wrong("has no sections"));
    };
    let mut reader = Reader { document: &document, desk, line: Line::default(), open: Vec::new() };
    sections.iter().try_for_each(|section| reader.section(section))
}

fn wrong(what: impl Into<String>) -> BodyError {
    BodyError::Form { form: FORM, what: what.into() }
}

struct Reader<'v, 'r, 'd> {
    document: &'v Value,
    desk: &'r mut Desk<'d>,
    line: Line,
    /// The markups that are open; one without a mark of ours is `None`.
    open: Vec<Option<Mark>>,
}

impl<'v> Reader<'v, '_, '_> {
    fn section(&mut self, section: &Value) -> Result<(), BodyError> {
        match section[0].as_u64() {
            Some(1) => {
                let style = match section[1].as_str().unwrap_or_default() {
                    "h1" | "h2" => Style::H2,
                    "h3" => Style::H3,
                    "h4" | "h5" | "h6" => Style::H4,
                    "blockquote" | "aside" | "pull-quote" => Style::Blockquote,
                    _ => Style::Normal,
                };
                self.markers(&section[2])?;
                self.flush(style, None);
            }
            Some(2) => {
                let address = section[1].as_str().unwrap_or_default();
                match self.desk.links.href(address) {
                    Some(src) => self.desk.block(Block::Image(Image::new(src, ""))),
                    None => {
                        self.desk.notes.left_out_with("picture with an address that is not allowed", address)
                    }
                }
            }
            Some(3) => {
                let list = ListItem { numbered: section[1] == "ol", level: 1 };
                for item in section[2].as_array().map(Vec::as_slice).unwrap_or_default() {
                    self.markers(item)?;
                    self.flush(Style::Normal, Some(list));
                }
            }
            Some(10) => {
                let card = self.entry("cards", &section[1])?;
                let (name, payload) = (card[0].as_str().unwrap_or_default(), &card[1]);
                cards::add(present_name(name), payload, self.desk)?;
            }
            _ => return Err(wrong(format!("a section of the kind {} is not known", section[0]))),
        }
        Ok(())
    }

    /// What an index in a section points to.
    fn entry(&self, list: &str, index: &Value) -> Result<&'v Value, BodyError> {
        let at = index.as_u64().and_then(|index| usize::try_from(index).ok());
        at.and_then(|at| self.document[list].get(at))
            .ok_or_else(|| wrong(format!("{list} has no entry {index}, which a section points to")))
    }

    fn markers(&mut self, markers: &Value) -> Result<(), BodyError> {
        for marker in markers.as_array().map(Vec::as_slice).unwrap_or_default() {
            for index in marker[1].as_array().map(Vec::as_slice).unwrap_or_default() {
                let markup = self.entry("markups", index)?;
                let mark = self.mark(markup);
                self.open.push(mark);
            }
            let marks: Vec<Mark> = self.open.iter().flatten().cloned().collect();
            match marker[0].as_u64() {
                Some(0) => self.line.push(marker[3].as_str().unwrap_or_default(), &marks),
                Some(1) => {
                    let atom = self.entry("atoms", &marker[3])?;
                    if atom[0] == "soft-return" {
                        self.line.line_break();
                    } else {
                        let text = atom[1].as_str().unwrap_or_default();
                        let what = "atom of mobiledoc that is not known: its text kept";
                        self.desk.notes.changed_with(what, &atom[0]);
                        self.line.push(text, &marks);
                    }
                }
                _ => return Err(wrong(format!("a marker of the kind {} is not known", marker[0]))),
            }
            let closed = marker[2].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
            self.open.truncate(self.open.len().saturating_sub(closed));
        }
        self.open.clear();
        Ok(())
    }

    fn mark(&mut self, markup: &Value) -> Option<Mark> {
        let decorator = match markup[0].as_str()?.to_ascii_lowercase().as_str() {
            "b" | "strong" => Decorator::Strong,
            "i" | "em" => Decorator::Em,
            "u" => Decorator::Underline,
            "s" | "del" | "strike" => Decorator::StrikeThrough,
            "code" => Decorator::Code,
            "sub" => Decorator::Sub,
            "sup" => Decorator::Sup,
            "a" => {
                let attributes = markup[1].as_array()?;
                let address = attributes.chunks(2).find(|pair| pair[0] == "href")?.get(1)?.as_str()?;
                return match self.desk.links.follow(address) {
                    Lead::Article(id) => Some(Mark::Article(id)),
                    Lead::Href(href) => Some(Mark::Link(href)),
                    Lead::Nowhere => {
                        let what = "link that leads nowhere or is not allowed (its text stays)";
                        self.desk.notes.left_out_with(what, address);
                        None
                    }
                };
            }
            other => {
                self.desk.notes.changed(&format!("mark <{other}>: its text kept without it"));
                return None;
            }
        };
        Some(Mark::Decorator(decorator))
    }

    fn flush(&mut self, style: Style, list: Option<ListItem>) {
        if let Some(spans) = self.line.finish() {
            self.desk.block(Block::Text(Text { style, list, spans }));
        }
    }
}

/// The present name of a card that was called otherwise.
fn present_name(name: &str) -> &str {
    match name {
        "card-markdown" => "markdown",
        "code" => "codeblock",
        "hr" => "horizontalrule",
        other => other,
    }
}
