//! An export of Ghost becomes a publication, and every lock in it holds.
#![expect(clippy::disallowed_methods, reason = "the tests look at links behind locks too")]

mod bodies;
mod broken;
mod locks;
mod real;
mod sites;
mod tables;

use masthead_domain::article::Article;
use masthead_domain::clock::Timestamp;
use masthead_domain::paywall::{Surroundings, present};
use masthead_domain::view::ArticleView;
use masthead_domain::viewer::{Entitlement, Viewer};
use masthead_gateway::import::ghost::{GhostOptions, ImportError, Target, import_ghost};
use masthead_gateway::import::progress::Silent;
use masthead_gateway::import::summary::ImportSummary;
use masthead_persistence::{ArticleKey, Store, StoreOptions};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::{NamedTempFile, TempDir};

fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T12:00:00Z").expect("valid")
}

fn options() -> GhostOptions {
    GhostOptions { site_url: None, now: now() }
}

/// A store whose database is gone when the test ends.
struct Scratch {
    store: Store,
    _directory: Option<TempDir>,
}

impl std::ops::Deref for Scratch {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

async fn store() -> Scratch {
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite://{}", directory.path().join("test.db").display());
    Scratch { store: migrated(url).await, _directory: Some(directory) }
}

async fn migrated(url: String) -> Store {
    let store = Store::connect(&StoreOptions::new(url)).await.expect("a store");
    store.migrate().await.expect("a schema");
    store
}

fn staff() -> Viewer {
    Viewer::staff("desk")
}

fn reader(entitlements: &[&str]) -> Viewer {
    Viewer::member("reader", entitlements.iter().map(|one| Entitlement::from(*one)))
}

/// An export that Ghost itself has made. The folder lies beside the repository or further up.
fn real(name: &str) -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(3);
    let mut files = folders.map(|folder| folder.join("shared/data/ghost").join(name));
    files.find(|file| file.exists()).expect("shared/data/ghost beside the repository")
}

async fn import(store: Option<&Store>, path: &Path) -> Result<ImportSummary, ImportError> {
    let target = store.map_or(Target::Nowhere(None), Target::Store);
    import_ghost(target, path, &options(), Arc::new(Silent)).await
}

async fn dry_run(store: &Store, path: &Path) -> Result<ImportSummary, ImportError> {
    import_ghost(Target::Nowhere(Some(store)), path, &options(), Arc::new(Silent)).await
}

/// A file with this text.
fn file(text: impl AsRef<[u8]>) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(text.as_ref()).expect("written");
    file
}

/// An export of these tables.
fn export(tables: &Value) -> Value {
    json!({"db": [{"meta": {"exported_on": 1, "version": "6.65.0"}, "data": tables}]})
}

/// A published post with this slug, of which everything else is as given.
fn post(slug: &str, given: &Value) -> Value {
    let number: u64 = slug.bytes().fold(7, |sum, byte| sum * 31 % 0xffff_ffff + u64::from(byte));
    let mut post = json!({
        "id": format!("6b03644f3ad07032{number:08x}"), "title": slug, "slug": slug, "type": "post",
        "status": "published", "visibility": "public", "created_at": "2026-01-03 08:15:00",
        "updated_at": "2026-01-04 08:15:00", "published_at": "2026-01-03 08:15:00", "lexical": null,
        "html": null, "mobiledoc": null,
    });
    if let (Some(post), Some(given)) = (post.as_object_mut(), given.as_object()) {
        post.extend(given.clone());
    }
    post
}

fn lexical(children: &Value) -> Value {
    json!({"root": {"children": children, "type": "root", "version": 1}}).to_string().into()
}

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "children": [{"type": "extended-text", "text": text, "format": 0}]})
}

/// Takes in posts alone, and gives back the store and what was noted.
async fn with_posts(posts: &[Value]) -> (Scratch, ImportSummary) {
    with_tables(&json!({"posts": posts})).await
}

async fn with_tables(tables: &Value) -> (Scratch, ImportSummary) {
    let store = store().await;
    let file = file(export(tables).to_string());
    let summary = import(Some(&store), file.path()).await.expect("an import");
    (store, summary)
}

async fn article(store: &Store, viewer: &Viewer, slug: &str) -> Option<Arc<Article>> {
    let key = ArticleKey::Slug(slug.parse().expect("a slug"));
    store.library(viewer, now()).article(&key).await.expect("an answer")
}

/// What the viewer sees of an article; `None` when it does not exist for them.
async fn view(store: &Store, viewer: &Viewer, slug: &str) -> Option<ArticleView> {
    let article = article(store, viewer, slug).await?;
    let library = store.library(viewer, now());
    let links = library.slugs(&article.linked_articles()).await.expect("slugs");
    let around = Surroundings {
        now: now(),
        links: Arc::new(links),
        tiers: Arc::from([]),
        parents: Arc::default(),
        policy: Arc::default(),
    };
    Some(present(&article, viewer, &around))
}

/// The words that follow `(` and begin with `k-`: what marks locked sentences.
fn tokens(text: &str) -> Vec<String> {
    let words = text.split('(').skip(1).filter(|rest| rest.starts_with("k-"));
    let mut found: Vec<_> = words.filter_map(|rest| rest.split(')').next()).map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
}
