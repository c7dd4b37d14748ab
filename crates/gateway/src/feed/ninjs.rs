//! ninjs 3.1, the news agencies' JSON. The standard has no envelope for many: a document is itself a ninjs object of the
//! type `composite`, and the articles are its associations; so all of it fits the standard's schema.

use super::Feed;
use super::format::Format;
use super::item::{Item, words_of};
use crate::render::picture_note;
use crate::rights::RSL_NAMESPACE;
use masthead_domain::article::Role;
use masthead_domain::author::AuthorKind;
use masthead_domain::image::{DigitalSourceType, Image};
use serde::Serialize;
use std::borrow::Cow;
use std::io;

/// ninjs 3.1.
pub(super) struct Ninjs;

impl Format for Ninjs {
    fn extension(&self) -> &'static str {
        "ninjs"
    }

    /// The standard registers none of its own.
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&self, feed: &Feed<'_>) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(&document(feed))?)
    }
}

/// A news object; members that it does not have are left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct News<'f> {
    uri: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard: Option<Standard>,
    /// What it is called among the associations of another.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    representation_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_holder: Option<Cow<'f, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_terms: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights_info: Option<RightsInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headlines: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bodies: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<Concept<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organisations: Vec<Concept<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<Concept<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    info_sources: Vec<InfoSource<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digital_source_type: Option<SourceType>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alt_ids: Vec<AltId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    renditions: Vec<Rendition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    associations: Vec<News<'f>>,
}

#[derive(Serialize)]
struct Standard {
    name: &'static str,
    version: &'static str,
    schema: &'static str,
}

const STANDARD: Standard =
    Standard { name: "ninjs", version: "3.1", schema: "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json" };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    role: &'static str,
    content_type: &'static str,
    value: String,
}

impl Text {
    fn plain(role: &'static str, value: impl Into<String>) -> Self {
        Self { role, content_type: "text/plain", value: value.into() }
    }
}

#[derive(Serialize)]
struct Concept<'f> {
    name: &'f str,
    rel: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoSource<'f> {
    name: String,
    role: &'static str,
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    literal: Option<&'f str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contact_info: Vec<Contact>,
}

/// A way to a source: its direct link, where that is open.
#[derive(Serialize)]
struct Contact {
    #[serde(rename = "type")]
    kind: &'static str,
    value: String,
}

#[derive(Serialize)]
struct SourceType {
    name: &'static str,
    uri: String,
}

impl SourceType {
    fn new(kind: DigitalSourceType) -> Self {
        Self { name: kind.code(), uri: kind.uri() }
    }
}

/// The licence for machines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RightsInfo {
    /// The language that it is written in.
    lang_id: &'static str,
    linked_rights: String,
}

#[derive(Serialize)]
struct AltId {
    role: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Rendition {
    name: &'static str,
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

fn document<'f>(feed: &'f Feed<'_>) -> News<'f> {
    let links = feed.links.all().map(|(role, link)| AltId { role, value: link.to_owned() });
    News {
        uri: feed.id.clone(),
        kind: "composite",
        standard: Some(STANDARD),
        version_created: Some(feed.updated.to_string()),
        language: feed.language,
        title: Some(&feed.title),
        copyright_holder: Some(feed.publication.into()),
        descriptions: vec![Text::plain("main", feed.description.as_str())],
        alt_ids: links.collect(),
        associations: feed.items.iter().map(|item| article(item, feed.publication)).collect(),
        ..News::default()
    }
}

fn article<'f>(item: &'f Item<'_>, publication: &'f str) -> News<'f> {
    let view = item.view;
    let summary = view.summary().map(|summary| Text::plain("summary", summary));
    let said = item.disclosures();
    let said = (!said.is_empty()).then(|| Text::plain("disclosure", said.join(" ")));
    // What says how much there is is `representationType`; an agency takes a body for the text.
    let body = (!view.body_is_withheld()).then(|| Text {
        role: "main",
        content_type: "text/html",
        value: item.html(),
    });
    let subject = |category: super::item::Category<'f>| Concept {
        name: category.name,
        rel: category.kind,
        uri: Some(category.uri),
    };
    let (holder, licence) = item.rights().map(|rights| (rights.holder, rights.rsl)).unzip();
    News {
        uri: item.guid(),
        kind: "text",
        name: Some(view.slug.to_string()),
        representation_type: Some(if item.is_partial() { "partial" } else { "full" }),
        first_created: Some(item.published().to_string()),
        version_created: Some(item.updated().to_string()),
        pub_status: Some("usable"),
        language: Some(item.language()),
        by: item.byline(),
        copyright_holder: view.canonical.is_none().then(|| holder.map_or(publication.into(), Into::into)),
        usage_terms: view.attribution.as_deref(),
        rights_info: licence
            .flatten()
            .map(|linked_rights| RightsInfo { lang_id: RSL_NAMESPACE, linked_rights }),
        headlines: vec![Text::plain("main", view.title.as_str())],
        descriptions: summary.into_iter().chain(said).collect(),
        bodies: body.into_iter().collect(),
        people: people(item),
        organisations: organisations(item),
        subjects: item.categories().into_iter().map(subject).collect(),
        info_sources: sources(item),
        digital_source_type: item.text_source().map(SourceType::new),
        alt_ids: vec![
            AltId { role: "url", value: item.url() },
            AltId { role: "canonical", value: item.canonical() },
        ],
        associations: view.hero.iter().map(|image| picture(item, image)).collect(),
        ..News::default()
    }
}

/// The people in the byline, and who answers for the article. A persona is no person.
fn people<'f>(item: &Item<'f>) -> Vec<Concept<'f>> {
    let signed = signed(item, |kind| matches!(kind, AuthorKind::Human));
    let editor = item.responsible_editor().map(|name| Concept { name, rel: "responsibleEditor", uri: None });
    signed.into_iter().chain(editor).collect()
}

fn organisations<'f>(item: &Item<'f>) -> Vec<Concept<'f>> {
    signed(item, |kind| matches!(kind, AuthorKind::Organisation))
}

fn signed<'f>(item: &Item<'f>, is_of_kind: impl Fn(&AuthorKind) -> bool) -> Vec<Concept<'f>> {
    let signers = item.signers().filter(|(author, _)| is_of_kind(&author.kind));
    signers
        .map(|(author, role): (_, Role)| Concept {
            name: author.name.as_str(),
            rel: role.code(),
            uri: Some(item.name_that_stays(&author.id.to_string())),
        })
        .collect()
}

fn sources<'f>(item: &Item<'f>) -> Vec<InfoSource<'f>> {
    let source = |cited: super::item::Cited<'f>| InfoSource {
        name: format!("{}: {}", cited.source.publisher, cited.source.title),
        role: cited.source.kind.code(),
        uri: item.name_that_stays(&cited.source.id.to_string()),
        literal: cited.note,
        contact_info: cited.link.into_iter().map(|value| Contact { kind: "web", value }).collect(),
    };
    item.sources().map(source).collect()
}

fn picture<'f>(item: &Item<'_>, image: &'f Image) -> News<'f> {
    let href = item.absolute(image);
    let note = image.digital_source_type.and_then(picture_note);
    let words = words_of(image).map(|words| Text::plain("caption", words));
    News {
        uri: href.clone(),
        kind: "picture",
        name: Some("hero".to_owned()),
        by: image.credit.clone(),
        descriptions: words.into_iter().chain(note.map(|note| Text::plain("disclosure", note))).collect(),
        digital_source_type: image.digital_source_type.map(SourceType::new),
        renditions: vec![Rendition { name: "original", href, width: image.width, height: image.height }],
        ..News::default()
    }
}
