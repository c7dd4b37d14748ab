//! Articles in REST answers.

use super::author::{AuthorReferenceDto, BylineDto};
use super::passes::MeterDto;
use super::publication::{SectionReferenceDto, TagDto};
use super::source::SourcesDto;
use crate::operation::article::Dossier;
use crate::render::{
    ImageDto, LockDto, PortableBlock, RightsDto, body_html, body_markdown, body_portable, body_text,
};
use crate::site::Site;
use masthead_domain::article::{Correction, Provenance};
use serde::Serialize;
use utoipa::ToSchema;

/// In which form a body is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rest) enum BodyFormat {
    Portable,
    Html,
    Text,
    Markdown,
    None,
}

impl BodyFormat {
    /// The words of the `body` parameter.
    pub(in crate::rest) const WORDS: [(&str, Self); 5] = [
        ("portable", Self::Portable),
        ("html", Self::Html),
        ("text", Self::Text),
        ("markdown", Self::Markdown),
        ("none", Self::None),
    ];
}

/// An article as a row of a list, as the token may see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ArticleSummary)]
pub(in crate::rest) struct ArticleSummaryDto {
    #[schema(example = "art_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    slug: String,
    /// Where readers find it.
    url: String,
    /// `article` or `page`.
    kind: &'static str,
    /// `published`; for the publisher's staff also `draft`, `scheduled` or `withdrawn`.
    status: &'static str,
    title: String,
    /// The paragraph below the headline.
    standfirst: Option<String>,
    /// The standfirst, or else the beginning of what is open.
    summary: Option<String>,
    hero: Option<ImageDto>,
    section: Option<SectionReferenceDto>,
    /// The main one first.
    tags: Vec<TagDto>,
    /// In the order of the byline.
    bylines: Vec<BylineDto>,
    /// The language (BCP 47).
    #[schema(example = "en")]
    language: String,
    #[schema(format = DateTime)]
    published: Option<String>,
    /// When it last changed for readers.
    #[schema(format = DateTime)]
    updated: String,
    /// Words in what is open.
    words: usize,
    /// Minutes to read what is open.
    reading_minutes: usize,
    /// Whether every lock is open.
    complete: bool,
    /// Every lock, in reading order.
    locks: Vec<LockDto>,
    /// What must stand with it wherever a partner shows it; null for everybody else, and where the licence asks for
    /// nothing.
    attribution: Option<String>,
    /// The body as Portable Text, with `body=portable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Vec<PortableBlock>>,
    /// The body as HTML, with `body=html`.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_html: Option<String>,
    /// The body as plain text, with `body=text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_text: Option<String>,
    /// The body as Markdown, with `body=markdown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_markdown: Option<String>,
}

/// An article, as the token may see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Article)]
pub(in crate::rest) struct ArticleDto {
    #[serde(flatten)]
    summary: ArticleSummaryDto,
    sources: SourcesDto,
    provenance: ProvenanceDto,
    corrections: Vec<CorrectionDto>,
    /// Where the text first appeared, if that was elsewhere.
    canonical: Option<String>,
    /// The title for search engines, where it differs.
    meta_title: Option<String>,
    /// The description for search engines.
    meta_description: Option<String>,
    /// What may be done with it, for machines; null where the publisher says nothing, and for what first appeared elsewhere.
    rights: Option<RightsDto>,
    /// Where the reader's meter stands; null when none runs for the token.
    meter: Option<MeterDto>,
}

/// How an article was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Provenance)]
pub(in crate::rest) struct ProvenanceDto {
    /// How the text came to be: a concept URI of the IPTC digital source type vocabulary.
    text: Option<String>,
    /// How it was made, for readers.
    statement: Option<String>,
    /// The person who answers for it.
    responsible_editor: Option<AuthorReferenceDto>,
    /// Who checked which revision, and when.
    reviews: Vec<ReviewDto>,
}

/// A check of one revision by a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub(in crate::rest) struct ReviewDto {
    reviewer: Option<AuthorReferenceDto>,
    #[schema(format = DateTime)]
    at: String,
    /// Counted from one.
    revision: u32,
    /// What was checked.
    note: Option<String>,
}

/// A correction after publication.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Correction)]
pub(in crate::rest) struct CorrectionDto {
    #[schema(format = DateTime)]
    at: String,
    /// What was wrong and what is right.
    text: String,
}

impl ArticleSummaryDto {
    /// Shows the article, with its body in the form that is wanted.
    pub(in crate::rest) fn new(dossier: &Dossier, site: &Site, format: BodyFormat) -> Self {
        let Dossier { view, cards } = dossier;
        let with = |wanted| format == wanted;
        Self {
            id: view.id.to_string(),
            slug: view.slug.to_string(),
            url: site.article_url(&view.slug),
            kind: view.kind.code(),
            status: view.status.code(),
            title: view.title.clone(),
            standfirst: view.standfirst.clone(),
            summary: view.summary().map(str::to_owned),
            hero: view.hero.as_ref().map(|image| ImageDto::new(image, site)),
            section: view.section.and_then(|id| cards.sections.get(id)).map(SectionReferenceDto::new),
            tags: view.tags.iter().filter_map(|id| cards.tag(*id)).map(TagDto::new).collect(),
            bylines: view
                .bylines
                .iter()
                .filter_map(|byline| Some(BylineDto::new(*byline, cards.author(byline.author)?)))
                .collect(),
            language: view.language.to_string(),
            published: view.published.map(|at| at.to_string()),
            updated: view.updated.to_string(),
            words: view.measure.words,
            reading_minutes: view.measure.reading_minutes,
            complete: view.is_complete(),
            locks: view.locks.iter().map(LockDto::from).collect(),
            attribution: view.attribution.clone(),
            body: with(BodyFormat::Portable).then(|| body_portable(&view.body, site)),
            body_html: with(BodyFormat::Html).then(|| body_html(&view.body, site)),
            body_text: with(BodyFormat::Text).then(|| body_text(&view.body)),
            body_markdown: with(BodyFormat::Markdown).then(|| body_markdown(&view.body, site)),
        }
    }
}

impl ArticleDto {
    /// Shows the article, with its body in the form that is wanted.
    pub(in crate::rest) fn new(dossier: &Dossier, site: &Site, format: BodyFormat) -> Self {
        let view = &dossier.view;
        Self {
            summary: ArticleSummaryDto::new(dossier, site, format),
            sources: SourcesDto::of(dossier, site),
            provenance: ProvenanceDto::new(&view.provenance, dossier),
            corrections: view.corrections.iter().map(CorrectionDto::new).collect(),
            canonical: view.canonical.as_ref().map(|href| site.absolute(href)),
            meta_title: view.meta_title.clone(),
            meta_description: view.meta_description.clone(),
            rights: RightsDto::of(view, site),
            meter: view.meter.as_ref().map(MeterDto::from),
        }
    }
}

impl ProvenanceDto {
    fn new(provenance: &Provenance, dossier: &Dossier) -> Self {
        let person = |id| dossier.cards.author(id).map(AuthorReferenceDto::new);
        let reviews = provenance.reviews.iter().map(|review| ReviewDto {
            reviewer: person(review.reviewer),
            at: review.at.to_string(),
            revision: review.revision,
            note: review.note.clone(),
        });
        Self {
            text: provenance.text.map(|kind| kind.uri()),
            statement: provenance.statement.clone(),
            responsible_editor: provenance.responsible_editor.and_then(person),
            reviews: reviews.collect(),
        }
    }
}

impl CorrectionDto {
    fn new(correction: &Correction) -> Self {
        Self { at: correction.at.to_string(), text: correction.text.clone() }
    }
}
