//! An article as a format writes it: everything from its view, nothing decided here.

use super::notes;
use crate::operation::Cards;
use crate::operation::article::Dossier;
use crate::render::{ImageDto, RightsDto};
use crate::site::Site;
use masthead_domain::article::{Correction, Role};
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::AuthorId;
use masthead_domain::image::{DigitalSourceType, Image};
use masthead_domain::source::Source;
use masthead_domain::view::ArticleView;

/// An article in a feed.
pub(super) struct Item<'a> {
    pub(super) view: &'a ArticleView,
    cards: &'a Cards,
    pub(super) site: &'a Site,
}

/// A section or tag of an article.
pub(super) struct Category<'a> {
    /// `section` or `tag`.
    pub(super) kind: &'static str,
    /// The name of what it is one of: the publication's sections, or its tags.
    pub(super) scheme: String,
    pub(super) slug: &'a str,
    pub(super) name: &'a str,
    /// The name that stays.
    pub(super) uri: String,
}

/// An AI persona that signs an article, with the person who answers for it.
pub(super) struct Persona<'a> {
    pub(super) name: &'a str,
    pub(super) disclosure: &'a str,
    pub(super) editor: Option<&'a str>,
}

/// A source that an article cites.
pub(super) struct Cited<'a> {
    pub(super) source: &'a Source,
    pub(super) note: Option<&'a str>,
    /// The direct link, when it is open.
    pub(super) link: Option<String>,
}

impl<'a> Item<'a> {
    pub(super) fn new(dossier: &'a Dossier, site: &'a Site) -> Self {
        Self { view: &dossier.view, cards: &dossier.cards, site }
    }

    /// A name that stays when the article's address changes.
    pub(super) fn guid(&self) -> String {
        self.site.tag_uri(&self.view.id.to_string())
    }

    /// Where the article is read.
    pub(super) fn url(&self) -> String {
        self.site.article_url(&self.view.slug)
    }

    /// Where the text belongs: where it first appeared, or here.
    pub(super) fn canonical(&self) -> String {
        self.view.canonical.as_ref().map_or_else(|| self.url(), |href| self.site.absolute(href))
    }

    /// The rights in it, when the publisher says anything of them and they are the publisher's.
    pub(super) fn rights(&self) -> Option<RightsDto> {
        RightsDto::of(self.view, self.site)
    }

    /// A picture with all that is known of it.
    pub(super) fn image(&self, image: &Image) -> ImageDto {
        ImageDto::new(image, self.site)
    }

    pub(super) fn absolute(&self, image: &Image) -> String {
        self.site.absolute(&image.src)
    }

    pub(super) fn published(&self) -> Timestamp {
        // Only what has been published stands in a feed.
        self.view.published.unwrap_or(self.view.updated)
    }

    /// When it last changed for readers. A correction is a change.
    pub(super) fn updated(&self) -> Timestamp {
        self.view.updated
    }

    pub(super) fn language(&self) -> &'a str {
        self.view.language.as_str()
    }

    /// Whether a lock or a licence holds back a part of the text.
    pub(super) fn is_partial(&self) -> bool {
        !self.view.body_is_open()
    }

    /// The text as HTML, with shut gates in their places and with what must be said beside it. Under a licence for headlines or
    /// teasers one gate stands for all of the text.
    pub(super) fn html(&self) -> String {
        notes::content(self, self.site)
    }

    /// The people and organisations who made it. A persona is no author: for its part stands the publication.
    pub(super) fn authors(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for (author, role) in self.signers() {
            let name = match author.kind {
                AuthorKind::Persona { .. } => self.site.name.as_str(),
                AuthorKind::Human | AuthorKind::Organisation => author.name.as_str(),
            };
            if matches!(role, Role::Author | Role::Contributor) && !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            names.push(self.site.name.as_str());
        }
        names
    }

    /// Everybody in the byline, with what they did.
    pub(super) fn signers(&self) -> impl Iterator<Item = (&'a Author, Role)> {
        let cards = self.cards;
        let signer = move |byline: &masthead_domain::article::Byline| {
            Some((cards.author(byline.author)?, byline.role))
        };
        self.view.bylines.iter().filter_map(signer)
    }

    /// The byline in words, with personas disclosed.
    pub(super) fn byline(&self) -> Option<String> {
        let name = |(author, _): (&Author, Role)| match author.kind {
            AuthorKind::Persona { .. } => format!("{} (AI persona)", author.name),
            AuthorKind::Human | AuthorKind::Organisation => author.name.clone(),
        };
        let names: Vec<_> = self.signers().map(name).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// The AI personas in the byline.
    pub(super) fn personas(&self) -> impl Iterator<Item = Persona<'a>> {
        self.signers().filter_map(|(author, _)| match &author.kind {
            AuthorKind::Persona { disclosure, responsible_editor } => {
                Some(Persona { name: &author.name, disclosure, editor: self.name_of(*responsible_editor) })
            }
            AuthorKind::Human | AuthorKind::Organisation => None,
        })
    }

    /// The person who answers for the article: the one whom it names, or who answers for its persona.
    pub(super) fn responsible_editor(&self) -> Option<&'a str> {
        let named = self.view.provenance.responsible_editor.and_then(|id| self.name_of(id));
        named.or_else(|| self.personas().find_map(|persona| persona.editor))
    }

    fn name_of(&self, id: AuthorId) -> Option<&'a str> {
        self.cards.author(id).map(|author| author.name.as_str())
    }

    /// How the text was made, when the publisher has said.
    pub(super) fn text_source(&self) -> Option<DigitalSourceType> {
        self.view.provenance.text
    }

    /// How it was made, in sentences for readers.
    pub(super) fn disclosures(&self) -> Vec<String> {
        notes::disclosures(self)
    }

    /// The section first, then the tags.
    pub(super) fn categories(&self) -> Vec<Category<'a>> {
        let section = self.view.section.and_then(|id| self.cards.sections.get(id)).map(|section| Category {
            kind: "section",
            scheme: self.site.tag_uri("sections"),
            slug: section.slug.as_str(),
            name: &section.name,
            uri: self.site.tag_uri(&section.id.to_string()),
        });
        let tags = self.view.tags.iter().filter_map(|id| self.cards.tag(*id)).map(|tag| Category {
            kind: "tag",
            scheme: self.site.tag_uri("tags"),
            slug: tag.slug.as_str(),
            name: &tag.name,
            uri: self.site.tag_uri(&tag.id.to_string()),
        });
        section.into_iter().chain(tags).collect()
    }

    pub(super) fn corrections(&self) -> &'a [Correction] {
        &self.view.corrections
    }

    /// What it rests on, with the links that are open.
    pub(super) fn sources(&self) -> impl Iterator<Item = Cited<'a>> {
        let (cards, site) = (self.cards, self.site);
        self.view.sources.citations.iter().filter_map(move |cited| {
            Some(Cited {
                source: cards.source(cited.source)?,
                note: cited.note.as_deref(),
                link: cited.link.as_ref().map(|link| site.absolute(link)),
            })
        })
    }

    /// The name that stays of something with this id.
    pub(super) fn name_that_stays(&self, id: &str) -> String {
        self.site.tag_uri(id)
    }
}

/// What stands below a picture: its caption, or else what it shows.
pub(super) fn words_of(image: &Image) -> Option<&str> {
    image.caption.as_deref().or(Some(image.alt.as_str())).filter(|words| !words.is_empty())
}
