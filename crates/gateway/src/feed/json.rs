//! JSON Feed 1.1. What it has no member for stands in `_masthead`.

use super::Feed;
use super::format::Format;
use super::item::Item;
use crate::render::{ImageDto, LockDto, RightsDto};
use serde::Serialize;
use std::io;

/// JSON Feed 1.1.
pub(super) struct JsonFeed;

const VERSION: &str = "https://jsonfeed.org/version/1.1";

impl Format for JsonFeed {
    fn extension(&self) -> &'static str {
        "json"
    }

    fn media_type(&self) -> &'static str {
        "application/feed+json"
    }

    fn write(&self, feed: &Feed<'_>) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(&Document::new(feed))?)
    }
}

#[derive(Serialize)]
struct Document<'f> {
    version: &'static str,
    title: &'f str,
    home_page_url: &'f str,
    feed_url: &'f str,
    description: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'f str>,
    authors: [Author<'f>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'f str>,
    items: Vec<Entry<'f>>,
    #[serde(rename = "_masthead")]
    masthead: OfFeed<'f>,
}

#[derive(Serialize)]
struct OfFeed<'f> {
    id: &'f str,
    archive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_archive_url: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_archive_url: Option<&'f str>,
}

#[derive(Serialize)]
struct Author<'f> {
    name: &'f str,
}

#[derive(Serialize)]
struct Entry<'f> {
    id: String,
    url: String,
    title: &'f str,
    content_html: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    date_published: String,
    date_modified: String,
    authors: Vec<Author<'f>>,
    tags: Vec<&'f str>,
    language: &'f str,
    #[serde(rename = "_masthead")]
    masthead: OfItem<'f>,
}

/// What there is to say of an item beside the members of the format.
#[derive(Serialize)]
struct OfItem<'f> {
    canonical_url: String,
    /// Whether a lock or a licence holds back a part of the text.
    partial: bool,
    locks: Vec<LockDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<RightsDto>,
    /// How the text was made, by the IPTC vocabulary.
    #[serde(skip_serializing_if = "Option::is_none")]
    digital_source_type: Option<String>,
    disclosures: Vec<String>,
    personas: Vec<Persona<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responsible_editor: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<ImageDto>,
    corrections: Vec<Correction<'f>>,
    sources: Vec<Source<'f>>,
}

#[derive(Serialize)]
struct Persona<'f> {
    name: &'f str,
    disclosure: &'f str,
    responsible_editor: Option<&'f str>,
}

#[derive(Serialize)]
struct Correction<'f> {
    date: String,
    text: &'f str,
}

#[derive(Serialize)]
struct Source<'f> {
    title: &'f str,
    publisher: &'f str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl<'f> Document<'f> {
    fn new(feed: &'f Feed<'_>) -> Self {
        Self {
            version: VERSION,
            title: &feed.title,
            home_page_url: &feed.home,
            feed_url: &feed.links.own,
            description: &feed.description,
            next_url: feed.links.next.as_deref(),
            authors: [Author { name: feed.publication }],
            language: feed.language,
            items: feed.items.iter().map(Entry::new).collect(),
            masthead: OfFeed {
                id: &feed.id,
                archive: feed.is_archive,
                previous_archive_url: feed.links.previous_archive.as_deref(),
                next_archive_url: feed.links.next_archive.as_deref(),
            },
        }
    }
}

impl<'f> Entry<'f> {
    fn new(item: &'f Item<'_>) -> Self {
        Self {
            id: item.guid(),
            url: item.url(),
            title: &item.view.title,
            content_html: item.html(),
            summary: item.view.summary(),
            image: item.view.hero.as_ref().map(|image| item.absolute(image)),
            date_published: item.published().to_string(),
            date_modified: item.updated().to_string(),
            authors: item.authors().into_iter().map(|name| Author { name }).collect(),
            tags: item.categories().into_iter().map(|category| category.name).collect(),
            language: item.language(),
            masthead: OfItem::new(item),
        }
    }
}

impl<'f> OfItem<'f> {
    fn new(item: &'f Item<'_>) -> Self {
        let persona = |one: super::item::Persona<'f>| Persona {
            name: one.name,
            disclosure: one.disclosure,
            responsible_editor: one.editor,
        };
        let source = |cited: super::item::Cited<'f>| Source {
            title: &cited.source.title,
            publisher: &cited.source.publisher,
            kind: cited.source.kind.code(),
            note: cited.note,
            url: cited.link,
        };
        let corrections = item.corrections().iter();
        Self {
            canonical_url: item.canonical(),
            partial: item.is_partial(),
            locks: item.view.locks.iter().map(LockDto::from).collect(),
            attribution: item.view.attribution.as_deref(),
            rights: item.rights(),
            digital_source_type: item.text_source().map(|kind| kind.uri()),
            disclosures: item.disclosures(),
            personas: item.personas().map(persona).collect(),
            responsible_editor: item.responsible_editor(),
            image: item.view.hero.as_ref().map(|image| item.image(image)),
            corrections: corrections
                .map(|one| Correction { date: one.at.to_string(), text: &one.text })
                .collect(),
            sources: item.sources().map(source).collect(),
        }
    }
}
