//! What a licence does not cover does not exist for the partner, whichever way it looks.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::{Article, ArticleParts, Kind, Stage};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::page::{PageRequest, Window};
use masthead_domain::selection::{Order, Selection};
use masthead_domain::viewer::{Extent, Licence, Partner, Viewer};
use masthead_persistence::{ArticleKey, AuthorKey, Library, Store, TagKey};
use std::collections::BTreeSet;
use std::sync::Arc;

on_both!(
    the_store_agrees_with_a_naive_filter,
    a_delayed_licence_sees_an_article_when_its_delay_has_passed,
    a_licence_costs_no_statement,
    the_widest_licences_fit_into_statements,
    an_invalid_licence_covers_nothing,
);

const LANGUAGES: [&str; 3] = ["en", "fr", "pt-BR"];

pub(crate) fn licence() -> Licence {
    Licence {
        sections: None,
        tags: None,
        languages: None,
        extent: Extent::FullText,
        source_links: true,
        delay_seconds: 0,
        valid_from: at(0),
        valid_until: None,
        daily_quota: None,
        attribution: None,
    }
}

pub(crate) fn partner(licence: Licence) -> Viewer {
    Viewer::Partner(Partner { id: PartnerId::new(at(0), [1; 10]), licence: Arc::new(licence) })
}

/// Numbers that look like chance and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, most: u16) -> u16 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((self.0 >> 33) % u64::from(most)).expect("small")
    }

    /// A set of up to three numbers, one time in three no set at all, and now and then an empty one.
    fn set(&mut self, most: u16) -> Option<BTreeSet<u16>> {
        if self.below(3) == 0 {
            return None;
        }
        Some((0..self.below(4)).map(|_| self.below(most)).collect())
    }
}

/// Section 2 lies below 1 and 3 below 2; 4 and 5 stand alone.
fn parent(section: u16) -> Option<u16> {
    matches!(section, 2 | 3).then(|| section - 1)
}

pub(crate) fn random_article(dice: &mut Dice, number: u16) -> ArticleParts {
    let mut parts = parts(number);
    parts.kind = if dice.below(6) == 0 { Kind::Page } else { Kind::Article };
    parts.stage =
        [Stage::Published, Stage::Published, Stage::Published, Stage::Draft][usize::from(dice.below(4))];
    parts.section = Some(1 + dice.below(6)).filter(|section| *section <= 5).map(section_id);
    parts.tags = (1..=5).filter(|_| dice.below(3) == 0).map(tag_id).collect();
    parts.language = LANGUAGES[usize::from(dice.below(3))].parse().expect("a language");
    parts.bylines = vec![by(1 + dice.below(4))];
    parts.citations = vec![citing(1 + dice.below(5))];
    parts.published = Some(now().plus_seconds(i64::from(dice.below(40)) * 10 - 300));
    parts.updated = parts.published.expect("set");
    parts
}

pub(crate) fn random_licence(dice: &mut Dice) -> Licence {
    let language = |number: u16| LANGUAGES[usize::from(number)].parse().expect("a language");
    Licence {
        sections: dice.set(6).map(|set| set.into_iter().map(section_id).collect()),
        tags: dice.set(6).map(|set| set.into_iter().map(tag_id).collect()),
        languages: dice.set(3).map(|set| set.into_iter().map(language).collect()),
        delay_seconds: i64::from(dice.below(3)) * 95,
        ..licence()
    }
}

/// What the licence says, in the plainest words.
fn covers(licence: &Licence, article: &ArticleParts) -> bool {
    let above = |mut section: u16| {
        let mut all = vec![section];
        while let Some(parent) = parent(section) {
            all.push(parent);
            section = parent;
        }
        all
    };
    let sections: Vec<_> = (1..=5)
        .filter(|number| article.section == Some(section_id(*number)))
        .flat_map(above)
        .map(section_id)
        .collect();
    article.stage == Stage::Published
        && article.published.is_some_and(|at| at <= now().plus_seconds(-licence.delay_seconds))
        && licence.sections.as_ref().is_none_or(|set| sections.iter().any(|section| set.contains(section)))
        && licence.tags.as_ref().is_none_or(|set| article.tags.iter().any(|tag| set.contains(tag)))
        && licence.languages.as_ref().is_none_or(|set| set.contains(&article.language))
}

/// Walks through a whole list, three rows at a time.
pub(crate) async fn walked(library: &Library<'_>, selection: &Selection) -> Vec<ArticleId> {
    let (mut all, mut window) = (Vec::new(), Window::After(None));
    loop {
        let page = library.articles(selection, &PageRequest { size: size(3), window }).await.expect("read");
        all.extend(page.items().map(|article| article.id()));
        let Some(last) = page.rows.last().filter(|_| page.has_next) else { return all };
        window = Window::After(Some(last.0.clone()));
    }
}

fn selections() -> Vec<Selection> {
    let all = Selection::default();
    let mut some = vec![
        Selection { order: Order::UpdatedAscending, ..all.clone() },
        Selection { kind: Kind::Page, ..all.clone() },
        Selection { language: Some("fr".parse().expect("a language")), ..all.clone() },
    ];
    for number in [1, 3] {
        some.push(Selection { section: Some(section_id(number)), ..all.clone() });
        some.push(Selection { tag: Some(tag_id(number)), ..all.clone() });
        some.push(Selection { author: Some(author_id(number)), ..all.clone() });
        some.push(Selection { source: Some(source_id(number)), tag: Some(tag_id(2)), ..all.clone() });
    }
    some.push(all);
    some
}

fn selected(selection: &Selection, article: &ArticleParts) -> bool {
    let below = |section: masthead_domain::id::SectionId| {
        (1..=5).any(|number| {
            let mut at = Some(number);
            article.section == Some(section_id(number))
                && std::iter::from_fn(|| {
                    let here = at?;
                    at = parent(here);
                    Some(section_id(here))
                })
                .any(|above| above == section)
        })
    };
    article.kind == selection.kind
        && selection.section.is_none_or(below)
        && selection.tag.is_none_or(|tag| article.tags.contains(&tag))
        && selection.author.is_none_or(|author| article.bylines.iter().any(|byline| byline.author == author))
        && selection.source.is_none_or(|source| article.citations.iter().any(|cited| cited.source == source))
        && selection.language.as_ref().is_none_or(|language| article.language == *language)
}

pub(crate) async fn planted(scratch: &Scratch, articles: &[ArticleParts]) -> Store {
    let store = scratch.store().await;
    let sections: Vec<_> = (1..=5).map(|number| section(number, parent(number))).collect();
    put_all!(store, put_sections, &sections);
    put_all!(store, put_authors, &[author(0), author(1), author(2), author(3), author(4)]);
    put_all!(store, put_tags, &[tag(1), tag(2), tag(3), tag(4), tag(5)]);
    put_all!(store, put_sources, &[source(1), source(2), source(3), source(4), source(5)]);
    // Each had another slug before.
    for prefix in ["old", "article"] {
        let named = |parts: &ArticleParts| {
            let number = articles.iter().position(|one| one.id == parts.id).expect("there");
            Article::new(ArticleParts { slug: slug(format!("{prefix}-{number}")), ..parts.clone() })
                .expect("valid")
        };
        put(&store, &articles.iter().map(named).collect::<Vec<_>>()).await.expect("put");
    }
    store
}

async fn the_store_agrees_with_a_naive_filter(scratch: &Scratch) {
    let mut dice = Dice(7);
    let articles: Vec<_> = (0..60).map(|number| random_article(&mut dice, number)).collect();
    let store = planted(scratch, &articles).await;
    let ids: Vec<_> = articles.iter().map(|article| article.id).collect();
    let mut seen_some = 0;
    for round in 0..40 {
        let licence = random_licence(&mut dice);
        let viewer = partner(licence.clone());
        let library = store.library(&viewer, now());
        let covered: Vec<_> = articles.iter().filter(|article| covers(&licence, article)).collect();
        let exists = |id| covered.iter().any(|article| article.id == id);
        let told = format!("round {round}: {licence:?}");
        seen_some += usize::from(!covered.is_empty());

        let (mut by_ids, mut wanted): (Vec<_>, Vec<_>) = (
            library.articles_by_ids(&ids).await.expect("read").into_keys().collect(),
            covered.iter().map(|article| article.id).collect(),
        );
        by_ids.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(by_ids, wanted, "{told}");
        let mut with_slugs: Vec<_> = library.slugs(&ids).await.expect("read").into_keys().collect();
        with_slugs.sort_unstable();
        assert_eq!(with_slugs, wanted, "{told}");

        let selections = selections();
        let counts = library.count_of_each(&selections).await.expect("read");
        let firsts = library.articles_of_each(&selections, size(100)).await.expect("read");
        for ((selection, count), first) in selections.iter().zip(counts).zip(firsts) {
            let held = || covered.iter().filter(|article| selected(selection, article));
            let mut expected: Vec<_> = held().map(|article| article.id).collect();
            let mut found = walked(&library, selection).await;
            assert_eq!(
                found,
                first.items().map(|article| article.id()).collect::<Vec<_>>(),
                "{told} {selection:?}"
            );
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{told} {selection:?}");
            assert_eq!(count, expected.len() as u64, "{told} {selection:?}");
        }

        for number in 1..=5_u16 {
            let named = covered.iter().any(|article| article.tags.contains(&tag_id(number)));
            let key = TagKey::Id(tag_id(number));
            assert_eq!(library.tag(&key).await.expect("read").is_some(), named, "{told} tag {number}");
            let cited = covered.iter().any(|article| article.citations[0].source == source_id(number));
            let found = library.source(source_id(number)).await.expect("read");
            assert_eq!(found.is_some(), cited, "{told} source {number}");
        }
        for number in 1..=4_u16 {
            let signed = covered.iter().any(|article| article.bylines[0].author == author_id(number));
            let found = library.author(&AuthorKey::Id(author_id(number))).await.expect("read");
            assert_eq!(found.is_some(), signed, "{told} author {number}");
        }
        let sections = library.sections().await.expect("read");
        for number in 1..=5_u16 {
            let all = |kind| Selection { section: Some(section_id(number)), kind, ..Selection::default() };
            let inside = covered
                .iter()
                .any(|article| [Kind::Article, Kind::Page].map(all).iter().any(|one| selected(one, article)));
            let found = sections.iter().any(|section| section.id == section_id(number));
            assert_eq!(found, inside, "{told} section {number}");
        }

        for (number, article) in articles.iter().enumerate().step_by(7) {
            let exists = exists(article.id);
            let key = ArticleKey::Id(article.id);
            assert_eq!(library.article(&key).await.expect("read").is_some(), exists, "{told}");
            let key = ArticleKey::Slug(slug(format!("article-{number}")));
            let found = library.article(&key).await.expect("read");
            assert_eq!(found.is_some(), exists, "{told}");
            let moved = library.moved(&slug(format!("old-{number}"))).await.expect("read");
            assert_eq!(moved.is_some(), exists, "{told}");
            if let Some(found) = found {
                let related = library.related(&found, size(50)).await.expect("read");
                assert!(
                    related.iter().all(|one| covered.iter().any(|article| article.id == one.id())),
                    "{told}"
                );
            }
        }
    }
    assert!(
        (10..40).contains(&seen_some),
        "most licences cover something, and some cover nothing: {seen_some}"
    );
}

async fn a_delayed_licence_sees_an_article_when_its_delay_has_passed(scratch: &Scratch) {
    let store = planted(scratch, &[parts(1)]).await;
    let viewer = partner(Licence { delay_seconds: 3_600, ..licence() });
    let published = at(1);
    let due = published.plus_seconds(3_600);
    let just_before = Timestamp::try_from(due.micros() - 1).expect("in range");
    for (now, exists) in [(published, false), (just_before, false), (due, true)] {
        let library = store.library(&viewer, now);
        let key = ArticleKey::Id(article_id(1));
        assert_eq!(library.article(&key).await.expect("read").is_some(), exists, "{now}");
        assert_eq!(library.count(&Selection::default()).await.expect("read"), u64::from(exists), "{now}");
    }
}

async fn a_licence_costs_no_statement(scratch: &Scratch) {
    let mut dice = Dice(11);
    let articles: Vec<_> = (0..30).map(|number| random_article(&mut dice, number)).collect();
    planted(scratch, &articles).await.close().await.expect("closed");
    let narrow = Licence {
        sections: Some([section_id(1), section_id(4)].into()),
        tags: Some([tag_id(1), tag_id(2), tag_id(3)].into()),
        languages: Some(LANGUAGES.map(|tag| tag.parse().expect("a language")).into()),
        ..licence()
    };
    let mut costs = Vec::new();
    for viewer in [Viewer::Anonymous, partner(licence()), partner(narrow)] {
        let store = scratch.connect().await;
        let library = store.library(&viewer, now());
        let before = store.queries();
        library.count_of_each(&selections()).await.expect("read");
        library.articles_by_ids(&articles.iter().map(|one| one.id).collect::<Vec<_>>()).await.expect("read");
        library.slugs(&[article_id(1)]).await.expect("read");
        library.articles_of_each(&selections(), size(5)).await.expect("read");
        library.articles(&Selection::default(), &PageRequest::first(size(5))).await.expect("read");
        library.tags(&PageRequest::first(size(5))).await.expect("read");
        library.sections().await.expect("read");
        costs.push(store.queries() - before);
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
}

async fn the_widest_licences_fit_into_statements(scratch: &Scratch) {
    let store = planted(scratch, &(0..50).map(parts).collect::<Vec<_>>()).await;
    let language = |number: u16| {
        let tag = format!(
            "{}{}{}",
            "abcdefghij".as_bytes()[usize::from(number / 10)] as char,
            "abcdefghij".as_bytes()[usize::from(number % 10)] as char,
            "x"
        );
        tag.parse().expect("a language")
    };
    let widest = Licence {
        sections: Some((0..100).map(section_id).collect()),
        tags: Some((0..100).map(tag_id).collect()),
        languages: Some((0..100).map(language).collect()),
        ..licence()
    };
    widest.check().expect("a licence may be as wide as that");
    let viewer = partner(widest);
    let library = store.library(&viewer, now());
    let lists = vec![Selection { section: Some(section_id(1)), ..Selection::default() }; 100];
    assert_eq!(library.articles_of_each(&lists, size(100)).await.expect("read").len(), 100);
    assert_eq!(library.count_of_each(&lists).await.expect("read").len(), 100);
    let articles: Vec<_> = (0..50)
        .map(|number| {
            article(number, |parts| {
                parts.tags = (0..10).map(tag_id).collect();
                parts.citations = (0..10).map(citing).collect();
                parts.section = Some(section_id(1));
                parts.bylines = vec![by(1), by(2)];
            })
        })
        .collect();
    let all: Vec<_> = articles.iter().collect();
    assert_eq!(library.related_of_each(&all, size(100)).await.expect("read").len(), 50);
    library.authors(&PageRequest::first(size(100))).await.expect("read");
    library.articles_by_ids(&(0..500).map(article_id).collect::<Vec<_>>()).await.expect("read");
}

async fn an_invalid_licence_covers_nothing(scratch: &Scratch) {
    let store = planted(scratch, &[parts(1)]).await;
    let expired = Licence { valid_until: Some(now()), ..licence() };
    let early = Licence { valid_from: now().plus_seconds(1), ..licence() };
    for (licence, rows) in [(licence(), 1), (expired, 0), (early, 0)] {
        let viewer = partner(licence);
        let library = store.library(&viewer, now());
        assert_eq!(library.count(&Selection::default()).await.expect("read"), rows);
    }
}
