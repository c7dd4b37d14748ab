//! The publication as feeds, under `/feeds`: one selection of articles, written in any of several formats.
//!
//! A feed shows what a list of articles shows its viewer, and takes it from the same place: [`crate::operation::article`].
//! [`scope::Scope`] says which articles, [`Feed`] and [`Item`] what there is to write of them, [`format::Format`] how.
//! [`document::document`] makes a document of these for any reader and any address; [`answer::answer_to`] answers a request
//! with it.

pub(crate) mod answer;
mod archive;
mod atom;
pub(crate) mod document;
mod extensions;
pub(crate) mod format;
mod item;
mod json;
mod markdown;
mod ninjs;
mod notes;
pub(crate) mod private;
mod routes;
mod rss;
pub(crate) mod scope;
mod style;

pub(crate) use answer::{printed, sample};
pub(crate) use markdown::article_markdown;
pub use routes::routes;
pub(crate) use routes::{FeedParameters, FeedResponses};
pub(crate) use style::routes as style_routes;

use crate::rights::Rights;
use item::Item;
use masthead_domain::clock::Timestamp;

/// What a format writes: a document of a feed.
pub(crate) struct Feed<'a> {
    /// A name that stays, whatever the format and the page.
    id: String,
    title: String,
    description: String,
    /// The publication's name.
    publication: &'a str,
    /// What the publisher tells machines about rights.
    rights: &'a Rights,
    /// The publication's site.
    home: String,
    /// The path of the style that a browser shows it with.
    style: String,
    links: Links,
    /// Whether it is a closed part of the feed, which does not shift (RFC 5005, section 4).
    is_archive: bool,
    /// The language of all items, when they have one.
    language: Option<&'a str>,
    updated: Timestamp,
    items: Vec<Item<'a>>,
}

/// Absolute addresses of this document and of those around it.
#[derive(Debug, Default)]
pub(crate) struct Links {
    own: String,
    /// Older ones, page by page.
    next: Option<String>,
    /// Newer ones, page by page.
    previous: Option<String>,
    /// The feed that an archive belongs to.
    current: Option<String>,
    /// The archive before this document.
    previous_archive: Option<String>,
    /// The archive after this archive.
    next_archive: Option<String>,
}

impl Links {
    /// Every link with its relation (RFC 8288; RFC 5005), the document's own first.
    fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let optional = [
            ("next", &self.next),
            ("previous", &self.previous),
            ("current", &self.current),
            ("prev-archive", &self.previous_archive),
            ("next-archive", &self.next_archive),
        ];
        let optional = optional.into_iter().filter_map(|(relation, link)| Some((relation, link.as_deref()?)));
        std::iter::once(("self", self.own.as_str())).chain(optional)
    }
}
