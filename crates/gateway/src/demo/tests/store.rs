//! The demo publication in a database.

use super::{demo, now, staff};
use crate::demo::{SHOWCASE, load};
use masthead_domain::id::{AuthorId, SectionId};
use masthead_domain::viewer::{Bearer, Viewer};
use masthead_persistence::{ArticleKey, Store, StoreOptions, Tally};
use tempfile::TempDir;

/// An empty database in a directory that is gone when the test ends.
async fn store() -> (Store, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite://{}", directory.path().join("demo.db").display());
    let store = Store::connect(&StoreOptions::new(url)).await.expect("connects");
    store.migrate().await.expect("migrates");
    (store, directory)
}

#[tokio::test]
async fn loading_twice_changes_nothing() {
    let (store, _directory) = store().await;
    let content = demo();
    let first = load(&store, now()).await.expect("loads");
    assert_eq!(first.publication, "The Thalweg Review");
    let whole = u64::try_from(content.articles.len()).expect("small");
    assert_eq!(first.articles, Tally { created: whole, ..Tally::default() });
    let before = store.glance(None, &Default::default(), now()).await.expect("reads");

    let second = load(&store, now().plus_seconds(60)).await.expect("loads again");
    assert_eq!(second.articles, Tally { unchanged: whole, ..Tally::default() });
    for tally in
        [second.sections, second.tags, second.tiers, second.newsletters, second.authors, second.sources]
    {
        assert_eq!((tally.created, tally.updated), (0, 0));
        assert!(tally.unchanged > 0);
    }
    assert_eq!(store.glance(None, &Default::default(), now()).await.expect("reads"), before);
}

#[tokio::test]
async fn what_was_changed_stays_changed() {
    let (store, _directory) = store().await;
    load(&store, now()).await.expect("loads");
    let (mut tier, mut newsletter) = (demo().tiers[0].clone(), demo().newsletters[0].clone());
    (tier.name, tier.active, newsletter.name) = ("Ours".into(), false, "Ours too".into());
    let mut work = store.begin(now().plus_seconds(1)).await.expect("work");
    work.put_tiers(std::slice::from_ref(&tier)).await.expect("put");
    work.put_newsletters(std::slice::from_ref(&newsletter)).await.expect("put");
    work.commit().await.expect("committed");
    load(&store, now().plus_seconds(60)).await.expect("loads again");
    let tiers = store.library(&staff(), now()).tiers().await.expect("reads");
    assert!(tiers.contains(&tier) && tiers.len() == demo().tiers.len(), "{tiers:?}");
    let newsletters = store.registry().newsletters().await.expect("reads");
    assert!(newsletters.contains(&newsletter), "{newsletters:?}");
}

#[tokio::test]
async fn another_publication_is_not_written_over() {
    let content = demo();
    let mut section = content.sections[0].clone();
    (section.id, section.slug) =
        (SectionId::new(now(), [9; 10]), "a-section-of-theirs".parse().expect("a slug"));
    let mut author = content.authors[0].clone();
    (author.id, author.slug) =
        (AuthorId::new(now(), [9; 10]), "an-author-of-theirs".parse().expect("a slug"));
    for loaded_before in [false, true] {
        for theirs in ["a-section-of-theirs", "an-author-of-theirs"] {
            let (store, _directory) = store().await;
            if loaded_before {
                load(&store, now()).await.expect("an empty database");
            }
            let mut work = store.begin(now()).await.expect("work");
            if theirs == "a-section-of-theirs" {
                work.put_sections(std::slice::from_ref(&section)).await.expect("put");
            } else {
                work.put_authors(std::slice::from_ref(&author)).await.expect("put");
            }
            work.commit().await.expect("committed");
            let before = store.glance(None, &Default::default(), now()).await.expect("reads");
            let refused = load(&store, now()).await.expect_err("another publication").to_string();
            assert!(refused.contains(theirs), "{refused}");
            assert_eq!(
                store.glance(None, &Default::default(), now()).await.expect("reads"),
                before,
                "nothing is written"
            );
        }
    }
}

#[tokio::test]
async fn its_members_hold_what_they_are_called() {
    let (store, _directory) = store().await;
    let loaded = load(&store, now()).await.expect("loads");
    let mut held = Vec::new();
    for (name, member) in loaded.members {
        let bearer = Bearer::Member { member, session: None };
        let standing = store.standing(&bearer, now()).await.expect("reads").expect("a member");
        let entitlements: Vec<_> = standing.viewer.entitlements().iter().map(ToString::to_string).collect();
        held.push(format!("{name}: {}", entitlements.join(" ")));
    }
    assert_eq!(
        held,
        [
            "subscriber: subscriber",
            "member: subscriber member tier:reader",
            "patron: subscriber member tier:patron tier:reader"
        ]
    );
}

#[tokio::test]
async fn readers_find_what_is_out_and_staff_the_rest() {
    let (store, _directory) = store().await;
    load(&store, now()).await.expect("loads");
    for (slug, for_readers) in [
        (SHOWCASE, true),
        ("how-we-work", true),
        ("the-winter-file", false),
        ("five-years-after-the-quota", false),
        ("the-ship-at-berth-nine", false),
    ] {
        let key = ArticleKey::Slug(slug.parse().expect("a slug"));
        for (viewer, expected) in [(Viewer::Anonymous, for_readers), (staff(), true)] {
            let found = store.library(&viewer, now()).article(&key).await.expect("reads");
            assert_eq!(found.is_some(), expected, "{slug} for {}", viewer.kind());
        }
    }
}
