//! Sections, and the articles that move with them.

use crate::fixture::{article, article_id, now, put, put_all, section, section_id, size, staff};
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::Stage;
use masthead_domain::id::ArticleId;
use masthead_domain::page::PageRequest;
use masthead_domain::section::MAX_SECTIONS;
use masthead_domain::selection::Selection;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{Store, StoreError};

on_both!(
    a_section_holds_what_is_below_it,
    a_section_alone_holds_its_own,
    what_was_there_before_stands_on_its_own_shelf,
    articles_move_with_their_section,
    a_circle_of_sections_ends,
    there_are_at_most_a_thousand,
);

async fn in_section(store: &Store, viewer: &Viewer, number: u16) -> Vec<ArticleId> {
    let selection = Selection { section: Some(section_id(number)), ..Selection::default() };
    let library = store.library(viewer, now());
    let page = library.articles(&selection, &PageRequest::first(size(50))).await.expect("read");
    assert_eq!(library.count(&selection).await.expect("counted"), page.rows.len() as u64);
    page.items().map(|article| article.id()).collect()
}

async fn lists(store: &Store) -> Vec<Vec<ArticleId>> {
    let mut lists = Vec::new();
    for number in 1..=4 {
        lists.push(in_section(store, &Viewer::Anonymous, number).await);
    }
    lists
}

fn ids(numbers: &[u16]) -> Vec<ArticleId> {
    numbers.iter().copied().map(article_id).collect()
}

/// Sections 2 and 3 below 1, 4 below 3; in each the article with its number.
async fn planted(scratch: &Scratch) -> Store {
    let store = scratch.store().await;
    let sections = [section(1, None), section(2, Some(1)), section(3, Some(1)), section(4, Some(3))];
    put_all!(store, put_sections, &sections);
    let articles: Vec<_> =
        (1..=4).map(|number| article(number, |parts| parts.section = Some(section_id(number)))).collect();
    put(&store, &articles).await.expect("put");
    store
}

async fn a_section_holds_what_is_below_it(scratch: &Scratch) {
    let store = planted(scratch).await;
    assert_eq!(lists(&store).await, [ids(&[4, 3, 2, 1]), ids(&[2]), ids(&[4, 3]), ids(&[4])]);
    assert_eq!(
        store.library(&Viewer::Anonymous, now()).sections().await.expect("read"),
        [section(1, None), section(2, Some(1)), section(3, Some(1)), section(4, Some(3))]
    );
}

async fn alone(store: &Store, number: u16) -> Vec<ArticleId> {
    let section = Some(section_id(number));
    let selection = Selection { section, section_alone: true, ..Selection::default() };
    let viewer = Viewer::Anonymous;
    let request = PageRequest::first(size(50));
    let page = store.library(&viewer, now()).articles(&selection, &request).await.expect("read");
    page.items().map(|article| article.id()).collect()
}

async fn a_section_alone_holds_its_own(scratch: &Scratch) {
    let store = planted(scratch).await;
    for number in 1..=4 {
        assert_eq!(alone(&store, number).await, ids(&[number]));
    }
    put_all!(store, put_sections, &[section(3, Some(2))]);
    assert_eq!(alone(&store, 2).await, ids(&[2]), "what is below it now is not its own");
    put(&store, &[article(4, |parts| parts.section = Some(section_id(1)))]).await.expect("put");
    assert_eq!(alone(&store, 4).await, ids(&[]));
    assert_eq!(alone(&store, 1).await, ids(&[4, 1]));
}

async fn what_was_there_before_stands_on_its_own_shelf(scratch: &Scratch) {
    let store = planted(scratch).await;
    let page = article(5, |parts| {
        parts.section = Some(section_id(2));
        parts.kind = masthead_domain::article::Kind::Page;
    });
    put(&store, &[page]).await.expect("put");
    loop {
        let steps = store.migrate_down(1).await.expect("down");
        assert_eq!(steps.len(), 1, "it was one of the steps");
        if steps == ["m20261126_000011_own_sections"] {
            break;
        }
    }
    assert_eq!(alone(&store, 2).await, ids(&[]));
    store.migrate().await.expect("up");
    assert_eq!(alone(&store, 2).await, ids(&[2]), "and no page");
    assert_eq!(alone(&store, 4).await, ids(&[4]));
}

async fn articles_move_with_their_section(scratch: &Scratch) {
    let store = planted(scratch).await;
    let draft = article(9, |parts| {
        parts.section = Some(section_id(4));
        parts.stage = Stage::Draft;
    });
    put(&store, &[draft]).await.expect("put");
    put_all!(store, put_sections, &[section(3, Some(2))]);
    assert_eq!(lists(&store).await, [ids(&[4, 3, 2, 1]), ids(&[4, 3, 2]), ids(&[4, 3]), ids(&[4])]);
    put_all!(store, put_sections, &[section(3, None)]);
    assert_eq!(lists(&store).await, [ids(&[2, 1]), ids(&[2]), ids(&[4, 3]), ids(&[4])]);
    let drafts = Selection {
        section: Some(section_id(3)),
        status: masthead_domain::article::Status::Draft,
        ..Selection::default()
    };
    assert_eq!(store.library(&staff(), now()).count(&drafts).await.expect("counted"), 1, "drafts move too");
}

async fn a_circle_of_sections_ends(scratch: &Scratch) {
    let store = planted(scratch).await;
    put_all!(store, put_sections, &[section(1, Some(4))]);
    let lists = lists(&store).await;
    assert_eq!(lists[0], ids(&[4, 3, 2, 1]));
    assert_eq!(lists[3], ids(&[4, 3, 2, 1]));
}

async fn there_are_at_most_a_thousand(scratch: &Scratch) {
    let store = scratch.store().await;
    let all: Vec<_> = (0..=u16::try_from(MAX_SECTIONS).expect("few")).map(|n| section(n, None)).collect();
    let mut work = store.begin(now()).await.expect("begun");
    let error = work.put_sections(&all).await.expect_err("one too many");
    assert!(matches!(error, StoreError::TooMany { what: "sections", limit: MAX_SECTIONS }), "{error}");
    assert!(matches!(work.commit().await, Err(StoreError::Aborted)));
    put_all!(store, put_sections, &all[1..]);
    let staff = staff();
    let found = store.library(&staff, now()).sections().await.expect("read");
    assert_eq!(found, all[1..]);
}
