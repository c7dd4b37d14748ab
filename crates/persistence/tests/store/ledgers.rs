//! What it costs to keep ledgers up to date, and that nothing is lost between two units of work on one.

use crate::delta::{corrected, license, partner_id, told};
use crate::fixture::*;
use crate::licences::licence;
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::Stage;
use masthead_domain::change::NoticeKind::{Corrected, Created, Updated};
use masthead_domain::clock::Timestamp;
use masthead_domain::partner::{Partner, PartnerStatus, Unlicensed};
use masthead_domain::section::Section;
use masthead_domain::viewer::{Licence, NoStanding};
use masthead_persistence::{LedgerPlace, Pace, Store};

on_both!(
    a_correction_after_many_other_changes_is_told,
    what_concerns_no_partner_takes_no_turn,
    a_section_that_is_described_anew_takes_no_turn,
    a_clock_that_stands_behind_sets_nothing_back,
    a_narrow_licence_is_walked_in_bounded_steps,
    a_place_that_is_far_ahead_is_stored_without_a_turn,
    whoever_may_take_nothing_is_told_why,
);

/// Brings the ledger up to date while somebody else writes, so that whoever wants a turn fails; answers with the number of
/// statements.
async fn follow_without_a_turn(store: &Store, now: Timestamp) -> u64 {
    let work = store.begin(now).await.expect("begun");
    let before = store.queries();
    let followed = store.follow(partner_id(), now).await.expect("no turn").expect("a licence");
    assert!(followed.is_current);
    let statements = store.queries() - before;
    drop(work);
    statements
}

/// The number that a statement finds.
async fn number(scratch: &Scratch, statement: &str) -> i64 {
    scratch.rows(statement).await[0].try_get("", "number").expect("a number")
}

async fn a_correction_after_many_other_changes_is_told(scratch: &Scratch) {
    let store = scratch.store().await;
    license(&store, &licence(), now()).await;
    put(&store, &[article(0, |_| {})]).await.expect("put");
    let mut after = LedgerPlace::default();
    assert_eq!(told(&store, &mut after, now()).await, [(article_id(0), Created)]);
    put(&store, &[article(0, |parts| parts.title = "Another".into())]).await.expect("put");
    put(&store, &(1..=600).map(|number| article(number, |_| {})).collect::<Vec<_>>()).await.expect("put");
    put(&store, &[article(0, corrected)]).await.expect("put");
    let mut all = Vec::new();
    loop {
        let some = told(&store, &mut after, now()).await;
        if some.is_empty() {
            break;
        }
        all.extend(some);
    }
    let last = all.iter().rfind(|(article, _)| *article == article_id(0));
    assert_eq!(last, Some(&(article_id(0), Corrected)));
    assert_eq!(all.len(), 601, "each once");
}

async fn what_concerns_no_partner_takes_no_turn(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_tags, &[tag(1), tag(2)]);
    let tagged = |number| article(number, |parts| parts.tags = vec![tag_id(1)]);
    license(&store, &Licence { tags: Some([tag_id(1), tag_id(2)].into()), ..licence() }, now()).await;
    put(&store, &[tagged(1)]).await.expect("put");
    let mut after = LedgerPlace::default();
    assert_eq!(told(&store, &mut after, now()).await, [(article_id(1), Created)]);
    assert_eq!(follow_without_a_turn(&store, now()).await, 5);
    for number in 10..20 {
        let draft = article(number, |parts| parts.stage = Stage::Draft);
        put(&store, &[draft, article(100 + number, |_| {})]).await.expect("put");
    }
    put_all!(store, put_authors, &[author(0)]);
    // Of the partner, its ledger, the log, what is listed of what the log names, the ledger's rows, what was published and
    // what will be.
    assert!(follow_without_a_turn(&store, now()).await <= 7);
    // Another node, or this one when it starts again, finds the same.
    let other = scratch.connect().await;
    assert!(follow_without_a_turn(&other, now()).await <= 7);
    put(&other, &[tagged(2)]).await.expect("put");
    assert_eq!(told(&other, &mut after, now()).await, [(article_id(2), Created)]);
    assert_eq!(follow_without_a_turn(&store, now()).await, 5, "the place moved on with what was told");
    assert_eq!(told(&store, &mut after, now()).await, []);
}

async fn a_section_that_is_described_anew_takes_no_turn(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_sections, &[section(1, None), section(2, Some(1)), section(3, None)]);
    let inside = |number: u16, place: u16| article(number, |parts| parts.section = Some(section_id(place)));
    license(&store, &Licence { sections: Some([section_id(1)].into()), ..licence() }, now()).await;
    put(&store, &[inside(1, 1), inside(2, 2), inside(3, 3)]).await.expect("put");
    let mut after = LedgerPlace::default();
    told(&store, &mut after, now()).await;
    let described =
        |number, parent| Section { description: Some("What it is about.".into()), ..section(number, parent) };
    put_all!(store, put_sections, &[described(2, Some(1)), described(3, None)]);
    // Beside the usual ones, one that asks for the sections.
    assert_eq!(follow_without_a_turn(&store, now()).await, 6);
    put_all!(store, put_sections, &[section(4, Some(2)), described(1, None)]);
    assert_eq!(follow_without_a_turn(&store, now()).await, 6, "a new section moves no articles");
    put_all!(store, put_sections, &[described(3, Some(4))]);
    assert_eq!(told(&store, &mut after, now()).await, [(article_id(3), Created)]);
    put_all!(store, put_sections, &[described(3, None)]);
    assert_eq!(told(&store, &mut after, now()).await.len(), 1, "and it is taken away again");
    // In one step the log tells of a correction, and the ledger is looked at again.
    put(
        &store,
        &[article(1, |parts| {
            corrected(parts);
            parts.section = Some(section_id(1));
        })],
    )
    .await
    .expect("put");
    put_all!(store, put_sections, &[described(3, Some(4))]);
    assert_eq!(told(&store, &mut after, now()).await, [(article_id(1), Corrected), (article_id(3), Created)]);
    put(&store, &[inside(4, 4)]).await.expect("put");
    assert_eq!(told(&store, &mut after, now()).await, [(article_id(4), Created)]);
}

async fn a_clock_that_stands_behind_sets_nothing_back(scratch: &Scratch) {
    let store = scratch.store().await;
    license(&store, &licence(), now()).await;
    let later = |seconds| now().plus_seconds(seconds);
    let fresh = |title: &str| {
        article(1, |parts| {
            parts.title = title.to_owned();
            parts.published = Some(later(2));
            parts.updated = later(2);
        })
    };
    put(&store, &[fresh("One")]).await.expect("put");
    let mut after = LedgerPlace::default();
    assert_eq!(told(&store, &mut after, later(3)).await, [(article_id(1), Created)]);
    let place = async || number(scratch, "SELECT published_at AS number FROM delta_follower").await;
    let before = place().await;
    follow_without_a_turn(&store, later(1)).await;
    assert_eq!(place().await, before);
    // What is there by one clock is not taken back by another, even when the log says that it changed.
    put(&store, &[fresh("Two")]).await.expect("put");
    assert_eq!(told(&store, &mut after, later(1)).await, [(article_id(1), Updated)]);
    assert_eq!(place().await, before);
    assert_eq!(told(&store, &mut after, later(3)).await, []);
}

async fn a_narrow_licence_is_walked_in_bounded_steps(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_tags, &[tag(1), tag(2)]);
    license(&store, &Licence { tags: Some([tag_id(1), tag_id(2)].into()), ..licence() }, now()).await;
    let articles = (0..=120).map(|number| {
        article(number, |parts| {
            if number == 120 {
                parts.tags = vec![tag_id(2)];
            }
        })
    });
    let articles: Vec<_> = articles.collect();
    put(&store, &articles).await.expect("put");
    let follow = async || {
        let before = store.queries();
        let followed = store.follow_in_steps(partner_id(), Pace::new(5), now()).await.expect("followed");
        (followed.expect("a licence").is_current, store.queries() - before)
    };
    let place = async || number(scratch, "SELECT published_at AS number FROM delta_follower").await;
    assert!(!follow().await.0);
    assert_eq!(place().await, at(49).micros(), "ten steps of five articles, though none is covered");
    // On PostgreSQL somebody else writes meanwhile; on SQLite there is one connection for it.
    let work = if scratch.is_sqlite() { None } else { Some(store.begin(now()).await.expect("begun")) };
    // Of the partner and its ledger, of the log and what was published for each step, of what will be, and the place.
    assert_eq!(follow().await, (false, 2 + 10 * 2 + 2));
    assert_eq!(place().await, at(99).micros());
    drop(work);
    assert!(follow().await.0);
    assert_eq!(told(&store, &mut LedgerPlace::default(), now()).await, [(article_id(120), Created)]);
}

async fn a_place_that_is_far_ahead_is_stored_without_a_turn(scratch: &Scratch) {
    let store = scratch.store().await;
    license(&store, &licence(), now()).await;
    put(&store, &[article(1, |_| {})]).await.expect("put");
    let mut after = LedgerPlace::default();
    assert_eq!(told(&store, &mut after, now()).await.len(), 1);
    let behind = async || {
        let behind = "SELECT (SELECT MAX(sequence) FROM change) - log_sequence AS number FROM delta_follower";
        number(scratch, behind).await
    };
    let drafts = |numbers: std::ops::Range<u16>| -> Vec<_> {
        numbers.map(|number| article(number, |parts| parts.stage = Stage::Draft)).collect()
    };
    put(&store, &drafts(10..60)).await.expect("put");
    follow_without_a_turn(&store, now()).await;
    assert_eq!(behind().await, 50, "to look again costs less than to write");
    put(&store, &drafts(60..120)).await.expect("put");
    let work = if scratch.is_sqlite() { None } else { Some(store.begin(now()).await.expect("begun")) };
    store.follow(partner_id(), now()).await.expect("no turn").expect("a licence");
    drop(work);
    assert_eq!(behind().await, 0);
    assert_eq!(follow_without_a_turn(&store, now()).await, 5);
    assert_eq!(told(&store, &mut after, now()).await, []);
}

async fn whoever_may_take_nothing_is_told_why(scratch: &Scratch) {
    let store = scratch.store().await;
    put(&store, &[article(1, |_| {})]).await.expect("put");
    license(&store, &licence(), now()).await;
    let active = store.registry().partner(partner_id()).await.expect("read").expect("there").partner;
    let early = now().plus_seconds(1);
    let licensed = |licence| Partner { licence: Some(licence), ..active.clone() };
    let refused = [
        (Partner { status: PartnerStatus::Suspended, ..active.clone() }, Unlicensed::Suspended),
        (Partner { licence: None, ..active.clone() }, Unlicensed::Without),
        (licensed(Licence { valid_from: early, ..licence() }), Unlicensed::Early(early)),
        (licensed(Licence { valid_until: Some(now()), ..licence() }), Unlicensed::Ended(now())),
    ];
    for (partner, why) in refused {
        let mut work = store.begin(now()).await.expect("begun");
        work.put_partner(&partner).await.expect("put");
        work.commit().await.expect("committed");
        let found = store.follow(partner_id(), now()).await.expect("read");
        assert_eq!(found, Err(NoStanding::Unlicensed(why)));
        assert!(scratch.rows("SELECT 1 FROM delta_follower").await.is_empty(), "nothing is written");
    }
}
