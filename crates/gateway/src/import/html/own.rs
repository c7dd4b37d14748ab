//! Our own elements, by which Markdown says what Markdown has no sign for.

use super::HtmlError;
use super::walk::{Done, Walk};
use masthead_domain::article::{Block, Callout, CalloutTone, Gate, Quote};
use masthead_domain::image::Image;
use masthead_domain::paywall::Requirement;
use masthead_domain::viewer::Entitlement;
use scraper::{ElementRef, Node};
use std::borrow::Cow;

/// The value of an attribute, if it says anything.
pub(super) fn attribute(element: ElementRef<'_>, name: &str) -> Option<String> {
    element.attr(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// What is put before the tag that closes a gate. HTML closes an element early when another one ends
/// around it; where this stands then tells.
const END: &str = "end of masthead-gate";

/// Checks that every gate that is opened in the text is closed there, marks the ends, and counts the gates.
pub(super) fn mark_ends(html: &str) -> Result<(Cow<'_, str>, usize), HtmlError> {
    let lower = html.to_ascii_lowercase();
    let opened = lower.matches("<masthead-gate").count();
    let ends: Vec<usize> = lower.match_indices("</masthead-gate").map(|(at, _)| at).collect();
    if opened != ends.len() {
        return Err(HtmlError::UnpairedGate { opened, closed: ends.len() });
    }
    if ends.is_empty() {
        return Ok((html.into(), 0));
    }
    let mut marked = String::with_capacity(html.len() + 32 * ends.len());
    let mut from = 0;
    for end in ends {
        marked.push_str(&html[from..end]);
        marked.push_str("<!--");
        marked.push_str(END);
        marked.push_str("-->");
        from = end;
    }
    marked.push_str(&html[from..]);
    Ok((marked.into(), opened))
}

/// Whether the gate holds all that stands between its tags in the text, and no more.
fn is_whole(gate: ElementRef<'_>) -> bool {
    let is_end = |node: &Node| node.as_comment().is_some_and(|comment| &**comment == END);
    let ends = gate.children().filter(|child| is_end(child.value())).count();
    ends == 1 && gate.children().next_back().is_some_and(|last| is_end(last.value()))
}

impl Walk<'_> {
    /// `<masthead-gate requires="member tier:patron" headline="" teaser="" image="" image-alt=""
    /// action="">`. It must say what it requires and hold something.
    pub(super) fn gate(&mut self, element: ElementRef<'_>) -> Done {
        if !self.between_blocks() {
            return Err(HtmlError::MisplacedGate);
        }
        let requirement = requirement(element.attr("requires").unwrap_or_default())?;
        let image = match attribute(element, "image") {
            Some(address) => self.address(&address, "picture"),
            None => None,
        };
        let image = image.map(|src| Image::new(src, attribute(element, "image-alt").unwrap_or_default()));
        let content = self.apart(|walk| walk.children(element))?;
        if content.is_empty() {
            return Err(HtmlError::EmptyGate);
        }
        if !is_whole(element) {
            return Err(HtmlError::BrokenGate);
        }
        self.gates += 1;
        self.out.push(Block::Gate(Gate {
            requirement,
            headline: attribute(element, "headline"),
            teaser: attribute(element, "teaser"),
            image,
            call_to_action: attribute(element, "action"),
            content,
        }));
        Ok(())
    }

    /// `<masthead-quote attribution="">`: a quotation set apart.
    pub(super) fn quote(&mut self, element: ElementRef<'_>) -> Done {
        self.flush();
        if let Some(text) = Self::caption(element) {
            self.out.push(Block::Quote(Quote { text, attribution: attribute(element, "attribution") }));
        }
        Ok(())
    }

    /// A box: `<aside>`, or `<masthead-callout title="">`.
    pub(super) fn callout(&mut self, element: ElementRef<'_>, title: Option<String>) -> Done {
        let content = self.apart(|walk| walk.children(element))?;
        if !content.is_empty() || title.is_some() {
            self.out.push(Block::Callout(Callout { tone: CalloutTone::Note, title, content }));
        }
        Ok(())
    }

    /// `<details>`: a box that is folded; its summary is the heading.
    pub(super) fn details(&mut self, element: ElementRef<'_>) -> Done {
        let is_summary = |child: &ElementRef<'_>| child.value().name() == "summary";
        let title = element.child_elements().find(is_summary).and_then(Self::caption);
        let content = self.apart(|walk| walk.children_but(element, "summary"))?;
        if !content.is_empty() || title.is_some() {
            self.out.push(Block::Callout(Callout { tone: CalloutTone::Toggle, title, content }));
        }
        Ok(())
    }
}

/// Reads entitlements between spaces, any one of which opens the gate. Nothing, and anything that nobody
/// can hold, is an error: a slip must not open or shut a gate.
fn requirement(text: &str) -> Result<Requirement, HtmlError> {
    let entitlements: Vec<Entitlement> = text.split_whitespace().map(Entitlement::from).collect();
    if entitlements.is_empty() {
        return Err(HtmlError::GateWithoutRequirement);
    }
    match entitlements.iter().find(|one| matches!(one, Entitlement::Unknown(_))) {
        Some(unknown) => Err(HtmlError::UnknownRequirement { word: unknown.to_string() }),
        None => Ok(Requirement::any_of(entitlements)),
    }
}
