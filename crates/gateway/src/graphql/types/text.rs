//! Running text.

use super::words::{ListKind, MarkKind, TextStyle};
use crate::graphql::session::Session;
use async_graphql::{Context, ID, Object, SimpleObject};
use masthead_domain::view::{MarkView, SpanView, TextView};

/// A paragraph, heading, block quote or list item.
pub(super) struct TextBlock<'a> {
    pub(super) key: &'a str,
    pub(super) text: &'a TextView,
}

#[Object]
impl TextBlock<'_> {
    /// Unique in this body.
    async fn key(&self) -> &str {
        self.key
    }

    /// How it is set.
    async fn style(&self) -> TextStyle {
        self.text.style.into()
    }

    /// Its place in a list, if it stands in one.
    async fn list_item(&self) -> Option<ListItem> {
        let item = self.text.list?;
        let kind = if item.numbered { ListKind::Number } else { ListKind::Bullet };
        Some(ListItem { kind, level: item.level })
    }

    /// The text without its marks.
    async fn text(&self) -> String {
        self.text.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// The text, cut where the marks change.
    async fn spans(&self) -> Vec<Span<'_>> {
        self.text.spans.iter().map(Span).collect()
    }
}

/// The place of a text in a list.
#[derive(SimpleObject)]
struct ListItem {
    /// What it stands behind.
    kind: ListKind,
    /// How deep it is nested, from 1.
    level: u8,
}

/// A run of text with the same marks.
struct Span<'a>(&'a SpanView);

#[Object]
impl Span<'_> {
    /// The text. A line break is `\n`.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// What lies on it, outermost first.
    async fn marks(&self) -> Vec<Mark<'_>> {
        self.0.marks.iter().map(Mark).collect()
    }
}

/// What lies on a run of text.
struct Mark<'a>(&'a MarkView);

#[Object]
impl Mark<'_> {
    /// What it is.
    async fn kind(&self) -> MarkKind {
        match self.0 {
            MarkView::Decorator(decorator) => (*decorator).into(),
            MarkView::Link(_) => MarkKind::Link,
            MarkView::Article { .. } => MarkKind::ArticleLink,
        }
    }

    /// Where a link leads.
    async fn href(&self, ctx: &Context<'_>) -> Option<String> {
        let site = Session::of(ctx).site();
        match self.0 {
            MarkView::Decorator(_) => None,
            MarkView::Link(href) => Some(site.absolute(href)),
            MarkView::Article { slug, .. } => Some(site.article_url(slug)),
        }
    }

    /// The article of this publication that a link leads to.
    async fn article_id(&self) -> Option<ID> {
        match self.0 {
            MarkView::Article { id, .. } => Some(id.to_string().into()),
            MarkView::Decorator(_) | MarkView::Link(_) => None,
        }
    }
}
