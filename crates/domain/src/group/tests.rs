use super::*;
use crate::member::{Member, Status, holdings};
use proptest::prelude::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(seconds)
}

fn group(starts: i64, ends: Option<i64>, grace_seconds: i64) -> Group {
    Group {
        id: GroupId::new(at(0), [1; 10]),
        name: "The faculty".into(),
        tier: "patron".parse().expect("a slug"),
        seats: 3,
        starts: at(starts),
        ends: ends.map(at),
        grace_seconds,
        domains: ["faculty.example".parse().expect("a domain")].into(),
        owners: BTreeSet::new(),
        status: GroupStatus::Active,
        created: at(0),
    }
}

fn member(status: Status) -> Member {
    Member {
        id: MemberId::new(at(0), [1; 10]),
        email: "anna@faculty.example".parse().expect("valid"),
        name: None,
        status,
        created: at(0),
        note: None,
        labels: Vec::new(),
    }
}

fn seat(since: i64) -> Seat {
    Seat {
        id: SubscriptionId::new(at(0), [1; 10]),
        group: GroupId::new(at(0), [1; 10]),
        member: member(Status::Active).id,
        by: SeatBy::Domain,
        email: None,
        since: at(since),
    }
}

/// Whether the seat opens its tier at this instant, for a member of this status.
fn opens(group: &Group, seat: &Seat, status: Status, now: i64) -> bool {
    let held = holdings(&member(status), false, &[group.subscription(seat)], &[], at(now));
    held.entitlements.iter().any(|one| one.to_string() == "tier:patron")
}

#[test]
fn a_fault_is_named() {
    assert_eq!(group(0, Some(10), 0).check(), Ok(()));
    let many = |number: u32| format!("d{number}.example").parse::<EmailDomain>().expect("a domain");
    let owner = |number: u8| MemberId::new(at(0), [number; 10]);
    for (wrong, fault) in [
        (Group { name: " ".into(), ..group(0, None, 0) }, GroupError::Name),
        (Group { name: "a\nb".into(), ..group(0, None, 0) }, GroupError::Name),
        (Group { seats: 0, ..group(0, None, 0) }, GroupError::Seats),
        (Group { seats: MAX_SEATS + 1, ..group(0, None, 0) }, GroupError::Seats),
        (group(10, Some(9), 0), GroupError::Ends),
        (group(0, None, -1), GroupError::Grace),
        (group(0, None, MAX_GRACE + 1), GroupError::Grace),
        (Group { domains: (0..101).map(many).collect(), ..group(0, None, 0) }, GroupError::Domains),
        (Group { owners: (0..21).map(owner).collect(), ..group(0, None, 0) }, GroupError::Owners),
    ] {
        assert_eq!(wrong.check(), Err(fault));
        assert!(fault.to_string().starts_with(fault.field()));
    }
}

#[test]
fn a_group_that_was_ended_takes_nobody_and_has_no_domain() {
    let ended = group(0, None, 50).ended(at(10));
    assert!(group(0, None, 50).is_open(at(10)) && !ended.is_open(at(5)));
    assert!(ended.domains.is_empty());
    assert!(!group(0, Some(10), 50).is_open(at(10)), "nor does one in its grace");
    assert_eq!(ended.clone().ended(at(20)).ends, ended.ends, "once");
}

proptest! {
    #[test]
    fn a_seat_counts_while_it_stands_and_its_group_runs(
        starts in 0_i64..100, length in proptest::option::of(0_i64..100), grace in 0_i64..50,
        since in 0_i64..200, now in 0_i64..300,
    ) {
        let group = group(starts, length.map(|length| starts + length), grace);
        let runs = starts <= now && length.is_none_or(|length| now < starts + length + grace);
        prop_assert_eq!(opens(&group, &seat(since), Status::Active, now), runs && since <= now);
        prop_assert!(!opens(&group, &seat(since), Status::Suspended, now));
    }

    #[test]
    fn a_group_that_was_ended_opens_nothing_from_then_on(
        starts in 0_i64..200, length in proptest::option::of(0_i64..100), grace in 0_i64..50,
        since in 0_i64..200, end in 0_i64..200, later in 0_i64..100,
    ) {
        let group = group(starts, length.map(|length| starts + length), grace).ended(at(end));
        prop_assert_eq!(group.check(), Ok(()));
        prop_assert!(!opens(&group, &seat(since), Status::Active, end + later));
    }

    #[test]
    fn there_are_never_more_seats_than_there_are(seats in 1..=MAX_SEATS, wishes in 0_u32..=200_000) {
        let group = Group { seats, ..group(0, None, 0) };
        let taken = (0..wishes).fold(0, |taken, _| if group.left(taken) > 0 { taken + 1 } else { taken });
        prop_assert_eq!(taken, wishes.min(seats));
        prop_assert_eq!(group.left(taken), seats - taken);
    }
}
