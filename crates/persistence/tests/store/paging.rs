//! Pages, walked in every order, both ways, and compared with a list that is sorted in memory.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::{ArticleParts, Kind, Stage, Status};
use masthead_domain::page::{Page, PageRequest, Position, SortKey, Window};
use masthead_domain::selection::{Order, Selection, Span};
use masthead_domain::viewer::Viewer;
use masthead_persistence::{Library, Store};
use uuid::Uuid;

on_both!(
    every_walk_equals_the_whole_list,
    random_windows_equal_the_list,
    a_cursor_outlives_its_row,
    names_are_walked_both_ways,
);

const ORDERS: [Order; 4] = [
    Order::PublishedDescending,
    Order::PublishedAscending,
    Order::UpdatedDescending,
    Order::UpdatedAscending,
];

/// Numbers that look random and are the same every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn number(&mut self, sides: u16) -> u16 {
        u16::try_from(self.roll(u64::from(sides))).expect("small")
    }
}

/// Sections 1 and, below it, 2; three authors, tags and sources. Few instants, so that many articles share one.
fn some(dice: &mut Dice, number: u16) -> ArticleParts {
    let mut parts = parts(number);
    let published = at(i64::from(dice.number(8)));
    parts.published = Some(published);
    parts.updated = published.plus_seconds(i64::from(dice.number(5)));
    parts.section = [None, Some(section_id(1)), Some(section_id(2))][usize::from(dice.number(3))];
    parts.tags = (0..3).filter(|_| dice.roll(2) == 0).map(tag_id).collect();
    parts.bylines = (0..3).filter(|_| dice.roll(2) == 0).map(by).collect();
    parts.citations = (0..3).filter(|_| dice.roll(2) == 0).map(citing).collect();
    parts.language = ["en", "fr"][usize::from(dice.number(2))].parse().expect("a language");
    match dice.roll(10) {
        0 => parts.kind = Kind::Page,
        1 => parts.stage = Stage::Draft,
        2 => parts.stage = Stage::Withdrawn,
        3 => {
            parts.published = Some(now().plus_seconds(i64::from(dice.number(3))));
            parts.updated = now().plus_seconds(60);
        }
        _ => {}
    }
    parts
}

async fn planted(scratch: &Scratch) -> (Store, Vec<ArticleParts>) {
    let store = scratch.store().await;
    put_all!(store, put_sections, &[section(1, None), section(2, Some(1))]);
    put_all!(store, put_tags, &[tag(0), tag(1), tag(2)]);
    put_all!(store, put_authors, &[author(0), author(1), author(2)]);
    put_all!(store, put_sources, &[source(0), source(1), source(2)]);
    let mut dice = Dice(1);
    let all: Vec<_> = (0..80).map(|number| some(&mut dice, number)).collect();
    let articles: Vec<_> = all.iter().map(|parts| article(0, |empty| *empty = parts.clone())).collect();
    put(&store, &articles).await.expect("put");
    (store, all)
}

fn selections() -> Vec<Selection> {
    let all = Selection::default();
    let language = "fr".parse().expect("a language");
    let span = |since, until| Span { since: Some(at(since)), until: Some(at(until)) };
    vec![
        all.clone(),
        Selection { section: Some(section_id(1)), ..all.clone() },
        Selection { section: Some(section_id(2)), ..all.clone() },
        Selection { author: Some(author_id(1)), ..all.clone() },
        Selection { tag: Some(tag_id(1)), ..all.clone() },
        Selection { source: Some(source_id(1)), ..all.clone() },
        Selection { language: Some(language), ..all.clone() },
        Selection { published: span(2, 5), ..all.clone() },
        Selection { updated: span(3, 9), tag: Some(tag_id(0)), ..all.clone() },
        Selection { kind: Kind::Page, ..all.clone() },
        Selection { status: Status::Draft, ..all.clone() },
        Selection { status: Status::Scheduled, ..all.clone() },
        Selection { status: Status::Withdrawn, author: Some(author_id(0)), ..all.clone() },
        Selection {
            section: Some(section_id(1)),
            author: Some(author_id(0)),
            tag: Some(tag_id(2)),
            source: Some(source_id(0)),
            ..all.clone()
        },
        Selection { tag: Some(tag_id(99)), ..all },
    ]
}

fn holds(selection: &Selection, parts: &ArticleParts) -> bool {
    let published = parts.published.unwrap_or(parts.updated);
    let status = match parts.stage {
        Stage::Draft => Status::Draft,
        Stage::Withdrawn => Status::Withdrawn,
        Stage::Published if published <= now() => Status::Published,
        Stage::Published => Status::Scheduled,
    };
    let within = |span: Span, at| {
        span.since.is_none_or(|since| since <= at) && span.until.is_none_or(|until| at < until)
    };
    let below = |wanted| {
        parts.section == Some(wanted) || (wanted == section_id(1) && parts.section == Some(section_id(2)))
    };
    selection.kind == parts.kind
        && selection.status == status
        && selection.section.is_none_or(below)
        && selection.author.is_none_or(|author| parts.bylines.iter().any(|byline| byline.author == author))
        && selection.tag.is_none_or(|tag| parts.tags.contains(&tag))
        && selection.source.is_none_or(|source| parts.citations.iter().any(|cited| cited.source == source))
        && selection.language.as_ref().is_none_or(|language| *language == parts.language)
        && within(selection.published, published)
        && within(selection.updated, parts.updated)
}

/// The list, sorted in memory.
fn list(all: &[ArticleParts], selection: &Selection) -> Vec<(i64, Uuid)> {
    let key = |parts: &ArticleParts| match selection.order {
        Order::PublishedDescending | Order::PublishedAscending => parts.published.unwrap_or(parts.updated),
        Order::UpdatedDescending | Order::UpdatedAscending => parts.updated,
    };
    let held = all.iter().filter(|parts| holds(selection, parts));
    let mut list: Vec<_> = held.map(|parts| (key(parts).micros(), parts.id.uuid())).collect();
    list.sort_unstable();
    if matches!(selection.order, Order::PublishedDescending | Order::UpdatedDescending) {
        list.reverse();
    }
    list
}

fn position(place: (i64, Uuid)) -> Position {
    Position { key: SortKey::Micros(place.0), id: place.1 }
}

fn places<T>(page: &Page<T>) -> Vec<(i64, Uuid)> {
    let place = |row: &(Position, T)| match row.0.key {
        SortKey::Micros(micros) => (micros, row.0.id),
        SortKey::Text(_) => panic!("articles are sorted by time"),
    };
    page.rows.iter().map(place).collect()
}

async fn walked(library: &Library<'_>, selection: &Selection, rows: u32, backward: bool) -> Vec<(i64, Uuid)> {
    let mut walked = Vec::new();
    let mut position = None;
    loop {
        let window =
            if backward { Window::Before(position.clone()) } else { Window::After(position.clone()) };
        let request = PageRequest { size: size(rows), window };
        let page = library.articles(selection, &request).await.expect("read");
        let (more, behind) =
            if backward { (page.has_previous, page.has_next) } else { (page.has_next, page.has_previous) };
        assert_eq!(behind, position.is_some(), "{selection:?}");
        let here = places(&page);
        assert!(here.len() == rows as usize || !more);
        let edge = if backward { page.rows.first() } else { page.rows.last() };
        position = edge.map(|row| row.0.clone());
        if backward {
            walked.splice(0..0, here);
        } else {
            walked.extend(here);
        }
        if !more {
            return walked;
        }
    }
}

async fn every_walk_equals_the_whole_list(scratch: &Scratch) {
    let (store, all) = planted(scratch).await;
    let staff = staff();
    for selection in selections() {
        for order in ORDERS {
            let selection = Selection { order, ..selection.clone() };
            let expected = list(&all, &selection);
            let library = store.library(&staff, now());
            for rows in [3, 7, 100] {
                for backward in [false, true] {
                    let found = walked(&library, &selection, rows, backward).await;
                    assert_eq!(found, expected, "{selection:?}, {rows} a page, backward: {backward}");
                }
            }
            assert_eq!(library.count(&selection).await.expect("counted"), expected.len() as u64);
            let anonymous = store.library(&Viewer::Anonymous, now());
            let public = selection.status == Status::Published;
            let found = walked(&anonymous, &selection, 50, false).await;
            assert_eq!(found, if public { expected } else { Vec::new() });
        }
        let each: Vec<_> = ORDERS.map(|order| Selection { order, ..selection.clone() }).into();
        let library = store.library(&staff, now());
        let pages = library.articles_of_each(&each, size(4)).await.expect("read");
        for (page, selection) in pages.iter().zip(&each) {
            let expected = list(&all, selection);
            assert_eq!(places(page), expected[..expected.len().min(4)]);
            assert_eq!((page.has_next, page.has_previous), (expected.len() > 4, false));
        }
    }
}

async fn random_windows_equal_the_list(scratch: &Scratch) {
    let (store, all) = planted(scratch).await;
    let staff = staff();
    let library = store.library(&staff, now());
    let selections = selections();
    let mut dice = Dice(2);
    for _ in 0..600 {
        let chosen = &selections[usize::from(dice.number(15))];
        let selection = Selection { order: ORDERS[usize::from(dice.number(4))], ..chosen.clone() };
        let expected = list(&all, &selection);
        let rows = u32::from(dice.number(9)) + 1;
        // A place in the list, or one where no article stands.
        let place = match dice.roll(3) {
            0 => (at(i64::from(dice.number(12)) - 1).micros(), article_id(dice.number(100)).uuid()),
            _ if expected.is_empty() => continue,
            _ => expected[usize::try_from(dice.roll(expected.len() as u64)).expect("small")],
        };
        let descending = matches!(selection.order, Order::PublishedDescending | Order::UpdatedDescending);
        let precedes = |row: &(i64, Uuid)| if descending { *row > place } else { *row < place };
        let start = expected.iter().take_while(|row| precedes(row)).count();
        let held = expected.get(start) == Some(&place);
        let (window, range) = if dice.roll(2) == 0 {
            let start = start + usize::from(held);
            (Window::After(Some(position(place))), start..expected.len().min(start + rows as usize))
        } else {
            (Window::Before(Some(position(place))), start.saturating_sub(rows as usize)..start)
        };
        let page = library
            .articles(&selection, &PageRequest { size: size(rows), window: window.clone() })
            .await
            .expect("read");
        assert_eq!(places(&page), expected[range.clone()], "{selection:?} {window:?}");
        assert_eq!(page.has_previous, range.start > 0, "{selection:?} {window:?}");
        assert_eq!(page.has_next, range.end < expected.len(), "{selection:?} {window:?}");
    }
}

async fn a_cursor_outlives_its_row(scratch: &Scratch) {
    let store = scratch.store().await;
    put(&store, &[1, 2, 3].map(|number| article(number, |_| {}))).await.expect("put");
    let library = store.library(&Viewer::Anonymous, now());
    let all = Selection::default();
    let first = library.articles(&all, &PageRequest::first(size(1))).await.expect("read");
    let cursor = first.rows[0].0.clone();
    put(&store, &[article(3, |parts| parts.stage = Stage::Withdrawn)]).await.expect("put");
    let after = PageRequest { size: size(1), window: Window::After(Some(cursor.clone())) };
    let page = library.articles(&all, &after).await.expect("read");
    assert_eq!(page.rows[0].1.id(), article_id(2));
    assert!(page.has_next && !page.has_previous, "what was before it is gone");
    let text = Position { key: SortKey::Text("article-3".into()), id: cursor.id };
    let of_another_list = PageRequest { size: size(1), window: Window::After(Some(text)) };
    assert!(library.articles(&all, &of_another_list).await.expect("read").rows.is_empty());
    assert!(library.tags(&after).await.expect("read").rows.is_empty());
}

async fn names_are_walked_both_ways(scratch: &Scratch) {
    let store = scratch.store().await;
    let mut dice = Dice(3);
    // Names in which the order of a locale would differ from that of bytes.
    let names = ["a", "a-b", "a_b", "ab", "a1", "1a", "-a", "_a", "b", "a-"];
    let tags: Vec<_> = (0..)
        .zip(names)
        .map(|(number, name)| {
            let mut tag = tag(number);
            tag.slug = slug(name);
            tag
        })
        .collect();
    put_all!(store, put_tags, &tags);
    let all_tags = article(1, |parts| parts.tags = tags.iter().skip(1).map(|tag| tag.id).collect());
    put(&store, &[all_tags]).await.expect("put");
    for (viewer, skipped) in [(Viewer::Anonymous, 1), (staff(), 0)] {
        let library = store.library(&viewer, now());
        let mut expected: Vec<_> = names[skipped..].to_vec();
        expected.sort_unstable();
        for _ in 0..100 {
            let rows = u32::from(dice.number(4)) + 1;
            let mark = ["", "a", "a-", "ab", "b", "zz", "a0", "1a"][usize::from(dice.number(8))];
            let place = Position { key: SortKey::Text(mark.into()), id: Uuid::nil() };
            let start = expected.iter().filter(|name| **name < mark).count();
            let (window, range) = if dice.roll(2) == 0 {
                let start = start + usize::from(expected.contains(&mark));
                (Window::After(Some(place)), start..expected.len().min(start + rows as usize))
            } else {
                (Window::Before(Some(place)), start.saturating_sub(rows as usize)..start)
            };
            let page = library.tags(&PageRequest { size: size(rows), window }).await.expect("read");
            let found: Vec<_> = page.items().map(|tag| tag.slug.as_str()).collect();
            assert_eq!(found, expected[range.clone()], "{mark}");
            assert_eq!((page.has_previous, page.has_next), (range.start > 0, range.end < expected.len()));
        }
        let last = PageRequest { size: size(2), window: Window::Before(None) };
        let page = library.tags(&last).await.expect("read");
        let found: Vec<_> = page.items().map(|tag| tag.slug.as_str()).collect();
        assert_eq!(found, expected[expected.len() - 2..]);
        assert!(page.has_previous && !page.has_next);
    }
}
