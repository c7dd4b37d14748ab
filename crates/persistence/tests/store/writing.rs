//! What is put can be read, what is put again changes nothing, and what fails leaves nothing.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use futures_util::FutureExt;
use masthead_domain::article::{ArticleParts, Kind, Stage};
use masthead_domain::page::PageRequest;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{ArticleKey, AuthorKey, Store, StoreError, TagKey, Tally};

on_both!(
    everything_reads_back_as_it_was_put,
    putting_again_changes_nothing,
    the_log_says_what_happened,
    the_last_of_two_in_one_put_wins,
    an_old_slug_leads_to_the_new_one,
    a_new_article_may_take_an_old_slug,
    a_redirect_outlives_those_who_take_the_slug,
    two_articles_may_exchange_slugs,
    many_articles_may_exchange_slugs,
    a_slug_that_is_taken_is_a_conflict_and_named,
    after_a_failure_nothing_can_be_committed,
    what_is_dropped_has_not_happened,
    a_step_that_is_cut_short_cannot_be_committed,
    many_more_articles_than_a_statement_takes,
);

const CREATED: Tally = Tally { created: 1, updated: 0, unchanged: 0 };
const UPDATED: Tally = Tally { created: 0, updated: 1, unchanged: 0 };
const UNCHANGED: Tally = Tally { created: 0, updated: 0, unchanged: 1 };

fn by_slug(text: &str) -> ArticleKey {
    ArticleKey::Slug(slug(text))
}

async fn everything_reads_back_as_it_was_put(scratch: &Scratch) {
    let store = scratch.store().await;
    let tiers = [tier(1, Some(900)), tier(2, None), tier(3, Some(500)), tier(4, Some(500))];
    assert_eq!(put_all!(store, put_tiers, &tiers).created, 4);
    assert_eq!(put_all!(store, put_sections, &[section(1, None), section(2, Some(1))]).created, 2);
    assert_eq!(put_all!(store, put_authors, &[author(1), author(2)]).created, 2);
    assert_eq!(put_all!(store, put_tags, &[tag(1)]).created, 1);
    assert_eq!(put_all!(store, put_sources, &[source(1)]).created, 1);
    let full = article(1, |parts| {
        parts.section = Some(section_id(2));
        parts.tags = vec![tag_id(1)];
        parts.bylines = vec![by(1), by(2)];
        parts.citations = vec![citing(1), citing(1)];
    });
    let page = article(2, |parts| parts.kind = Kind::Page);
    assert_eq!(put(&store, &[full.clone(), page.clone()]).await.expect("put").created, 2);

    let library = store.library(&Viewer::Anonymous, now());
    let found = library.article(&ArticleKey::Id(full.id())).await.expect("read").expect("there");
    assert!(*found == full);
    let found = library.article(&by_slug("article-2")).await.expect("read").expect("there");
    assert!(*found == page);
    let found = library.articles_by_ids(&[full.id(), page.id(), article_id(9)]).await.expect("read");
    assert!(found.len() == 2 && *found[&page.id()] == page);
    assert_eq!(
        library.tiers().await.expect("read"),
        [tier(3, Some(500)), tier(4, Some(500)), tier(1, Some(900)), tier(2, None)]
    );
    assert_eq!(library.sections().await.expect("read"), [section(1, None), section(2, Some(1))]);
    assert_eq!(library.author(&AuthorKey::Id(author_id(2))).await.expect("read"), Some(author(2)));
    assert_eq!(library.author(&AuthorKey::Slug(slug("author-001"))).await.expect("read"), Some(author(1)));
    assert_eq!(library.author(&AuthorKey::Slug(slug("nobody"))).await.expect("read"), None);
    assert_eq!(library.authors_by_ids(&[author_id(1), author_id(7)]).await.expect("read").len(), 1);
    assert_eq!(library.tag(&TagKey::Id(tag_id(1))).await.expect("read"), Some(tag(1)));
    assert_eq!(library.tag(&TagKey::Slug(slug("tag-001"))).await.expect("read"), Some(tag(1)));
    assert_eq!(library.tags_by_ids(&[tag_id(1)]).await.expect("read")[&tag_id(1)], tag(1));
    assert_eq!(library.source(source_id(1)).await.expect("read"), Some(source(1)));
    assert_eq!(library.sources_by_ids(&[source_id(1)]).await.expect("read").len(), 1);
    let authors = library.authors(&PageRequest::first(size(10))).await.expect("read");
    assert_eq!(authors.items().cloned().collect::<Vec<_>>(), [author(1), author(2)]);
    assert!(library.articles_by_ids(&[]).await.expect("read").is_empty());
}

async fn putting_again_changes_nothing(scratch: &Scratch) {
    let store = scratch.store().await;
    for round in [CREATED, UNCHANGED] {
        assert_eq!(put_all!(store, put_tiers, &[tier(1, Some(900))]), round);
        assert_eq!(put_all!(store, put_sections, &[section(1, None)]), round);
        assert_eq!(put_all!(store, put_authors, &[author(1)]), round);
        assert_eq!(put_all!(store, put_tags, &[tag(1)]), round);
        assert_eq!(put_all!(store, put_sources, &[source(1)]), round);
        assert_eq!(put(&store, &[article(1, |_| {})]).await.expect("put"), round);
        let draft = article(2, |parts| parts.stage = Stage::Draft);
        assert_eq!(put(&store, &[draft]).await.expect("put"), round);
    }
    assert_eq!(scratch.log().await.len(), 7);
    assert_eq!(store.glance(None, &Default::default(), now()).await.expect("read").1.sequence, 7);
    assert_eq!(put(&store, &[]).await.expect("put"), Tally::default());
}

async fn the_log_says_what_happened(scratch: &Scratch) {
    let store = scratch.store().await;
    assert_eq!(store.glance(None, &Default::default(), now()).await.expect("read").1.sequence, 0);
    let steps = [
        (Stage::Draft, "A", CREATED),
        (Stage::Published, "A", UPDATED),
        (Stage::Published, "B", UPDATED),
        (Stage::Withdrawn, "B", UPDATED),
        (Stage::Withdrawn, "C", UPDATED),
        (Stage::Published, "C", UPDATED),
        (Stage::Draft, "C", UPDATED),
    ];
    for (stage, title, tally) in steps {
        let article = article(1, |parts| {
            parts.stage = stage;
            parts.title = title.to_owned();
        });
        assert_eq!(put(&store, &[article]).await.expect("put"), tally);
    }
    let mut other = section(1, None);
    put_all!(store, put_sections, &[other.clone()]);
    other.name = "Another name".into();
    put_all!(store, put_sections, &[other]);
    let log = scratch.log().await;
    let log: Vec<_> = log
        .iter()
        .map(|(what, how, version)| (what.as_str(), how.as_str(), version - now().micros()))
        .collect();
    // Versions begin with the instant, and rise while the clock stands.
    assert_eq!(
        log,
        [
            ("article", "created", 0),
            ("article", "updated", 1),
            ("article", "updated", 2),
            ("article", "withdrawn", 3),
            ("article", "updated", 4),
            ("article", "updated", 5),
            ("article", "withdrawn", 6),
            ("section", "created", 0),
            ("section", "updated", 1),
        ]
    );
    let (_, horizon) = store.glance(None, &Default::default(), now()).await.expect("read");
    assert_eq!(horizon.sequence, 9);
}

async fn the_last_of_two_in_one_put_wins(scratch: &Scratch) {
    let store = scratch.store().await;
    let titled = |title: &str| article(1, |parts| parts.title = title.to_owned());
    let tally = put(&store, &[titled("First"), article(2, |_| {}), titled("Last"), titled("Last")]).await;
    assert_eq!(tally.expect("put"), Tally { created: 2, updated: 1, unchanged: 1 });
    let library = store.library(&Viewer::Anonymous, now());
    let found = library.article(&ArticleKey::Id(article_id(1))).await.expect("read").expect("there");
    assert!(*found == titled("Last"));
    let mut renamed = author(1);
    renamed.name = "Renamed".into();
    let tally = put_all!(store, put_authors, &[author(1), renamed.clone()]);
    assert_eq!(tally, Tally { created: 1, updated: 1, unchanged: 0 });
    let staff = staff();
    let desk = store.library(&staff, now());
    assert_eq!(desk.author(&AuthorKey::Id(author_id(1))).await.expect("read"), Some(renamed));
}

async fn called(store: &Store, number: u16, name: &str) -> Result<Tally, StoreError> {
    put(store, &[article(number, |parts| parts.slug = slug(name))]).await
}

async fn an_old_slug_leads_to_the_new_one(scratch: &Scratch) {
    let store = scratch.store().await;
    for name in ["one", "two", "three"] {
        called(&store, 1, name).await.expect("put");
    }
    let library = store.library(&Viewer::Anonymous, now());
    for old in ["one", "two"] {
        assert_eq!(library.moved(&slug(old)).await.expect("read"), Some(slug("three")));
        assert!(library.article(&by_slug(old)).await.expect("read").is_none());
    }
    assert_eq!(library.moved(&slug("three")).await.expect("read"), None, "it is there");
    assert_eq!(library.moved(&slug("never")).await.expect("read"), None);
    called(&store, 1, "one").await.expect("put");
    assert_eq!(library.moved(&slug("one")).await.expect("read"), None, "it is back");
    assert_eq!(library.moved(&slug("three")).await.expect("read"), Some(slug("one")));
    let slugs = library.slugs(&[article_id(1), article_id(2)]).await.expect("read");
    assert_eq!(slugs.into_iter().collect::<Vec<_>>(), [(article_id(1), slug("one"))]);
}

async fn a_new_article_may_take_an_old_slug(scratch: &Scratch) {
    let store = scratch.store().await;
    called(&store, 1, "name").await.expect("put");
    called(&store, 1, "other-name").await.expect("put");
    called(&store, 2, "name").await.expect("taken over");
    let library = store.library(&Viewer::Anonymous, now());
    let found = library.article(&by_slug("name")).await.expect("read").expect("there");
    assert_eq!(found.id(), article_id(2));
    let error = called(&store, 1, "name").await.expect_err("it is the other's now");
    assert!(matches!(error, StoreError::Conflict { .. }));
}

async fn a_redirect_outlives_those_who_take_the_slug(scratch: &Scratch) {
    let store = scratch.store().await;
    let library = store.library(&Viewer::Anonymous, now());
    let leads_to = async || library.moved(&slug("name")).await.expect("read");
    called(&store, 1, "name").await.expect("put");
    called(&store, 1, "new-name").await.expect("put");
    assert_eq!(leads_to().await, Some(slug("new-name")));

    let hidden = |change: fn(&mut ArticleParts)| {
        let draft = article(2, |parts| {
            parts.slug = slug("name");
            change(parts);
        });
        [draft]
    };
    let draft = hidden(|parts| parts.stage = Stage::Draft);
    let scheduled = hidden(|parts| {
        parts.published = Some(now().plus_seconds(60));
        parts.updated = now().plus_seconds(60);
    });
    let published = hidden(|_| {});
    let withdrawn = hidden(|parts| parts.stage = Stage::Withdrawn);
    for (taken_by, visible) in [(draft, false), (scheduled, false), (published, true), (withdrawn, false)] {
        put(&store, &taken_by).await.expect("taken over");
        assert_eq!(leads_to().await, Some(slug("new-name")));
        assert_eq!(library.article(&by_slug("name")).await.expect("read").is_some(), visible);
        assert!(matches!(called(&store, 3, "name").await, Err(StoreError::Conflict { .. })), "for writers");
    }

    // The second gives it up later than the first did.
    let mut work = store.begin(now().plus_seconds(1)).await.expect("begun");
    let renamed = article(2, |parts| parts.slug = slug("second-name"));
    work.put_articles(&[renamed]).await.expect("put");
    work.commit().await.expect("committed");
    assert_eq!(leads_to().await, Some(slug("second-name")));
    let renamed = article(2, |parts| {
        parts.slug = slug("second-name");
        parts.stage = Stage::Draft;
    });
    put(&store, &[renamed]).await.expect("put");
    assert_eq!(leads_to().await, Some(slug("new-name")), "the second is not there for readers");
    let staff = staff();
    let desk = store.library(&staff, now());
    assert_eq!(desk.moved(&slug("name")).await.expect("read"), Some(slug("new-name")));
    called(&store, 1, "name").await.expect("the first takes it back");
    assert_eq!(leads_to().await, None);
    assert!(library.article(&by_slug("name")).await.expect("read").is_some());
}

async fn two_articles_may_exchange_slugs(scratch: &Scratch) {
    let store = scratch.store().await;
    let named = |number, name: &str| article(number, |parts| parts.slug = slug(name));
    put(&store, &[named(1, "a"), named(2, "b")]).await.expect("put");
    put(&store, &[named(1, "b"), named(2, "a")]).await.expect("exchanged");
    let library = store.library(&Viewer::Anonymous, now());
    let found = library.article(&by_slug("a")).await.expect("read").expect("there");
    assert_eq!(found.id(), article_id(2));
}

async fn many_articles_may_exchange_slugs(scratch: &Scratch) {
    const MANY: u16 = 600;
    let store = scratch.store().await;
    // Each gets the slug of another that is written in a batch far from its own.
    let named = |round: u16| -> Vec<_> {
        let name = |number: u16| format!("name-{}", (number + round * 300) % MANY);
        (0..MANY).map(|number| article(number, |parts| parts.slug = slug(name(number)))).collect()
    };
    assert_eq!(put(&store, &named(0)).await.expect("put").created, u64::from(MANY));
    assert_eq!(put(&store, &named(1)).await.expect("exchanged").updated, u64::from(MANY));
    let library = store.library(&Viewer::Anonymous, now());
    for number in [0, 249, 250, 299, 300, 599] {
        let found = library.article(&by_slug(&format!("name-{number}"))).await.expect("read").expect("there");
        assert_eq!(found.id(), article_id((number + 300) % MANY));
    }
    assert_eq!(put(&store, &named(1)).await.expect("put").unchanged, u64::from(MANY), "and all have theirs");
    let mut there_and_back = named(1);
    there_and_back.insert(0, article(0, |parts| parts.slug = slug("elsewhere")));
    let tally = put(&store, &there_and_back).await.expect("put");
    assert_eq!(tally, Tally { created: 0, updated: 2, unchanged: u64::from(MANY) - 1 });
    let found = library.article(&by_slug("name-300")).await.expect("read").expect("there");
    assert_eq!(found.id(), article_id(0));
    let mut rivals = named(1);
    rivals.push(article(MANY, |parts| parts.slug = slug("name-7")));
    let error = put(&store, &rivals).await.expect_err("taken");
    assert!(matches!(error, StoreError::Conflict { value, .. } if value == "name-7"));
}

async fn a_slug_that_is_taken_is_a_conflict_and_named(scratch: &Scratch) {
    let store = scratch.store().await;
    let named = |number, name: &str| article(number, |parts| parts.slug = slug(name));
    let secret = article(1, |parts| {
        parts.slug = slug("taken");
        parts.stage = Stage::Draft;
    });
    put(&store, &[secret]).await.expect("put");
    for batch in [vec![named(2, "free"), named(3, "taken")], vec![named(2, "taken"), named(3, "taken")]] {
        let error = put(&store, &batch).await.expect_err("taken");
        let StoreError::Conflict { what, value } = error else { panic!("{error}") };
        assert_eq!((what, value.as_str()), ("article slug", "taken"));
    }
    put_all!(store, put_authors, &[author(1)]);
    let mut twin = author(2);
    twin.slug = author(1).slug;
    let mut free = author(3);
    for batch in [vec![free.clone(), twin.clone()], vec![twin.clone()]] {
        let mut work = store.begin(now()).await.expect("begun");
        let error = work.put_authors(&batch).await.expect_err("taken");
        let StoreError::Conflict { what, value } = error else { panic!("{error}") };
        assert_eq!((what, value.as_str()), ("author slug", "author-001"));
    }
    free.slug = slug("the-same");
    twin.slug = slug("the-same");
    let mut work = store.begin(now()).await.expect("begun");
    let error = work.put_authors(&[free, twin]).await.expect_err("both want it");
    let StoreError::Conflict { value, .. } = error else { panic!("{error}") };
    assert_eq!(value, "the-same");
    drop(work);
    assert_eq!(scratch.log().await.len(), 2, "nothing of it was kept");
}

async fn after_a_failure_nothing_can_be_committed(scratch: &Scratch) {
    let store = scratch.store().await;
    called(&store, 1, "name").await.expect("put");
    let mut work = store.begin(now()).await.expect("begun");
    work.put_tags(&[tag(1)]).await.expect("put");
    let twin = article(2, |parts| parts.slug = slug("name"));
    assert!(matches!(work.put_articles(&[twin]).await, Err(StoreError::Conflict { .. })));
    assert!(matches!(work.put_tags(&[tag(2)]).await, Err(StoreError::Aborted)));
    assert!(matches!(work.commit().await, Err(StoreError::Aborted)));
    assert_eq!(scratch.log().await.len(), 1);
    called(&store, 2, "other-name").await.expect("and the writer is free again");
}

async fn what_is_dropped_has_not_happened(scratch: &Scratch) {
    let store = scratch.store().await;
    let mut work = store.begin(now()).await.expect("begun");
    work.put_articles(&[article(1, |_| {})]).await.expect("put");
    drop(work);
    put_all!(store, put_tags, &[tag(1)]);
    let library = store.library(&Viewer::Anonymous, now());
    assert!(library.article(&ArticleKey::Id(article_id(1))).await.expect("read").is_none());
    assert_eq!(scratch.log().await.len(), 1);
}

async fn a_step_that_is_cut_short_cannot_be_committed(scratch: &Scratch) {
    let store = scratch.store().await;
    let articles: Vec<_> = (0..200).map(|number| article(number, |_| {})).collect();
    let mut work = store.begin(now()).await.expect("begun");
    work.put_tags(&[tag(1)]).await.expect("put");
    // Runs as far as the first answer that it must wait for, and is dropped there.
    assert!(work.put_articles(&articles).now_or_never().is_none());
    assert!(matches!(work.commit().await, Err(StoreError::Aborted)));
    assert!(scratch.log().await.is_empty());
    assert_eq!(put(&store, &articles).await.expect("the writer is free again").created, 200);
}

async fn many_more_articles_than_a_statement_takes(scratch: &Scratch) {
    let store = scratch.store().await;
    let tags: Vec<_> = (0..40).map(tag_id).collect();
    let articles: Vec<_> =
        (0..600).map(|number| article(number, |parts| parts.tags.clone_from(&tags))).collect();
    assert_eq!(put(&store, &articles).await.expect("put").created, 600);
    assert_eq!(put(&store, &articles).await.expect("put").unchanged, 600);
    let library = store.library(&Viewer::Anonymous, now());
    let ids: Vec<_> = articles.iter().map(|article| article.id()).collect();
    assert_eq!(library.articles_by_ids(&ids).await.expect("read").len(), 600);
    assert_eq!(library.slugs(&ids).await.expect("read").len(), 600);
    let other: Vec<_> =
        (0..600).map(|number| article(number, |parts| parts.tags = tags[..1].to_vec())).collect();
    assert_eq!(put(&store, &other).await.expect("put").updated, 600);
    let selection =
        |number| masthead_domain::selection::Selection { tag: Some(tag_id(number)), ..Default::default() };
    assert_eq!(library.count(&selection(0)).await.expect("counted"), 600);
    assert_eq!(library.count(&selection(1)).await.expect("counted"), 0);
}
