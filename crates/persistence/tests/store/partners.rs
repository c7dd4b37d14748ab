//! Partners, their keys, and what they have used.

use crate::fixture::*;
use crate::licences::licence;
use crate::scratch::{Scratch, on_both};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::page::{PageRequest, Window};
use masthead_domain::partner::{
    ApiKey, Delivered, Delivery, Holder, KeyScope, Partner, PartnerStatus, Unlicensed,
};
use masthead_domain::viewer::{Bearer, Extent, Licence, NoStanding, Role, Staff, Viewer};
use masthead_persistence::{SecretHash, Store, StoreError};

on_both!(
    a_key_stands_for_what_its_partner_may_take,
    a_key_of_a_program_has_its_role,
    two_keys_of_a_partner_are_good_at_a_time,
    a_quota_is_counted_exactly,
    a_partner_goes_with_its_keys,
    what_the_staff_does_is_recorded_with_it,
    partners_are_paged,
    what_goes_out_is_noted_with_the_most_of_it,
    notes_that_come_together_do_not_wait_for_each_other,
);

fn id(number: u16) -> PartnerId {
    let mut bits = [0; 10];
    bits[8..].copy_from_slice(&number.to_be_bytes());
    PartnerId::new(at(0), bits)
}

fn partner(number: u16) -> Partner {
    Partner {
        id: id(number),
        name: format!("Partner {number}"),
        contact: None,
        status: PartnerStatus::Active,
        created: at(0),
        licence: Some(licence()),
    }
}

fn key(number: u16, holder: Holder) -> ApiKey {
    let mut bits = [0; 10];
    bits[8..].copy_from_slice(&number.to_be_bytes());
    ApiKey {
        id: KeyId::new(at(0), bits),
        holder,
        name: format!("Key {number}"),
        prefix: format!("{number:012x}"),
        scopes: [KeyScope::Read].into(),
        created: at(0),
        expires: None,
        revoked: None,
        used: None,
    }
}

const SECRET: SecretHash = SecretHash([7; 32]);

async fn put_partner(store: &Store, partner: &Partner) {
    let mut work = store.begin(now()).await.expect("begun");
    work.put_partner(partner).await.expect("put");
    work.commit().await.expect("committed");
}

async fn add_key(store: &Store, key: &ApiKey, at: Timestamp) -> Result<(), StoreError> {
    let mut work = store.begin(at).await?;
    work.add_key(key, SECRET).await?;
    work.commit().await
}

async fn viewer(store: &Store, key: &ApiKey, now: Timestamp) -> Result<Viewer, NoStanding> {
    let standing = store.standing(&Bearer::Key(key.id), now).await.expect("read");
    standing.map(|standing| standing.viewer)
}

async fn a_key_stands_for_what_its_partner_may_take(scratch: &Scratch) {
    let store = scratch.store().await;
    let until = now().plus_seconds(100);
    let limited = Licence { valid_until: Some(until), ..licence() };
    let known = Partner { licence: Some(limited.clone()), ..partner(1) };
    put_partner(&store, &known).await;
    let key = ApiKey { expires: Some(now().plus_seconds(50)), ..key(1, Holder::Partner(id(1))) };
    add_key(&store, &key, now()).await.expect("added");

    let standing = store.standing(&Bearer::Key(key.id), now()).await.expect("read").expect("good");
    assert_eq!(standing.until, key.expires, "the earliest of all ends");
    assert_eq!(standing.depends_on, [id(1).uuid()]);
    let Viewer::Partner(found) = standing.viewer else { panic!("a partner") };
    assert_eq!((found.id, &*found.licence), (id(1), &limited));
    let expired = now().plus_seconds(50);
    assert_eq!(viewer(&store, &key, expired).await, Err(NoStanding::Ended), "the key has expired");

    for (why, changed) in [
        (Unlicensed::Suspended, Partner { status: PartnerStatus::Suspended, ..known.clone() }),
        (Unlicensed::Without, Partner { licence: None, ..known.clone() }),
        (
            Unlicensed::Ended(now()),
            Partner { licence: Some(Licence { valid_until: Some(now()), ..licence() }), ..known.clone() },
        ),
        (
            Unlicensed::Early(until),
            Partner { licence: Some(Licence { valid_from: until, ..licence() }), ..known.clone() },
        ),
    ] {
        put_partner(&store, &changed).await;
        assert_eq!(viewer(&store, &key, now()).await, Err(NoStanding::Unlicensed(why)));
        assert_eq!(viewer(&store, &key, expired).await, Err(NoStanding::Ended), "the key is told first");
        put_partner(&store, &known).await;
        assert!(viewer(&store, &key, now()).await.is_ok(), "{why} and back");
    }
    let mut work = store.begin(now()).await.expect("begun");
    assert!(work.revoke_key(key.id).await.expect("revoked"));
    assert!(!work.revoke_key(key.id).await.expect("again"), "it is revoked already");
    work.commit().await.expect("committed");
    assert_eq!(viewer(&store, &key, now()).await, Err(NoStanding::Ended));

    let log = scratch.log().await;
    let of = |subject: &str| log.iter().filter(|(kind, _, _)| kind == subject).count();
    assert_eq!((of("partner"), of("key")), (9, 2), "every change that counts is told: {log:?}");
    assert!(
        matches!(store.registry().key_by_prefix(&key.prefix).await, Ok(Some(known)) if known.secret == SECRET)
    );
    assert!(store.registry().key_by_prefix("ffffffffffff").await.expect("read").is_none());
}

async fn a_key_of_a_program_has_its_role(scratch: &Scratch) {
    let store = scratch.store().await;
    let reads = key(1, Holder::Service(Role::Publisher));
    let manages = ApiKey { scopes: [KeyScope::Read, KeyScope::Manage].into(), ..key(2, reads.holder) };
    for (key, reads_only) in [(&reads, true), (&manages, false)] {
        add_key(&store, key, now()).await.expect("added");
        let Ok(Viewer::Staff(staff)) = viewer(&store, key, now()).await else { panic!("staff") };
        let expected = Staff { reads_only, ..Staff::new(key.id.to_string(), Role::Publisher) };
        assert_eq!(staff, expected);
    }
}

async fn two_keys_of_a_partner_are_good_at_a_time(scratch: &Scratch) {
    let store = scratch.store().await;
    put_partner(&store, &partner(1)).await;
    let of = |number| key(number, Holder::Partner(id(1)));
    let expiring = ApiKey { expires: Some(now().plus_seconds(10)), ..of(1) };
    add_key(&store, &expiring, now()).await.expect("the first");
    add_key(&store, &of(2), now()).await.expect("the second");
    let third = add_key(&store, &of(3), now()).await;
    assert!(matches!(third, Err(StoreError::TooMany { limit: 2, .. })), "{third:?}");
    add_key(&store, &key(9, Holder::Partner(id(2))), now()).await.expect("another partner's");
    add_key(&store, &of(3), now().plus_seconds(10)).await.expect("the first has expired");
    assert_eq!(store.registry().keys_of_partners(&[id(1)]).await.expect("read").len(), 3);
}

async fn a_quota_is_counted_exactly(scratch: &Scratch) {
    let store = scratch.store().await;
    let counted = async |quota| store.count_request(id(1), 20_000, quota).await.expect("counted");
    let mut many = Vec::new();
    for result in futures_util::future::join_all((0..30).map(|_| counted(20))).await {
        many.extend(result);
    }
    many.sort_unstable();
    assert_eq!(
        many,
        (1..=20).collect::<Vec<_>>(),
        "each number is given out once, and no more than the quota"
    );
    assert_eq!(counted(20).await, None);
    assert_eq!(counted(21).await, Some(21), "a wider licence holds at once");
    assert_eq!(counted(5).await, None, "and a narrower one");
    assert_eq!(counted(100).await, Some(22));
    assert_eq!(counted(0).await, None);
    let used = async |day| store.registry().usage_of_partners(&[id(1), id(2)], day).await.expect("read");
    assert_eq!(used(20_000).await, [(id(1), 22)].into());
    assert!(used(20_001).await.is_empty(), "another day");
    assert_eq!(store.count_request(id(2), 20_000, 0).await.expect("counted"), None);
    assert!(scratch.log().await.is_empty(), "to count is no change");

    add_key(&store, &key(1, Holder::Partner(id(1))), now()).await.expect("added");
    let entries = scratch.log().await.len();
    let key = key(1, Holder::Partner(id(1))).id;
    for (seconds, noted) in [(0, 0), (59, 0), (60, 60)] {
        store.note_use(key, now().plus_seconds(seconds)).await.expect("noted");
        let used = store.registry().key(key).await.expect("read").expect("there").used;
        assert_eq!(used, Some(now().plus_seconds(noted)), "{seconds}");
    }
    assert_eq!(scratch.log().await.len(), entries, "nor is to use a key");
}

async fn a_partner_goes_with_its_keys(scratch: &Scratch) {
    let store = scratch.store().await;
    put_partner(&store, &partner(1)).await;
    let key = key(1, Holder::Partner(id(1)));
    add_key(&store, &key, now()).await.expect("added");
    let mut work = store.begin(now()).await.expect("begun");
    assert!(work.partner(id(1)).await.expect("read").is_some());
    work.remove_partner(id(1)).await.expect("removed");
    assert!(work.partner(id(1)).await.expect("read").is_none());
    work.commit().await.expect("committed");
    assert_eq!(viewer(&store, &key, now()).await, Err(NoStanding::Ended));
    assert_eq!(store.registry().partner(id(1)).await.expect("read"), None);
    assert!(store.registry().keys_of_partners(&[id(1)]).await.expect("read").is_empty());
}

async fn what_the_staff_does_is_recorded_with_it(scratch: &Scratch) {
    let store = scratch.store().await;
    let mut work = store.begin(now()).await.expect("begun");
    work.record("desk", "partner.created", "par_lost").await.expect("recorded");
    drop(work);
    let mut work = store.begin(now()).await.expect("begun");
    for action in ["partner.created", "licence.replaced", "key.revoked"] {
        work.record("desk", action, "par_1").await.expect("recorded");
    }
    work.commit().await.expect("committed");
    let (page, more) = store.registry().deeds(i64::MAX, size(2)).await.expect("read");
    let actions = |page: &[masthead_domain::partner::Deed]| -> Vec<_> {
        page.iter().map(|deed| deed.action.clone()).collect()
    };
    assert_eq!((actions(&page), more), (vec!["key.revoked".into(), "licence.replaced".into()], true));
    assert_eq!((page[0].by.as_str(), page[0].subject.as_str(), page[0].at), ("desk", "par_1", now()));
    let (rest, more) = store.registry().deeds(page[1].sequence, size(2)).await.expect("read");
    assert_eq!((actions(&rest), more), (vec!["partner.created".into()], false));
}

async fn partners_are_paged(scratch: &Scratch) {
    let store = scratch.store().await;
    for number in 1..=5 {
        put_partner(&store, &partner(number)).await;
    }
    let (page, more) = store.registry().partners(None, size(3)).await.expect("read");
    let ids: Vec<_> = page.iter().map(|saved| saved.partner.id).collect();
    assert_eq!((ids, more), (vec![id(5), id(4), id(3)], true));
    let (page, more) = store.registry().partners(Some(id(3)), size(3)).await.expect("read");
    let ids: Vec<_> = page.iter().map(|saved| saved.partner.id).collect();
    assert_eq!((ids, more), (vec![id(2), id(1)], false));
    let before = page[0].version;
    put_partner(&store, &Partner { name: "Another".into(), ..partner(2) }).await;
    assert!(store.registry().partner(id(2)).await.expect("read").expect("there").version > before);
}

async fn what_goes_out_is_noted_with_the_most_of_it(scratch: &Scratch) {
    let store = scratch.store().await;
    put_partner(&store, &partner(1)).await;
    let one = |number, digest, extent, source_links| Delivered {
        article: article_id(number),
        digest: [digest; 16],
        updated: at(i64::from(digest)),
        extent,
        source_links,
    };
    let note = async |partner, some: &[Delivered], surface, seconds| {
        store.note_deliveries(id(partner), some, surface, at(seconds)).await.expect("noted");
    };
    note(1, &[one(2, 1, Extent::Teaser, true), one(1, 1, Extent::Headline, false)], "rest", 10).await;
    note(1, &[one(2, 2, Extent::FullText, false)], "graphql", 20).await;
    note(1, &[one(2, 2, Extent::FullText, false)], "graphql", 25).await;
    // Less of a newer edition went out: it is no proof of more.
    note(1, &[one(2, 3, Extent::Headline, false)], "changes", 30).await;
    note(2, &[one(2, 2, Extent::Headline, false)], "rest", 40).await;
    note(2, &[], "rest", 40).await;
    let page = |size| PageRequest { size, window: Window::After(None) };
    let registry = store.registry();
    let to = registry.deliveries_to(id(1), None, &page(size(1))).await.expect("read");
    assert!(to.has_next);
    let expected = Delivery {
        partner: id(1),
        most: one(2, 2, Extent::FullText, true),
        editions: 1,
        first_at: at(10),
        last_at: at(30),
        surface: "changes".into(),
    };
    assert_eq!(to.rows[0].1, expected);
    let next = PageRequest { size: size(5), window: Window::After(Some(to.rows[0].0.clone())) };
    let rest = registry.deliveries_to(id(1), None, &next).await.expect("read");
    assert_eq!(
        rest.items().map(|one| (one.most.article, one.editions)).collect::<Vec<_>>(),
        [(article_id(1), 1)]
    );
    let only = registry.deliveries_to(id(1), Some(article_id(1)), &page(size(5))).await.expect("read");
    assert_eq!(only.rows.len(), 1);
    let of = registry.deliveries_of(article_id(2), &page(size(5))).await.expect("read");
    assert_eq!(of.items().map(|one| one.partner).collect::<Vec<_>>(), [id(2), id(1)]);
    let mut work = store.begin(now()).await.expect("begun");
    work.remove_partner(id(1)).await.expect("removed");
    work.commit().await.expect("committed");
    assert!(registry.deliveries_to(id(1), None, &page(size(5))).await.expect("read").rows.is_empty());
}

async fn notes_that_come_together_do_not_wait_for_each_other(scratch: &Scratch) {
    let store = scratch.store().await;
    put_partner(&store, &partner(1)).await;
    let some: Vec<_> = (0..50)
        .map(|number| Delivered {
            article: article_id(number),
            digest: [1; 16],
            updated: at(0),
            extent: Extent::Teaser,
            source_links: false,
        })
        .collect();
    let other: Vec<_> = some.iter().rev().copied().collect();
    let notes = (0..20).map(|number| {
        let some = if number % 2 == 0 { &some } else { &other };
        store.note_deliveries(id(1), some, "rest", at(number))
    });
    for noted in futures_util::future::join_all(notes).await {
        noted.expect("noted");
    }
    let all = PageRequest { size: size(100), window: Window::After(None) };
    let all = store.registry().deliveries_to(id(1), None, &all).await.expect("read");
    assert!(all.rows.len() == 50 && all.items().all(|one| one.editions == 1));
}
