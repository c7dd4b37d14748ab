//! Writing XML 1.0, whatever the texts hold.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesPI, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::io;

/// A document in the making. Elements and attributes have names of ours; texts may be anybody's.
pub(crate) struct Xml(Writer<Vec<u8>>);

/// The text without the characters that no XML 1.0 document may hold (section 2.2), not even as references.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_allowed) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|c| is_allowed(*c)).collect())
    }
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, &*allowed(value)));
    }
    start
}

impl Xml {
    /// Begins a document.
    pub(crate) fn begin() -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        Ok(Self(writer))
    }

    /// Begins a document that a browser shows with this style.
    pub(crate) fn begin_styled(path: &str) -> io::Result<Self> {
        let mut xml = Self::begin()?;
        let style = format!("xml-stylesheet type=\"text/css\" href=\"{path}\"");
        xml.0.write_event(Event::PI(BytesPI::new(style)))?;
        Ok(xml)
    }

    /// An element with others in it.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        inner(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with nothing in it.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    /// An element with text in it.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.text_with(name, &[], text)
    }

    /// The same with attributes.
    pub(crate) fn text_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        self.0.write_event(Event::Text(BytesText::new(&allowed(text))))?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// The same, or nothing where there is no text.
    pub(crate) fn optional(&mut self, name: &str, text: Option<&str>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.text(name, text))
    }

    pub(crate) fn end(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of the one element and the value of its attribute, as a parser reads them.
    fn read(document: &[u8]) -> (String, String) {
        let document = std::str::from_utf8(document).expect("UTF-8");
        let mut reader = quick_xml::Reader::from_str(document);
        let (mut text, mut value) = (String::new(), String::new());
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(start) => {
                    let attribute = start.attributes().next().expect("one").expect("well-formed");
                    value =
                        quick_xml::escape::unescape(&attribute.value).expect("known entities").into_owned();
                }
                Event::Text(part) => text.push_str(&part),
                Event::GeneralRef(entity) => {
                    let entity = format!("&{};", &*entity);
                    text.push_str(&quick_xml::escape::unescape(&entity).expect("a known entity"));
                }
                Event::Eof => return (text, value),
                _ => {}
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_a_document(text in proptest::collection::vec(proptest::char::any(), 0..40)) {
            let text: String = text.into_iter().collect();
            let mut xml = Xml(Writer::new(Vec::new()));
            xml.text_with("title", &[("name", &text)], &text).expect("written");
            let document = xml.end();
            let (read, value) = read(&document);
            proptest::prop_assert_eq!(&read, &*allowed(&text));
            proptest::prop_assert_eq!(&value, &*allowed(&text));
            let document = std::str::from_utf8(&document).expect("UTF-8");
            proptest::prop_assert!(!document.chars().any(|c| allowed(&c.to_string()).is_empty()));
        }
    }

    #[test]
    fn what_xml_forbids_is_left_out() {
        assert_eq!(allowed("a\u{0}b\u{b}c\u{fffe}d\u{1f}\te\u{1f600}"), "abcd\te\u{1f600}");
        assert!(matches!(allowed("plain"), Cow::Borrowed(_)));
    }
}
