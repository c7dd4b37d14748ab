//! An article for machines: `NewsArticle` by schema.org, as JSON-LD. Made from the view, so it says no more than the page.

use super::rights::RightsDto;
use crate::operation::article::Dossier;
use crate::site::Site;
use masthead_domain::article::{Kind, Role};
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::image::Image;
use masthead_domain::paywall::Reason;
use masthead_domain::view::{BlockContent, BlockView, CitationView};
use serde::Serialize;

/// The class that the element of a gate has on a page, by the gate's key. Search engines are told of gates by it.
pub(super) fn gate_class(key: &str) -> String {
    format!("gate-{key}")
}

/// A thing by schema.org. What is not known is left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JsonLd {
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    context: Option<&'static str>,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    main_entity_of_page: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    article_section: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digital_source_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contributor: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    editor: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    translator: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<Box<JsonLd>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_holder: Option<Box<JsonLd>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backstory: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    correction: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citation: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_accessible_for_free: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has_part: Vec<JsonLd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    css_selector: Option<String>,
}

impl JsonLd {
    /// The article, or the page, as the viewer may see it.
    #[must_use]
    pub fn of(dossier: &Dossier, site: &Site) -> Self {
        let view = &dossier.view;
        let url = view
            .canonical
            .as_ref()
            .map_or_else(|| site.article_url(&view.slug), |canonical| site.absolute(canonical));
        let gates = paid_gates(&view.body);
        let section = view.section.and_then(|id| dossier.cards.sections.get(id));
        let tags = view.tags.iter().filter_map(|id| dossier.cards.tag(*id));
        let mut article = Self {
            context: Some("https://schema.org"),
            kind: match view.kind {
                Kind::Article => "NewsArticle",
                Kind::Page => "WebPage",
            },
            id: Some(site.article_url(&view.slug)),
            main_entity_of_page: Some(url.clone()),
            url: Some(url),
            headline: Some(view.title.clone()),
            description: view.meta_description.clone().or_else(|| view.summary().map(str::to_owned)),
            in_language: Some(view.language.to_string()),
            date_published: view.published.map(|at| at.to_string()),
            date_modified: Some(view.updated.to_string()),
            article_section: section.map(|section| section.name.clone()),
            keywords: tags.map(|tag| tag.name.clone()).collect(),
            image: view.hero.iter().map(|image| picture(image, site)).collect(),
            digital_source_type: view.provenance.text.map(|kind| kind.uri()),
            publisher: Some(Box::new(organisation(&site.name, Some(site.page("/"))))),
            backstory: view.provenance.statement.clone(),
            correction: view.corrections.iter().map(correction).collect(),
            citation: view
                .sources
                .citations
                .iter()
                .filter_map(|cited| citation(cited, dossier, site))
                .collect(),
            // Where a licence holds back the text, nothing is known of what readers pay for.
            is_accessible_for_free: (!view.body_is_withheld()).then_some(gates.is_empty()),
            has_part: gates.into_iter().map(|key| gate(&key)).collect(),
            ..Self::default()
        };
        article.sign(dossier, site);
        if let Some(rights) = RightsDto::of(view, site) {
            article.copyright_holder = Some(Box::new(organisation(&rights.holder, None)));
            (article.license, article.usage_info) = (rights.terms_url, rights.rsl);
        }
        article
    }

    /// As JSON that may stand in a `script` element: nothing in it can end the element.
    ///
    /// # Errors
    /// What serde says when it cannot be written.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        // `<` stands within texts only.
        Ok(serde_json::to_string(self)?.replace('<', "\\u003c"))
    }

    /// Says who made it. A persona is no person: the publication has written what it signs, the persona is disclosed
    /// in the credit, and the person who answers for it is named as the editor.
    fn sign(&mut self, dossier: &Dossier, site: &Site) {
        let (view, cards) = (&dossier.view, &dossier.cards);
        let mut disclosed = Vec::new();
        let mut editors = Vec::new();
        for byline in &view.bylines {
            let Some(author) = cards.author(byline.author) else { continue };
            if let AuthorKind::Persona { disclosure, responsible_editor } = &author.kind {
                disclosed.push(format!("{} ({disclosure})", author.name));
                editors.push(*responsible_editor);
                continue;
            }
            let signed = match byline.role {
                Role::Author => &mut self.author,
                Role::Contributor | Role::Photographer | Role::Illustrator => &mut self.contributor,
                Role::Editor => &mut self.editor,
                Role::Translator => &mut self.translator,
            };
            signed.push(agent(author, site));
        }
        if self.author.is_empty() {
            self.author.push(organisation(&site.name, Some(site.page("/"))));
        }
        for editor in view.provenance.responsible_editor.into_iter().chain(editors) {
            let Some(editor) = cards.author(editor) else { continue };
            if !self.editor.iter().any(|known| known.name.as_ref() == Some(&editor.name)) {
                self.editor.push(agent(editor, site));
            }
        }
        let attribution = view.attribution.clone().into_iter();
        let credits: Vec<_> = disclosed.into_iter().chain(attribution).collect();
        self.credit_text = (!credits.is_empty()).then(|| credits.join(". "));
    }
}

/// The keys of the gates that are not for everybody, those inside of such a gate left out.
fn paid_gates(body: &[BlockView]) -> Vec<String> {
    body.iter()
        .flat_map(|block| match &block.content {
            BlockContent::Gate(gate) => {
                let access = &gate.access;
                // Where nothing is asked of readers, a licence that does not reach so far makes nothing paid.
                let is_free = match access.reason() {
                    Reason::Public => true,
                    Reason::Licensed | Reason::NotLicensed => access.required.is_empty(),
                    _ => false,
                };
                match (is_free, &gate.content) {
                    (true, Some(content)) => paid_gates(content),
                    (true, None) => Vec::new(),
                    (false, _) => vec![block.key.clone()],
                }
            }
            BlockContent::Callout(callout) => paid_gates(&callout.content),
            _ => Vec::new(),
        })
        .collect()
}

fn gate(key: &str) -> JsonLd {
    JsonLd {
        kind: "WebPageElement",
        is_accessible_for_free: Some(false),
        css_selector: Some(format!(".{}", gate_class(key))),
        ..JsonLd::default()
    }
}

fn organisation(name: &str, url: Option<String>) -> JsonLd {
    JsonLd { kind: "Organization", name: Some(name.to_owned()), url, ..JsonLd::default() }
}

fn agent(author: &Author, site: &Site) -> JsonLd {
    let url = author.website.as_ref().map(|href| site.absolute(href));
    match author.kind {
        AuthorKind::Human => {
            JsonLd { kind: "Person", name: Some(author.name.clone()), url, ..JsonLd::default() }
        }
        AuthorKind::Persona { .. } | AuthorKind::Organisation => organisation(&author.name, url),
    }
}

fn picture(image: &Image, site: &Site) -> JsonLd {
    JsonLd {
        kind: "ImageObject",
        url: Some(site.absolute(&image.src)),
        caption: image.caption.clone(),
        credit_text: image.credit.clone(),
        digital_source_type: image.digital_source_type.map(|kind| kind.uri()),
        width: image.width,
        height: image.height,
        ..JsonLd::default()
    }
}

fn correction(correction: &masthead_domain::article::Correction) -> JsonLd {
    JsonLd {
        kind: "CorrectionComment",
        text: Some(correction.text.clone()),
        date_published: Some(correction.at.to_string()),
        ..JsonLd::default()
    }
}

fn citation(cited: &CitationView, dossier: &Dossier, site: &Site) -> Option<JsonLd> {
    let source = dossier.cards.source(cited.source)?;
    Some(JsonLd {
        kind: "CreativeWork",
        name: Some(source.title.clone()),
        publisher: Some(Box::new(organisation(&source.publisher, None))),
        in_language: Some(source.language.to_string()),
        date_published: source.date.clone(),
        url: cited.link.as_ref().map(|link| site.absolute(link)),
        ..JsonLd::default()
    })
}
