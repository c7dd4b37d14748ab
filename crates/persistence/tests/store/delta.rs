//! What a partner that follows is told, and who follows beside partners.

use crate::fixture::*;
use crate::licences::{licence, walked};
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::{Article, ArticleParts, Correction, Stage};
use masthead_domain::change::NoticeKind::{self, Corrected, Created, OutsideLicence, Updated, Withdrawn};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::partner::{Partner, PartnerStatus, Unlicensed};
use masthead_domain::selection::{Order, Selection};
use masthead_domain::viewer::{Extent, Licence, NoStanding, Partner as Licensed, Viewer};
use masthead_persistence::{LedgerPlace, Pace, Store};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

on_both!(
    each_change_is_told_for_what_it_is,
    nothing_that_is_not_covered_moves_a_sequence,
    whoever_follows_while_two_nodes_write_misses_nothing,
    where_nothing_has_changed_nothing_is_written,
    a_log_that_was_put_back_is_noticed,
    the_staff_follows_the_log_itself,
    a_ledger_goes_with_its_partner,
);

pub(crate) fn partner_id() -> PartnerId {
    PartnerId::new(at(0), [1; 10])
}

pub(crate) async fn license(store: &Store, licence: &Licence, now: Timestamp) {
    let partner = Partner {
        id: partner_id(),
        name: "The Agency".into(),
        contact: None,
        status: PartnerStatus::Active,
        created: at(0),
        licence: Some(licence.clone()),
    };
    let mut work = store.begin(now).await.expect("begun");
    work.put_partner(&partner).await.expect("put");
    work.commit().await.expect("committed");
}

fn viewer(licence: &Licence) -> Viewer {
    Viewer::Partner(Licensed { id: partner_id(), licence: Arc::new(licence.clone()) })
}

/// Somebody who keeps what they are told of.
#[derive(Default)]
pub(crate) struct Follower {
    after: LedgerPlace,
    pub(crate) held: HashMap<ArticleId, Arc<Article>>,
    /// How many corrections of each article they were told of as such, or had from the beginning.
    pub(crate) corrections: HashMap<ArticleId, usize>,
}

impl Follower {
    /// Asks once, and says whether there is more. As the gateway does, it goes no further than to what is there for it now.
    pub(crate) async fn poll(
        &mut self,
        store: &Store,
        licence: &Licence,
        (rows, pace): (u32, Pace),
        now: Timestamp,
    ) -> bool {
        let followed = store.follow_in_steps(partner_id(), pace, now).await.expect("followed");
        let followed = followed.expect("a valid licence");
        let found =
            store.notices(partner_id(), self.after, size(rows)).await.expect("read").expect("a place");
        self.after.began = found.began;
        let viewer = viewer(licence);
        let library = store.library(&viewer, now);
        for notice in found.rows {
            assert!(notice.sequence > self.after.sequence, "in order");
            if notice.kind.is_tombstone() {
                self.held.remove(&notice.article);
            } else {
                let there = library.articles_by_ids(&[notice.article]).await.expect("read");
                let Some(article) = there.get(&notice.article) else { return true };
                let (now, known) = (article.index().corrections, self.corrections.get(&notice.article));
                let told = match notice.kind {
                    Updated => known.copied().unwrap_or_default().min(now),
                    _ => now,
                };
                self.corrections.insert(notice.article, told);
                self.held.insert(notice.article, Arc::clone(article));
            }
            self.after.sequence = notice.sequence;
        }
        found.more || !followed.is_current
    }

    pub(crate) async fn poll_to_the_end(
        &mut self,
        store: &Store,
        licence: &Licence,
        pace: Pace,
        now: Timestamp,
    ) {
        for _ in 0..1_000 {
            if !self.poll(store, licence, (100, pace), now).await {
                return;
            }
        }
        panic!("there is always more");
    }
}

fn all() -> Selection {
    Selection { order: Order::UpdatedAscending, ..Selection::default() }
}

pub(crate) async fn holds_what_it_may(
    follower: &Follower,
    store: &Store,
    licence: &Licence,
    now: Timestamp,
    story: &str,
) {
    let viewer = viewer(licence);
    let library = store.library(&viewer, now);
    let mut listed = walked(&library, &all()).await;
    let mut held: Vec<_> = follower.held.keys().copied().collect();
    listed.sort_unstable();
    held.sort_unstable();
    assert_eq!(held, listed, "{story}");
    let there = library.articles_by_ids(&listed).await.expect("read");
    for (id, article) in &follower.held {
        assert!(**article == *there[id], "{story}: {id} as it is now");
    }
}

/// What is told after a place, by the articles' numbers.
pub(crate) async fn told(
    store: &Store,
    after: &mut LedgerPlace,
    now: Timestamp,
) -> Vec<(ArticleId, NoticeKind)> {
    store.follow(partner_id(), now).await.expect("followed").expect("a licence");
    let found = store.notices(partner_id(), *after, size(100)).await.expect("read").expect("a place");
    after.began = found.began;
    after.sequence = found.rows.last().map_or(after.sequence, |row| row.sequence);
    found.rows.iter().map(|row| (row.article, row.kind)).collect()
}

pub(crate) fn corrected(parts: &mut ArticleParts) {
    parts.corrections = vec![Correction { at: at(500), text: "It was Tuesday.".into() }];
    parts.updated = at(500);
}

async fn each_change_is_told_for_what_it_is(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_tags, &[tag(1)]);
    let tagged = |number, change: fn(&mut ArticleParts)| {
        article(number, |parts| {
            parts.tags = vec![tag_id(1)];
            change(parts);
        })
    };
    let narrow = Licence { tags: Some([tag_id(1)].into()), ..licence() };
    license(&store, &narrow, now()).await;
    put(&store, &[tagged(1, |_| {}), tagged(2, |_| {}), tagged(3, |_| {}), article(4, |_| {})])
        .await
        .expect("put");
    let mut after = LedgerPlace::default();
    let ids = [1, 2, 3, 4].map(article_id);
    let [one, two, three, four] = ids;
    let created = |id| (id, Created);
    assert_eq!(told(&store, &mut after, now()).await, [created(one), created(two), created(three)]);
    assert_eq!(told(&store, &mut after, now()).await, []);

    put(&store, &[tagged(2, |parts| parts.title = "Another".into())]).await.expect("put");
    put(&store, &[tagged(3, corrected)]).await.expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [(two, Updated), (three, Corrected)]);
    put(&store, &[tagged(1, |parts| parts.stage = Stage::Withdrawn), article(2, |_| {})]).await.expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [(one, Withdrawn), (two, OutsideLicence)]);
    let mut gone = after;
    put(&store, &[article(2, |parts| parts.title = "Third".into())]).await.expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [], "what is gone is told of no more");
    put(&store, &[tagged(2, |_| {}), tagged(4, |_| {})]).await.expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [created(two), created(four)]);
    // Two changes that nobody has heard of in between are one, and the greater one is told.
    put(&store, &[tagged(4, corrected)]).await.expect("put");
    store.follow(partner_id(), now()).await.expect("followed").expect("a licence");
    put(
        &store,
        &[tagged(4, |parts| {
            corrected(parts);
            parts.title = "New".into();
        })],
    )
    .await
    .expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [(four, Corrected)]);
    assert_eq!(told(&store, &mut gone, now()).await, [created(two), created(four)]);
    let mut zero = LedgerPlace::default();
    let all = told(&store, &mut zero, now()).await;
    assert_eq!(
        all,
        [created(three), created(two), created(four)],
        "nobody is told that what they never had is gone"
    );

    license(&store, &Licence { extent: Extent::Headline, ..narrow.clone() }, now()).await;
    let again = told(&store, &mut after, now()).await;
    assert_eq!(again.len(), 3, "a narrower licence shows less of everything: {again:?}");
    assert!(again.iter().all(|(_, kind)| *kind == Updated));
    let more = |parts: &mut ArticleParts| {
        corrected(parts);
        parts.corrections.extend(parts.corrections.clone());
    };
    put(&store, &[tagged(4, more)]).await.expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [(four, Updated)], "a headline tells of no correction");
    license(&store, &Licence { tags: Some([].into()), ..narrow }, now()).await;
    let gone = told(&store, &mut after, now()).await;
    assert_eq!(gone.len(), 3, "{gone:?}");
    assert!(gone.iter().all(|(_, kind)| *kind == OutsideLicence));

    // A delay: told when it has passed, and taken back when it has grown.
    let later = |seconds| now().plus_seconds(seconds);
    license(&store, &Licence { delay_seconds: 60, ..licence() }, now()).await;
    told(&store, &mut after, now()).await;
    let fresh = article(9, |parts| {
        parts.published = Some(now());
        parts.updated = now();
    });
    put(&store, &[fresh]).await.expect("put");
    assert_eq!(told(&store, &mut after, later(59)).await, []);
    assert_eq!(told(&store, &mut after, later(60)).await, [created(article_id(9))]);
    license(&store, &Licence { delay_seconds: 600, ..licence() }, now()).await;
    assert_eq!(told(&store, &mut after, later(60)).await, [(article_id(9), OutsideLicence)]);
}

async fn nothing_that_is_not_covered_moves_a_sequence(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_tags, &[tag(1)]);
    let covered = |number: u16, title: &str| {
        article(number, |parts| {
            parts.tags = vec![tag_id(1)];
            parts.title = title.to_owned();
        })
    };
    license(&store, &Licence { tags: Some([tag_id(1)].into()), ..licence() }, now()).await;
    let mut after = LedgerPlace::default();
    for number in 0..40 {
        put(
            &store,
            &[article(100 + number, |_| {}), article(200 + number, |parts| parts.stage = Stage::Draft)],
        )
        .await
        .expect("put");
        if number % 4 == 0 {
            put(&store, &[covered(number, "One")]).await.expect("put");
        }
        told(&store, &mut after, now()).await;
    }
    assert_eq!(after.sequence, 10, "ten articles, ten sequences");
}

async fn whoever_follows_while_two_nodes_write_misses_nothing(scratch: &Scratch) {
    let (one, other) = (scratch.store().await, scratch.connect().await);
    let wide = licence();
    license(&one, &wide, now()).await;
    let done = Arc::new(AtomicBool::new(false));
    let write = |store: Store, first: u16| async move {
        for number in 0..60 {
            let some = [
                article(first + number, |_| {}),
                article(first + number / 2, |parts| parts.title = format!("{number}")),
            ];
            put(&store, &some).await.expect("put");
        }
    };
    let follow = |store: Store, twin: Store| {
        let (done, wide) = (Arc::clone(&done), wide.clone());
        async move {
            let mut follower = Follower::default();
            while !done.load(Ordering::Relaxed) {
                for store in [&store, &twin] {
                    follower.poll(store, &wide, (7, Pace::new(3)), now()).await;
                }
            }
            follower.poll_to_the_end(&twin, &wide, Pace::new(3), now()).await;
            follower
        }
    };
    let follower = tokio::spawn(follow(one.clone(), other.clone()));
    let writers = [tokio::spawn(write(one.clone(), 0)), tokio::spawn(write(other.clone(), 1_000))];
    for writer in writers {
        writer.await.expect("written");
    }
    done.store(true, Ordering::Relaxed);
    let follower = follower.await.expect("followed");
    assert_eq!(follower.held.len(), 120);
    holds_what_it_may(&follower, &one, &wide, now(), "two nodes").await;
}

async fn where_nothing_has_changed_nothing_is_written(scratch: &Scratch) {
    let store = scratch.store().await;
    license(&store, &licence(), now()).await;
    put(&store, &[article(1, |_| {})]).await.expect("put");
    store.follow(partner_id(), now()).await.expect("followed").expect("a licence");
    // Somebody else writes all the while.
    let work = store.begin(now()).await.expect("begun");
    let before = store.queries();
    let followed = store.follow(partner_id(), now()).await.expect("followed").expect("a licence");
    assert!(followed.is_current && followed.due.is_none());
    assert_eq!(store.queries() - before, 5);
    drop(work);
    let other = Partner {
        id: PartnerId::new(at(0), [9; 10]),
        ..store.registry().partner(partner_id()).await.expect("read").expect("there").partner
    };
    let unlicensed = Partner { licence: None, ..other };
    let mut work = store.begin(now()).await.expect("begun");
    work.put_partner(&unlicensed).await.expect("put");
    work.commit().await.expect("committed");
    let refused = store.follow(unlicensed.id, now()).await.expect("read");
    assert_eq!(refused, Err(NoStanding::Unlicensed(Unlicensed::Without)));
    let unknown = store.follow(PartnerId::new(at(0), [8; 10]), now()).await.expect("read");
    assert_eq!(unknown, Err(NoStanding::Ended));
    assert_eq!(scratch.rows("SELECT 1 FROM delta_follower").await.len(), 1);
}

async fn a_log_that_was_put_back_is_noticed(scratch: &Scratch) {
    let store = scratch.store().await;
    license(&store, &licence(), now()).await;
    put(&store, &[article(1, |_| {}), article(2, |_| {})]).await.expect("put");
    let mut after = LedgerPlace::default();
    assert_eq!(told(&store, &mut after, now()).await.len(), 2);
    scratch.run("DELETE FROM change").await;
    scratch.run("DELETE FROM shelf WHERE name = 'all' AND published_at < 1750000002000000").await;
    put(&store, &[article(3, |_| {})]).await.expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [(article_id(1), Withdrawn), (article_id(3), Created)]);
    let beyond = store
        .notices(partner_id(), LedgerPlace { sequence: after.sequence + 1, ..after }, size(1))
        .await
        .expect("read");
    assert_eq!(beyond, None, "the ledger has not come so far");
}

async fn the_staff_follows_the_log_itself(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_tags, &[tag(1), tag(2)]);
    put(&store, &[article(1, |_| {}), article(2, |parts| parts.stage = Stage::Draft)]).await.expect("put");
    put(&store, &[article(1, corrected)]).await.expect("put");
    put(&store, &[article(3, |_| {}), article(1, |parts| parts.stage = Stage::Withdrawn)])
        .await
        .expect("put");
    let page = store.article_changes((0, 0), size(2)).await.expect("read").expect("a log");
    let told = |page: &masthead_persistence::LogPage| -> Vec<_> {
        page.notices.iter().map(|notice| (notice.article, notice.kind)).collect()
    };
    assert_eq!(
        told(&page),
        [(article_id(2), Created), (article_id(1), Corrected)],
        "each once, the last of it"
    );
    assert!(page.more);
    let rest = store.article_changes(page.last, size(2)).await.expect("read").expect("a log");
    assert_eq!((told(&rest), rest.more), (vec![(article_id(3), Created), (article_id(1), Withdrawn)], false));
    let end = store.article_changes(rest.last, size(2)).await.expect("read").expect("a log");
    assert_eq!((told(&end), end.more, end.last), (vec![], false, rest.last));
    let (sequence, at) = rest.last;
    assert_eq!(store.article_changes((sequence, at + 1), size(2)).await.expect("read"), None, "another log");
    assert_eq!(store.article_changes((sequence + 1, at), size(2)).await.expect("read"), None);
}

async fn a_ledger_goes_with_its_partner(scratch: &Scratch) {
    let store = scratch.store().await;
    license(&store, &licence(), now()).await;
    put(&store, &[article(1, |_| {})]).await.expect("put");
    store.follow(partner_id(), now()).await.expect("followed").expect("a licence");
    let mut work = store.begin(now()).await.expect("begun");
    work.remove_partner(partner_id()).await.expect("removed");
    work.commit().await.expect("committed");
    assert_eq!(store.follow(partner_id(), now()).await.expect("read"), Err(NoStanding::Ended));
    for table in ["delta", "delta_follower"] {
        assert!(scratch.rows(&format!("SELECT 1 FROM {table}")).await.is_empty(), "{table}");
    }
}
