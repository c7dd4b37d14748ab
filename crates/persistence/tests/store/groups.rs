//! Groups and their seats: never more than there are, and what they open.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use futures_util::future::join_all;
use masthead_domain::clock::Timestamp;
use masthead_domain::group::{Group, GroupSelection, GroupStatus, Invitation, Seat, SeatBy};
use masthead_domain::id::{GroupId, InvitationId, MemberId, SignInId, SubscriptionId};
use masthead_domain::member::{Member, MemberSelection, Status};
use masthead_domain::page::PageRequest;
use masthead_domain::viewer::{Bearer, Standing, Viewer};
use masthead_persistence::{Seating, SignInRecord, Store, StoreError};
use sea_orm::QueryResult;
use std::collections::BTreeSet;

on_both!(
    of_fifty_who_come_at_once_as_many_get_a_seat_as_there_are,
    the_count_of_seats_is_that_of_the_rows,
    a_seat_opens_the_tier_of_its_group_as_long_as_both_stand,
    a_domain_has_one_group_that_runs,
    nothing_is_left_of_an_erased_member_in_groups,
    many_groups_cost_one_statement,
    a_hundred_are_invited_with_as_many_statements_as_one,
    what_is_good_no_longer_is_forgotten_when_somebody_signs_in,
);

fn member(number: u8) -> Member {
    Member {
        id: MemberId::new(at(i64::from(number)), [number; 10]),
        email: format!("reader-{number}@faculty.example").parse().expect("an address"),
        name: None,
        status: Status::Active,
        created: at(i64::from(number)),
        note: None,
        labels: Vec::new(),
    }
}

fn group(number: u8, seats: u32) -> Group {
    Group {
        id: GroupId::new(at(i64::from(number)), [number; 10]),
        name: format!("Group {number}"),
        tier: slug("patron"),
        seats,
        starts: at(1),
        ends: None,
        grace_seconds: 0,
        domains: BTreeSet::new(),
        owners: BTreeSet::new(),
        status: GroupStatus::Active,
        created: at(i64::from(number)),
    }
}

fn seat(group: &Group, number: u8) -> Seat {
    Seat {
        id: SubscriptionId::new(group.created, [number; 10]),
        group: group.id,
        member: member(number).id,
        by: SeatBy::Domain,
        email: Some(member(number).email),
        since: at(2),
    }
}

async fn put(store: &Store, group: &Group) {
    let mut work = store.begin(now()).await.expect("begun");
    work.put_group(group).await.expect("put");
    work.commit().await.expect("committed");
}

async fn take(store: &Store, seat: &Seat) -> Seating {
    let mut work = store.begin(now()).await.expect("begun");
    let seating = work.take_seat(seat).await.expect("answered");
    work.commit().await.expect("committed");
    seating
}

/// The members of these numbers, in a store with these groups.
async fn furnished(scratch: &Scratch, members: impl Iterator<Item = u8>, groups: &[Group]) -> Store {
    let store = scratch.store().await;
    let mut work = store.begin(now()).await.expect("begun");
    work.put_members(&members.map(member).collect::<Vec<_>>()).await.expect("put");
    for group in groups {
        work.put_group(group).await.expect("put");
    }
    work.commit().await.expect("committed");
    store
}

/// How many seats each group counts and has, by rows.
async fn counted(scratch: &Scratch) -> Vec<(i64, i64)> {
    let ask = "SELECT taken, (SELECT COUNT(*) FROM group_seat WHERE group_id = member_group.id) AS there \
               FROM member_group ORDER BY id";
    let number = |row: &QueryResult, name| row.try_get::<i64>("", name).expect("a number");
    let rows = scratch.rows(ask).await;
    rows.iter().map(|row| (number(row, "taken"), number(row, "there"))).collect()
}

/// The tiers that the member holds at this instant.
async fn held(store: &Store, number: u8, now: Timestamp) -> (Vec<String>, Standing) {
    let bearer = Bearer::Member { member: member(number).id, session: None };
    let standing = store.standing(&bearer, now).await.expect("read").expect("there");
    let Viewer::Reader(reader) = &standing.viewer else { panic!("{standing:?}") };
    (reader.entitlements.iter().map(ToString::to_string).collect(), standing)
}

async fn of_fifty_who_come_at_once_as_many_get_a_seat_as_there_are(scratch: &Scratch) {
    let seven = group(1, 7);
    let one = furnished(scratch, 1..=50, std::slice::from_ref(&seven)).await;
    let other = scratch.connect().await;
    let takers = (1..=50).map(|number| {
        let store = if number % 2 == 0 { one.clone() } else { other.clone() };
        let seat = seat(&seven, number);
        tokio::spawn(async move { take(&store, &seat).await })
    });
    let seatings: Vec<_> =
        join_all(takers).await.into_iter().map(|seating| seating.expect("it ran to its end")).collect();
    assert_eq!(seatings.iter().filter(|seating| **seating == Seating::Taken).count(), 7);
    assert_eq!(seatings.iter().filter(|seating| **seating == Seating::Full).count(), 43);
    assert_eq!(counted(scratch).await, [(7, 7)]);
}

async fn the_count_of_seats_is_that_of_the_rows(scratch: &Scratch) {
    let (one, other) = (group(1, 3), group(2, 3));
    let store = furnished(scratch, 1..=4, &[one.clone(), other.clone()]).await;
    for number in 1..=3 {
        assert_eq!(take(&store, &seat(&one, number)).await, Seating::Taken);
    }
    let again = Seat { id: SubscriptionId::new(at(9), [99; 10]), ..seat(&one, 1) };
    assert_eq!(take(&store, &again).await, Seating::Had(seat(&one, 1)), "a member has one");
    assert_eq!(take(&store, &seat(&one, 4)).await, Seating::Full);
    assert_eq!(take(&store, &seat(&other, 4)).await, Seating::Taken);
    assert_eq!(counted(scratch).await, [(3, 3), (1, 1)]);

    let mut work = store.begin(now()).await.expect("begun");
    assert!(!work.take_back_seat(other.id, seat(&one, 1).id).await.expect("answered"), "of another group");
    assert!(work.take_back_seat(one.id, seat(&one, 1).id).await.expect("freed"));
    assert!(!work.take_back_seat(one.id, seat(&one, 1).id).await.expect("answered"), "once");
    assert!(work.free_seat_of(one.id, member(2).id).await.expect("freed"));
    assert!(!work.free_seat_of(one.id, member(2).id).await.expect("answered"), "once");
    work.commit().await.expect("committed");
    assert_eq!(counted(scratch).await, [(1, 1), (1, 1)]);
    assert_eq!(take(&store, &seat(&one, 4)).await, Seating::Taken, "what is given up is free");
    assert_eq!(take(&store, &seat(&one, 1)).await, Seating::ShutOut, "what is taken back stays so");

    let dropped = store.begin(now()).await.expect("begun").take_seat(&seat(&one, 2)).await;
    assert_eq!(dropped.expect("answered"), Seating::Taken);
    assert_eq!(counted(scratch).await, [(2, 2), (1, 1)], "what is not committed has not happened");
    put(&store, &one.clone().ended(now())).await;
    assert_eq!(take(&store, &seat(&one, 2)).await, Seating::Full, "nobody comes into what was ended");
    put(&store, &Group { name: "Another name".into(), ..other }).await;
    assert_eq!(counted(scratch).await, [(2, 2), (1, 1)], "a change leaves the count");
}

async fn a_seat_opens_the_tier_of_its_group_as_long_as_both_stand(scratch: &Scratch) {
    let group = group(1, 3);
    let store = furnished(scratch, 1..=1, std::slice::from_ref(&group)).await;
    let of_tier = async |tier: &str| {
        let selection = MemberSelection { tier: Some(slug(tier)), ..MemberSelection::default() };
        let page = store.registry().members(&selection, now(), &PageRequest::first(size(20))).await;
        page.expect("read").rows.len()
    };
    assert_eq!(held(&store, 1, now()).await.0, [""; 0]);
    take(&store, &seat(&group, 1)).await;
    let (tiers, standing) = held(&store, 1, now()).await;
    assert_eq!(
        (tiers, standing.depends_on),
        (vec!["member".into(), "tier:patron".into()], vec![group.id.uuid()])
    );
    assert_eq!(of_tier("patron").await, 1);
    let mut work = store.begin(now()).await.expect("begun");
    let found = work.subscription(seat(&group, 1).id).await.expect("read").expect("there");
    assert_eq!(
        store.registry().subscriptions(member(1).id).await.expect("read").as_slice(),
        std::slice::from_ref(&found)
    );
    assert_eq!(
        store.registry().subscriptions_that_count(&[member(1).id], now()).await.expect("read"),
        [found]
    );
    drop(work);

    let log = scratch.log().await.len();
    put(&store, &Group { tier: slug("reader"), ..group.clone() }).await;
    assert_eq!(held(&store, 1, now()).await.0, ["member", "tier:reader"]);
    assert_eq!((of_tier("patron").await, of_tier("reader").await), (0, 1));
    let ends = now().plus_seconds(10);
    put(&store, &Group { ends: Some(ends), grace_seconds: 5, ..group.clone() }).await;
    let (tiers, standing) = held(&store, 1, now()).await;
    assert_eq!(
        (tiers, standing.until),
        (vec!["member".into(), "tier:patron".into()], Some(now().plus_seconds(15)))
    );
    assert_eq!(held(&store, 1, now().plus_seconds(15)).await.0, [""; 0]);
    put(&store, &group.clone().ended(now())).await;
    assert_eq!(held(&store, 1, now()).await.0, [""; 0]);
    assert_eq!(of_tier("patron").await, 0);
    let told: Vec<_> = scratch.log().await.split_off(log).into_iter().map(|(subject, ..)| subject).collect();
    assert_eq!(told, ["group"; 3], "one entry, however many seats");
    assert!(
        store.registry().subscriptions_that_count(&[member(1).id], now()).await.expect("read").is_empty()
    );
}

async fn a_domain_has_one_group_that_runs(scratch: &Scratch) {
    let with = |group: Group, domains: &[&str]| Group {
        domains: domains.iter().map(|domain| domain.parse().expect("a domain")).collect(),
        ..group
    };
    let one = with(group(1, 3), &["faculty.example", "law.faculty.example"]);
    let store = furnished(scratch, 1..=1, std::slice::from_ref(&one)).await;
    let other = with(group(2, 3), &["company.example", "law.faculty.example"]);
    let mut work = store.begin(now()).await.expect("begun");
    let refused = work.put_group(&other).await.expect_err("taken");
    assert!(
        matches!(refused, StoreError::Conflict { ref value, .. } if value == "law.faculty.example"),
        "{refused:?}"
    );
    drop(work);
    let find = async |email: &str| {
        let mut work = store.begin(now()).await.expect("begun");
        let found = work.group_of_domain(&email.parse().expect("an address")).await.expect("read");
        found.map(|saved| saved.group.id)
    };
    assert_eq!(find("anna@law.faculty.example").await, Some(one.id));
    assert_eq!(find("anna@old.law.faculty.example").await, None);
    put(&store, &with(one.clone(), &["faculty.example"])).await;
    put(&store, &other).await;
    assert_eq!(find("anna@law.faculty.example").await, Some(other.id));
    put(&store, &one.ended(now())).await;
    assert_eq!(find("anna@faculty.example").await, None, "what was ended has none");
    put(&store, &with(other, &["faculty.example"])).await;
}

async fn nothing_is_left_of_an_erased_member_in_groups(scratch: &Scratch) {
    let owned = Group { owners: [member(1).id, member(2).id].into(), ..group(1, 3) };
    let store = furnished(scratch, 1..=2, std::slice::from_ref(&owned)).await;
    take(&store, &seat(&owned, 1)).await;
    let by_an_old_address = Seat { email: Some(member(1).email), ..seat(&owned, 2) };
    take(&store, &by_an_old_address).await;
    let mut work = store.begin(now()).await.expect("begun");
    for number in 1..=2 {
        let invitation = Invitation {
            id: InvitationId::new(now(), [number; 10]),
            group: owned.id,
            email: member(number).email,
            created: now(),
            expires: now().plus_seconds(60),
        };
        work.invite(owned.id, &[(invitation, format!("hash {number}"))]).await.expect("invited");
    }
    work.commit().await.expect("committed");
    let version = store.registry().group(owned.id).await.expect("read").expect("there").version;

    let mut work = store.begin(now()).await.expect("begun");
    work.erase_member(&member(1)).await.expect("erased");
    work.commit().await.expect("committed");
    let saved = store.registry().group(owned.id).await.expect("read").expect("there");
    assert_eq!((saved.taken, saved.group.owners.clone()), (1, [member(2).id].into()));
    assert!(saved.version > version, "a change that was based on what was before is refused");
    assert_eq!(counted(scratch).await, [(1, 1)]);
    let request = PageRequest::first(size(20));
    let seats = store.registry().seats(owned.id, &request).await.expect("read");
    assert_eq!(
        seats.items().map(|seat| (seat.member, seat.email.clone())).collect::<Vec<_>>(),
        [(member(2).id, None)]
    );
    let invited = store.registry().invitations(owned.id, now(), &request).await.expect("read");
    assert_eq!(invited.items().map(|one| one.email.clone()).collect::<Vec<_>>(), [member(2).email]);
    assert!(store.registry().groups_of_owner(member(1).id).await.expect("read").is_empty());
    assert_eq!(store.registry().groups_of_owner(member(2).id).await.expect("read").len(), 1);
}

async fn many_groups_cost_one_statement(scratch: &Scratch) {
    let groups: Vec<_> = (1..=9)
        .map(|number| Group {
            domains: [format!("d{number}.example").parse().expect("a domain")].into(),
            owners: [member(1).id].into(),
            ..group(number, 3)
        })
        .collect();
    let store = furnished(scratch, 1..=1, &groups).await;
    let every = GroupSelection::default();
    for (selection, found) in [
        (every.clone(), 9),
        (GroupSelection { status: Some(GroupStatus::Ended), ..every.clone() }, 0),
        (GroupSelection { tier: Some(slug("patron")), ..every.clone() }, 9),
        (GroupSelection { domain: Some("d3.example".parse().expect("a domain")), ..every.clone() }, 1),
        (GroupSelection { owner: Some(member(1).id), status: Some(GroupStatus::Active), ..every }, 9),
    ] {
        let before = store.queries();
        let page = store.registry().groups(&selection, &PageRequest::first(size(20))).await.expect("read");
        assert_eq!((page.rows.len(), store.queries() - before), (found, 1), "{selection:?}");
    }
}

fn invitation(group: &Group, number: u8) -> (Invitation, String) {
    let invitation = Invitation {
        id: InvitationId::new(now(), [number; 10]),
        group: group.id,
        email: member(number).email,
        created: now(),
        expires: now().plus_seconds(14 * 24 * 3_600),
    };
    (invitation, format!("hash {number}"))
}

async fn a_hundred_are_invited_with_as_many_statements_as_one(scratch: &Scratch) {
    let group = group(1, 200);
    let store = furnished(scratch, 1..=1, std::slice::from_ref(&group)).await;
    let mut cost = Vec::new();
    for numbers in [1..=1, 1..=100] {
        let made: Vec<_> = numbers.map(|number| invitation(&group, number)).collect();
        let made: Vec<_> = made
            .into_iter()
            .map(|(one, hash)| {
                let id = InvitationId::new(now(), [200; 10]);
                let is_again = !cost.is_empty() && one.email == member(1).email;
                if is_again { (Invitation { id, ..one }, format!("{hash} again")) } else { (one, hash) }
            })
            .collect();
        let emails: Vec<_> = made.iter().map(|(one, _)| one.email.clone()).collect();
        let before = store.queries();
        let mut work = store.begin(now()).await.expect("begun");
        let there = work.invited(group.id, &emails, at(0)).await.expect("counted");
        work.invite(group.id, &made).await.expect("invited");
        work.commit().await.expect("committed");
        cost.push((store.queries() - before, there.open, there.again, there.written, there.to_one));
    }
    assert!(cost[0].0 > 4, "statements are counted: {cost:?}");
    assert_eq!(cost[0].0, cost[1].0, "{cost:?}");
    assert_eq!((cost[0].1, cost[0].2, cost[0].3, cost[0].4), (0, 0, 0, 0));
    assert_eq!((cost[1].1, cost[1].2, cost[1].3, cost[1].4), (1, 1, 1, 1));
    let emails = [member(1).email, member(2).email];
    let there = store.registry().invited(group.id, &emails, now(), at(0)).await.expect("counted");
    assert_eq!((there.open, there.again, there.written, there.to_one), (100, 2, 101, 2), "one was replaced");
}

async fn what_is_good_no_longer_is_forgotten_when_somebody_signs_in(scratch: &Scratch) {
    let group = group(1, 9);
    let store = furnished(scratch, 1..=1, std::slice::from_ref(&group)).await;
    let made: Vec<_> = (1..=3).map(|number| invitation(&group, number)).collect();
    let mut work = store.begin(now()).await.expect("begun");
    work.invite(group.id, &made).await.expect("invited");
    assert!(work.revoke_invitation(group.id, made[0].0.id).await.expect("revoked"));
    work.commit().await.expect("committed");
    let left_after_a_sign_in = async |later: i64| {
        let then = now().plus_seconds(later);
        let mut work = store.begin(then).await.expect("begun");
        work.begin_sign_in(&SignInRecord {
            id: SignInId::new(then, [7; 10]),
            email: member(9).email,
            wishes: "{}".into(),
            code_hash: format!("code {later}"),
            link_hash: format!("link {later}"),
            created: then,
            expires: then.plus_seconds(900),
        })
        .await
        .expect("begun");
        work.commit().await.expect("committed");
        let emails = made.iter().map(|(one, _)| one.email.clone()).collect::<Vec<_>>();
        store.registry().invited(group.id, &emails, now(), at(0)).await.expect("counted").written
    };
    const DAY: i64 = 24 * 3_600;
    assert_eq!(left_after_a_sign_in(DAY).await, 3, "it counts for a day against what may be sent");
    assert_eq!(left_after_a_sign_in(DAY + 1).await, 2, "what was taken back is gone");
    assert_eq!(left_after_a_sign_in(15 * DAY).await, 2);
    assert_eq!(left_after_a_sign_in(15 * DAY + 1).await, 0, "what has expired is gone");
}
