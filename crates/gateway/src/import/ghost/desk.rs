//! Where a body is put together, whatever it was kept as.

use super::addresses::Addresses;
use super::locks::{Piece, behind};
use super::marks::{self, Stretch};
use crate::import::html::{self, HtmlError};
use crate::import::notes::Notes;
use masthead_domain::article::Block;
use masthead_domain::paywall::Requirement;

/// Why a body cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("{form} is not JSON: {error}")]
    Json { form: &'static str, error: serde_json::Error },
    #[error("{form}: {what}")]
    Form { form: &'static str, what: String },
    #[error(transparent)]
    Html(#[from] HtmlError),
}

/// Where a body is put together.
pub(super) struct Desk<'a> {
    pub(super) links: &'a Addresses,
    pub(super) notes: &'a mut Notes,
    pub(super) pieces: Vec<Piece>,
    /// Whether a mark of Ghost's HTML occurs anywhere in the source.
    marked: bool,
}

impl<'a> Desk<'a> {
    /// A desk for a body in this source.
    pub(super) fn new(source: &str, links: &'a Addresses, notes: &'a mut Notes) -> Self {
        Self { links, notes, pieces: Vec::new(), marked: marks::any(source) }
    }

    pub(super) fn block(&mut self, block: Block) {
        self.pieces.push(Piece::Block(block));
    }

    /// Adds HTML in which Ghost's marks mean what they mean in a page.
    pub(super) fn html(&mut self, source: &str) -> Result<(), HtmlError> {
        for stretch in marks::cut(source, self.notes) {
            match stretch {
                Stretch::Paywall => self.pieces.push(Piece::Paywall),
                Stretch::Html(source, rules) => {
                    let blocks = html::blocks(source, self.links, self.notes)?;
                    let pieces = blocks.into_iter().map(Piece::Block).collect();
                    let gated = rules.iter().rev().fold(pieces, |pieces, rule| behind(rule, pieces));
                    self.pieces.extend(gated);
                }
            }
        }
        Ok(())
    }

    /// Blocks for the inside of another block, where no mark can be kept. See [`Self::hoist`].
    pub(super) fn inner(&mut self, source: &str) -> Result<Vec<Block>, HtmlError> {
        if self.marked {
            return html::blocks(&marks::strip(source), self.links, self.notes);
        }
        html::blocks(source, self.links, self.notes)
    }

    /// Looks for marks inside a card that cannot keep them. A paywall then stands before the whole card,
    /// and a card around such a rule is for staff only.
    pub(super) fn hoist(&mut self, card: &serde_json::Value) -> Option<Requirement> {
        if !self.marked {
            return None;
        }
        let source = card.to_string();
        if source.contains(html::PAYWALL) {
            self.notes.changed("paywall inside a card: now before the card");
            self.pieces.push(Piece::Paywall);
        }
        source.contains(html::GATED).then(|| {
            self.notes.changed("card with a rule inside another card: for staff only");
            Requirement::staff()
        })
    }
}
