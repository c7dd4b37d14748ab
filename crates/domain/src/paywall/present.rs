//! From an article to what a viewer may see of it. There is no other way.

use super::decision::{Access, Lock};
use super::policy::{Policy, Ruling};
use super::requirement::Requirement;
use crate::article::{Article, ArticleParts, Block, Gate, Mark, Span, Stage, Status, Text};
use crate::clock::Timestamp;
use crate::id::{ArticleId, SectionId};
use crate::section::lineage;
use crate::slug::Slug;
use crate::tier::Tier;
use crate::view::{
    ArticleView, BlockContent, BlockView, CalloutView, CitationView, GateView, LockView, MarkView,
    SourcesView, SpanView, TextView, measure,
};
use crate::viewer::{Extent, Licence, Viewer};
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
    /// Which section each section stands below, of all that there are, whoever may see them. What a policy says of a
    /// section that is not here cannot be told, and holds.
    pub parents: Arc<HashMap<SectionId, Option<SectionId>>>,
    /// What the publisher has decided for all articles.
    pub policy: Arc<Policy>,
}

impl Surroundings {
    /// Whether a section is another one or stands below it; `None` where that cannot be told.
    fn is_below(&self, section: SectionId, above: SectionId) -> Option<bool> {
        let up = lineage(section, |at| self.parents.get(&at).copied().flatten());
        if up.contains(&above) {
            return Some(true);
        }
        up.iter().all(|at| self.parents.contains_key(at)).then_some(false)
    }
}

/// Decides every lock of the article for this viewer and makes the view. What is behind a shut lock is
/// neither in the view nor in anything derived from it: keys, counts, lengths, the excerpt.
#[must_use]
pub fn present(article: &Article, viewer: &Viewer, around: &Surroundings) -> ArticleView {
    let parts = article.parts();
    let mut eyes = Eyes::new(parts, viewer, around);
    let body = eyes.body(parts);
    let sources = eyes.sources(parts);
    let measure = measure(&body);
    let licence = licence(viewer);
    let shows_teaser = licence.is_none_or(|licence| licence.extent >= Extent::Teaser);
    let teaser = |text: &Option<String>| text.clone().filter(|_| shows_teaser);
    // What is said about the text goes with the text.
    let shows_text = licence.is_none_or(|licence| licence.extent == Extent::FullText);
    ArticleView {
        id: parts.id,
        slug: parts.slug.clone(),
        kind: parts.kind,
        status: status(parts, around.now),
        title: parts.title.clone(),
        standfirst: teaser(&parts.standfirst),
        hero: parts.hero.clone().filter(|_| shows_teaser),
        body,
        section: parts.section,
        tags: parts.tags.clone(),
        bylines: parts.bylines.clone(),
        sources,
        language: parts.language.clone(),
        provenance: if shows_text { parts.provenance.clone() } else { parts.provenance.without_notes() },
        corrections: if shows_text { parts.corrections.clone() } else { Vec::new() },
        canonical: parts.canonical.clone(),
        meta_title: parts.meta_title.clone(),
        meta_description: teaser(&parts.meta_description),
        published: parts.published,
        updated: parts.updated,
        locks: eyes.locks.into_iter().map(|explained| explained.lock).collect(),
        measure,
        meter: viewer.meter().cloned(),
        attribution: licence.and_then(|licence| licence.attribution.clone()),
    }
}

/// A lock with what lies behind its decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The lock as the viewer sees it.
    pub lock: LockView,
    /// The rule of the policy that put it there; `None` for a lock of the article itself or of a licence.
    pub rule: Option<Slug>,
}

/// What lies behind the locks that the viewer sees in the article: the very decisions of [`present`]. It is for the
/// publisher's staff, never for the viewer.
#[must_use]
pub fn explain(article: &Article, viewer: &Viewer, around: &Surroundings) -> Vec<Explained> {
    let parts = article.parts();
    let mut eyes = Eyes::new(parts, viewer, around);
    eyes.body(parts);
    eyes.sources(parts);
    eyes.locks
}

fn licence(viewer: &Viewer) -> Option<&Licence> {
    match viewer {
        Viewer::Partner(partner) => Some(&partner.licence),
        _ => None,
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
    article: ArticleId,
    viewer: &'a Viewer,
    around: &'a Surroundings,
    locks: Vec<Explained>,
}

impl<'a> Eyes<'a> {
    fn new(parts: &ArticleParts, viewer: &'a Viewer, around: &'a Surroundings) -> Self {
        // A preview link is for the time before publication, also in the moment in which nobody has ended it yet.
        let viewer = match viewer {
            Viewer::Preview(_) if status(parts, around.now) == Status::Published => &Viewer::Anonymous,
            viewer => viewer,
        };
        Self { article: parts.id, viewer, around, locks: Vec::new() }
    }

    /// The body, with the gates that the policy and a licence put around it.
    fn body(&mut self, parts: &ArticleParts) -> Vec<BlockView> {
        if licence(self.viewer).is_some_and(|licence| licence.extent < Extent::FullText) {
            // One shut gate, whatever there is: not even whether there is a body is told.
            return vec![self.gate_around(&Requirement::public(), None, &[], 0)];
        }
        let is_below = |section, above| self.around.is_below(section, above);
        let ruling = self.around.policy.ruling(parts, is_below, self.around.now);
        let Ruling::Held { rule, requirement, free_blocks } = ruling else {
            return self.blocks(&parts.body, "b");
        };
        let (free, held) = parts.body.split_at(free_blocks.min(parts.body.len()));
        let mut body = self.blocks(free, "b");
        if !held.is_empty() {
            body.push(self.gate_around(&requirement, Some(rule), held, free.len()));
        }
        body
    }

    /// A gate that no article holds itself. It says what is required and nothing of what is inside.
    fn gate_around(
        &mut self,
        requirement: &Requirement,
        rule: Option<&Slug>,
        blocks: &[Block],
        place: usize,
    ) -> BlockView {
        let key = format!("b{place}");
        let (access, content) = self.behind(requirement, rule, blocks, &key);
        let gate =
            GateView { access, headline: None, teaser: None, image: None, call_to_action: None, content };
        BlockView { key, content: BlockContent::Gate(gate) }
    }

    /// Decides on a gate of this key, and shows what is behind it if it is open.
    fn behind(
        &mut self,
        requirement: &Requirement,
        rule: Option<&Slug>,
        blocks: &[Block],
        key: &str,
    ) -> (Access, Option<Vec<BlockView>>) {
        let access = Access::of(Lock::Gate(self.article), requirement, self.viewer, &self.around.tiers);
        let lock = LockView { id: key.to_owned(), access: access.clone() };
        self.locks.push(Explained { lock, rule: rule.cloned() });
        let content = access.granted().then(|| self.blocks(blocks, &format!("{key}-")));
        (access, content)
    }

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
        let (access, content) = self.behind(&gate.requirement, None, &gate.content, key);
        GateView {
            access,
            headline: gate.headline.clone(),
            teaser: gate.teaser.clone(),
            image: gate.image.clone(),
            call_to_action: gate.call_to_action.clone(),
            content,
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
        let lock = Lock::Sources(self.article);
        let access = Access::of(lock, &parts.sources_requirement, self.viewer, &self.around.tiers);
        let granted = access.granted();
        if !parts.citations.is_empty() {
            let lock = LockView { id: LockView::SOURCES.to_owned(), access: access.clone() };
            self.locks.push(Explained { lock, rule: None });
        }
        let shows_text = licence(self.viewer).is_none_or(|licence| licence.extent == Extent::FullText);
        let citation = |cited: &crate::article::Citation| CitationView {
            source: cited.source,
            note: cited.note.clone().filter(|_| shows_text),
            link: if granted { cited.link.clone() } else { None },
        };
        SourcesView { access, citations: parts.citations.iter().map(citation).collect() }
    }
}
