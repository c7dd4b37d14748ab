//! How many statements each question costs.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use masthead_domain::page::{PageRequest, Window};
use masthead_domain::selection::Selection;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{ArticleKey, Store, StoreError};

on_both!(
    lists_cost_the_same_whatever_their_length,
    too_many_lists_are_refused,
    one_put_costs_the_same_for_many
);

async fn planted(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_authors, &[author(1), author(2)]);
    put_all!(store, put_tags, &[tag(0), tag(1), tag(2)]);
    put_all!(store, put_sources, &[source(1)]);
    let articles: Vec<_> = (0..60)
        .map(|number| {
            article(number, |parts| {
                parts.tags = vec![tag_id(number % 3)];
                parts.bylines = vec![by(1)];
                parts.citations = vec![citing(1)];
            })
        })
        .collect();
    put(&store, &articles).await.expect("put");
    store.close().await.expect("closed");
}

/// Runs a question and says how many statements it took.
macro_rules! cost {
    ($store:expr, $question:expr) => {{
        let before = $store.queries();
        let answer = $question.await.expect("answered");
        ($store.queries() - before, answer)
    }};
}

async fn lists_cost_the_same_whatever_their_length(scratch: &Scratch) {
    planted(scratch).await;
    for viewer in [Viewer::Anonymous, staff()] {
        let store: Store = scratch.connect().await;
        let library = store.library(&viewer, now());
        let all = Selection::default();
        let request = PageRequest::first(size(20));
        assert_eq!(cost!(store, library.articles(&all, &request)).0, 2, "cold");
        let (warm, page) = cost!(store, library.articles(&all, &request));
        assert_eq!(warm, 1, "warm");
        let last = page.rows.last().map(|row| row.0.clone());
        let next = PageRequest { size: size(20), window: Window::After(last) };
        assert_eq!(cost!(store, library.articles(&all, &next)).0, 2, "what is behind is read along");
        assert_eq!(cost!(store, library.articles(&all, &next)).0, 1);
        assert_eq!(cost!(store, library.count(&all)).0, 1);

        let store: Store = scratch.connect().await;
        let library = store.library(&viewer, now());
        let lists: Vec<_> = (0..50)
            .map(|number| Selection {
                tag: Some(tag_id(number % 3)),
                author: Some(author_id(1)),
                ..all.clone()
            })
            .collect();
        let (cold, pages) = cost!(store, library.articles_of_each(&lists, size(5)));
        assert_eq!(cold, 2);
        assert!(pages.len() == 50 && pages.iter().all(|page| page.rows.len() == 5 && page.has_next));
        assert_eq!(cost!(store, library.articles_of_each(&lists, size(5))).0, 1);
        assert_eq!(cost!(store, library.articles_of_each(&[], size(5))).0, 0);

        let store: Store = scratch.connect().await;
        let library = store.library(&viewer, now());
        let key = ArticleKey::Slug(slug("article-1"));
        let (cost, article) = cost!(store, library.article(&key));
        assert_eq!(cost, 1);
        let article = article.expect("there");
        assert_eq!(cost!(store, library.related(&article, size(10))).0, 2);
        assert_eq!(cost!(store, library.related(&article, size(10))).0, 1);
        let ids: Vec<_> = (0..60).map(article_id).collect();
        assert_eq!(cost!(store, library.articles_by_ids(&ids)).0, 1);
        let keys: Vec<_> = (0..30)
            .map(|number| match number % 3 {
                0 => Some(ArticleKey::Id(article_id(number))),
                1 => Some(ArticleKey::Slug(slug(format!("article-{number}")))),
                _ => None,
            })
            .collect();
        let (cost, found) = cost!(store, library.articles_by_keys(&keys));
        assert_eq!(cost, 2, "one for the slugs, one for the articles");
        for (number, found) in (0..).zip(found) {
            assert_eq!(found.map(|article| article.id()), (number % 3 < 2).then(|| article_id(number)));
        }
        assert_eq!(cost!(store, library.slugs(&ids)).0, 1);
        assert_eq!(cost!(store, library.slugs(&[])).0, 0);
        assert_eq!(cost!(store, library.authors_by_ids(&[author_id(1), author_id(2)])).0, 1);
        assert_eq!(cost!(store, library.tags_by_ids(&[tag_id(1), tag_id(2)])).0, 1);
        assert_eq!(cost!(store, library.sources_by_ids(&[source_id(1)])).0, 1);
        assert_eq!(cost!(store, library.tags(&request)).0, 1);
        assert_eq!(cost!(store, library.authors(&request)).0, 1);
        assert_eq!(cost!(store, library.sections()).0, 1);
        assert_eq!(cost!(store, library.tiers()).0, 1);
        assert_eq!(cost!(store, library.moved(&slug("article-1"))).0, if viewer.is_staff() { 2 } else { 1 });
        assert_eq!(cost!(store, store.glance(None, &Default::default(), now())).0, 2);
    }
}

async fn too_many_lists_are_refused(scratch: &Scratch) {
    let store = scratch.store().await;
    let library = store.library(&Viewer::Anonymous, now());
    let lists = vec![Selection::default(); 101];
    assert!(matches!(
        library.articles_of_each(&lists, size(1)).await,
        Err(StoreError::TooMany { limit: 100, .. })
    ));
    // The widest that is allowed: every shelf and every condition at once.
    let wide = Selection {
        section: Some(section_id(1)),
        author: Some(author_id(1)),
        tag: Some(tag_id(1)),
        source: Some(source_id(1)),
        language: Some("en".parse().expect("a language")),
        published: masthead_domain::selection::Span { since: Some(at(0)), until: Some(at(9)) },
        updated: masthead_domain::selection::Span { since: Some(at(0)), until: Some(at(9)) },
        ..Selection::default()
    };
    let pages = library.articles_of_each(&vec![wide; 100], size(100)).await.expect("read");
    assert_eq!(pages.len(), 100);
}

async fn one_put_costs_the_same_for_many(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_sections, &[section(1, None)]);
    put_all!(store, put_authors, &[author(1), author(2)]);
    put_all!(store, put_tags, &[tag(0), tag(1), tag(2)]);
    put_all!(store, put_sources, &[source(1)]);
    let named = |number: u16| {
        article(number, |parts| {
            parts.section = Some(section_id(1));
            parts.tags = vec![tag_id(number % 3)];
            parts.bylines = vec![by(1 + number % 2)];
            parts.citations = vec![citing(1)];
        })
    };
    for (names_others, at_most) in [(false, 8), (true, 11)] {
        let mut costs = Vec::new();
        for numbers in [0..1, 1..200] {
            let number = |number| if names_others { 200 + number } else { number };
            let articles: Vec<_> = numbers
                .map(number)
                .map(|number| if names_others { named(number) } else { article(number, |_| {}) })
                .collect();
            costs.push(cost!(store, put(&store, &articles)).0);
        }
        assert_eq!(costs[0], costs[1]);
        assert!(costs[0] <= at_most, "one more for each kind that articles name: {costs:?}");
    }
}
