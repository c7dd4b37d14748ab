//! From Markdown to blocks: CommonMark with tables, strikethrough, autolinks and footnotes, and with HTML
//! in it, so that everything that [`super::html`] reads may stand in Markdown.
//!
//! A tag of a block stands on a line of its own, with an empty line before and after it:
//!
//! ```markdown
//! <masthead-gate requires="member" headline="Unlock the full analysis">
//!
//! What members **read**.
//!
//! </masthead-gate>
//! ```

use super::html::{self, HtmlError, Links};
use super::notes::Notes;
use comrak::{Options, markdown_to_html};
use masthead_domain::article::Block;

/// What a line break in the source means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Nothing: it is a space, as in CommonMark.
    Soft,
    /// A line break, as in Ghost's editor.
    Hard,
}

/// Turns Markdown into blocks.
///
/// # Errors
/// [`HtmlError`] when a lock in the text is not certain.
pub fn blocks(
    markdown: &str,
    breaks: Breaks,
    links: &dyn Links,
    notes: &mut Notes,
) -> Result<Vec<Block>, HtmlError> {
    html::blocks(&to_html(markdown, breaks), links, notes)
}

/// Turns Markdown into HTML that is still to be converted; it is not safe to show.
pub(crate) fn to_html(markdown: &str, breaks: Breaks) -> String {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.render.hardbreaks = breaks == Breaks::Hard;
    options.render.r#unsafe = true;
    markdown_to_html(markdown, &options)
}
