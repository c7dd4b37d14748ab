//! Articles.

use super::access::{Access, ArticleAccess};
use super::author::{AuthorObject, author_of};
use super::block::{Block, blocks};
use super::image::Image;
use super::meter::Meter;
use super::page;
use super::rights::Rights;
use super::scalar::DateTime;
use super::section::SectionObject;
use super::source::SourceObject;
use super::tag::TagObject;
use super::words::{ArticleKind, ArticleStatus, Role};
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::article::Dossier;
use crate::render::{JsonLd, PortableBlock, RightsDto, body_html, body_markdown, body_portable, body_text};
use async_graphql::{Context, ID, Json, Object, SimpleObject};
use masthead_domain::article::{
    Byline as BylineRecord, Correction as CorrectionRecord, Review as ReviewRecord,
};

/// An article, as the token may see it. What is behind a shut lock is neither here nor in anything derived
/// from it.
#[derive(Clone)]
pub(super) struct ArticleObject(pub(super) Dossier);

impl From<Dossier> for ArticleObject {
    fn from(dossier: Dossier) -> Self {
        Self(dossier)
    }
}

#[Object(name = "Article")]
impl ArticleObject {
    /// Its identifier.
    pub(super) async fn id(&self) -> ID {
        self.0.view.id.to_string().into()
    }

    /// Its name in URLs.
    async fn slug(&self) -> &str {
        self.0.view.slug.as_str()
    }

    /// Where readers find it.
    async fn url(&self, ctx: &Context<'_>) -> String {
        Session::of(ctx).site().article_url(&self.0.view.slug)
    }

    /// Article or page.
    async fn kind(&self) -> ArticleKind {
        self.0.view.kind.into()
    }

    /// How far it has come.
    async fn status(&self) -> ArticleStatus {
        self.0.view.status.into()
    }

    /// Its headline.
    async fn title(&self) -> &str {
        &self.0.view.title
    }

    /// The paragraph below the headline.
    async fn standfirst(&self) -> Option<&str> {
        self.0.view.standfirst.as_deref()
    }

    /// The standfirst, or else the beginning of what is open.
    async fn summary(&self) -> Option<&str> {
        self.0.view.summary()
    }

    /// The picture above the body.
    async fn hero(&self) -> Option<Image<'_>> {
        self.0.view.hero.as_ref().map(Image)
    }

    /// The body, with shut gates in their places.
    async fn body(&self, ctx: &Context<'_>) -> Vec<Block<'_>> {
        self.sends_text(ctx);
        blocks(&self.0.view.body)
    }

    /// The body as Portable Text.
    async fn body_portable(&self, ctx: &Context<'_>) -> Json<Vec<PortableBlock>> {
        self.sends_text(ctx);
        Session::of(ctx).spending.body().await;
        Json(body_portable(&self.0.view.body, Session::of(ctx).site()))
    }

    /// The body as HTML.
    async fn body_html(&self, ctx: &Context<'_>) -> String {
        self.sends_text(ctx);
        Session::of(ctx).spending.body().await;
        body_html(&self.0.view.body, Session::of(ctx).site())
    }

    /// The body as plain text.
    async fn body_text(&self, ctx: &Context<'_>) -> String {
        self.sends_text(ctx);
        Session::of(ctx).spending.body().await;
        body_text(&self.0.view.body)
    }

    /// The body as Markdown.
    async fn body_markdown(&self, ctx: &Context<'_>) -> String {
        self.sends_text(ctx);
        Session::of(ctx).spending.body().await;
        body_markdown(&self.0.view.body, Session::of(ctx).site())
    }

    /// How much of it is open.
    async fn access(&self) -> ArticleAccess<'_> {
        ArticleAccess(&self.0.view)
    }

    /// The section it stands in.
    async fn section(&self) -> Option<SectionObject> {
        let tree = &self.0.cards.sections;
        self.0.view.section.and_then(|id| SectionObject::of(tree, id))
    }

    /// Its tags, the main one first.
    async fn tags(&self) -> Vec<TagObject> {
        let tag = |id| self.0.cards.tag(id).cloned().map(TagObject);
        self.0.view.tags.iter().filter_map(|id| tag(*id)).collect()
    }

    /// Its authors, in the order of the byline.
    async fn bylines(&self) -> Vec<Byline> {
        let byline = |byline: &BylineRecord| {
            Some(Byline { role: byline.role.into(), author: author_of(&self.0.cards, byline.author)? })
        };
        self.0.view.bylines.iter().filter_map(byline).collect()
    }

    /// What it rests on.
    async fn sources(&self) -> ArticleSources<'_> {
        ArticleSources(&self.0)
    }

    /// Its language (BCP 47).
    async fn language(&self) -> &str {
        self.0.view.language.as_str()
    }

    /// How it was made.
    async fn provenance(&self) -> Provenance<'_> {
        Provenance(&self.0)
    }

    /// What was corrected, in the order of time.
    async fn corrections(&self) -> Vec<Correction> {
        self.0.view.corrections.iter().map(Correction::new).collect()
    }

    /// Where the text first appeared, if that was elsewhere.
    async fn canonical(&self, ctx: &Context<'_>) -> Option<String> {
        self.0.view.canonical.as_ref().map(|href| Session::of(ctx).site().absolute(href))
    }

    /// The title for search engines, where it differs.
    async fn meta_title(&self) -> Option<&str> {
        self.0.view.meta_title.as_deref()
    }

    /// The description for search engines.
    async fn meta_description(&self) -> Option<&str> {
        self.0.view.meta_description.as_deref()
    }

    /// What must stand with it wherever a partner shows it; null for everybody else, and where the licence asks for
    /// nothing.
    async fn attribution(&self) -> Option<&str> {
        self.0.view.attribution.as_deref()
    }

    /// When it was or will be published.
    async fn published(&self) -> Option<DateTime> {
        self.0.view.published.map(DateTime)
    }

    /// When it last changed for readers.
    async fn updated(&self) -> DateTime {
        DateTime(self.0.view.updated)
    }

    /// The article for search engines: `NewsArticle` by schema.org. Parts that are not for everybody are named by the class
    /// `gate-KEY`, which the elements of the page must have; `bodyHtml` comes with it.
    async fn json_ld(&self, ctx: &Context<'_>) -> Json<JsonLd> {
        let session = Session::of(ctx);
        session.spending.body().await;
        // It holds the links of the sources, and none of the text.
        session.reading.delivering().sends_sources_of(self.0.view.id);
        Json(JsonLd::of(&self.0, session.site()))
    }

    /// What may be done with it, for machines; null where the publisher says nothing, and for what first appeared
    /// elsewhere.
    async fn rights(&self, ctx: &Context<'_>) -> Option<Rights> {
        RightsDto::of(&self.0.view, Session::of(ctx).site()).map(Rights)
    }

    /// Where the reader's meter stands; null when none runs for them.
    async fn meter(&self) -> Option<Meter> {
        self.0.view.meter.as_ref().map(Meter::from)
    }

    /// Words in what is open.
    async fn words(&self) -> usize {
        self.0.view.measure.words
    }

    /// Minutes to read what is open.
    async fn reading_minutes(&self) -> usize {
        self.0.view.measure.reading_minutes
    }

    /// Other articles that share tags, sources, authors or the section, best first.
    async fn related(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most, from 1 to 100.")] first: i32,
    ) -> Result<Option<Vec<Self>>, Problem> {
        let size = page::size("first", first)?;
        let related = Session::of(ctx).related(self.0.view.id, size).await?;
        Ok(Some(related.into_iter().map(Self).collect()))
    }
}

impl ArticleObject {
    /// Notes that the text goes out.
    fn sends_text(&self, ctx: &Context<'_>) {
        Session::of(ctx).reading.delivering().sends_text_of(self.0.view.id);
    }
}

/// An author on an article, with a role.
#[derive(SimpleObject)]
struct Byline {
    /// What the author did.
    role: Role,
    /// Who.
    author: AuthorObject,
}

/// What an article rests on.
struct ArticleSources<'a>(&'a Dossier);

#[Object]
impl ArticleSources<'_> {
    /// Whether the links are open.
    async fn access(&self) -> Access<'_> {
        Access(&self.0.view.sources.access)
    }

    /// The citations, in the order of citing.
    async fn nodes(&self, ctx: &Context<'_>) -> Vec<Citation> {
        let session = Session::of(ctx);
        session.reading.delivering().sends_sources_of(self.0.view.id);
        let site = session.site();
        let citations = self.0.view.sources.citations.iter().filter_map(|cited| {
            Some(Citation {
                source: SourceObject(self.0.cards.source(cited.source)?.clone()),
                note: cited.note.clone(),
                url: cited.link.as_ref().map(|link| site.absolute(link)),
            })
        });
        citations.collect()
    }
}

/// A tie between an article and a source.
#[derive(SimpleObject)]
struct Citation {
    /// The source.
    source: SourceObject,
    /// What the article took from it, or where in it.
    note: Option<String>,
    /// The direct link; null when the lock is shut or there is none.
    url: Option<String>,
}

/// How an article was made.
struct Provenance<'a>(&'a Dossier);

#[Object]
impl Provenance<'_> {
    /// How the text came to be: a concept URI of the IPTC digital source type vocabulary.
    async fn text(&self) -> Option<String> {
        self.0.view.provenance.text.map(|kind| kind.uri())
    }

    /// How it was made, for readers.
    async fn statement(&self) -> Option<&str> {
        self.0.view.provenance.statement.as_deref()
    }

    /// The person who answers for it.
    async fn responsible_editor(&self) -> Option<AuthorObject> {
        author_of(&self.0.cards, self.0.view.provenance.responsible_editor?)
    }

    /// Who checked which revision, and when.
    async fn reviews(&self) -> Vec<Review> {
        let review = |review: &ReviewRecord| Review {
            reviewer: author_of(&self.0.cards, review.reviewer),
            at: DateTime(review.at),
            revision: review.revision,
            note: review.note.clone(),
        };
        self.0.view.provenance.reviews.iter().map(review).collect()
    }
}

/// A check of one revision by a person.
#[derive(SimpleObject)]
struct Review {
    /// Who checked it.
    reviewer: Option<AuthorObject>,
    /// When.
    at: DateTime,
    /// Which revision, counted from one.
    revision: u32,
    /// What was checked.
    note: Option<String>,
}

/// A correction after publication.
#[derive(SimpleObject)]
struct Correction {
    /// When it was made.
    at: DateTime,
    /// What was wrong and what is right.
    text: String,
}

impl Correction {
    fn new(correction: &CorrectionRecord) -> Self {
        Self { at: DateTime(correction.at), text: correction.text.clone() }
    }
}
