//! How SQLite goes about each list of members and groups: along an index, in its order, and never through a whole table.

use super::gift_subscriptions::letters_due;
use super::groups::{invitations, is_good, seats, seats_of, selected};
use super::membership::members;
use crate::connect::StoreOptions;
use crate::library::plans::plan;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::group::{GroupSelection, GroupStatus};
use masthead_domain::id::{GroupId, MemberId, NewsletterId};
use masthead_domain::member::{MemberSelection, Status};
use masthead_domain::page::{PageRequest, PageSize, Position, SortKey, Window};
use masthead_domain::selection::Span;
use sea_orm::sea_query::{Expr, ExprTrait, Order};
use uuid::Uuid;

fn selections() -> Vec<MemberSelection> {
    let at = |micros| Timestamp::try_from(micros).expect("in range");
    let all = MemberSelection::default();
    let each = [
        all.clone(),
        MemberSelection { status: Some(Status::Suspended), ..all.clone() },
        MemberSelection { tier: Some("patron".parse().expect("a slug")), ..all.clone() },
        MemberSelection { newsletter: Some(NewsletterId::new(at(0), [1; 10])), ..all.clone() },
        MemberSelection { label: Some("VIP".into()), ..all.clone() },
        MemberSelection {
            status: Some(Status::Active),
            tier: Some("patron".parse().expect("a slug")),
            newsletter: Some(NewsletterId::new(at(0), [1; 10])),
            label: Some("VIP".into()),
            ..all
        },
    ];
    let within = Span { since: Some(at(1)), until: Some(at(9)) };
    each.into_iter().flat_map(|one| [MemberSelection { created: within, ..one.clone() }, one]).collect()
}

#[tokio::test]
async fn every_page_of_members_is_read_along_a_shelf_in_its_order() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let position = Position { key: SortKey::Micros(5), id: Uuid::nil() };
    let windows = [
        Window::After(None),
        Window::After(Some(position.clone())),
        Window::Before(Some(position)),
        Window::Before(None),
    ];
    let now = Timestamp::EPOCH;
    for selection in selections() {
        for window in windows.clone() {
            let size = PageSize::new(20).expect("a page size");
            let request = PageRequest { size, window };
            let ask = members(&selection, now, &request).expect("a list");
            let plan = plan(&store, &ask).await;
            let told = format!("{selection:?} {request:?}: {plan:#?}");
            assert!(plan[0].starts_with("SEARCH member_shelf USING COVERING INDEX"), "{told}");
            assert!(plan[0].contains("(name=?"), "{told}");
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{told}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{told}");
            let others = plan.iter().filter(|step| step.contains(" other "));
            assert!(
                others.clone().all(|step| step.contains("(name=? AND created_at=? AND member_id=?)")),
                "{told}"
            );
        }
    }
    let selection = MemberSelection {
        email: Some("reader@paper.example".parse().expect("an address")),
        ..MemberSelection::default()
    };
    let request = PageRequest::first(PageSize::new(20).expect("a page size"));
    let plan = plan(&store, &members(&selection, now, &request).expect("a list")).await;
    assert!(plan.iter().any(|step| step.contains("(email=?)")), "{plan:#?}");
    assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:#?}");
}

#[tokio::test]
async fn every_page_of_groups_seats_and_invitations_is_read_along_an_index() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let (now, group) = (Timestamp::EPOCH, GroupId::new(Timestamp::EPOCH, [1; 10]));
    let member = MemberId::new(now, [1; 10]);
    let every = GroupSelection::default();
    let of_group = |column| Expr::col(column).eq(group.uuid());
    for (mut ask, id) in [
        (selected(&every), "id"),
        (selected(&GroupSelection { status: Some(GroupStatus::Active), ..every.clone() }), "id"),
        (selected(&GroupSelection { tier: Some("patron".parse().expect("a slug")), ..every.clone() }), "id"),
        (selected(&GroupSelection { owner: Some(member), ..every.clone() }), "id"),
        (
            selected(&GroupSelection { domain: Some("faculty.example".parse().expect("a domain")), ..every }),
            "id",
        ),
        (seats(of_group("group_id")), "id"),
        (invitations(of_group("group_id").and(is_good(now))), "id"),
    ] {
        let plan = plan(&store, ask.order_by(id, Order::Desc).limit(21)).await;
        let told = format!("{plan:#?}");
        let is_of_few = told.contains("group_owner") || told.contains("group_domain");
        assert!(is_of_few || !told.contains("TEMP B-TREE"), "{told}");
        // The list of all groups is the table itself, in the order of its key.
        let scans = plan.iter().filter(|step| step.starts_with("SCAN") && !step.contains("USING INDEX"));
        assert_eq!(scans.count(), 0, "{told}");
    }
    let plan = plan(&store, &seats_of(&[member])).await;
    assert!(plan.iter().any(|step| step.contains("group_seat_of_member (member_id=?)")), "{plan:#?}");
}

#[tokio::test]
async fn the_letters_that_are_due_are_read_along_their_index() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let plan = plan(&store, &letters_due(Timestamp::EPOCH, 2)).await;
    let along = "SEARCH gift_subscription USING INDEX gift_subscription_letter (letter_due<?)";
    assert_eq!(plan, [along], "in its order");
}
