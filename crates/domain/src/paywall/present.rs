//! From an article to what a viewer may see of it. There is no other way.

use super::decision::Access;
use crate::article::{Article, ArticleParts, Block, Gate, Mark, Span, Stage, Status, Text};
use crate::clock::Timestamp;
use crate::id::ArticleId;
use crate::slug::Slug;
use crate::tier::Tier;
use crate::view::{
    ArticleView, BlockContent, BlockView, CalloutView, CitationView, GateView, LockView, MarkView,
    SourcesView, SpanView, TextView, measure,
};
use crate::viewer::Viewer;
use std::collections::HashMap;
use std::sync::Arc;

/// What lies around an article and shows in its view.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The instant of looking.
    pub now: Timestamp,
    /// The slugs of the articles that this one links to. Only those that exist for the viewer: a link to
    /// any other becomes plain text.
    pub links: Arc<HashMap<ArticleId, Slug>>,
    /// The publication's tiers, in the order of offering.
    pub tiers: Arc<[Arc<Tier>]>,
}

/// Decides every lock of the article for this viewer and makes the view. What is behind a shut lock is
/// neither in the view nor in anything derived from it: keys, counts, lengths, the excerpt.
#[must_use]
pub fn present(article: &Article, viewer: &Viewer, around: &Surroundings) -> ArticleView {
    let parts = article.parts();
    let mut eyes = Eyes { viewer, around, locks: Vec::new() };
    let body = eyes.blocks(&parts.body, "b");
    let sources = eyes.sources(parts);
    let measure = measure(&body);
    ArticleView {
        id: parts.id,
        slug: parts.slug.clone(),
        kind: parts.kind,
        status: status(parts, around.now),
        title: parts.title.clone(),
        standfirst: parts.standfirst.clone(),
        hero: parts.hero.clone(),
        body,
        section: parts.section,
        tags: parts.tags.clone(),
        bylines: parts.bylines.clone(),
        sources,
        language: parts.language.clone(),
        provenance: parts.provenance.clone(),
        corrections: parts.corrections.clone(),
        canonical: parts.canonical.clone(),
        meta_title: parts.meta_title.clone(),
        meta_description: parts.meta_description.clone(),
        published: parts.published,
        updated: parts.updated,
        locks: eyes.locks,
        measure,
    }
}

fn status(parts: &ArticleParts, now: Timestamp) -> Status {
    match (parts.stage, parts.published) {
        (Stage::Draft, _) => Status::Draft,
        (Stage::Withdrawn, _) => Status::Withdrawn,
        (Stage::Published, Some(at)) if at <= now => Status::Published,
        (Stage::Published, _) => Status::Scheduled,
    }
}

struct Eyes<'a> {
    viewer: &'a Viewer,
    around: &'a Surroundings,
    locks: Vec<LockView>,
}

impl Eyes<'_> {
    /// Keys count what stands in the same visible container, so nothing that is left out moves them.
    fn blocks(&mut self, blocks: &[Block], prefix: &str) -> Vec<BlockView> {
        let keyed = blocks.iter().enumerate();
        keyed.map(|(at, block)| self.block(block, format!("{prefix}{at}"))).collect()
    }

    fn block(&mut self, block: &Block, key: String) -> BlockView {
        let content = match block {
            Block::Text(text) => BlockContent::Text(self.text(text)),
            Block::Image(image) => BlockContent::Image(image.clone()),
            Block::Embed(embed) => BlockContent::Embed(embed.clone()),
            Block::Quote(quote) => BlockContent::Quote(quote.clone()),
            Block::Callout(callout) => BlockContent::Callout(CalloutView {
                tone: callout.tone,
                title: callout.title.clone(),
                content: self.blocks(&callout.content, &format!("{key}-")),
            }),
            Block::Code(code) => BlockContent::Code(code.clone()),
            Block::Divider => BlockContent::Divider,
            Block::Html(html) => BlockContent::Html(html.clone()),
            Block::Gate(gate) => BlockContent::Gate(self.gate(gate, &key)),
        };
        BlockView { key, content }
    }

    fn gate(&mut self, gate: &Gate, key: &str) -> GateView {
        let access = Access::of(&gate.requirement, self.viewer, &self.around.tiers);
        let granted = access.granted();
        self.locks.push(LockView { id: key.to_owned(), access: access.clone() });
        GateView {
            access,
            headline: gate.headline.clone(),
            teaser: gate.teaser.clone(),
            image: gate.image.clone(),
            call_to_action: gate.call_to_action.clone(),
            content: granted.then(|| self.blocks(&gate.content, &format!("{key}-"))),
        }
    }

    fn text(&self, text: &Text) -> TextView {
        TextView {
            style: text.style,
            list: text.list,
            spans: text.spans.iter().map(|span| self.span(span)).collect(),
        }
    }

    fn span(&self, span: &Span) -> SpanView {
        let mark = |mark: &Mark| match mark {
            Mark::Decorator(decorator) => Some(MarkView::Decorator(*decorator)),
            Mark::Link(href) => Some(MarkView::Link(href.clone())),
            Mark::Article(id) => {
                let slug = self.around.links.get(id)?;
                Some(MarkView::Article { id: *id, slug: slug.clone() })
            }
        };
        SpanView { text: span.text.clone(), marks: span.marks.iter().filter_map(mark).collect() }
    }

    fn sources(&mut self, parts: &ArticleParts) -> SourcesView {
        let access = Access::of(&parts.sources_requirement, self.viewer, &self.around.tiers);
        let granted = access.granted();
        if !parts.citations.is_empty() {
            self.locks.push(LockView { id: LockView::SOURCES.to_owned(), access: access.clone() });
        }
        let citation = |cited: &crate::article::Citation| CitationView {
            source: cited.source,
            note: cited.note.clone(),
            link: if granted { cited.link.clone() } else { None },
        };
        SourcesView { access, citations: parts.citations.iter().map(citation).collect() }
    }
}
