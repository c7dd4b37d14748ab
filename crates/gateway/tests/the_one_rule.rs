//! The one rule, read from the source: what leaves the process comes from a view, and views come from one place.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(of: &str) -> Vec<(PathBuf, String)> {
    fn walk(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("text");
                found.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(of);
    let mut found = Vec::new();
    walk(&root, &mut found);
    assert!(!found.is_empty(), "{of} has no sources");
    found
}

/// The files below `of` that name one of `words`, but for those whose path ends with one of `allowed`.
fn offenders(of: &str, words: &[&str], allowed: &[&str]) -> Vec<String> {
    let names = |text: &str| words.iter().any(|word| text.contains(word));
    let is_allowed = |path: &Path| allowed.iter().any(|part| path.to_string_lossy().contains(part));
    let found = sources(of).into_iter().filter(|(path, text)| names(text) && !is_allowed(path));
    found.map(|(path, _)| path.display().to_string()).collect()
}

#[test]
fn the_gateway_presents_in_one_place() {
    let offenders = offenders(
        "crates/gateway/src",
        &["paywall::present", "Surroundings"],
        &["operation/reading.rs", "demo/tests"],
    );
    assert!(offenders.is_empty(), "views are made in operation/reading.rs alone: {offenders:?}");
}

/// What a file takes from the domain's articles, by name.
fn taken_from_articles(text: &str) -> Vec<&str> {
    let imports = text.split("masthead_domain::article::").skip(1);
    let names = imports.filter_map(|rest| rest.split([';', '(']).next());
    names
        .flat_map(|names| names.split(|c: char| !c.is_alphanumeric()))
        .filter(|name| !name.is_empty())
        .collect()
}

fn files_that_take(of: &str, forbidden: &[&str]) -> Vec<String> {
    let takes = |text: &str| taken_from_articles(text).iter().any(|name| forbidden.contains(name));
    let found = sources(of).into_iter().filter(|(_, text)| takes(text));
    found.map(|(path, _)| path.display().to_string()).collect()
}

#[test]
fn the_gateway_cannot_name_the_sealed_document() {
    let offenders = files_that_take("crates/gateway/src", &["Document"]);
    assert!(offenders.is_empty(), "only persistence moves documents: {offenders:?}");
    assert!(
        !files_that_take("crates/persistence/src", &["Document"]).is_empty(),
        "the search finds what is there"
    );
    let rules = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("clippy.toml")).expect("rules");
    for method in ["Document::seal", "Document::open", "Document::as_str", "Article::linked_articles"] {
        assert!(
            rules.contains(&format!("masthead_domain::article::{method}")),
            "clippy.toml forbids {method}"
        );
    }
}

#[test]
fn surfaces_do_not_touch_articles() {
    for surface in ["rest", "graphql", "render", "cache"] {
        let of = format!("crates/gateway/src/{surface}");
        let mut found = files_that_take(&of, &["Article", "ArticleParts"]);
        found.extend(offenders(&of, &["library()"], &[]));
        assert!(found.is_empty(), "a surface has views and nothing else: {found:?}");
    }
}

#[test]
fn sea_orm_is_named_by_persistence_alone() {
    for of in ["crates/gateway/src", "crates/domain/src"] {
        let offenders = offenders(of, &["sea_orm", "sqlx::"], &[]);
        assert!(offenders.is_empty(), "{offenders:?}");
    }
}

#[test]
fn an_article_does_not_serialize() {
    let article =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src/article/mod.rs"))
            .expect("text");
    assert!(!article.contains("Serialize"), "an article that serializes is a second way out");
    assert!(
        article.contains("#[derive(Clone, PartialEq, Eq)]\npub struct Article {\n    parts: ArticleParts,")
    );
}
