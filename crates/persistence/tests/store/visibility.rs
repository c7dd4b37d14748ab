//! What is not published does not exist for readers, whichever way they look.

use crate::fixture::*;
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::{Article, Kind, Provenance, Review, Stage, Status};
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::page::PageRequest;
use masthead_domain::selection::{Order, Selection};
use masthead_domain::viewer::{Entitlement, Viewer};
use masthead_persistence::{ArticleKey, AuthorKey, Library, Store, TagKey};

on_both!(
    hidden_articles_do_not_exist_for_readers,
    hidden_articles_exist_for_staff,
    a_scheduled_article_appears_at_its_instant,
    what_was_read_before_can_be_withdrawn,
    tags_and_sources_of_pages_exist,
    sections_and_authors_exist_with_what_names_them,
    related_articles_share_something,
);

const HIDDEN: [(u16, Stage); 3] = [(2, Stage::Draft), (3, Stage::Published), (4, Stage::Withdrawn)];

/// The instant at which the scheduled article, the third, becomes visible.
fn flip() -> Timestamp {
    now().plus_seconds(3_600)
}

/// Article 1 is published; 2 is a draft, 3 scheduled, 4 withdrawn; these had another slug before. Each has a tag and a source of its own number,
/// and a tag, an author and a section that all share.
async fn planted(scratch: &Scratch) -> Store {
    let store = scratch.store().await;
    put_all!(store, put_sections, &[section(1, None)]);
    put_all!(store, put_authors, &[author(1)]);
    put_all!(store, put_tags, &[tag(1), tag(2), tag(3), tag(4), tag(9)]);
    put_all!(store, put_sources, &[source(1), source(2), source(3), source(4), source(9)]);
    put(&store, &[one(1, Stage::Published, "article-1")]).await.expect("put");
    for prefix in ["old", "article"] {
        let hidden: Vec<_> =
            HIDDEN.map(|(number, stage)| one(number, stage, &format!("{prefix}-{number}"))).into();
        put(&store, &hidden).await.expect("put");
    }
    store
}

fn one(number: u16, stage: Stage, name: &str) -> Article {
    article(number, |parts| {
        parts.slug = slug(name);
        parts.stage = stage;
        parts.section = Some(section_id(1));
        parts.bylines = vec![by(1)];
        parts.tags = vec![tag_id(9), tag_id(number)];
        parts.citations = vec![citing(9), citing(number)];
        if number == 3 {
            parts.published = Some(flip());
            parts.updated = flip();
        }
    })
}

fn selections() -> Vec<Selection> {
    let orders = [
        Order::PublishedDescending,
        Order::PublishedAscending,
        Order::UpdatedDescending,
        Order::UpdatedAscending,
    ];
    let of = |order| {
        let all = Selection { order, ..Selection::default() };
        let mut with = vec![
            all.clone(),
            Selection { section: Some(section_id(1)), ..all.clone() },
            Selection { author: Some(author_id(1)), ..all.clone() },
            Selection { language: Some("en".parse().expect("a language")), ..all.clone() },
            Selection { tag: Some(tag_id(9)), author: Some(author_id(1)), ..all.clone() },
        ];
        for number in [2, 3, 4, 9] {
            with.push(Selection { tag: Some(tag_id(number)), ..all.clone() });
            with.push(Selection { source: Some(source_id(number)), ..all.clone() });
        }
        with
    };
    orders.into_iter().flat_map(of).collect()
}

async fn listed(library: &Library<'_>, selection: &Selection) -> Vec<ArticleId> {
    let page = library.articles(selection, &PageRequest::first(size(50))).await.expect("read");
    assert_eq!(library.count(selection).await.expect("counted"), page.rows.len() as u64, "{selection:?}");
    assert!(!page.has_next && !page.has_previous);
    let each = library.articles_of_each(std::slice::from_ref(selection), size(50)).await.expect("read");
    assert!(each[0].rows.iter().map(|row| &row.0).eq(page.rows.iter().map(|row| &row.0)));
    page.items().map(|article| article.id()).collect()
}

async fn hidden_articles_do_not_exist_for_readers(scratch: &Scratch) {
    let store = planted(scratch).await;
    let held = [Entitlement::Subscriber, Entitlement::Member, Entitlement::Staff];
    let member = Viewer::member("somebody", held);
    for viewer in [Viewer::Anonymous, member] {
        // What staff have read before is in memory; it must not show.
        let staff = staff();
        let everything = store.library(&staff, now());
        for status in [Status::Draft, Status::Scheduled, Status::Published, Status::Withdrawn] {
            listed(&everything, &Selection { status, ..Selection::default() }).await;
        }

        let library = store.library(&viewer, now());
        for (number, _) in HIDDEN {
            let id = article_id(number);
            assert!(library.article(&ArticleKey::Id(id)).await.expect("read").is_none());
            for name in [format!("article-{number}"), format!("old-{number}")] {
                assert!(library.article(&ArticleKey::Slug(slug(&name))).await.expect("read").is_none());
                assert_eq!(library.moved(&slug(&name)).await.expect("read"), None);
            }
            assert!(library.articles_by_ids(&[id]).await.expect("read").is_empty());
            assert!(library.slugs(&[id]).await.expect("read").is_empty());
            assert_eq!(library.tag(&TagKey::Id(tag_id(number))).await.expect("read"), None);
            assert_eq!(library.tag(&TagKey::Slug(tag(number).slug)).await.expect("read"), None);
            assert!(library.tags_by_ids(&[tag_id(number)]).await.expect("read").is_empty());
            assert_eq!(library.source(source_id(number)).await.expect("read"), None);
            assert!(library.sources_by_ids(&[source_id(number)]).await.expect("read").is_empty());
        }
        let tags = library.tags(&PageRequest::first(size(50))).await.expect("read");
        assert_eq!(tags.items().cloned().collect::<Vec<_>>(), [tag(1), tag(9)]);
        for selection in selections() {
            let shared = ![2, 3, 4].into_iter().any(|number| {
                selection.tag == Some(tag_id(number)) || selection.source == Some(source_id(number))
            });
            let expected = if shared { vec![article_id(1)] } else { Vec::new() };
            assert_eq!(listed(&library, &selection).await, expected, "{selection:?}");
            for status in [Status::Draft, Status::Scheduled, Status::Withdrawn] {
                let before = store.queries();
                let hidden = Selection { status, ..selection.clone() };
                assert!(listed(&library, &hidden).await.is_empty(), "{hidden:?}");
                assert_eq!(store.queries(), before, "the database was not even asked");
            }
        }
        let first = library.article(&ArticleKey::Id(article_id(1))).await.expect("read").expect("there");
        assert!(library.related(&first, size(10)).await.expect("read").is_empty());
    }
}

async fn hidden_articles_exist_for_staff(scratch: &Scratch) {
    let store = planted(scratch).await;
    let staff = staff();
    let library = store.library(&staff, now());
    let all: Vec<_> = (1..=4).map(article_id).collect();
    for (number, _) in HIDDEN {
        let id = article_id(number);
        let found = library.article(&ArticleKey::Id(id)).await.expect("read").expect("by id");
        assert_eq!(found.id(), id);
        let name = slug(format!("article-{number}"));
        let found = library.article(&ArticleKey::Slug(name.clone())).await.expect("read").expect("by slug");
        assert_eq!(found.id(), id);
        let old = slug(format!("old-{number}"));
        assert_eq!(library.moved(&old).await.expect("read"), Some(name));
        assert!(library.tag(&TagKey::Id(tag_id(number))).await.expect("read").is_some());
        assert!(library.source(source_id(number)).await.expect("read").is_some());
    }
    assert_eq!(library.articles_by_ids(&all).await.expect("read").len(), 4);
    assert_eq!(library.slugs(&all).await.expect("read").len(), 4);
    assert_eq!(library.tags(&PageRequest::first(size(50))).await.expect("read").rows.len(), 5);
    for (status, number) in
        [(Status::Published, 1), (Status::Draft, 2), (Status::Scheduled, 3), (Status::Withdrawn, 4)]
    {
        let selection = Selection { status, section: Some(section_id(1)), ..Selection::default() };
        assert_eq!(listed(&library, &selection).await, [article_id(number)], "{status:?}");
        let selection = Selection { status, tag: Some(tag_id(number)), ..Selection::default() };
        assert_eq!(listed(&library, &selection).await, [article_id(number)], "{status:?}");
    }
    let first = library.article(&ArticleKey::Id(article_id(1))).await.expect("read").expect("there");
    assert!(library.related(&first, size(10)).await.expect("read").is_empty(), "only what readers see");
}

async fn a_scheduled_article_appears_at_its_instant(scratch: &Scratch) {
    let store = planted(scratch).await;
    let id = article_id(3);
    let just_before = Timestamp::try_from(flip().micros() - 1).expect("in range");
    let sequence = store.glance(None, &Default::default(), now()).await.expect("read").1.sequence;
    for (now, visible) in [(just_before, false), (flip(), true), (flip().plus_seconds(1), true)] {
        let library = store.library(&Viewer::Anonymous, now);
        assert_eq!(library.article(&ArticleKey::Id(id)).await.expect("read").is_some(), visible);
        assert_eq!(library.moved(&slug("old-3")).await.expect("read").is_some(), visible);
        assert_eq!(library.slugs(&[id]).await.expect("read").contains_key(&id), visible);
        assert_eq!(library.tag(&TagKey::Id(tag_id(3))).await.expect("read").is_some(), visible);
        assert_eq!(library.source(source_id(3)).await.expect("read").is_some(), visible);
        assert_eq!(listed(&library, &Selection::default()).await.contains(&id), visible);
        let (_, horizon) = store.glance(None, &Default::default(), now).await.expect("read");
        assert_eq!(horizon.next_flip, (!visible).then(flip));
        assert_eq!(horizon.sequence, sequence, "without a write");
        let scheduled = Selection { status: Status::Scheduled, ..Selection::default() };
        let staff = staff();
        let library = store.library(&staff, now);
        assert_eq!(listed(&library, &scheduled).await.contains(&id), !visible);
    }
}

async fn what_was_read_before_can_be_withdrawn(scratch: &Scratch) {
    let store = scratch.store().await;
    let tagged = |stage| {
        article(1, |parts| {
            parts.tags = vec![tag_id(1)];
            parts.stage = stage;
        })
    };
    put_all!(store, put_tags, &[tag(1)]);
    put(&store, &[tagged(Stage::Published)]).await.expect("put");
    let library = store.library(&Viewer::Anonymous, now());
    assert_eq!(listed(&library, &Selection::default()).await, [article_id(1)]);
    put(&store, &[tagged(Stage::Withdrawn)]).await.expect("put");
    assert!(listed(&library, &Selection::default()).await.is_empty());
    assert!(library.article(&ArticleKey::Slug(slug("article-1"))).await.expect("read").is_none());
    assert!(library.tags(&PageRequest::first(size(5))).await.expect("read").rows.is_empty());
    put(&store, &[tagged(Stage::Published)]).await.expect("put");
    assert_eq!(listed(&library, &Selection::default()).await, [article_id(1)]);
}

async fn tags_and_sources_of_pages_exist(scratch: &Scratch) {
    let store = scratch.store().await;
    put_all!(store, put_tags, &[tag(1)]);
    put_all!(store, put_sources, &[source(1)]);
    let page = |stage| {
        article(1, |parts| {
            parts.kind = Kind::Page;
            parts.stage = stage;
            parts.tags = vec![tag_id(1)];
            parts.citations = vec![citing(1)];
        })
    };
    let library = store.library(&Viewer::Anonymous, now());
    for (stage, exists) in [(Stage::Draft, false), (Stage::Published, true)] {
        put(&store, &[page(stage)]).await.expect("put");
        assert_eq!(library.tag(&TagKey::Id(tag_id(1))).await.expect("read").is_some(), exists);
        assert_eq!(library.source(source_id(1)).await.expect("read").is_some(), exists);
    }
    let tagged = Selection { tag: Some(tag_id(1)), ..Selection::default() };
    assert!(listed(&library, &tagged).await.is_empty(), "no list of articles holds a page");
    assert!(listed(&library, &Selection::default()).await.is_empty());
    let pages = Selection { kind: Kind::Page, ..tagged };
    assert_eq!(listed(&library, &pages).await, [article_id(1)]);
}

/// The numbers of the sections and of the authors that exist, whichever way they are asked for.
async fn sections_and_authors(library: &Library<'_>, all: &[Author]) -> (Vec<u16>, Vec<usize>) {
    let sections = library.sections().await.expect("read");
    let sections =
        (0..10).filter(|number| sections.iter().any(|one| one.id == section_id(*number))).collect();
    let listed = library.authors(&PageRequest::first(size(50))).await.expect("read");
    let ids: Vec<_> = all.iter().map(|author| author.id).collect();
    let by_ids = library.authors_by_ids(&ids).await.expect("read");
    let mut authors = Vec::new();
    for (number, author) in all.iter().enumerate() {
        let exists = listed.items().any(|one| one == author);
        for key in [AuthorKey::Id(author.id), AuthorKey::Slug(author.slug.clone())] {
            assert_eq!(library.author(&key).await.expect("read").is_some(), exists, "{key:?}");
        }
        assert_eq!(by_ids.contains_key(&author.id), exists, "{author:?}");
        if exists {
            authors.push(number);
        }
    }
    (sections, authors)
}

async fn sections_and_authors_exist_with_what_names_them(scratch: &Scratch) {
    let store = scratch.store().await;
    // 3 stands in 2 and 2 in 1; nothing is ever published in 4, beside 2, and in 5.
    let sections =
        [section(1, None), section(2, Some(1)), section(3, Some(2)), section(4, Some(1)), section(5, None)];
    put_all!(store, put_sections, &sections);
    let human = |number| Author { kind: AuthorKind::Human, ..author(number) };
    let persona = |number, editor| {
        let kind = AuthorKind::Persona {
            disclosure: "An AI persona.".into(),
            responsible_editor: author_id(editor),
        };
        Author { kind, ..author(number) }
    };
    // 0 writes for 1, 2 is the responsible editor, 3 and 4 review, and 5 answers for 4. Nothing names 6 to 8.
    let authors = [
        human(0),
        persona(1, 0),
        human(2),
        human(3),
        persona(4, 5),
        human(5),
        human(6),
        persona(7, 8),
        human(8),
    ];
    put_all!(store, put_authors, &authors);
    let review =
        |number| Review { reviewer: author_id(number), at: at(1), revision: 1, note: Some("Read.".into()) };
    let naming = |kind, stage, published| {
        article(1, |parts| {
            parts.kind = kind;
            parts.stage = stage;
            parts.published = Some(published);
            parts.updated = published;
            parts.section = Some(section_id(3));
            parts.bylines = vec![by(1)];
            parts.provenance = Provenance {
                responsible_editor: Some(author_id(2)),
                reviews: vec![review(3), review(4)],
                ..Provenance::default()
            };
        })
    };
    let staff = staff();
    let everything = ((1..=5).collect(), (0..9).collect());
    let nothing = (Vec::new(), Vec::new());
    let named = (vec![1, 2, 3], vec![0, 1, 2, 3, 4, 5]);
    for kind in [Kind::Article, Kind::Page] {
        for (stage, published, expected) in [
            (Stage::Draft, now(), &nothing),
            (Stage::Published, flip(), &nothing),
            (Stage::Published, now(), &named),
            (Stage::Withdrawn, now(), &nothing),
        ] {
            put(&store, &[naming(kind, stage, published)]).await.expect("put");
            let readers = store.library(&Viewer::Anonymous, now());
            assert_eq!(sections_and_authors(&readers, &authors).await, *expected, "{kind:?} {stage:?}");
            assert_eq!(sections_and_authors(&store.library(&staff, now()), &authors).await, everything);
            if stage == Stage::Published {
                let later = store.library(&Viewer::Anonymous, flip());
                assert_eq!(sections_and_authors(&later, &authors).await, named, "at its instant");
            }
        }
    }
    // What the records say of each other counts as it is now.
    put(&store, &[naming(Kind::Article, Stage::Published, now())]).await.expect("put");
    put_all!(store, put_authors, &[persona(1, 6)]);
    put_all!(store, put_sections, &[section(3, Some(5))]);
    let mut authors = authors;
    authors[1] = persona(1, 6);
    let readers = store.library(&Viewer::Anonymous, now());
    assert_eq!(sections_and_authors(&readers, &authors).await, (vec![3, 5], vec![1, 2, 3, 4, 5, 6]));
}

async fn related_articles_share_something(scratch: &Scratch) {
    let store = scratch.store().await;
    let articles = [
        article(1, |parts| {
            parts.tags = vec![tag_id(1), tag_id(2)];
            parts.bylines = vec![by(1)];
            parts.citations = vec![citing(1)];
            parts.section = Some(section_id(1));
        }),
        article(2, |parts| parts.tags = vec![tag_id(1), tag_id(2)]),
        article(3, |parts| parts.bylines = vec![by(1)]),
        article(4, |parts| parts.tags = vec![tag_id(2)]),
        article(5, |parts| parts.tags = vec![tag_id(1)]),
        article(6, |_| {}),
        article(7, |parts| {
            parts.tags = vec![tag_id(1), tag_id(2)];
            parts.kind = Kind::Page;
        }),
        article(8, |parts| {
            parts.tags = vec![tag_id(1), tag_id(2)];
            parts.stage = Stage::Draft;
        }),
        article(9, |parts| parts.section = Some(section_id(1))),
        article(10, |parts| parts.citations = vec![citing(1)]),
    ];
    put(&store, &articles).await.expect("put");
    for viewer in [Viewer::Anonymous, staff()] {
        let library = store.library(&viewer, now());
        let related = async |article, rows| -> Vec<_> {
            let found = library.related(article, size(rows)).await.expect("read");
            found.iter().map(|article| article.id()).collect()
        };
        let expected = [2, 10, 5, 4, 9, 3].map(article_id);
        assert_eq!(related(&articles[0], 10).await, expected, "most in common first, then the newest");
        assert_eq!(related(&articles[0], 2).await, expected[..2]);
        assert!(related(&articles[5], 10).await.is_empty(), "it shares nothing");
    }
}
