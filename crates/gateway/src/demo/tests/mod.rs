//! The demo publication is whole, keeps its locks, and is refused with a place when something is wrong.

mod content;
mod faults;
mod locks;
mod store;

use super::{Content, Files, read};
use masthead_domain::article::Article;
use masthead_domain::clock::Timestamp;
use masthead_domain::paywall::{Surroundings, present};
use masthead_domain::view::{ArticleView, BlockContent, BlockView};
use masthead_domain::viewer::{Entitlement, Viewer};
use std::sync::Arc;

fn demo() -> Content {
    read(&Files::embedded().expect("text")).expect("a whole publication")
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-20T12:00:00Z").expect("valid")
}

fn reader(entitlements: &[&str]) -> Viewer {
    Viewer::member("reader", entitlements.iter().copied().map(Entitlement::from))
}

fn staff() -> Viewer {
    Viewer::staff("desk")
}

fn article<'c>(content: &'c Content, slug: &str) -> &'c Article {
    content.articles.iter().find(|article| article.slug().as_str() == slug).expect(slug)
}

fn view(content: &Content, article: &Article, viewer: &Viewer) -> ArticleView {
    let links = content.articles.iter().map(|other| (other.id(), other.slug().clone())).collect();
    let tiers = content.tiers.iter().cloned().map(Arc::new).collect();
    let (parents, policy) = (Arc::default(), Arc::default());
    present(article, viewer, &Surroundings { now: now(), links: Arc::new(links), tiers, parents, policy })
}

/// Every block that the view shows, those inside open gates and boxes too.
fn blocks(body: &[BlockView]) -> Vec<&BlockView> {
    let mut all = Vec::new();
    for block in body {
        all.push(block);
        match &block.content {
            BlockContent::Gate(gate) => all.extend(blocks(gate.content.as_deref().unwrap_or_default())),
            BlockContent::Callout(callout) => all.extend(blocks(&callout.content)),
            _ => {}
        }
    }
    all
}
