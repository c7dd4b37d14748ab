//! What it costs to keep ledgers up to date, and that nothing is lost between two units of work on one.

use crate::delta::{corrected, license, partner_id, told};
use crate::fixture::*;
use crate::licences::licence;
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::Stage;
use masthead_domain::change::NoticeKind::{Corrected, Created, Updated};
use masthead_domain::clock::Timestamp;
use masthead_domain::section::Section;
use masthead_domain::viewer::Licence;
use masthead_persistence::{LedgerPlace, Store};

on_both!(
    a_correction_after_many_other_changes_is_told,
    what_concerns_no_partner_takes_no_turn,
    a_section_that_is_described_anew_takes_no_turn,
    a_clock_that_stands_behind_sets_nothing_back,
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
    let described = |number, parent| Section {
        description: Some("What it is about.".into()),
        ..section(number, parent)
    };
    put_all!(store, put_sections, &[described(2, Some(1)), described(3, None)]);
    // Beside the usual ones, one that asks for the sections.
    assert_eq!(follow_without_a_turn(&store, now()).await, 6);
    put_all!(store, put_sections, &[section(4, Some(2)), described(1, None)]);
    assert_eq!(follow_without_a_turn(&store, now()).await, 6, "a new section moves no articles");
    put_all!(store, put_sections, &[described(3, Some(4))]);
    assert_eq!(told(&store, &mut after, now()).await, [(article_id(3), Created)]);
    put_all!(store, put_sections, &[described(3, None)]);
    assert_eq!(told(&store, &mut after, now()).await.len(), 1, "and it is taken away again");
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
    let place = async || {
        let rows = scratch.rows("SELECT published_at FROM delta_follower").await;
        rows[0].try_get::<i64>("", "published_at").expect("a number")
    };
    let before = place().await;
    follow_without_a_turn(&store, later(1)).await;
    assert_eq!(place().await, before);
    // What is there by one clock is not taken back by another, even when the log says that it changed.
    put(&store, &[fresh("Two")]).await.expect("put");
    assert_eq!(told(&store, &mut after, later(1)).await, [(article_id(1), Updated)]);
    assert_eq!(place().await, before);
    assert_eq!(told(&store, &mut after, later(3)).await, []);
}
