//! How SQLite goes about what a follower costs: along an index, and never through a whole table.

use super::follower::LogPlace;
use super::ledger::{LedgerPlace, after_article, after_place};
use super::log::entries_from;
use crate::connect::StoreOptions;
use crate::library::plans::plan;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{PartnerId, TagId};
use masthead_domain::page::PageSize;
use masthead_domain::viewer::{Extent, Licence, Partner, Viewer};
use std::sync::Arc;
use uuid::Uuid;

#[tokio::test]
async fn a_follower_is_answered_along_indexes() {
    let store = Store::connect(&StoreOptions::new("sqlite::memory:")).await.expect("connected");
    store.migrate().await.expect("migrated");
    let now = Timestamp::try_from(1_000_000).expect("in range");
    let partner = PartnerId::new(now, [1; 10]);
    let tags = Some([1, 2].map(|tag| TagId::new(now, [tag; 10])).into());
    let licence = Licence {
        sections: None,
        tags,
        languages: None,
        extent: Extent::FullText,
        source_links: true,
        delay_seconds: 60,
        valid_from: Timestamp::EPOCH,
        valid_until: None,
        daily_quota: None,
        attribution: None,
    };
    let viewer = Viewer::Partner(Partner { id: partner, licence: Arc::new(licence) });
    let library = store.library(&viewer, now);
    let size = PageSize::new(20).expect("a page size");
    let asks = [
        (after_place(partner, LedgerPlace { sequence: 5, began: 3 }, size), "USING INDEX delta_in_order"),
        (after_article(partner, Uuid::nil(), 500), "sqlite_autoindex_delta_1"),
        (entries_from(LogPlace { sequence: 5, at: 0 }, 1_000), "USING INTEGER PRIMARY KEY"),
        (library.published_after((5, Uuid::nil()), 500), "USING COVERING INDEX shelf_by_published"),
        (library.listed_among(&[Uuid::nil()]).expect("a list"), "USING PRIMARY KEY"),
    ];
    for (ask, index) in asks {
        let plan = plan(&store, &ask).await;
        assert!(plan[0].contains(index), "{plan:#?}");
        assert!(
            !plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE")),
            "{plan:#?}"
        );
    }
}
