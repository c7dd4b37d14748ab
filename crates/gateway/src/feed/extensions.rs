//! Elements that RSS and Atom take from elsewhere: pictures (Media RSS), and how things were made (IPTC, Dublin Core).

use super::item::{Item, words_of};
use crate::render::picture_note;
use crate::rights::{RSL_NAMESPACE, Rights};
use crate::xml::Xml;
use masthead_domain::image::DigitalSourceType;
use std::io;

/// The name spaces of these elements.
pub(super) const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns:dcterms", "http://purl.org/dc/terms/"),
    ("xmlns:fh", "http://purl.org/syndication/history/1.0"),
    ("xmlns:Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
];

/// The picture above the text.
pub(super) fn picture(xml: &mut Xml, item: &Item<'_>) -> io::Result<()> {
    let Some(image) = &item.view.hero else { return Ok(()) };
    let (url, width, height) = (item.absolute(image), size(image.width), size(image.height));
    let mut attributes = vec![("url", url.as_str()), ("medium", "image")];
    attributes.extend(width.as_deref().map(|width| ("width", width)));
    attributes.extend(height.as_deref().map(|height| ("height", height)));
    xml.element("media:content", &attributes, |xml| {
        let note = image.digital_source_type.and_then(picture_note);
        let words: Vec<_> = words_of(image).into_iter().chain(note).collect();
        if !words.is_empty() {
            xml.text_with("media:description", &[("type", "plain")], &words.join(" "))?;
        }
        if let Some(credit) = &image.credit {
            xml.text_with("media:credit", &[("role", "owner")], credit)?;
        }
        digital_source(xml, image.digital_source_type)
    })
}

fn size(pixels: Option<u32>) -> Option<String> {
    pixels.map(|pixels| pixels.to_string())
}

/// How the text was made, for programs and for readers.
pub(super) fn provenance(xml: &mut Xml, item: &Item<'_>) -> io::Result<()> {
    digital_source(xml, item.text_source())?;
    let said = item.disclosures();
    if said.is_empty() { Ok(()) } else { xml.text("dcterms:provenance", &said.join(" ")) }
}

fn digital_source(xml: &mut Xml, kind: Option<DigitalSourceType>) -> io::Result<()> {
    xml.optional("Iptc4xmpExt:DigitalSourceType", kind.map(DigitalSourceType::uri).as_deref())
}

/// The name space of [`licence`], where the publisher gives machines one.
pub(super) fn licence_namespace(rights: &Rights) -> Option<(&'static str, &'static str)> {
    rights.rsl.is_some().then_some(("xmlns:rsl", RSL_NAMESPACE))
}

/// The licence for machines, for this article (RSL 1.0, its module for RSS).
pub(super) fn licence(xml: &mut Xml, item: &Item<'_>) -> io::Result<()> {
    match item.rights() {
        Some(_) => item.site.rights().write_rsl("rsl:", &item.url(), item.site, xml),
        None => Ok(()),
    }
}

/// Says that a document is a closed part of a feed (RFC 5005, section 4).
pub(super) fn archive(xml: &mut Xml, is_archive: bool) -> io::Result<()> {
    if is_archive { xml.empty("fh:archive", &[]) } else { Ok(()) }
}
