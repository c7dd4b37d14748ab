//! Opening a store, and what happens when the database is not as it should be.

use crate::fixture::{article, now, parts, put, put_all, section, slug, staff};
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::Article;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{ArticleKey, Store, StoreError, StoreOptions};
use std::time::Duration;

on_both!(
    a_database_without_tables_says_so,
    a_store_answers_and_closes,
    a_damaged_row_names_its_place,
    writers_take_turns_and_do_not_wait_for_ever,
);

async fn a_database_without_tables_says_so(scratch: &Scratch) {
    let store = scratch.connect().await;
    let found = store.library(&Viewer::Anonymous, now()).sections().await;
    assert!(matches!(found, Err(StoreError::NotMigrated)), "{found:?}");
    assert!(matches!(store.glance(None, &Default::default(), now()).await, Err(StoreError::NotMigrated)));
    let mut work = store.begin(now()).await.expect("begun");
    assert!(matches!(work.put_sections(&[section(1, None)]).await, Err(StoreError::NotMigrated)));
}

async fn a_store_answers_and_closes(scratch: &Scratch) {
    let store = scratch.store().await;
    store.glance(None, &Default::default(), now()).await.expect("it answers");
    let clone = store.clone();
    store.close().await.expect("closed");
    assert!(matches!(clone.glance(None, &Default::default(), now()).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(
        clone.library(&Viewer::Anonymous, now()).sections().await,
        Err(StoreError::Unavailable(_))
    ));
}

async fn a_damaged_row_names_its_place(scratch: &Scratch) {
    let store = scratch.store().await;
    put(&store, &[article(1, |_| {})]).await.expect("put");
    put_all!(store, put_sections, &[section(1, None)]);
    scratch.run("UPDATE publication SET document = '{\"id\":\"secret\"}'").await;
    scratch.run("UPDATE section SET content = '{'").await;
    let library = store.library(&Viewer::Anonymous, now());

    let error = library.article(&ArticleKey::Slug(slug("article-1"))).await.expect_err("damaged");
    assert!(!error.to_string().contains("secret"), "{error}");
    let StoreError::Corrupt { table, column, id, .. } = error else { panic!("{error}") };
    assert_eq!((table, column, id), ("publication", "document", parts(1).id.uuid()));

    let staff = staff();
    let error = store.library(&staff, now()).sections().await.expect_err("damaged");
    let StoreError::Corrupt { table, column, id, .. } = error else { panic!("{error}") };
    assert_eq!((table, column, id), ("section", "content", section(1, None).id.uuid()));
}

async fn writers_take_turns_and_do_not_wait_for_ever(scratch: &Scratch) {
    scratch.store().await;
    let mut options = StoreOptions::new(&scratch.url);
    options.acquire_timeout = Duration::from_secs(1);
    let store = Store::connect(&options).await.expect("connected");
    let first = store.begin(now()).await.expect("the first");
    assert!(matches!(store.begin(now()).await, Err(StoreError::Unavailable(_))), "one at a time");
    drop(first);
    store.begin(now()).await.expect("the next");
}

#[tokio::test]
async fn other_urls_are_refused() {
    for url in ["", "mysql://localhost/x", "/var/lib/masthead.db", "http://localhost"] {
        let store = Store::connect(&StoreOptions::new(url)).await;
        assert!(matches!(store, Err(StoreError::Url)), "{url}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_no_password_is_told() {
    let mut options = StoreOptions::new("postgres://masthead:hunter2@127.0.0.1:1/masthead");
    options.acquire_timeout = Duration::from_millis(300);
    let error = Store::connect(&options).await.err().expect("nothing listens there");
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_database_in_memory_is_one_database() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    put(&store, &[Article::new(parts(1)).expect("valid")]).await.expect("put");
    let key = ArticleKey::Id(parts(1).id);
    assert!(store.library(&Viewer::Anonymous, now()).article(&key).await.expect("read").is_some());

    let other = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    assert!(!other.pending_migrations().await.expect("read").is_empty(), "and each store has its own");
}

#[tokio::test]
async fn a_server_that_is_away_is_named() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let mut options = StoreOptions::new(format!("postgres://desk:s3cret@127.0.0.1:{port}/paper"));
    options.acquire_timeout = Duration::from_millis(500);
    let error = Store::connect(&options).await.err().expect("nobody listens");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    assert!(cause.starts_with(&format!("127.0.0.1:{port} cannot be reached: ")), "{cause}");
    assert!(!cause.contains("s3cret"), "{cause}");
}
