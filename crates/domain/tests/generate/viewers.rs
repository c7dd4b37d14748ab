//! Viewers of every kind.

use super::{any_entitlement, article_id, at};
use masthead_domain::id::PartnerId;
use masthead_domain::viewer::{
    Entitlements, Extent, Licence, MeterReading, Partner, Pass, PassKind, Passes, Preview, Reader, Role,
    Staff, Viewer,
};
use proptest::prelude::*;
use std::sync::Arc;

fn any_holdings() -> impl Strategy<Value = Entitlements> + Clone {
    prop::collection::vec(any_entitlement(), 0..4).prop_map(|held| held.into_iter().collect())
}

/// Passes for the article that is looked at, for another one, or for both.
fn any_passes() -> impl Strategy<Value = Passes> {
    let pass = (any::<bool>(), any_holdings()).prop_map(|(metered, entitlements)| Pass {
        kind: if metered { PassKind::Metered } else { PassKind::Gifted },
        entitlements,
    });
    let article = prop_oneof![2 => Just(9_u8), 1 => Just(1)].prop_map(article_id);
    prop::collection::vec((article, pass), 0..3).prop_map(|passes| passes.into_iter().collect())
}

fn any_meter() -> impl Strategy<Value = Option<MeterReading>> {
    let meter = (0..4_u32, any_holdings());
    prop::option::of(meter.prop_map(|(left, opens)| MeterReading { limit: 3, left, resets: at(0), opens }))
}

fn any_reader() -> impl Strategy<Value = Viewer> {
    (any::<bool>(), any_holdings(), any_passes(), any_meter()).prop_map(
        |(is_member, entitlements, passes, meter)| {
            Viewer::Reader(Reader { is_member, entitlements, passes, meter, ..Reader::nobody("somebody") })
        },
    )
}

fn any_partner() -> impl Strategy<Value = Viewer> {
    let extent = prop_oneof![Just(Extent::Headline), Just(Extent::Teaser), Just(Extent::FullText)];
    (extent, any::<bool>(), any::<bool>()).prop_map(|(extent, source_links, attributed)| {
        let licence = Licence {
            sections: None,
            tags: None,
            languages: None,
            extent,
            source_links,
            delay_seconds: 0,
            valid_from: at(0),
            valid_until: None,
            daily_quota: None,
            attribution: attributed.then(|| "By the paper".to_owned()),
        };
        Viewer::Partner(Partner { id: PartnerId::new(at(0), [1; 10]), licence: Arc::new(licence) })
    })
}

pub(crate) fn any_viewer() -> impl Strategy<Value = Viewer> {
    let preview = prop_oneof![Just(9_u8), Just(1)]
        .prop_map(|article| Viewer::Preview(Preview { article: article_id(article), version: 1 }));
    let staff =
        prop::sample::select(Role::ALL.to_vec()).prop_map(|role| Viewer::Staff(Staff::new("desk", role)));
    prop_oneof![
        1 => Just(Viewer::Anonymous),
        5 => any_reader(),
        3 => any_partner(),
        1 => preview,
        1 => staff,
    ]
}
