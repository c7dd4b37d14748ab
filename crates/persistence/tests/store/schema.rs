//! The steps of the schema, and how values lie in its columns.

use crate::fixture::{article, article_id, at, now, put, put_all, section, size};
use crate::scratch::{Scratch, on_both};
use masthead_domain::page::PageRequest;
use masthead_domain::selection::Selection;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{ArticleKey, Schema};
use uuid::Uuid;

on_both!(
    every_step_goes_up_down_and_up_again,
    what_comes_after_a_backup_is_not_taken_for_what_was_lost,
    two_nodes_may_migrate_at_once,
    ids_are_sixteen_bytes_that_sort_by_time,
);

async fn every_step_goes_up_down_and_up_again(scratch: &Scratch) {
    let store = scratch.connect().await;
    let all = store.pending_migrations().await.expect("read");
    assert!(!all.is_empty());
    assert_eq!(store.pending_migrations().await.expect("read"), all, "to ask changes nothing");
    assert_eq!(store.schema().await.expect("read"), Schema::Absent);
    assert_eq!(store.migrate().await.expect("up"), all);
    assert_eq!(store.schema().await.expect("read"), Schema::Current);
    assert_eq!(store.migrate().await.expect("again"), Vec::<String>::new());
    put_all!(store, put_sections, &[section(1, None)]);
    put(&store, &[article(1, |_| {})]).await.expect("put");
    let library = || store.library(&Viewer::Anonymous, now());
    let key = ArticleKey::Id(article_id(1));
    assert!(library().article(&key).await.expect("read").is_some());

    let down = store.migrate_down(u32::try_from(all.len()).expect("few")).await.expect("down");
    assert_eq!(down, all.iter().rev().cloned().collect::<Vec<_>>());
    let tables = if scratch.is_sqlite() {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('seaql_migrations', 'sqlite_sequence')"
    } else {
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'seaql_migrations'"
    };
    assert!(scratch.rows(tables).await.is_empty(), "nothing is left");

    assert_eq!(store.schema().await.expect("read"), Schema::Absent);
    assert_eq!(store.migrate().await.expect("up"), all);
    assert_eq!(store.schema().await.expect("read"), Schema::Current);
    assert!(library().article(&key).await.expect("read").is_none(), "and it is empty");
    let mut work = store.begin(now().plus_seconds(1)).await.expect("begun");
    work.put_articles(&[article(1, |parts| parts.title = "Another".into())]).await.expect("put");
    work.commit().await.expect("committed");
    let found = library().article(&key).await.expect("read").expect("there");
    assert!(*found == article(1, |parts| parts.title = "Another".into()), "not what was read before");
    store.migrate_down(1).await.expect("down");
    assert_eq!(store.schema().await.expect("read"), Schema::Older);
}

/// A second node keeps what it has read; nothing tells it that the tables came back from a backup.
async fn what_comes_after_a_backup_is_not_taken_for_what_was_lost(scratch: &Scratch) {
    let (writer, node) = (scratch.store().await, scratch.connect().await);
    let titled = |title: &str| [article(1, |parts| parts.title = title.to_owned())];
    let put_at = async |seconds, title| {
        let mut work = writer.begin(now().plus_seconds(seconds)).await.expect("begun");
        work.put_articles(&titled(title)).await.expect("put");
        work.commit().await.expect("committed");
    };
    let library = node.library(&Viewer::Anonymous, now());
    let read = async || {
        let one = library.article(&ArticleKey::Id(article_id(1))).await.expect("read").expect("there");
        let list = library.articles(&Selection::default(), &PageRequest::first(size(5))).await.expect("read");
        assert!(list.items().all(|listed| *listed == one), "a list says the same");
        one
    };
    put_at(0, "Kept").await;
    let tables = ["publication", "article_slug", "shelf", "change"];
    for table in tables {
        scratch.run(&format!("CREATE TABLE backup_{table} AS SELECT * FROM {table}")).await;
    }
    put_at(10, "Lost").await;
    assert!(*read().await == titled("Lost")[0]);
    for table in tables {
        scratch.run(&format!("DELETE FROM {table}")).await;
        scratch.run(&format!("INSERT INTO {table} SELECT * FROM backup_{table}")).await;
    }
    assert!(*read().await == titled("Kept")[0]);
    put_at(20, "Written after").await;
    assert!(*read().await == titled("Written after")[0]);
}

async fn two_nodes_may_migrate_at_once(scratch: &Scratch) {
    let (one, other) = (scratch.connect().await, scratch.connect().await);
    let all = one.pending_migrations().await.expect("read").len();
    let (first, second) = tokio::join!(one.migrate(), other.migrate());
    let steps = first.expect("up").len() + second.expect("up").len();
    assert_eq!(steps, all, "each step is taken by one of them");
}

async fn ids_are_sixteen_bytes_that_sort_by_time(scratch: &Scratch) {
    let store = scratch.store().await;
    let numbers = [7_u16, 1, 300, 2, 255, 256];
    let articles: Vec<_> = numbers.iter().map(|number| article(*number, |_| {})).collect();
    put(&store, &articles).await.expect("put");
    let found: Vec<Uuid> = scratch
        .rows("SELECT article_id FROM publication ORDER BY article_id")
        .await
        .iter()
        .map(|row| row.try_get("", "article_id").expect("an id"))
        .collect();
    let mut sorted: Vec<_> = numbers.map(|number| article_id(number).uuid()).into();
    sorted.sort_unstable();
    assert_eq!(found, sorted);
    let form = if scratch.is_sqlite() {
        "SELECT DISTINCT typeof(article_id) || length(article_id) AS form FROM publication"
    } else {
        "SELECT DISTINCT pg_typeof(article_id)::text AS form FROM publication"
    };
    let forms = scratch.rows(form).await;
    let form: String = forms[0].try_get("", "form").expect("a text");
    assert_eq!(form, if scratch.is_sqlite() { "blob16" } else { "uuid" });
    let micros: i64 = scratch.rows("SELECT MAX(published_at) AS at FROM publication").await[0]
        .try_get("", "at")
        .expect("a number");
    assert_eq!(micros, at(300).micros());
}
