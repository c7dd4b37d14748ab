//! Atom (RFC 4287), with archived feeds (RFC 5005).

use super::Feed;
use super::extensions::{NAMESPACES, archive, picture, provenance};
use super::format::Format;
use super::item::Item;
use crate::render::RightsDto;
use crate::rights::RSL_XML;
use crate::xml::Xml;
use std::io;

/// Atom.
pub(super) struct Atom;

const MEDIA_TYPE: &str = "application/atom+xml";

impl Format for Atom {
    fn extension(&self) -> &'static str {
        "atom"
    }

    fn media_type(&self) -> &'static str {
        "application/atom+xml; charset=utf-8"
    }

    fn write(&self, feed: &Feed<'_>) -> io::Result<Vec<u8>> {
        let mut xml = Xml::begin_styled(&feed.style)?;
        let mut attributes = vec![("xmlns", "http://www.w3.org/2005/Atom")];
        attributes.extend(NAMESPACES);
        attributes.extend(feed.language.map(|language| ("xml:lang", language)));
        xml.element("feed", &attributes, |xml| head(xml, feed))?;
        Ok(xml.end())
    }
}

fn head(xml: &mut Xml, feed: &Feed<'_>) -> io::Result<()> {
    xml.text("id", &feed.id)?;
    xml.text("title", &feed.title)?;
    xml.text("subtitle", &feed.description)?;
    xml.text("updated", &feed.updated.to_string())?;
    xml.element("author", &[], |xml| xml.text("name", feed.publication))?;
    xml.empty("link", &[("rel", "alternate"), ("href", &feed.home), ("type", "text/html")])?;
    for (relation, link) in feed.links.all() {
        xml.empty("link", &[("rel", relation), ("href", link), ("type", MEDIA_TYPE)])?;
    }
    archive(xml, feed.is_archive)?;
    feed.items
        .iter()
        .try_for_each(|item| xml.element("entry", &[("xml:lang", item.language())], |xml| entry(xml, item)))
}

fn entry(xml: &mut Xml, item: &Item<'_>) -> io::Result<()> {
    xml.text("id", &item.guid())?;
    xml.text_with("title", &[("type", "text")], &item.view.title)?;
    xml.text("published", &item.published().to_string())?;
    xml.text("updated", &item.updated().to_string())?;
    xml.empty("link", &[("rel", "alternate"), ("href", &item.url()), ("type", "text/html")])?;
    xml.empty("link", &[("rel", "canonical"), ("href", &item.canonical())])?;
    // RFC 4946.
    for (href, kind) in item.rights().iter().flat_map(licences) {
        xml.empty("link", &[("rel", "license"), ("href", href), ("type", kind)])?;
    }
    for name in item.authors() {
        xml.element("author", &[], |xml| xml.text("name", name))?;
    }
    if let Some(editor) = item.responsible_editor() {
        let editor = format!("{editor} (responsible editor)");
        xml.element("contributor", &[], |xml| xml.text("name", &editor))?;
    }
    for category in item.categories() {
        let category = [("term", category.slug), ("scheme", &category.scheme), ("label", category.name)];
        xml.empty("category", &category)?;
    }
    if let Some(summary) = item.view.summary() {
        xml.text_with("summary", &[("type", "text")], summary)?;
    }
    xml.text_with("content", &[("type", "html")], &item.html())?;
    if let Some(attribution) = &item.view.attribution {
        xml.text_with("rights", &[("type", "text")], attribution)?;
    }
    provenance(xml, item)?;
    picture(xml, item)
}

/// Where machines and people read what may be done with it, and the types of what they find.
fn licences(rights: &RightsDto) -> impl Iterator<Item = (&str, &'static str)> {
    [(&rights.rsl, RSL_XML), (&rights.terms_url, "text/html")]
        .into_iter()
        .filter_map(|(href, kind)| Some((href.as_deref()?, kind)))
}
