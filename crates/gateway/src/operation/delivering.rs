//! What of articles goes out to a partner with one answer.
//!
//! Whatever is presented to a partner is noted where it is presented, with as much as the licence shows. A surface that sends
//! less of it says so; one that forgets says too much and never too little.

use crate::render::body_text;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::partner::Delivered;
use masthead_domain::view::ArticleView;
use masthead_domain::viewer::{Extent, Viewer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of each article an answer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// At most so much; `None` for nothing at all.
    pub extent: Option<Extent>,
    /// Whether the sources come along.
    pub sources: bool,
}

impl Sending {
    /// All that there is.
    pub const EVERYTHING: Self = Self { extent: Some(Extent::FullText), sources: true };
    /// What stands in a list.
    pub const TEASER: Self = Self { extent: Some(Extent::Teaser), sources: false };
    /// The title with the sources.
    pub const SOURCES: Self = Self { extent: Some(Extent::Headline), sources: true };
    /// Nothing that a view holds.
    pub const NOTHING: Self = Self { extent: None, sources: false };

    /// The same with the text, when it is sent.
    #[must_use]
    pub const fn with_text(self, is_sent: bool) -> Self {
        let extent = if is_sent { Some(Extent::FullText) } else { Some(Extent::Teaser) };
        Self { extent, ..self }
    }
}

/// What goes out with one answer.
pub struct Delivering(Mutex<Inner>);

struct Inner {
    sending: Sending,
    articles: BTreeMap<ArticleId, Noted>,
}

struct Noted {
    updated: Timestamp,
    /// What goes out of it.
    extent: Extent,
    source_links: bool,
    /// What the licence shows of it.
    most: Extent,
    has_links: bool,
    digests: Digests,
}

/// The digests of an article in each extent (see [`Delivered::digest`]).
struct Digests([[u8; 16]; 3]);

impl Digests {
    fn of(view: &ArticleView) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut with = |words: &str| {
            hasher.update(words.as_bytes()).update(&[0]);
            let [digest @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *hasher.finalize().as_bytes();
            digest
        };
        Self([
            with(&view.title),
            with(view.standfirst.as_deref().unwrap_or_default()),
            with(&body_text(&view.body)),
        ])
    }

    const fn in_extent(&self, extent: Extent) -> [u8; 16] {
        let Self([headline, teaser, full_text]) = *self;
        match extent {
            Extent::Headline => headline,
            Extent::Teaser => teaser,
            Extent::FullText => full_text,
        }
    }
}

impl Default for Delivering {
    fn default() -> Self {
        Self(Mutex::new(Inner { sending: Sending::EVERYTHING, articles: BTreeMap::new() }))
    }
}

impl Delivering {
    /// Says how much is sent of what is presented from now on.
    pub fn sends(&self, sending: Sending) {
        self.inner(|inner| inner.sending = sending);
    }

    /// Notes what is presented to a viewer.
    pub(super) fn presented(&self, viewer: &Viewer, views: &[ArticleView]) {
        let Viewer::Partner(partner) = viewer else { return };
        self.inner(|inner| {
            let Sending { extent: Some(sent), sources } = inner.sending else { return };
            let most = partner.licence.extent;
            for view in views {
                let has_links = view.sources.citations.iter().any(|citation| citation.link.is_some());
                let noted = inner.articles.entry(view.id).or_insert_with(|| Noted {
                    updated: view.updated,
                    extent: sent.min(most),
                    source_links: false,
                    most,
                    has_links,
                    digests: Digests::of(view),
                });
                noted.extent = noted.extent.max(sent.min(most));
                noted.source_links |= sources && has_links;
            }
        });
    }

    /// Notes that the text of an article is sent after all.
    pub fn sends_text_of(&self, article: ArticleId) {
        self.of(article, |noted| noted.extent = noted.most);
    }

    /// Notes that the sources of an article are sent after all.
    pub fn sends_sources_of(&self, article: ArticleId) {
        self.of(article, |noted| noted.source_links = noted.has_links);
    }

    /// All that was noted.
    #[must_use]
    pub fn delivered(&self) -> Arc<[Delivered]> {
        let delivered = |(article, noted): (&ArticleId, &Noted)| Delivered {
            article: *article,
            digest: noted.digests.in_extent(noted.extent),
            updated: noted.updated,
            extent: noted.extent,
            source_links: noted.source_links,
        };
        self.inner(|inner| inner.articles.iter().map(delivered).collect())
    }

    fn of(&self, article: ArticleId, change: impl FnOnce(&mut Noted)) {
        self.inner(|inner| inner.articles.get_mut(&article).map(change));
    }

    fn inner<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
