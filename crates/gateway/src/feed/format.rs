//! The formats, in one table. To add one: a file with a type that implements [`Format`], and a line in [`FORMATS`].

use super::{Feed, atom, json, ninjs, rss};
use std::io;

/// A way to write a feed. It writes what it is given and decides nothing.
pub(crate) trait Format: Sync {
    /// What a feed's path ends with, after the dot.
    fn extension(&self) -> &'static str;

    /// The media type of its documents.
    fn media_type(&self) -> &'static str;

    /// Writes a document.
    fn write(&self, feed: &Feed<'_>) -> io::Result<Vec<u8>>;
}

/// Every format.
static FORMATS: [&dyn Format; 4] = [&rss::Rss, &atom::Atom, &json::JsonFeed, &ninjs::Ninjs];

/// The format with this extension.
pub(super) fn by_extension(extension: &str) -> Option<&'static dyn Format> {
    FORMATS.into_iter().find(|format| format.extension() == extension)
}

/// The extensions of all formats.
pub(super) fn extensions() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.extension()).collect()
}
