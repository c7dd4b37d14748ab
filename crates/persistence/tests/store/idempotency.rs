//! Claims on keys: one of many has it, what is written within it says so, and nobody writes who was overtaken.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use futures_util::future::join_all;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::MemberId;
use masthead_domain::member::{Member, Status};
use masthead_persistence::{Claim, Claimed, EarlierRequest, KeyedRequest, Progress, Store, StoreError};
use uuid::Uuid;

on_both!(
    one_of_many_has_the_claim,
    what_is_written_marks_the_claim_and_what_is_taken_back_does_not,
    who_has_done_nothing_gives_way_after_a_minute_and_writes_nothing_then,
    who_has_done_something_gives_way_after_a_day,
    an_answer_is_kept_for_the_claim_that_gave_it,
    what_is_old_is_forgotten,
    one_holder_has_the_newest_ten_thousand,
    what_is_kept_for_a_member_goes_with_them,
);

const DAY: i64 = 86_400;

/// A request of one holder; an odd attempt forgets nothing that is old.
fn request(attempt: u8) -> KeyedRequest<'static> {
    KeyedRequest {
        name: [1; 32],
        holder: "mem_somebody",
        fingerprint: [2; 32],
        attempt: Uuid::from_bytes([attempt; 16]),
        known: 10_000,
    }
}

async fn claim(store: &Store, request: KeyedRequest<'_>, at: Timestamp) -> Claimed {
    store.claim(&request, at).await.expect("asked")
}

async fn ours(store: &Store, request: KeyedRequest<'_>, at: Timestamp) -> Claim {
    match claim(store, request, at).await {
        Claimed::Ours(claim) => claim,
        Claimed::Before(earlier) => panic!("{earlier:?}"),
    }
}

async fn before(store: &Store, request: KeyedRequest<'_>, at: Timestamp) -> EarlierRequest {
    match claim(store, request, at).await {
        Claimed::Before(earlier) => earlier,
        Claimed::Ours(claim) => panic!("{claim:?}"),
    }
}

/// Writes something.
async fn write(store: &Store) -> Result<(), StoreError> {
    let mut work = store.begin(now()).await?;
    work.record("desk", "thing.done", "it").await?;
    work.commit().await
}

async fn one_of_many_has_the_claim(scratch: &Scratch) {
    let nodes = [scratch.store().await, scratch.connect().await];
    let all = (1..=20_u8).map(|attempt| claim(&nodes[usize::from(attempt) % 2], request(attempt), now()));
    let all = join_all(all).await;
    let ours: Vec<_> = all.iter().filter(|claimed| matches!(claimed, Claimed::Ours(_))).collect();
    assert_eq!(ours.len(), 1, "{all:?}");
    let others = all.iter().filter_map(|claimed| match claimed {
        Claimed::Before(earlier) => Some(earlier),
        Claimed::Ours(_) => None,
    });
    for earlier in others {
        assert_eq!((earlier.fingerprint, &earlier.progress), ([2; 32], &Progress::Begun));
        assert_eq!(earlier.started, now());
    }
}

async fn what_is_written_marks_the_claim_and_what_is_taken_back_does_not(scratch: &Scratch) {
    let store = scratch.store().await;
    write(&store).await.expect("without a claim there is nothing to mark");
    let claim = ours(&store, request(1), now()).await;
    let taken_back = async {
        let mut work = store.begin(now()).await.expect("begun");
        work.record("desk", "thing.done", "it").await.expect("recorded");
        drop(work);
    };
    claim.within(taken_back).await;
    assert_eq!(before(&store, request(3), now()).await.progress, Progress::Begun);
    claim.within(write(&store)).await.expect("written");
    claim.within(write(&store)).await.expect("written once more");
    assert_eq!(before(&store, request(3), now()).await.progress, Progress::Done);
    assert!(!store.release(claim).await.expect("asked"), "what has done something is not free");
    let audit = scratch.rows("SELECT * FROM audit").await;
    assert_eq!(audit.len(), 3);
}

async fn who_has_done_nothing_gives_way_after_a_minute_and_writes_nothing_then(scratch: &Scratch) {
    let (store, node) = (scratch.store().await, scratch.connect().await);
    let slow = ours(&store, request(1), now()).await;
    let earlier = before(&node, request(3), now().plus_seconds(59)).await;
    assert!(!earlier.is_over(now().plus_seconds(59)) && earlier.is_over(now().plus_seconds(60)));
    let other = KeyedRequest { fingerprint: [9; 32], ..request(3) };
    before(&node, other, now().plus_seconds(3_600)).await;
    let next = ours(&node, request(3), now().plus_seconds(60)).await;
    let refused = slow.within(write(&store)).await;
    assert!(matches!(refused, Err(StoreError::Overtaken)), "{refused:?}");
    assert!(!store.release(slow).await.expect("asked"), "it has nothing to give back");
    store.keep_answer(slow, Some(b"late"), now()).await.expect("asked");
    assert_eq!(before(&node, request(5), now().plus_seconds(61)).await.progress, Progress::Begun);
    next.within(write(&node)).await.expect("written");
    assert_eq!(scratch.rows("SELECT * FROM audit").await.len(), 1);
}

async fn who_has_done_something_gives_way_after_a_day(scratch: &Scratch) {
    let store = scratch.store().await;
    let claim = ours(&store, request(1), now()).await;
    claim.within(write(&store)).await.expect("written");
    let last = now().plus_seconds(DAY).plus_seconds(-1);
    assert_eq!(before(&store, request(3), last).await.progress, Progress::Done);
    let other = KeyedRequest { fingerprint: [9; 32], ..request(3) };
    ours(&store, other, now().plus_seconds(DAY)).await;
    let fresh = before(&store, request(5), now().plus_seconds(DAY)).await;
    assert_eq!((fresh.fingerprint, fresh.progress), ([9; 32], Progress::Begun));
}

async fn an_answer_is_kept_for_the_claim_that_gave_it(scratch: &Scratch) {
    let store = scratch.store().await;
    let claim = ours(&store, request(1), now()).await;
    let answer: Vec<u8> = (0..=255).collect();
    store.keep_answer(claim, Some(&answer), now()).await.expect("kept");
    let earlier = before(&store, request(3), now().plus_seconds(3_600)).await;
    assert_eq!((earlier.attempt, earlier.progress), (request(1).attempt, Progress::Ended(Some(answer))));
    let other = KeyedRequest { name: [7; 32], ..request(3) };
    let claim = ours(&store, other, now()).await;
    store.keep_answer(claim, None, now()).await.expect("kept");
    assert_eq!(before(&store, other, now()).await.progress, Progress::Ended(None));
    let other = KeyedRequest { name: [8; 32], ..request(3) };
    let claim = ours(&store, other, now()).await;
    assert!(store.release(claim).await.expect("released"));
    ours(&store, other, now()).await;
}

async fn what_is_old_is_forgotten(scratch: &Scratch) {
    let store = scratch.store().await;
    for name in [10, 11] {
        ours(&store, KeyedRequest { name: [name; 32], ..request(1) }, now()).await;
    }
    ours(&store, KeyedRequest { name: [12; 32], ..request(1) }, now().plus_seconds(10)).await;
    let names = async || scratch.rows("SELECT name FROM idempotency").await.len();
    ours(&store, KeyedRequest { name: [13; 32], ..request(1) }, now().plus_seconds(DAY)).await;
    assert_eq!(names().await, 4, "not every claim looks");
    ours(&store, KeyedRequest { name: [14; 32], ..request(16) }, now().plus_seconds(DAY)).await;
    assert_eq!(names().await, 3);
}

async fn one_holder_has_the_newest_ten_thousand(scratch: &Scratch) {
    let store = scratch.store().await;
    let bits = if scratch.is_sqlite() { "randomblob(16)" } else { "gen_random_uuid()" };
    let start = now().micros();
    for (holder, many) in [("mem_somebody", 10_004), ("mem_other", 3)] {
        scratch
            .run(&format!(
                "INSERT INTO idempotency (name, holder, fingerprint, attempt, started_at)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
                SELECT '{holder}' || i, '{holder}', '', {bits}, {start} + i FROM n"
            ))
            .await;
    }
    ours(&store, request(16), now().plus_seconds(60)).await;
    let count =
        async |of: &str| scratch.rows(&format!("SELECT name FROM idempotency WHERE {of}")).await.len();
    assert_eq!(count("holder = 'mem_somebody'").await, 10_001, "with the new one");
    assert_eq!(count("name IN ('mem_somebody1', 'mem_somebody4')").await, 0, "the oldest have gone");
    assert_eq!(count("name IN ('mem_somebody5', 'mem_somebody10004')").await, 2);
    assert_eq!(count("holder = 'mem_other'").await, 3);
}

async fn what_is_kept_for_a_member_goes_with_them(scratch: &Scratch) {
    let store = scratch.store().await;
    let member = Member {
        id: MemberId::new(now(), [1; 10]),
        email: "reader@paper.example".parse().expect("an address"),
        name: None,
        status: Status::Active,
        created: now(),
        note: None,
        labels: Vec::new(),
    };
    let holder = member.id.to_string();
    let theirs = KeyedRequest { holder: &holder, ..request(1) };
    let claim = ours(&store, theirs, now()).await;
    ours(&store, KeyedRequest { name: [9; 32], ..request(1) }, now()).await;
    let erase = async {
        let mut work = store.begin(now()).await.expect("begun");
        work.put_members(std::slice::from_ref(&member)).await.expect("put");
        work.erase_member(&member).await.expect("erased");
        work.commit().await.expect("committed");
    };
    // Also when they asked for it with a key of theirs.
    claim.within(erase).await;
    store.keep_answer(claim, Some(b"done"), now()).await.expect("asked");
    let left = scratch.rows("SELECT holder FROM idempotency").await;
    let left: Vec<String> = left.iter().map(|row| row.try_get("", "holder").expect("a text")).collect();
    assert_eq!(left, ["mem_somebody"]);
}
