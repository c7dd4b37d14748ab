//! Sections.

use super::articles::{ArticleConnection, articles};
use super::page::PageArguments;
use super::words::ArticleOrder;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::{Filter, SectionTree};
use async_graphql::{Context, ID, Object};
use masthead_domain::id::SectionId;
use masthead_domain::section::Section;
use masthead_persistence::SectionKey;
use std::sync::Arc;

/// A part of the publication.
#[derive(Clone)]
pub(super) struct SectionObject {
    section: Section,
    tree: Arc<SectionTree>,
}

impl SectionObject {
    pub(super) fn of(tree: &Arc<SectionTree>, id: SectionId) -> Option<Self> {
        tree.get(id).map(|section| Self::new(section, tree))
    }

    pub(super) fn new(section: &Section, tree: &Arc<SectionTree>) -> Self {
        Self { section: section.clone(), tree: Arc::clone(tree) }
    }
}

#[Object(name = "Section")]
impl SectionObject {
    /// Its identifier.
    pub(super) async fn id(&self) -> ID {
        self.section.id.to_string().into()
    }

    /// Its name in URLs.
    async fn slug(&self) -> &str {
        self.section.slug.as_str()
    }

    /// Its name for readers.
    async fn name(&self) -> &str {
        &self.section.name
    }

    /// What it covers.
    async fn description(&self) -> Option<&str> {
        self.section.description.as_deref()
    }

    /// The section above it; null at the top.
    async fn parent(&self) -> Option<Self> {
        Self::of(&self.tree, self.section.parent?)
    }

    /// The sections above it, from the top downward.
    async fn path(&self) -> Vec<Self> {
        let mut path = self.tree.path(self.section.id);
        path.pop();
        path.into_iter().map(|section| Self::new(section, &self.tree)).collect()
    }

    /// The sections directly below it, in their order.
    async fn children(&self, ctx: &Context<'_>) -> Vec<Self> {
        let children: Vec<_> =
            self.tree.below(Some(self.section.id)).map(|section| Self::new(section, &self.tree)).collect();
        Session::of(ctx).spending.charge_rows(children.len());
        children
    }

    /// The articles in this section and those below it.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "ArticleOrder::PublishedDescending")] order: ArticleOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<ArticleConnection>, Problem> {
        let section = Some(SectionKey::Id(self.section.id));
        let filter = Filter { section, order: order.into(), ..Filter::default() };
        articles(ctx, filter, PageArguments { first, after, last, before }).await
    }
}
