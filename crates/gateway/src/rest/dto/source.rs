//! Sources in REST answers.

use crate::operation::article::Dossier;
use crate::render::AccessDto;
use crate::site::Site;
use masthead_domain::source::Source;
use serde::Serialize;
use utoipa::ToSchema;

/// A document, report, dataset, interview, wire or statement that articles cite.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
pub(in crate::rest) struct SourceDto {
    #[schema(example = "src_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    title: String,
    publisher: String,
    /// `document`, `report`, `dataset`, `interview`, `wire` or `statement`.
    kind: &'static str,
    /// The language it is in (BCP 47).
    language: String,
    /// When it was published (ISO 8601), where known.
    date: Option<String>,
}

/// What an article rests on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArticleSources)]
pub(in crate::rest) struct SourcesDto {
    /// Whether the links are open.
    access: AccessDto,
    /// The citations, in the order of citing.
    nodes: Vec<CitationDto>,
}

/// A tie between an article and a source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Citation)]
pub(in crate::rest) struct CitationDto {
    source: SourceDto,
    /// What the article took from it, or where in it.
    note: Option<String>,
    /// The direct link; null when the lock is shut or there is none.
    url: Option<String>,
}

impl SourceDto {
    pub(in crate::rest) fn new(source: &Source) -> Self {
        Self {
            id: source.id.to_string(),
            title: source.title.clone(),
            publisher: source.publisher.clone(),
            kind: source.kind.code(),
            language: source.language.to_string(),
            date: source.date.clone(),
        }
    }
}

impl SourcesDto {
    pub(in crate::rest) fn of(dossier: &Dossier, site: &Site) -> Self {
        let sources = &dossier.view.sources;
        let nodes = sources.citations.iter().filter_map(|cited| {
            Some(CitationDto {
                source: SourceDto::new(dossier.cards.source(cited.source)?),
                note: cited.note.clone(),
                url: cited.link.as_ref().map(|link| site.absolute(link)),
            })
        });
        Self { access: AccessDto::from(&sources.access), nodes: nodes.collect() }
    }
}
