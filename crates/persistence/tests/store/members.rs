//! Members, and the shelves on which they stand.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use masthead_domain::id::{MemberId, NewsletterId, SubscriptionId};
use masthead_domain::member::{Member, MemberSelection, Newsletter, Origin, Status, Subscription};
use masthead_domain::page::PageRequest;
use masthead_persistence::Store;

on_both!(
    shelves_are_made_of_what_is_there,
    members_leave_the_shelves_where_they_no_longer_stand,
    many_members_cost_as_many_statements_as_few,
);

fn member(number: u16) -> Member {
    let mut bits = [0; 10];
    bits[8..].copy_from_slice(&number.to_be_bytes());
    Member {
        id: MemberId::new(at(i64::from(number)), bits),
        email: format!("reader-{number}@paper.example").parse().expect("an address"),
        name: None,
        status: if number == 2 { Status::Suspended } else { Status::Active },
        created: at(i64::from(number)),
        note: None,
        labels: vec!["VIP".into(), format!("number {number}")],
    }
}

fn newsletter() -> Newsletter {
    Newsletter {
        id: NewsletterId::new(at(0), [7; 10]),
        slug: slug("weekly"),
        name: "Weekly".into(),
        description: None,
        makes_subscriber: true,
        active: true,
    }
}

fn subscription(number: u8, ends: Option<i64>) -> Subscription {
    Subscription {
        id: SubscriptionId::new(at(0), [number; 10]),
        member: member(1).id,
        tier: slug("patron"),
        origin: Origin::Comped,
        starts: at(1),
        ends: ends.map(at),
        grace_seconds: 60,
        cancelled: None,
    }
}

/// Three members; the first has a tier now and had it before, and gets the newsletter.
async fn furnished(scratch: &Scratch) -> Store {
    let store = scratch.store().await;
    let mut work = store.begin(now()).await.expect("begun");
    work.put_newsletters(&[newsletter()]).await.expect("put");
    work.put_members(&[member(1), member(2), member(3)]).await.expect("put");
    work.put_subscriptions(&[subscription(1, Some(2)), subscription(2, None)]).await.expect("put");
    work.confirm_newsletter(member(1).id, newsletter().id).await.expect("confirmed");
    work.commit().await.expect("committed");
    store
}

async fn listed(store: &Store, selection: &MemberSelection) -> Vec<MemberId> {
    let page = store.registry().members(selection, now(), &PageRequest::first(size(20))).await.expect("read");
    page.items().map(|saved| saved.member.id).collect()
}

async fn shelves(scratch: &Scratch) -> Vec<(String, i64, uuid::Uuid)> {
    let rows = scratch.rows("SELECT name, created_at, member_id FROM member_shelf").await;
    let row = |row: &sea_orm::QueryResult| {
        let cell = |name| row.try_get("", name).expect("a number");
        let name = row.try_get("", "name").expect("a text");
        (name, cell("created_at"), row.try_get("", "member_id").expect("an id"))
    };
    let mut rows: Vec<_> = rows.iter().map(row).collect();
    rows.sort();
    rows
}

/// What the step of the schema makes of members who are there is what writing them makes.
async fn shelves_are_made_of_what_is_there(scratch: &Scratch) {
    let store = furnished(scratch).await;
    let spans = "SELECT starts_at, lapses_at FROM subscription WHERE tier = 'patron' ORDER BY id";
    let spans = async || {
        let rows = scratch.rows(spans).await;
        let span = |row: &sea_orm::QueryResult| -> (i64, Option<i64>) {
            (row.try_get("", "starts_at").expect("a number"), row.try_get("", "lapses_at").expect("a number"))
        };
        rows.iter().map(span).collect::<Vec<_>>()
    };
    let written = (shelves(scratch).await, spans().await);
    assert_eq!(written.0.len(), 3 * 4 + 2, "all, status and two labels each; a tier and a newsletter");
    assert_eq!(written.1, [(at(1).micros(), Some(at(62).micros())), (at(1).micros(), None)]);
    loop {
        let taken_back = store.migrate_down(1).await.expect("down");
        assert_eq!(taken_back.len(), 1, "the step that made the shelves is still there");
        if taken_back == ["m20261125_000007_staff"] {
            break;
        }
    }
    store.migrate().await.expect("up");
    assert_eq!((shelves(scratch).await, spans().await), written);
}

async fn members_leave_the_shelves_where_they_no_longer_stand(scratch: &Scratch) {
    let store = furnished(scratch).await;
    let of_label = |label: &str| MemberSelection { label: Some(label.into()), ..MemberSelection::default() };
    let of_tier = MemberSelection { tier: Some(slug("patron")), ..MemberSelection::default() };
    let of_newsletter = MemberSelection { newsletter: Some(newsletter().id), ..MemberSelection::default() };
    let (first, second, third) = (member(1).id, member(2).id, member(3).id);
    assert_eq!(listed(&store, &of_label("VIP")).await, [third, second, first]);
    assert_eq!(listed(&store, &of_tier).await, [first], "once, whatever they had before");
    assert_eq!(listed(&store, &of_newsletter).await, [first]);

    let mut work = store.begin(now()).await.expect("begun");
    work.put_members(&[Member { labels: vec!["late".into()], ..member(3) }]).await.expect("put");
    work.put_subscriptions(&[subscription(2, None).ended(now())]).await.expect("put");
    work.leave_newsletter(first, newsletter().id).await.expect("left");
    work.erase_member(&member(2)).await.expect("erased");
    work.commit().await.expect("committed");
    assert_eq!(listed(&store, &of_label("VIP")).await, [first]);
    assert_eq!(listed(&store, &of_label("late")).await, [third]);
    assert_eq!(listed(&store, &of_tier).await, []);
    assert_eq!(listed(&store, &of_newsletter).await, []);
    assert_eq!(listed(&store, &MemberSelection::default()).await, [third, first]);
    let left = shelves(scratch).await;
    assert!(left.iter().all(|(_, _, id)| *id != second.uuid()), "{left:?}");
}

async fn many_members_cost_as_many_statements_as_few(scratch: &Scratch) {
    let store = scratch.store().await;
    let cost = async |members: &[Member]| {
        let before = store.queries();
        let mut work = store.begin(now()).await.expect("begun");
        work.put_members(members).await.expect("put");
        work.commit().await.expect("committed");
        store.queries() - before
    };
    let one = cost(&[member(1)]).await;
    let many: Vec<_> = (2..400).map(member).collect();
    assert_eq!(cost(&many).await, one);
}
