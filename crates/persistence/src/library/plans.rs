//! How SQLite goes about each list: along an index, and never through a whole table.

use super::names::owners_of;
use super::window::{View, all_of};
use crate::connect::StoreOptions;
use crate::store::Store;
use masthead_domain::article::{Kind, Status};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{AuthorId, PartnerId, SectionId, SourceId, TagId};
use masthead_domain::page::{PageRequest, PageSize, Position, SortKey, Window};
use masthead_domain::selection::{Order, Selection, Span};
use masthead_domain::viewer::{Extent, Licence, Partner, Viewer};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::num::NonZeroU32;
use uuid::Uuid;

fn at(micros: i64) -> Timestamp {
    Timestamp::try_from(micros).expect("in range")
}

pub(crate) async fn plan(store: &Store, ask: &SelectStatement) -> Vec<String> {
    let Statement { sql, values, .. } = DbBackend::Sqlite.build(ask);
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let values = values.map(|values| values.0).unwrap_or_default();
    let explain = Statement::from_sql_and_values(DbBackend::Sqlite, explain, values);
    let rows = store.reader().query_all_raw(explain).await.expect("explained");
    rows.iter().map(|row| row.try_get("", "detail").expect("a text")).collect()
}

fn windows() -> Vec<Window> {
    let position = Position { key: SortKey::Micros(5), id: Uuid::nil() };
    vec![
        Window::After(None),
        Window::After(Some(position.clone())),
        Window::Before(Some(position)),
        Window::Before(None),
    ]
}

fn selections() -> Vec<Selection> {
    let all = Selection::default();
    vec![
        all.clone(),
        Selection { kind: Kind::Page, ..all.clone() },
        Selection { section: Some(SectionId::new(at(0), [1; 10])), ..all.clone() },
        Selection { section: Some(SectionId::new(at(0), [1; 10])), section_alone: true, ..all.clone() },
        Selection { author: Some(AuthorId::new(at(0), [1; 10])), ..all.clone() },
        Selection { tag: Some(TagId::new(at(0), [1; 10])), ..all.clone() },
        Selection { source: Some(SourceId::new(at(0), [1; 10])), ..all.clone() },
        Selection { language: Some("en".parse().expect("a language")), ..all.clone() },
        Selection { status: Status::Draft, ..all.clone() },
        Selection { status: Status::Scheduled, ..all.clone() },
        Selection {
            section: Some(SectionId::new(at(0), [1; 10])),
            tag: Some(TagId::new(at(0), [1; 10])),
            author: Some(AuthorId::new(at(0), [1; 10])),
            ..all
        },
    ]
}

#[tokio::test]
async fn every_page_is_read_along_an_index_in_its_order() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let staff = Viewer::staff("desk");
    let library = store.library(&staff, at(100));
    let orders = [
        (Order::PublishedDescending, "shelf_by_published"),
        (Order::PublishedAscending, "shelf_by_published"),
        (Order::UpdatedDescending, "shelf_by_updated"),
        (Order::UpdatedAscending, "shelf_by_updated"),
    ];
    for selection in selections() {
        for (order, index) in orders {
            for window in windows() {
                let selection = Selection { order, ..selection.clone() };
                let size = PageSize::new(20).expect("a page size");
                let request = PageRequest { size, window };
                let ask = library.window(&selection, &View::of(&request)).expect("staff may ask");
                let plan = plan(&store, &ask).await;
                let told = format!("{selection:?} {request:?}: {plan:#?}");
                // Whether a draft was withdrawn stands in the row alone.
                let index = match selection.status {
                    Status::Draft | Status::Withdrawn => index.to_owned(),
                    Status::Published | Status::Scheduled => format!("COVERING INDEX {index}"),
                };
                assert!(plan.iter().any(|step| step.contains(&index)), "{told}");
                assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{told}");
                let scans = plan.iter().filter(|step| step.starts_with("SCAN"));
                assert!(scans.clone().all(|step| step.contains("part")), "{told}");
            }
        }
    }
}

/// Where the range of one instant is short, to sort it may cost less than to walk along the other: the database
/// chooses. Either way the index alone is read, and not the articles' rows.
#[tokio::test]
async fn spans_are_read_from_an_index_alone() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let viewer = Viewer::Anonymous;
    let library = store.library(&viewer, at(100));
    let since = Span { since: Some(at(1)), until: None };
    let within = Span { since: Some(at(1)), until: Some(at(9)) };
    for span in [since, within] {
        let published = Selection { published: span, ..Selection::default() };
        let updated = Selection { updated: span, ..Selection::default() };
        for (selection, own, other) in [
            (&published, Order::PublishedDescending, Order::UpdatedDescending),
            (&updated, Order::UpdatedAscending, Order::PublishedDescending),
        ] {
            for order in [own, other] {
                let selection = Selection { order, ..selection.clone() };
                let ask = library.first(&selection, 0, 20).expect("readers may ask");
                let plan = plan(&store, &ask).await;
                let told = format!("{selection:?}: {plan:#?}");
                assert!(plan[0].contains("SEARCH shelf USING COVERING INDEX shelf_by_"), "{told}");
                assert!(order != own || plan.len() == 1, "{told}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_named_is_found_by_a_key() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let viewer = Viewer::Anonymous;
    let library = store.library(&viewer, at(100));
    let mut asks = library.asks_by_name();
    asks.push(owners_of(&[&"a-slug".parse().expect("a slug")]));
    let lists = (0..3).filter_map(|list| library.first(&Selection::default(), list, 5));
    asks.extend(all_of(lists));
    let position = Position { key: SortKey::Text("a-slug".into()), id: Uuid::nil() };
    let request =
        PageRequest { size: PageSize::new(20).expect("a page size"), window: Window::After(Some(position)) };
    let records = library.asks_for_records(&View::of(&request));
    for ask in &records {
        let plan = plan(&store, ask).await;
        let shelves: Vec<_> = plan.iter().filter(|step| step.contains(" shelf ")).collect();
        assert!(!shelves.is_empty(), "{plan:#?}");
        let seeks = |step: &&String| step.starts_with("SEARCH") && step.contains("name=? AND published_at<?");
        assert!(shelves.iter().all(seeks), "{plan:#?}");
        let personas = plan.iter().filter(|step| step.contains(" persona"));
        assert!(personas.clone().all(|step| step.contains("author_by_editor")), "{plan:#?}");
    }
    for ask in asks {
        let plan = plan(&store, &ask).await;
        let scans = plan.iter().filter(|step| step.starts_with("SCAN"));
        assert!(scans.clone().all(|step| step.contains("part")), "{plan:#?}");
    }
}

/// What a licence asks is answered by the primary key of the shelves, article by article, along the same indexes.
#[tokio::test]
async fn a_licence_is_asked_by_the_key_of_the_shelves() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let licence = Licence {
        sections: Some([1, 2].map(|bit| SectionId::new(at(0), [bit; 10])).into()),
        tags: Some([1, 2].map(|bit| TagId::new(at(0), [bit; 10])).into()),
        languages: Some(["en", "fr"].map(|tag| tag.parse().expect("a language")).into()),
        extent: Extent::FullText,
        source_links: true,
        delay_seconds: 5,
        valid_from: at(0),
        valid_until: None,
        daily_quota: None,
        attribution: None,
    };
    let partner = Partner { id: PartnerId::new(at(0), [1; 10]), licence: licence.into() };
    let viewer = Viewer::Partner(partner);
    let library = store.library(&viewer, at(100));
    let asked_by_key = |plan: &[String]| {
        let licensed: Vec<_> = plan.iter().filter(|step| step.contains("licensed")).collect();
        let by_key = |step: &&String| step.contains("SEARCH") && step.contains("(article_id=? AND name=?)");
        assert!(licensed.len() >= 3 && licensed.iter().all(by_key), "{plan:#?}");
        let scans = plan.iter().filter(|step| step.starts_with("SCAN"));
        assert!(scans.clone().all(|step| step.contains("part")), "{plan:#?}");
    };
    for selection in selections().into_iter().filter(|one| one.status == Status::Published) {
        for window in windows() {
            let request = PageRequest { size: PageSize::new(20).expect("a page size"), window };
            let ask = library.window(&selection, &View::of(&request)).expect("partners may ask");
            let plan = plan(&store, &ask).await;
            asked_by_key(&plan);
            assert!(plan.iter().any(|step| step.contains("COVERING INDEX shelf_by_published")), "{plan:#?}");
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
        }
    }
    for ask in library.asks_by_name() {
        asked_by_key(&plan(&store, &ask).await);
    }
    let request = PageRequest::first(PageSize::new(20).expect("a page size"));
    for ask in library.asks_for_records(&View::of(&request)) {
        let plan = plan(&store, &ask).await;
        let licensed: Vec<_> = plan.iter().filter(|step| step.contains("licensed")).collect();
        let by_key = |step: &&String| step.contains("SEARCH") && step.contains("(article_id=? AND name=?)");
        assert!(!licensed.is_empty() && licensed.iter().all(by_key), "{plan:#?}");
    }
}

/// A sitemap is a range of a shelf with the rows of its articles, and their parts come of the index alone.
#[tokio::test]
async fn sitemaps_are_read_along_an_index() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let library = store.library(&Viewer::Anonymous, at(100));
    let length = NonZeroU32::new(10).expect("not zero");
    let parts = plan(&store, &library.in_stretches(Kind::Article, length).expect("readers may ask")).await;
    assert!(parts.iter().any(|step| step.contains("COVERING INDEX shelf_by_published")), "{parts:#?}");
    let span = Span { since: Some(at(1)), until: Some(at(9)) };
    let lines =
        plan(&store, &library.within_stretch(Kind::Article, span, 10).expect("readers may ask")).await;
    assert!(lines[0].contains("SEARCH shelf USING COVERING INDEX shelf_by_published"), "{lines:#?}");
    assert!(lines[1].contains("SEARCH publication"), "{lines:#?}");
    assert_eq!(lines.len(), 2, "{lines:#?}");
}
