//! Things to store, told apart by numbers.

use masthead_domain::article::{
    Article, ArticleParts, Block, Byline, Citation, Gate, Kind, Provenance, Role, Span, Stage, Text,
};
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, AuthorId, SectionId, SourceId, TagId, TierId};
use masthead_domain::page::PageSize;
use masthead_domain::paywall::Requirement;
use masthead_domain::section::Section;
use masthead_domain::slug::Slug;
use masthead_domain::source::{Source, SourceKind};
use masthead_domain::tag::Tag;
use masthead_domain::tier::{Price, Tier};
use masthead_domain::viewer::{Entitlement, Viewer};
use masthead_persistence::{Store, StoreError, Tally};
use std::collections::BTreeSet;

/// The instant so many seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::try_from(1_750_000_000_000_000 + seconds * 1_000_000).expect("in range")
}

/// When tests look, unless they say otherwise.
pub(crate) fn now() -> Timestamp {
    at(1_000_000)
}

pub(crate) fn staff() -> Viewer {
    Viewer::staff("desk")
}

pub(crate) fn slug(text: impl AsRef<str>) -> Slug {
    text.as_ref().parse().expect("a slug")
}

pub(crate) fn size(rows: u32) -> PageSize {
    PageSize::new(rows).expect("a page size")
}

fn bits(number: u16) -> [u8; 10] {
    let mut bits = [0; 10];
    bits[8..].copy_from_slice(&number.to_be_bytes());
    bits
}

macro_rules! ids {
    ($($name:ident: $id:ident),+) => {$(
        pub(crate) fn $name(number: u16) -> $id {
            $id::new(at(0), bits(number))
        }
    )+};
}
ids!(
    article_id: ArticleId,
    section_id: SectionId,
    author_id: AuthorId,
    source_id: SourceId,
    tag_id: TagId,
    tier_id: TierId
);

/// An article that was published `number` seconds into the tests' time, with nothing around it.
pub(crate) fn parts(number: u16) -> ArticleParts {
    ArticleParts {
        id: article_id(number),
        slug: slug(format!("article-{number}")),
        kind: Kind::Article,
        stage: Stage::Published,
        title: format!("Article {number}"),
        standfirst: Some("What it is about.".into()),
        hero: None,
        body: vec![
            Block::Text(Text { spans: vec![Span::plain("Free to read.")], ..Text::default() }),
            Block::Gate(Gate {
                requirement: Requirement::any_of([Entitlement::Member]),
                headline: Some("For members".into()),
                teaser: None,
                image: None,
                call_to_action: None,
                content: vec![Block::Divider],
            }),
        ],
        section: None,
        tags: Vec::new(),
        flags: BTreeSet::new(),
        bylines: Vec::new(),
        citations: Vec::new(),
        sources_requirement: Requirement::any_of([Entitlement::Subscriber]),
        language: "en".parse().expect("a language"),
        provenance: Provenance::default(),
        corrections: Vec::new(),
        canonical: None,
        meta_title: None,
        meta_description: None,
        published: Some(at(i64::from(number))),
        updated: at(i64::from(number)),
    }
}

/// As [`parts`], changed and closed.
pub(crate) fn article(number: u16, change: impl FnOnce(&mut ArticleParts)) -> Article {
    let mut parts = parts(number);
    change(&mut parts);
    Article::new(parts).expect("a valid article")
}

pub(crate) fn by(author: u16) -> Byline {
    Byline { author: author_id(author), role: Role::Author }
}

pub(crate) fn citing(source: u16) -> Citation {
    let link = format!("https://archive.example/{source}").parse().expect("a link");
    Citation { source: source_id(source), note: None, link: Some(link) }
}

pub(crate) fn section(number: u16, parent: Option<u16>) -> Section {
    Section {
        id: section_id(number),
        slug: slug(format!("section-{number}")),
        name: format!("Section {number}"),
        description: None,
        parent: parent.map(section_id),
        position: i32::from(number),
    }
}

pub(crate) fn author(number: u16) -> Author {
    let disclosure = "An AI persona.".to_owned();
    Author {
        id: author_id(number),
        slug: slug(format!("author-{number:03}")),
        name: format!("Author {number}"),
        kind: AuthorKind::Persona { disclosure, responsible_editor: author_id(0) },
        bio: None,
        beat: Some("Rivers".into()),
        portrait: None,
        website: Some("https://author.example/".parse().expect("a link")),
        support: None,
    }
}

pub(crate) fn tag(number: u16) -> Tag {
    Tag {
        id: tag_id(number),
        slug: slug(format!("tag-{number:03}")),
        name: format!("Tag {number}"),
        description: Some("What it covers.".into()),
    }
}

pub(crate) fn source(number: u16) -> Source {
    Source {
        id: source_id(number),
        title: format!("Source {number}"),
        publisher: "An agency".into(),
        kind: SourceKind::Report,
        language: "fr".parse().expect("a language"),
        date: Some("2026-10".into()),
    }
}

pub(crate) fn tier(number: u16, monthly: Option<i64>) -> Tier {
    let price = |monthly| Price { currency: "EUR".into(), monthly: Some(monthly), yearly: None };
    Tier {
        id: tier_id(number),
        slug: slug(format!("tier-{number:03}")),
        name: format!("Tier {number}"),
        description: None,
        benefits: vec!["Everything".into()],
        price: monthly.map(price),
        grants: BTreeSet::new(),
        active: true,
    }
}

/// Puts articles in a unit of work of their own.
pub(crate) async fn put(store: &Store, articles: &[Article]) -> Result<Tally, StoreError> {
    let mut work = store.begin(now()).await?;
    let tally = work.put_articles(articles).await?;
    work.commit().await?;
    Ok(tally)
}

/// Puts things of one kind in a unit of work of their own.
macro_rules! put_all {
    ($store:expr, $put:ident, $things:expr) => {{
        let mut work = $store.begin($crate::fixture::now()).await.expect("begun");
        let tally = work.$put($things).await.expect("put");
        work.commit().await.expect("committed");
        tally
    }};
}
pub(crate) use put_all;
