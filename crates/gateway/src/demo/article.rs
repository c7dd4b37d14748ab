//! An article in a file: TOML between two lines of `+++`, then Markdown.

use super::error::{DemoError, Place};
use super::form::{Moment, Picture, read};
use super::names::{Ids, Register};
use crate::import::html::ArticleLinks;
use crate::import::markdown::{self, Breaks};
use crate::import::notes::Notes;
use masthead_domain::article::{
    Article, ArticleParts, Block, Byline, Callout, Citation, Correction, Gate, Kind, Provenance, Review,
    Role, Stage,
};
use masthead_domain::href::Href;
use masthead_domain::id::ArticleId;
use masthead_domain::image::DigitalSourceType;
use masthead_domain::language::Language;
use masthead_domain::slug::Slug;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::BTreeSet;

const FENCE: &str = "+++\n";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    slug: Slug,
    title: String,
    standfirst: Option<String>,
    #[serde(default)]
    kind: Kind,
    stage: Stage,
    section: Option<Slug>,
    #[serde(default)]
    tags: Vec<Slug>,
    #[serde(default)]
    flags: BTreeSet<Slug>,
    language: Language,
    published: Option<Moment>,
    updated: Moment,
    canonical: Option<Href>,
    meta_title: Option<String>,
    meta_description: Option<String>,
    sources_requires: Vec<String>,
    bylines: Vec<BylineForm>,
    hero: Option<Picture>,
    #[serde(default)]
    provenance: ProvenanceForm,
    #[serde(default)]
    corrections: Vec<CorrectionForm>,
    #[serde(default)]
    citations: Vec<CitationForm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BylineForm {
    author: Slug,
    role: Role,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvenanceForm {
    text: Option<DigitalSourceType>,
    statement: Option<String>,
    responsible_editor: Option<Slug>,
    #[serde(default)]
    reviews: Vec<ReviewForm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewForm {
    reviewer: Slug,
    at: Moment,
    revision: u32,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectionForm {
    at: Moment,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CitationForm {
    source: Slug,
    note: Option<String>,
    link: Option<Href>,
}

/// The id of the article with this name.
pub(super) fn id(ids: &Ids, name: &str) -> ArticleId {
    let (made, bits) = ids.of("article", name);
    ArticleId::new(made, bits)
}

/// Reads the article in this file. Every article's name is in the register already, so that articles may
/// link to each other.
pub(super) fn article(file: &str, name: &str, text: &str, register: &Register) -> Result<Article, DemoError> {
    let (front, body) = split(file, text)?;
    let front: FrontMatter = read(file, 2, front)?;
    let reader = Reader { file, register };
    if front.slug.as_str() != name {
        return Err(reader.at("slug").wrong(format!("is `{}`, but the file is called `{name}`", front.slug)));
    }
    let body = reader.body(body)?;
    let parts = reader.parts(front, body)?;
    Article::new(parts).map_err(|problem| DemoError::Article { file: file.to_owned(), problem })
}

fn split<'t>(file: &str, text: &'t str) -> Result<(&'t str, &'t str), DemoError> {
    text.strip_prefix(FENCE)
        .and_then(|rest| {
            let end = rest.find(&format!("\n{FENCE}"))? + 1;
            Some((&rest[..end], &rest[end + FENCE.len()..]))
        })
        .ok_or_else(|| DemoError::NoFrontMatter { file: file.to_owned() })
}

struct Reader<'a> {
    file: &'a str,
    register: &'a Register,
}

impl Reader<'_> {
    fn at(&self, key: impl Into<String>) -> Place {
        Place::new(self.file, key)
    }

    fn parts(&self, front: FrontMatter, body: Vec<Block>) -> Result<ArticleParts, DemoError> {
        let known = self.register;
        let find_tag =
            |(number, tag): (usize, &Slug)| known.tags.find(tag, || self.at(format!("tags[{number}]")));
        Ok(ArticleParts {
            id: known.articles.find(&front.slug, || self.at("slug"))?,
            section: front
                .section
                .as_ref()
                .map(|name| known.sections.find(name, || self.at("section")))
                .transpose()?,
            flags: front.flags.clone(),
            tags: front.tags.iter().enumerate().map(find_tag).collect::<Result<_, _>>()?,
            bylines: self.bylines(&front.bylines)?,
            citations: self.citations(front.citations)?,
            sources_requirement: known.requirement(&front.sources_requires, |number| {
                self.at(format!("sources_requires[{number}]"))
            })?,
            provenance: self.provenance(front.provenance)?,
            slug: front.slug,
            kind: front.kind,
            stage: front.stage,
            title: front.title,
            standfirst: front.standfirst,
            hero: front.hero.map(Into::into),
            body,
            language: front.language,
            corrections: front
                .corrections
                .into_iter()
                .map(|form| Correction { at: form.at.0, text: form.text })
                .collect(),
            canonical: front.canonical,
            meta_title: front.meta_title,
            meta_description: front.meta_description,
            published: front.published.map(|moment| moment.0),
            updated: front.updated.0,
        })
    }

    fn bylines(&self, forms: &[BylineForm]) -> Result<Vec<Byline>, DemoError> {
        let byline = |(number, form): (usize, &BylineForm)| {
            let at = || self.at(format!("bylines[{number}].author"));
            Ok(Byline { author: self.register.authors.find(&form.author, at)?, role: form.role })
        };
        forms.iter().enumerate().map(byline).collect()
    }

    fn citations(&self, forms: Vec<CitationForm>) -> Result<Vec<Citation>, DemoError> {
        let citation = |(number, form): (usize, CitationForm)| {
            let at = || self.at(format!("citations[{number}].source"));
            let source = self.register.sources.find(&form.source, at)?;
            Ok(Citation { source, note: form.note, link: form.link })
        };
        forms.into_iter().enumerate().map(citation).collect()
    }

    fn provenance(&self, form: ProvenanceForm) -> Result<Provenance, DemoError> {
        let review = |(number, form): (usize, ReviewForm)| {
            let at = || self.at(format!("provenance.reviews[{number}].reviewer"));
            let reviewer = self.register.person(&form.reviewer, at)?;
            Ok(Review { reviewer, at: form.at.0, revision: form.revision, note: form.note })
        };
        let editor = |name| self.register.person(name, || self.at("provenance.responsible_editor"));
        Ok(Provenance {
            text: form.text,
            statement: form.statement,
            responsible_editor: form.responsible_editor.as_ref().map(editor).transpose()?,
            reviews: form.reviews.into_iter().enumerate().map(review).collect::<Result<_, DemoError>>()?,
        })
    }

    /// Turns the Markdown into blocks. Whatever would be lost on the way is an error: its author is at hand
    /// and can put it right.
    fn body(&self, text: &str) -> Result<Vec<Block>, DemoError> {
        let nowhere = RefCell::new(None);
        let links = ArticleLinks(|name: &str| {
            let found = self.register.articles.get(name);
            if found.is_none() {
                nowhere.borrow_mut().get_or_insert_with(|| name.to_owned());
            }
            found
        });
        let mut notes = Notes::default();
        let blocks = markdown::blocks(text, Breaks::Soft, &links, &mut notes)
            .map_err(|problem| DemoError::Body { file: self.file.to_owned(), problem })?;
        if let Some(name) = nowhere.take() {
            return Err(self.register.articles.unknown(&name, self.at("body: link")));
        }
        if let Some((what, noted)) = notes.all_left_out().first_key_value() {
            let examples = noted.examples.join(", ");
            return Err(self.at("body").wrong(format!("would be left out: {what} {examples}")));
        }
        self.gates(&blocks)?;
        Ok(blocks)
    }

    /// Checks that every gate can be opened by somebody.
    fn gates(&self, blocks: &[Block]) -> Result<(), DemoError> {
        for block in blocks {
            match block {
                Block::Gate(Gate { requirement, content, .. }) => {
                    for entitlement in requirement.iter() {
                        self.register.entitlement(entitlement, || self.at("body: masthead-gate"))?;
                    }
                    self.gates(content)?;
                }
                Block::Callout(Callout { content, .. }) => self.gates(content)?,
                _ => {}
            }
        }
        Ok(())
    }
}
