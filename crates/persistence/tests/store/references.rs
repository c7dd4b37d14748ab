//! What an article refers to must be there; another article that it links to need not.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::{Article, ArticleParts, Block, Mark, Span, Text};
use masthead_domain::slug::Slug;
use masthead_persistence::{Store, StoreError};

on_both!(what_is_missing_is_named, a_link_may_lead_nowhere, holders_of_slugs_are_found);

async fn refused(store: &Store, article: Article, kind: &str, name: String) {
    let (id, others) = (article.id(), self::article(50, |_| {}));
    let error = put(store, &[others, article]).await.expect_err(kind);
    let message = format!("the article {id} refers to the {kind} {name}, which is not there");
    assert_eq!(error.to_string(), message);
    let StoreError::Missing { article, what, id: missing } = error else { panic!("{error}") };
    assert_eq!((article, what, missing), (id, kind, name));
}

async fn what_is_missing_is_named(scratch: &Scratch) {
    let store = scratch.store().await;
    let full = |parts: &mut ArticleParts| {
        parts.section = Some(section_id(1));
        parts.tags = vec![tag_id(1), tag_id(2)];
        parts.bylines = vec![by(1), by(2)];
        parts.citations = vec![citing(1), citing(2)];
    };
    refused(&store, article(1, full), "section", section_id(1).to_string()).await;
    put_all!(store, put_sections, &[section(1, None)]);
    put_all!(store, put_tags, &[tag(2)]);
    refused(&store, article(1, full), "tag", tag_id(1).to_string()).await;
    put_all!(store, put_tags, &[tag(1)]);
    put_all!(store, put_authors, &[author(1)]);
    refused(&store, article(1, full), "author", author_id(2).to_string()).await;
    put_all!(store, put_authors, &[author(2)]);
    put_all!(store, put_sources, &[source(2)]);
    refused(&store, article(1, full), "source", source_id(1).to_string()).await;
    assert!(
        store
            .library(&staff(), now())
            .articles_by_ids(&[article_id(1), article_id(50)])
            .await
            .expect("read")
            .is_empty()
    );
    // What is put in the same unit of work counts.
    let mut work = store.begin(now()).await.expect("begun");
    work.put_sources(&[source(1)]).await.expect("put");
    assert_eq!(work.put_articles(&[article(1, full)]).await.expect("put").created, 1);
    work.commit().await.expect("committed");
}

async fn a_link_may_lead_nowhere(scratch: &Scratch) {
    let store = scratch.store().await;
    let linking = article(1, |parts| {
        let mut span = Span::plain("elsewhere");
        span.marks = vec![Mark::Article(article_id(99))];
        parts.body = vec![Block::Text(Text { spans: vec![span], ..Text::default() })];
    });
    assert_eq!(linking.linked_articles(), [article_id(99)]);
    assert_eq!(put(&store, &[linking]).await.expect("put").created, 1);
}

async fn holders_of_slugs_are_found(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_tiers, &[tier(1, None)]);
    put_all!(store, put_sections, &[section(1, None)]);
    put_all!(store, put_authors, &[author(1)]);
    put_all!(store, put_tags, &[tag(1)]);
    let hidden = |name: &str| {
        article(1, |parts| {
            parts.slug = slug(name);
            parts.stage = masthead_domain::article::Stage::Draft;
        })
    };
    put(&store, &[hidden("before")]).await.expect("put");
    put(&store, &[hidden("now")]).await.expect("put");
    let ask = |name: &str| -> Vec<Slug> { vec![slug(name), slug("nobody")] };
    let found = store.tiers_with_slugs(&ask("tier-001")).await.expect("read");
    assert_eq!(found, [(slug("tier-001"), tier_id(1))].into());
    let found = store.sections_with_slugs(&ask("section-1")).await.expect("read");
    assert_eq!(found, [(slug("section-1"), section_id(1))].into());
    let found = store.authors_with_slugs(&ask("author-001")).await.expect("read");
    assert_eq!(found, [(slug("author-001"), author_id(1))].into());
    let found = store.tags_with_slugs(&ask("tag-001")).await.expect("read");
    assert_eq!(found, [(slug("tag-001"), tag_id(1))].into());
    let found = store.articles_with_slugs(&[slug("now"), slug("before")]).await.expect("read");
    assert_eq!(found, [(slug("now"), article_id(1))].into(), "drafts count, former slugs do not");
}
