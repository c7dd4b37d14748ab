//! Several stores on one database, written and read at the same time.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use masthead_domain::page::PageRequest;
use masthead_domain::selection::Selection;
use masthead_domain::viewer::Viewer;
use masthead_persistence::{Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

on_both!(readers_see_whole_units_of_work, one_of_two_writers_gets_the_slug);

const BATCH: u16 = 20;

/// Puts batches of articles that each carry one tag, and nothing else does.
async fn write(store: Store, batches: std::ops::Range<u16>) {
    for batch in batches {
        let tagged = |number: u16| article(batch * BATCH + number, |parts| parts.tags = vec![tag_id(batch)]);
        let mut work = store.begin(now()).await.expect("begun");
        work.put_tags(&[tag(batch)]).await.expect("put");
        for half in [0..BATCH / 2, BATCH / 2..BATCH] {
            let articles: Vec<_> = half.map(tagged).collect();
            work.put_articles(&articles).await.expect("put");
        }
        work.commit().await.expect("committed");
    }
}

async fn read(store: Store, done: Arc<AtomicBool>) -> u32 {
    let mut looks = 0;
    let mut sequence = 0;
    while !done.load(Ordering::Relaxed) {
        let (_, horizon) = store.glance(None, &Default::default(), now()).await.expect("read");
        assert!(horizon.sequence >= sequence, "the log only grows");
        sequence = horizon.sequence;
        let library = store.library(&Viewer::Anonymous, now());
        for batch in 0..10 {
            let tagged = Selection { tag: Some(tag_id(batch)), ..Selection::default() };
            let count = library.count(&tagged).await.expect("counted");
            assert!(count == 0 || count == u64::from(BATCH), "half a unit of work: {count}");
        }
        let page =
            library.articles(&Selection::default(), &PageRequest::first(size(50))).await.expect("read");
        assert_eq!(page.rows.len() % usize::from(BATCH), if page.has_next { 10 } else { 0 });
        looks += 1;
    }
    looks
}

async fn readers_see_whole_units_of_work(scratch: &Scratch) {
    let (one, other) = (scratch.store().await, scratch.connect().await);
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> =
        [&one, &other, &other].map(|store| tokio::spawn(read(store.clone(), Arc::clone(&done)))).into();
    let writers = [tokio::spawn(write(one.clone(), 0..5)), tokio::spawn(write(other.clone(), 5..10))];
    for writer in writers {
        writer.await.expect("written");
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.await.expect("read") > 0);
    }
    let log = scratch.rows("SELECT sequence FROM change ORDER BY sequence").await;
    assert_eq!(log.len(), 10 * (1 + usize::from(BATCH)));
    let all = one.library(&Viewer::Anonymous, now()).count(&Selection::default()).await.expect("counted");
    assert_eq!(all, u64::from(BATCH) * 10);
}

async fn one_of_two_writers_gets_the_slug(scratch: &Scratch) {
    let (one, other) = (scratch.store().await, scratch.connect().await);
    let named = |number| [article(number, |parts| parts.slug = slug("wanted"))];
    let (first, second) = (named(1), named(2));
    let (first, second) = tokio::join!(put(&one, &first), put(&other, &second));
    let outcome = match (first, second) {
        (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
        both => panic!("one wins and one loses: {both:?}"),
    };
    assert!(matches!(outcome, StoreError::Conflict { .. }), "{outcome}");
}
