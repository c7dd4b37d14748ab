//! Several sites in one database, on SQLite and on PostgreSQL.

use super::{
    Scratch, article, dry_run, export, file, import, lexical, migrated, now, paragraph, post, reader, staff,
    store, tokens, view,
};
use futures_util::FutureExt;
use masthead_domain::viewer::Viewer;
use masthead_gateway::import::summary::ImportSummary;
use masthead_persistence::{ArticleKey, Store};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs a test with a store on each database.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::store().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::on_postgres(super::$test).await;
            })+
        }
    };
}

on_both!(
    what_has_the_slug_is_adopted,
    the_slug_of_another_sites_article_is_left_with_it,
    a_slug_goes_from_one_article_to_another,
    too_many_numbers_are_no_trouble,
    what_is_unpublished_goes_and_what_is_deleted_stays,
    what_a_tier_grants_here_stays,
);

async fn on_postgres(test: impl AsyncFn(Scratch)) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("MASTHEAD_TEST_POSTGRES")
        .expect("MASTHEAD_TEST_POSTGRES must be the URL of a PostgreSQL server; scripts/test starts one");
    let name = format!("masthead_import_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    run(&server, &format!("CREATE DATABASE {name}")).await;
    let base = server.rsplit_once('/').expect("a URL with a database").0;
    let store = migrated(format!("{base}/{name}")).await;
    let outcome = AssertUnwindSafe(test(Scratch { store, _directory: None })).catch_unwind().await;
    run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

async fn run(server: &str, statement: &str) {
    let connection = Database::connect(server).await.expect("the server answers");
    let statement = Statement::from_string(connection.get_database_backend(), statement);
    connection.execute_raw(statement).await.expect("the statement runs");
    connection.close().await.expect("closed");
}

/// A site whose records have ids of their own and the same slugs as those of every other site. Its first tag is a section.
fn site(site: &str) -> Value {
    let id = |kind: &str| format!("{site}-{kind}");
    let body = lexical(&json!([paragraph("Locked (k-1).")]));
    let of_site = format!("of-{site}");
    let mine = post(&of_site, &json!({"id": id("own"), "visibility": "tiers", "lexical": body}));
    let same = post("same", &json!({"id": id("same"), "title": format!("Same of {site}")}));
    export(&json!({
        "products": [{"id": id("gold"), "name": format!("Gold of {site}"), "slug": "gold", "type": "paid",
            "currency": "eur", "monthly_price": 500}],
        "posts_products": [{"id": "1", "post_id": id("own"), "product_id": id("gold")}],
        "tags": [
            {"id": id("news"), "name": format!("News of {site}"), "slug": "news"},
            {"id": id("sea"), "name": format!("Sea of {site}"), "slug": "sea"},
            {"id": id("lone"), "name": "Lone", "slug": format!("lone-{site}")},
        ],
        "posts_tags": [
            {"id": "1", "post_id": id("own"), "tag_id": id("news"), "sort_order": 0},
            {"id": "2", "post_id": id("own"), "tag_id": id("sea"), "sort_order": 1},
            {"id": "3", "post_id": id("own"), "tag_id": id("lone"), "sort_order": 2},
        ],
        "users": [{"id": id("ada"), "name": format!("Ada of {site}"), "slug": "ada"}],
        "posts_authors": [{"id": "1", "post_id": id("own"), "author_id": id("ada"), "sort_order": 0}],
        "posts": [mine, same],
    }))
}

/// What a dry run says, then the import; they agree.
async fn take_in(store: &Store, export: &Value) -> ImportSummary {
    let file = file(export.to_string());
    let before = store.glance(None, &Default::default(), now()).await.expect("a horizon");
    let dry = dry_run(store, file.path()).await.expect("a dry run");
    assert_eq!(
        store.glance(None, &Default::default(), now()).await.expect("a horizon"),
        before,
        "a dry run writes nothing"
    );
    let summary = import(Some(store), file.path()).await.expect("an import");
    assert_eq!(dry.notes, summary.notes);
    for (dry, written) in [
        (dry.tiers, summary.tiers),
        (dry.sections, summary.sections),
        (dry.authors, summary.authors),
        (dry.tags, summary.tags),
        (dry.articles, summary.articles),
    ] {
        assert_eq!((dry.found, dry.adopted), (written.found, written.adopted));
        assert_eq!(written.created + written.updated + written.unchanged + written.adopted, written.found);
    }
    summary
}

/// Taking it in again changes nothing.
async fn nothing_changes(store: &Store, exports: &[Value]) {
    let before = store.glance(None, &Default::default(), now()).await.expect("a horizon");
    for export in exports {
        let again = take_in(store, export).await;
        assert_eq!((again.articles.created, again.articles.updated), (0, 0), "{again}");
    }
    assert_eq!(
        store.glance(None, &Default::default(), now()).await.expect("a horizon"),
        before,
        "nothing is logged"
    );
}

async fn what_has_the_slug_is_adopted(store: Scratch) {
    let (one, two) = (site("one"), site("two"));
    let first = take_in(&store, &one).await;
    let adopted = |summary: &ImportSummary| {
        [summary.tiers, summary.sections, summary.authors, summary.tags, summary.articles]
            .map(|count| count.adopted)
    };
    assert_eq!(adopted(&first), [0; 5]);
    let second = take_in(&store, &two).await;
    assert_eq!(adopted(&second), [1, 1, 1, 1, 0], "{second}");
    assert_eq!((second.tags.created, second.articles.created), (1, 2), "{second}");
    let changed = second.notes.all_changed();
    for (note, example) in [
        (
            "tier that is there already: adopted, so whoever holds it opens what is locked for it here",
            "Gold of two: gold",
        ),
        ("section that is there already: adopted as it is", "News of two"),
        ("tag that is there already: adopted as it is", "Sea of two"),
        ("author who is there already: adopted as they are", "ada"),
    ] {
        assert_eq!(changed[note].examples, [example], "{second}");
    }
    assert!(second.to_string().contains("adopted"), "{second}");
    // What is there stays as it was, and both sites' articles stand with it.
    let viewer = staff();
    let library = store.library(&viewer, now());
    let tiers = library.tiers().await.expect("tiers");
    assert_eq!(tiers.iter().map(|tier| tier.name.as_str()).collect::<Vec<_>>(), ["Gold of one"]);
    let sections = library.sections().await.expect("sections");
    assert_eq!(sections.iter().map(|section| section.name.as_str()).collect::<Vec<_>>(), ["News of one"]);
    let gold = reader(&["tier:gold"]);
    let seen = |view| tokens(&format!("{view:?}"));
    let of_one = view(&store, &gold, "of-one").await.expect("of one");
    let of_two = view(&store, &gold, "of-two").await.expect("of two");
    assert_eq!((of_one.section, of_two.section), (Some(sections[0].id), Some(sections[0].id)));
    assert_eq!((of_one.tags.len(), of_two.tags.len(), of_one.tags[0]), (2, 2, of_two.tags[0]));
    assert_eq!(of_one.bylines[0].author, of_two.bylines[0].author);
    assert_eq!((seen(of_one), seen(of_two)), (vec!["k-1".to_owned()], vec!["k-1".to_owned()]));
    for other in [Viewer::Anonymous, reader(&["subscriber"]), reader(&["tier:silver"])] {
        assert!(
            seen(view(&store, &other, "of-two").await.expect("of two")).is_empty(),
            "no other key opens it"
        );
    }
    nothing_changes(&store, &[one, two]).await;
}

async fn the_slug_of_another_sites_article_is_left_with_it(store: Scratch) {
    let page = |id: &str, slug: &str| post(slug, &json!({"id": id, "title": id}));
    let one = export(&json!({"posts": [page("a", "same"), page("b", "same-2")]}));
    let link = json!({"html": "<a href='__GHOST_URL__/same/'>mine</a>", "id": "e"});
    let two = export(&json!({"posts": [page("c", "same"), page("d", "other"), post("linking", &link)]}));
    take_in(&store, &one).await;
    let second = take_in(&store, &two).await;
    let noted = &second.notes.all_changed()["slug that is taken: with a number at its end"];
    assert_eq!((noted.count, noted.examples.as_slice()), (1, &["same: same-3".to_owned()][..]));
    for (slug, title) in [("same", "a"), ("same-2", "b"), ("same-3", "c"), ("other", "d")] {
        assert_eq!(view(&store, &Viewer::Anonymous, slug).await.expect(slug).title, title, "{slug}");
    }
    // A link within a site leads to that site's own article.
    let own = article(&store, &staff(), "same-3").await.expect("same-3").id();
    assert_eq!(article(&store, &staff(), "linking").await.expect("linking").linked_articles(), [own]);
    nothing_changes(&store, &[two, one]).await;
}

async fn a_slug_goes_from_one_article_to_another(store: Scratch) {
    // The new owners come first in the file, and batches apart from the old ones.
    let named = |id: &str, slug: &str| post(slug, &json!({"id": id, "title": id}));
    let rest: Vec<_> =
        (0..600).map(|number| named(&format!("n{number}"), &format!("rest-{number}"))).collect();
    let with = |first: Value, last: [Value; 2]| {
        let mut posts = vec![first];
        posts.extend(rest.clone());
        posts.extend(last);
        export(&json!({"posts": posts}))
    };
    take_in(&store, &with(named("a", "x"), [named("b", "y"), named("c", "z")])).await;
    let after = with(named("a", "y"), [named("b", "x"), named("c", "w")]);
    let summary = take_in(&store, &after).await;
    assert_eq!((summary.articles.updated, summary.articles.unchanged), (3, 600), "{summary}");
    for (slug, title) in [("x", "b"), ("y", "a"), ("w", "c")] {
        assert_eq!(view(&store, &Viewer::Anonymous, slug).await.expect(slug).title, title, "{slug}");
    }
    let moved = store.library(&Viewer::Anonymous, now()).moved(&"z".parse().expect("a slug")).await;
    assert_eq!(moved.expect("an answer").map(|slug| slug.to_string()).as_deref(), Some("w"));
    let key = ArticleKey::Slug("z".parse().expect("a slug"));
    assert!(store.library(&Viewer::Anonymous, now()).article(&key).await.expect("an answer").is_none());
    nothing_changes(&store, &[after]).await;
}

async fn too_many_numbers_are_no_trouble(store: Scratch) {
    let same = |site: &str| {
        let posts = (0..40).map(|number| post("same", &json!({"id": format!("{site}{number}")})));
        export(&json!({"posts": posts.collect::<Vec<_>>()}))
    };
    let before = store.queries();
    take_in(&store, &same("a")).await;
    let second = take_in(&store, &same("b")).await;
    assert_eq!(second.articles.created, 40, "{second}");
    assert!(store.queries() - before < 100, "slugs are looked up together, not one by one");
    for number in 2..=80 {
        let slug = format!("same-{number}");
        assert!(article(&store, &staff(), &slug).await.is_some(), "{slug}");
    }
    nothing_changes(&store, &[same("a"), same("b")]).await;
}

async fn what_is_unpublished_goes_and_what_is_deleted_stays(store: Scratch) {
    let named = |id: &str, status: &str| post(id, &json!({"id": id, "status": status}));
    let before = ["kept", "withdrawn", "deleted"].map(|id| named(id, "published"));
    take_in(&store, &export(&json!({"posts": before}))).await;
    let after = export(&json!({"posts": [named("kept", "published"), named("withdrawn", "draft")]}));
    let summary = take_in(&store, &after).await;
    assert_eq!((summary.articles.updated, summary.articles.unchanged), (1, 1), "{summary}");
    for (slug, is_there) in [("kept", true), ("withdrawn", false), ("deleted", true)] {
        assert_eq!(view(&store, &Viewer::Anonymous, slug).await.is_some(), is_there, "{slug}");
    }
    nothing_changes(&store, &[after]).await;
}

#[tokio::test]
async fn a_database_without_tables_counts_as_empty() {
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite://{}", directory.path().join("empty.db").display());
    let store = Store::connect(&masthead_persistence::StoreOptions::new(url)).await.expect("a store");
    let summary = dry_run(&store, file(site("one").to_string()).path()).await.expect("a dry run");
    assert_eq!((summary.tiers.found, summary.tiers.adopted), (1, 0));
    assert!(!store.pending_migrations().await.expect("an answer").is_empty(), "and it stays as it is");
}

async fn what_a_tier_grants_here_stays(store: Scratch) {
    let one = site("one");
    take_in(&store, &one).await;
    let read = async || store.library(&Viewer::Anonymous, now()).tiers().await.expect("read");
    let mut tiers = read().await;
    tiers[0].grants.insert("reader".parse().expect("a slug"));
    let mut work = store.begin(now()).await.expect("begun");
    work.put_tiers(&tiers).await.expect("put");
    work.commit().await.expect("committed");
    nothing_changes(&store, &[one]).await;
    assert_eq!(read().await, tiers);
}
