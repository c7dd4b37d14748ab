//! The body of a post: from lexical, else from mobiledoc, else from HTML.

use super::addresses::Addresses;
use super::desk::{BodyError, Desk};
use super::locks::Piece;
use super::{lexical, mobiledoc};
use crate::import::notes::Notes;

/// Turns what Ghost keeps of a body into pieces.
pub(super) fn pieces<'a>(
    lexical: Option<&'a str>,
    mobiledoc: Option<&'a str>,
    html: Option<&'a str>,
    links: &'a Addresses,
    notes: &'a mut Notes,
) -> Result<Vec<Piece>, BodyError> {
    let some = |text: Option<&'a str>| text.filter(|text| !text.trim().is_empty());
    let (lexical, mobiledoc) = (some(lexical), some(mobiledoc));
    let mut desk = Desk::new(lexical.or(mobiledoc).or(html).unwrap_or_default(), links, notes);
    match (lexical, mobiledoc, html) {
        (Some(source), ..) => lexical::read(source, &mut desk)?,
        (None, Some(source), _) => mobiledoc::read(source, &mut desk)?,
        (None, None, Some(source)) => desk.html(source)?,
        (None, None, None) => {}
    }
    Ok(desk.pieces)
}
