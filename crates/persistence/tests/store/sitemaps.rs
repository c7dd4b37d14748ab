//! What sitemaps list: all that readers may see, once, and nothing else.

use crate::fixture::*;
use crate::licences::{licence, partner};
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::{Article, Kind, Stage};
use masthead_domain::selection::Span;
use masthead_domain::viewer::{Licence, Viewer};
use masthead_persistence::{Library, Stretch};
use std::num::NonZeroU32;

on_both!(
    the_parts_hold_everything_once,
    those_of_one_instant_stay_together,
    nothing_is_listed_that_does_not_exist_for_the_viewer,
);

fn length(articles: u32) -> NonZeroU32 {
    NonZeroU32::new(articles).expect("not zero")
}

/// All that is listed, part by part.
async fn walked(library: &Library<'_>, kind: Kind, articles: u32) -> Vec<Vec<String>> {
    let stretches = library.stretches(kind, length(articles)).await.expect("stretches");
    let mut parts = Vec::new();
    for (number, stretch) in stretches.iter().enumerate() {
        let span = Span {
            since: Some(stretch.since),
            until: stretches.get(number + 1).map(|next: &Stretch| next.since),
        };
        let listed = library.listed(kind, span, 50_000).await.expect("listed");
        assert!(listed.iter().map(|one| one.updated).max() <= Some(stretch.updated));
        parts.push(listed.into_iter().map(|one| one.slug.to_string()).collect());
    }
    parts
}

async fn the_parts_hold_everything_once(scratch: &Scratch) {
    let store = scratch.store().await;
    let articles: Vec<Article> = (0..7).map(|number| article(number, |_| ())).collect();
    put(&store, &articles).await.expect("put");
    let library = store.library(&Viewer::Anonymous, now());
    let parts = walked(&library, Kind::Article, 3).await;
    assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    let expected: Vec<_> = (0..7).map(|number| format!("article-{number}")).collect();
    assert_eq!(parts.concat(), expected);
    put(&store, &[article(9, |_| ())]).await.expect("put");
    let more = walked(&library, Kind::Article, 3).await;
    assert_eq!(more[..2], parts[..2], "a new article moves no full part");
    assert_eq!(library.listed(Kind::Article, Span::default(), 2).await.expect("listed").len(), 2);
}

async fn those_of_one_instant_stay_together(scratch: &Scratch) {
    let store = scratch.store().await;
    let at_once = |number| article(number, |parts| (parts.published, parts.updated) = (Some(at(5)), at(5)));
    put(&store, &(0..5).map(at_once).collect::<Vec<_>>()).await.expect("put");
    let library = store.library(&Viewer::Anonymous, now());
    let parts = walked(&library, Kind::Article, 2).await;
    assert_eq!(parts.concat().len(), 5, "each once: {parts:?}");
}

async fn nothing_is_listed_that_does_not_exist_for_the_viewer(scratch: &Scratch) {
    let store = scratch.store().await;
    let hidden = [
        article(1, |parts| parts.stage = Stage::Draft),
        article(2, |parts| parts.stage = Stage::Withdrawn),
        article(3, |parts| {
            parts.published = Some(now().plus_seconds(1));
            parts.updated = now().plus_seconds(1);
        }),
    ];
    put(&store, &hidden).await.expect("put");
    let library = store.library(&Viewer::Anonymous, now());
    assert_eq!(walked(&library, Kind::Article, 10).await, Vec::<Vec<String>>::new());
    put(&store, &[article(4, |_| ()), article(5, |parts| parts.kind = Kind::Page)]).await.expect("put");
    assert_eq!(walked(&library, Kind::Article, 10).await, [["article-4"]]);
    assert_eq!(walked(&library, Kind::Page, 10).await, [["article-5"]]);
    let french =
        partner(Licence { languages: Some(["fr".parse().expect("a language")].into()), ..licence() });
    let library = store.library(&french, now());
    assert_eq!(walked(&library, Kind::Article, 10).await, Vec::<Vec<String>>::new());
}
