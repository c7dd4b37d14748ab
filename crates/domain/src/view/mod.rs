//! What a viewer may see. Everything here may leave the process for the viewer it was made for.

mod measure;

pub use measure::Measure;
pub(crate) use measure::measure;

use crate::article::{
    Byline, CalloutTone, Code, Correction, Decorator, Embed, Html, Kind, ListItem, Provenance, Quote, Status,
    Style,
};
use crate::clock::Timestamp;
use crate::href::Href;
use crate::id::{ArticleId, SectionId, SourceId, TagId};
use crate::image::Image;
use crate::language::Language;
use crate::paywall::{Access, Reason};
use crate::slug::Slug;
use crate::viewer::MeterReading;

/// An article as one viewer may see it. Made by [`crate::paywall::present`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArticleView {
    /// Its identifier.
    pub id: ArticleId,
    /// Its name in URLs.
    pub slug: Slug,
    /// Article or page.
    pub kind: Kind,
    /// How far it has come, at the instant of looking.
    pub status: Status,
    /// Its headline.
    pub title: String,
    /// The paragraph below the headline.
    pub standfirst: Option<String>,
    /// The picture above the body.
    pub hero: Option<Image>,
    /// The body, with shut gates in their places.
    pub body: Vec<BlockView>,
    /// The section it stands in.
    pub section: Option<SectionId>,
    /// Its tags, the main one first.
    pub tags: Vec<TagId>,
    /// Its authors, in the order of the byline.
    pub bylines: Vec<Byline>,
    /// What it rests on.
    pub sources: SourcesView,
    /// Its language.
    pub language: Language,
    /// How it was made.
    pub provenance: Provenance,
    /// What was corrected, in the order of time.
    pub corrections: Vec<Correction>,
    /// Where the text first appeared, if that was elsewhere.
    pub canonical: Option<Href>,
    /// The title for search engines, where it differs.
    pub meta_title: Option<String>,
    /// The description for search engines.
    pub meta_description: Option<String>,
    /// When it was or will be published.
    pub published: Option<Timestamp>,
    /// When it last changed for readers.
    pub updated: Timestamp,
    /// Every lock that the viewer can see, in reading order. One inside a shut gate cannot be seen.
    pub locks: Vec<LockView>,
    /// What can be said of the text that is open.
    pub measure: Measure,
    /// Where the viewer's meter stands; `None` when none runs for them.
    pub meter: Option<MeterReading>,
    /// What the viewer's licence asks to stand with the article.
    pub attribution: Option<String>,
}

impl ArticleView {
    /// Whether every lock that the viewer can see is open.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.locks.iter().all(|lock| lock.access.granted())
    }

    /// Whether the viewer's meter would open something here that is shut.
    #[must_use]
    pub fn is_metered(&self) -> bool {
        self.locks.iter().any(|lock| lock.access.is_metered)
    }

    /// Whether every gate in the body is open, but for those that are for no reader. The source links do not count.
    #[must_use]
    pub fn body_is_open(&self) -> bool {
        let gates = self.locks.iter().filter(|lock| lock.id != LockView::SOURCES);
        let mut reasons = gates.map(|lock| lock.access.reason());
        reasons.all(|reason| reason.grants() || reason == Reason::Unavailable)
    }

    /// Whether a licence for headlines or teasers holds back all of the body: one gate stands for it.
    #[must_use]
    pub fn body_is_withheld(&self) -> bool {
        self.body.iter().any(|block| match &block.content {
            BlockContent::Gate(gate) => gate.access.reason() == Reason::NotLicensed,
            _ => false,
        })
    }

    /// The paragraph to show in a list: the standfirst, or else the beginning of what is open.
    #[must_use]
    pub fn summary(&self) -> Option<&str> {
        self.standfirst.as_deref().or(self.measure.excerpt.as_deref())
    }
}

/// One lock, as it stands for the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockView {
    /// The key of the gate, or [`LockView::SOURCES`].
    pub id: String,
    /// Open or shut, and why.
    pub access: Access,
}

impl LockView {
    /// The id of the lock on the source links.
    pub const SOURCES: &'static str = "sources";
}

/// What an article rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourcesView {
    /// Whether the links are open, and why.
    pub access: Access,
    /// The citations, in the order of citing.
    pub citations: Vec<CitationView>,
}

/// A tie between the article and a source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CitationView {
    /// The source.
    pub source: SourceId,
    /// What the article took from it, or where in it.
    pub note: Option<String>,
    /// The direct link; `None` when the lock is shut and when there is none, and nothing tells which.
    pub link: Option<Href>,
}

/// One element of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockView {
    /// Unique in this view.
    pub key: String,
    /// What it is.
    pub content: BlockContent,
}

/// What a block is. See [`crate::article::Block`] for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockContent {
    /// A paragraph, heading, block quote or list item.
    Text(TextView),
    /// A picture.
    Image(Image),
    /// Something that lives elsewhere.
    Embed(Embed),
    /// A quotation set apart.
    Quote(Quote),
    /// A box beside the running text.
    Callout(CalloutView),
    /// A listing.
    Code(Code),
    /// A line between two parts.
    Divider,
    /// Markup that has no block of its own.
    Html(Html),
    /// A part with a lock.
    Gate(GateView),
}

/// A paragraph, heading, block quote or list item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextView {
    /// How it is set.
    pub style: Style,
    /// Its place in a list, if it stands in one.
    pub list: Option<ListItem>,
    /// The text, cut where the marks change.
    pub spans: Vec<SpanView>,
}

/// A run of text with the same marks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpanView {
    /// The text. A line break is `\n`.
    pub text: String,
    /// What lies on it, outermost first.
    pub marks: Vec<MarkView>,
}

/// A mark on a run of text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MarkView {
    /// A look or a meaning without further data.
    Decorator(Decorator),
    /// A link to any address.
    Link(Href),
    /// A link to an article of this publication that exists for the viewer.
    Article {
        /// The article.
        id: ArticleId,
        /// Its present name in URLs.
        slug: Slug,
    },
}

/// A box beside the running text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CalloutView {
    /// What it is for.
    pub tone: CalloutTone,
    /// Its heading.
    pub title: Option<String>,
    /// What it holds.
    pub content: Vec<BlockView>,
}

/// A part with a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateView {
    /// Open or shut, and why.
    pub access: Access,
    /// The invitation's heading.
    pub headline: Option<String>,
    /// One line on what is inside.
    pub teaser: Option<String>,
    /// A picture to stand there.
    pub image: Option<Image>,
    /// The words on the button.
    pub call_to_action: Option<String>,
    /// What is inside; `None` when shut.
    pub content: Option<Vec<BlockView>>,
}
