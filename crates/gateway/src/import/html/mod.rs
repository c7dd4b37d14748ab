//! From HTML to blocks: the one converter for every source.
//!
//! What a reader can read becomes blocks of its own. What has none, such as a table, stays markup, cleaned.
//! Scripts, frames and whatever else could act are gone; each loss is noted. Four elements of our own say
//! what HTML cannot:
//!
//! - `<masthead-gate requires="member tier:patron" headline="…" teaser="…" image="…" image-alt="…"
//!   action="…">` is a locked part, open to whoever holds any one of what it requires;
//! - `<masthead-quote attribution="…">` is a quotation set apart;
//! - `<masthead-callout title="…">` is a box beside the text;
//! - a link to `article:SLUG` leads to an article of the publication ([`ArticleLinks`]).
//!
//! A gate that is not certain to lock what its author meant is an error and never public.

mod cards;
mod clean;
mod embeds;
mod line;
mod links;
mod media;
mod own;
mod walk;

pub(crate) use clean::{clean, clean_with};
pub(crate) use embeds::kind_of;
pub(crate) use line::Line;
pub use links::{ArticleLinks, Lead, Links};
pub(crate) use media::embed;

use super::notes::Notes;
use masthead_domain::article::Block;
use walk::Walk;

/// Ghost's mark for the end of the free part.
pub(crate) const PAYWALL: &str = "<!--members-only-->";

/// The beginning of Ghost's marks around a card that has a rule of its own.
pub(crate) const GATED: &str = "<!--kg-gated-block:";

/// Why markup cannot be taken in without the risk of opening or losing a lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HtmlError {
    /// A gate that does not say what it requires.
    #[error("masthead-gate: `requires` is missing or empty")]
    GateWithoutRequirement,
    /// A gate that requires what nobody can hold.
    #[error(
        "masthead-gate: `requires` names `{word}`, which is none of subscriber, member, staff, tier:<slug>"
    )]
    UnknownRequirement {
        /// The word that is not known.
        word: String,
    },
    /// A gate that holds nothing.
    #[error("masthead-gate: holds nothing; leave empty lines around its tags")]
    EmptyGate,
    /// A gate whose tags stand across those of other elements, so that HTML closes it early or late.
    #[error(
        "masthead-gate: its tags stand across those of a paragraph or other element; leave empty lines around them"
    )]
    BrokenGate,
    /// A gate inside a heading, list, quotation, link or table.
    #[error(
        "masthead-gate: stands inside running text, a list, a quotation or a table; it must stand between blocks"
    )]
    MisplacedGate,
    /// Gates that are opened and not closed, or closed and not opened.
    #[error("masthead-gate: opened {opened} times and closed {closed} times")]
    UnpairedGate {
        /// How many tags open one.
        opened: usize,
        /// How many tags close one.
        closed: usize,
    },
    /// A mark of Ghost that locks what follows, in a place where it would be lost.
    #[error("a mark of Ghost's paywall stands where it cannot be kept")]
    LooseMark,
}

/// Turns HTML into blocks.
///
/// # Errors
/// [`HtmlError`] when a lock in the markup is not certain.
pub fn blocks(html: &str, links: &dyn Links, notes: &mut Notes) -> Result<Vec<Block>, HtmlError> {
    if html.trim().is_empty() {
        return Ok(Vec::new());
    }
    if html.contains(PAYWALL) || html.contains(GATED) {
        return Err(HtmlError::LooseMark);
    }
    let (html, gates) = own::mark_ends(html)?;
    let document = scraper::Html::parse_fragment(&html);
    let mut walk = Walk::new(links, notes);
    walk.children(document.root_element())?;
    walk.flush();
    // A tag that HTML reads as text or that stands in markup kept as it is has become no block.
    if gates != walk.gates {
        return Err(HtmlError::MisplacedGate);
    }
    Ok(walk.out)
}

/// The text of a line of HTML, without its marks; `None` when there is none.
#[must_use]
pub fn plain(html: &str) -> Option<String> {
    if html.contains(['<', '&']) {
        return Walk::caption(scraper::Html::parse_fragment(html).root_element());
    }
    let text = html.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
