//! RSS 2.0.

use super::Feed;
use super::extensions::{NAMESPACES, archive, licence, licence_namespace, picture, provenance};
use super::format::Format;
use super::item::Item;
use crate::xml::Xml;
use masthead_domain::clock::Timestamp;
use maud::html;
use std::io;
use time::format_description::well_known::Rfc2822;

/// RSS 2.0.
pub(super) struct Rss;

impl Format for Rss {
    fn extension(&self) -> &'static str {
        "rss"
    }

    fn media_type(&self) -> &'static str {
        "application/rss+xml; charset=utf-8"
    }

    fn write(&self, feed: &Feed<'_>) -> io::Result<Vec<u8>> {
        let mut xml = Xml::begin_styled(&feed.style)?;
        let mut attributes = vec![
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ];
        attributes.extend(NAMESPACES);
        attributes.extend(licence_namespace(feed.rights));
        xml.element("rss", &attributes, |xml| xml.element("channel", &[], |xml| channel(xml, feed)))?;
        Ok(xml.end())
    }
}

fn channel(xml: &mut Xml, feed: &Feed<'_>) -> io::Result<()> {
    xml.text("title", &feed.title)?;
    xml.text("link", &feed.home)?;
    xml.text("description", &feed.description)?;
    xml.optional("language", feed.language)?;
    xml.optional("lastBuildDate", date(feed.updated).as_deref())?;
    for (relation, link) in feed.links.all() {
        let link = [("rel", relation), ("href", link), ("type", "application/rss+xml")];
        xml.empty("atom:link", &link)?;
    }
    archive(xml, feed.is_archive)?;
    feed.items.iter().try_for_each(|one| xml.element("item", &[], |xml| item(xml, one)))
}

fn item(xml: &mut Xml, item: &Item<'_>) -> io::Result<()> {
    xml.text("title", &item.view.title)?;
    xml.text("link", &item.url())?;
    xml.text_with("guid", &[("isPermaLink", "false")], &item.guid())?;
    xml.optional("pubDate", date(item.published()).as_deref())?;
    xml.text("atom:updated", &item.updated().to_string())?;
    xml.empty("atom:link", &[("rel", "canonical"), ("href", &item.canonical())])?;
    item.authors().into_iter().try_for_each(|name| xml.text("dc:creator", name))?;
    // A contributor who is said to be responsible: RSS has no element of its own for this.
    let editor = item.responsible_editor().map(|name| format!("{name} (responsible editor)"));
    xml.optional("dc:contributor", editor.as_deref())?;
    xml.text("dc:language", item.language())?;
    for category in item.categories() {
        xml.text_with("category", &[("domain", &category.scheme)], category.name)?;
    }
    // The text of a description is HTML; what it says here is plain.
    let summary = item.view.summary().map(|summary| html! { (summary) }.into_string());
    xml.optional("description", summary.as_deref())?;
    xml.text("content:encoded", &item.html())?;
    xml.optional("dc:rights", item.view.attribution.as_deref())?;
    licence(xml, item)?;
    provenance(xml, item)?;
    picture(xml, item)
}

/// The instant by RFC 822, with four digits for the year; `None` before the year 1900, of which it cannot tell.
fn date(at: Timestamp) -> Option<String> {
    at.to_utc().format(&Rfc2822).ok()
}
