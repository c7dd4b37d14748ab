//! A small publication with every kind of lock, in as many worlds as a test needs.
//!
//! Worlds differ in what is hidden and in nothing else. A viewer who may not see the difference must get the
//! same bytes in both.

use masthead_domain::article::{
    Article, ArticleParts, Block, Byline, Citation, Correction, Gate, Kind, Mark, Provenance, Quote, Review,
    Role, Span, Stage, Style, Text,
};
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, AuthorId, NewsletterId, SectionId, SourceId, TagId, TierId};
use masthead_domain::image::{DigitalSourceType, Image};
use masthead_domain::member::Newsletter;
use masthead_domain::paywall::Requirement;
use masthead_domain::section::Section;
use masthead_domain::source::{Source, SourceKind};
use masthead_domain::tag::Tag;
use masthead_domain::tier::{Price, Tier};
use masthead_domain::viewer::Entitlement;
use std::collections::BTreeSet;

/// What may differ between two worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    /// What stands behind the subscriber's locks, source links included.
    pub for_subscribers: Variant,
    /// What stands behind the member's locks.
    pub for_members: Variant,
    /// What stands behind the locks of one tier and of the staff.
    pub for_patrons: Variant,
    /// Which drafts, scheduled and withdrawn articles there are.
    pub unpublished: Variant,
}

/// One of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// The first.
    A,
    /// The other: other text, more of it, other links, other rows.
    B,
}

impl World {
    /// The world in which the golden files were made.
    pub const HOME: Self = Self::all(Variant::A);

    /// Everything that is hidden from somebody is of one variant.
    #[must_use]
    pub const fn all(variant: Variant) -> Self {
        Self { for_subscribers: variant, for_members: variant, for_patrons: variant, unpublished: variant }
    }
}

/// Everything that a publication consists of.
pub struct Publication {
    /// Its sections.
    pub sections: Vec<Section>,
    /// Its authors.
    pub authors: Vec<Author>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its sources.
    pub sources: Vec<Source>,
    /// Its tiers.
    pub tiers: Vec<Tier>,
    /// What some of the articles were before.
    pub earlier: Vec<Article>,
    /// Its newsletters: `weekly` makes a subscriber, `notes` does not, `old` is no longer offered.
    pub newsletters: Vec<Newsletter>,
    /// Its articles.
    pub articles: Vec<Article>,
}

/// The slug of the article that has every kind of lock.
pub const LOCKS: &str = "every-kind-of-lock";

/// The slugs that the free article had before. In one world unpublished articles have them now.
pub const OLD_SLUGS: [&str; 2] = ["free-at-first", "free-for-a-while"];

/// An instant on the given day of October 2026, at noon.
#[must_use]
pub fn day(day: u8) -> Timestamp {
    Timestamp::parse(&format!("2026-10-{day:02}T12:00:00Z")).expect("a day of October")
}

/// The instant at which tests look, after every published article.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-20T12:00:00Z").expect("valid")
}

fn long_after() -> Timestamp {
    Timestamp::parse("2031-01-01T12:00:00Z").expect("valid")
}

macro_rules! id {
    ($kind:ident, $number:expr) => {
        $kind::new(day(1), [$number; 10])
    };
}

/// Makes the publication as it is in this world.
#[must_use]
pub fn publication(world: World) -> Publication {
    let hidden_tag = Tag {
        id: id!(TagId, 9),
        slug: "embargoed-topic".parse().expect("slug"),
        name: "A topic of an unpublished article".into(),
        description: None,
    };
    let hidden_source = source(9, "A paper that only an unpublished article cites", SourceKind::Document);
    let mut tags = vec![tag(1, "ports", "Ports"), tag(2, "budgets", "Budgets")];
    let mut sources = vec![
        source(1, "Berth allocation tables", SourceKind::Dataset),
        source(2, "Letter of the harbour master", SourceKind::Document),
    ];
    let mut sections =
        vec![section(1, "world", None), section(2, "harbours", Some(1)), section(3, "money", None)];
    let mut authors = authors();
    if world.unpublished == Variant::B {
        tags.push(hidden_tag);
        sources.push(hidden_source);
        // One for a draft, one for a scheduled article, and one for none yet.
        sections.push(section(9, "embargoed-section", Some(1)));
        sections.push(section(10, "scheduled-section", Some(2)));
        sections.push(section(11, "empty-section", None));
        authors.extend(hidden_authors());
    }
    Publication {
        sections,
        authors,
        tags,
        sources,
        tiers: vec![tier(1, "reader", 500), tier(2, "patron", 1500)],
        earlier: OLD_SLUGS.map(free_under_another_slug).into(),
        newsletters: vec![
            newsletter(1, "weekly", true, true),
            newsletter(2, "notes", false, true),
            newsletter(3, "old", true, false),
        ],
        articles: articles(world),
    }
}

fn newsletter(number: u8, slug: &str, makes_subscriber: bool, active: bool) -> Newsletter {
    Newsletter {
        id: id!(NewsletterId, number),
        slug: slug.parse().expect("slug"),
        name: format!("The newsletter {slug}"),
        description: None,
        makes_subscriber,
        active,
    }
}

fn articles(world: World) -> Vec<Article> {
    let mut all = vec![every_kind_of_lock(world), whole_for_members(world), free(), opens_with_a_gate(world)];
    all.extend((0..30).map(filler));
    all.extend(unpublished(world.unpublished));
    all.into_iter().map(|parts| Article::new(parts).expect("the fixture is valid")).collect()
}

/// Text that tells its lock: every locked sentence holds the name of the entitlement that opens it.
fn secret(what: &str, variant: Variant) -> Vec<Block> {
    match variant {
        Variant::A => vec![paragraph(&format!("Hidden for {what}: the first version of this secret."))],
        Variant::B => vec![
            heading(&format!("Hidden for {what}, other heading")),
            paragraph(&format!("Hidden for {what}: quite another text, and a much longer one than before.")),
            Block::Image(Image::new(
                "/images/hidden.jpg".parse().expect("href"),
                format!("Hidden for {what}"),
            )),
            Block::Text(Text {
                spans: vec![Span {
                    text: format!("Hidden for {what}, linked"),
                    marks: vec![Mark::Article(id!(ArticleId, 3))],
                }],
                ..Text::default()
            }),
            gate(Requirement::staff(), "A gate inside a gate", vec![paragraph("Hidden for staff")]),
        ],
    }
}

fn every_kind_of_lock(world: World) -> ArticleParts {
    let patron = || Requirement::any_of([Entitlement::Tier("patron".parse().expect("slug"))]);
    let member = || Requirement::any_of([Entitlement::Member]);
    let mut for_members = secret("member", world.for_members);
    for_members.push(gate(patron(), "For patrons, inside", secret("patron", world.for_patrons)));
    let link = |variant| match variant {
        Variant::A => Some("https://archive.example/hidden-for-subscriber".parse().expect("href")),
        Variant::B => None,
    };
    let other_link = |variant| match variant {
        Variant::A => None,
        Variant::B => Some("https://elsewhere.example/hidden-for-subscriber-too".parse().expect("href")),
    };
    ArticleParts {
        body: vec![
            paragraph("Free before every lock."),
            linked("An article that is free", 3),
            linked("an article that nobody may see", 77),
            heading("The first part"),
            gate(
                Requirement::any_of([Entitlement::Subscriber, Entitlement::Member]),
                "For subscribers",
                secret("subscriber", world.for_subscribers),
            ),
            paragraph("Free between two locks."),
            gate(member(), "For members", for_members),
            Block::Quote(Quote { text: "Free quotation.".into(), attribution: Some("A captain".into()) }),
            gate(patron(), "For patrons", secret("patron", world.for_patrons)),
            gate(Requirement::staff(), "For the desk", secret("staff", world.for_patrons)),
            gate(
                Requirement::any_of([Entitlement::from("invented-by-a-later-version")]),
                "For nobody yet",
                secret("nobody", world.for_patrons),
            ),
            paragraph("Free after every lock."),
        ],
        citations: vec![
            Citation {
                source: id!(SourceId, 1),
                note: Some("Table 4".into()),
                link: link(world.for_subscribers),
            },
            Citation { source: id!(SourceId, 2), note: None, link: other_link(world.for_subscribers) },
        ],
        sources_requirement: Requirement::any_of([Entitlement::Subscriber, Entitlement::Member]),
        hero: Some(Image {
            caption: Some("AI illustration of the article".into()),
            digital_source_type: Some(DigitalSourceType::TrainedAlgorithmicMedia),
            ..Image::new("/images/lock.jpg".parse().expect("href"), "A lock on a canal")
        }),
        provenance: Provenance {
            text: Some(DigitalSourceType::TrainedAlgorithmicMedia),
            statement: Some("Drafted by an AI persona, checked by an editor.".into()),
            responsible_editor: Some(id!(AuthorId, 2)),
            reviews: vec![Review { reviewer: id!(AuthorId, 2), at: day(20), revision: 2, note: None }],
        },
        corrections: vec![Correction { at: day(21), text: "The canal has nine locks, not eight.".into() }],
        bylines: vec![
            Byline { author: id!(AuthorId, 1), role: Role::Author },
            Byline { author: id!(AuthorId, 2), role: Role::Editor },
        ],
        updated: day(21),
        ..article(1, LOCKS, "Every kind of lock", 20)
    }
}

fn whole_for_members(world: World) -> ArticleParts {
    ArticleParts {
        standfirst: None,
        body: vec![gate(
            Requirement::any_of([Entitlement::Member]),
            "For members",
            secret("member", world.for_members),
        )],
        citations: vec![Citation { source: id!(SourceId, 1), note: None, link: None }],
        ..article(2, "whole-for-members", "Whole for members", 19)
    }
}

fn free() -> ArticleParts {
    ArticleParts {
        body: vec![paragraph("Free to read from the first word to the last.")],
        tags: vec![id!(TagId, 2), id!(TagId, 1)],
        section: Some(id!(SectionId, 3)),
        ..article(3, "free-to-read", "Free to read", 18)
    }
}

/// An article that is in none of the worlds, as the test makes it.
#[must_use]
pub fn another(number: u8, slug: &str, change: impl FnOnce(&mut ArticleParts)) -> Article {
    let mut parts = article(number, slug, &format!("Another: {slug}"), 23);
    parts.body = vec![paragraph("Another article, whole.")];
    change(&mut parts);
    Article::new(parts).expect("valid")
}

/// The free article, published again under another slug.
#[must_use]
pub fn free_under_another_slug(slug: &str) -> Article {
    Article::new(ArticleParts { slug: slug.parse().expect("slug"), ..free() }).expect("valid")
}

/// The free article, with a lock around everything.
#[must_use]
pub fn free_behind_a_lock(entitlement: Entitlement) -> Article {
    let parts = free();
    let body = vec![gate(Requirement::any_of([entitlement]), "For members", parts.body.clone())];
    Article::new(ArticleParts { body, ..parts }).expect("valid")
}

/// A draft with a lock around everything, as it is or after a change; later, published.
#[must_use]
pub fn draft_behind_a_lock(words: &str, published: Option<Timestamp>) -> Article {
    let stage = if published.is_some() { Stage::Published } else { Stage::Draft };
    let requirement = Requirement::any_of([Entitlement::Member]);
    let body = vec![gate(requirement.clone(), "For members", vec![paragraph(words)])];
    let citation = Citation {
        source: id!(SourceId, 1),
        note: None,
        link: Some("https://archive.example/draft".parse().expect("href")),
    };
    Article::new(ArticleParts {
        body,
        stage,
        published,
        updated: published.unwrap_or(day(28)),
        citations: vec![citation],
        sources_requirement: requirement,
        ..article(90, "draft-behind-a-lock", "A draft behind a lock", 28)
    })
    .expect("valid")
}

fn opens_with_a_gate(world: World) -> ArticleParts {
    ArticleParts {
        standfirst: None,
        body: vec![
            gate(
                Requirement::any_of([Entitlement::Member]),
                "Members first",
                secret("member", world.for_members),
            ),
            paragraph("Free after the gate at the top."),
        ],
        ..article(4, "opens-with-a-gate", "Opens with a gate", 17)
    }
}

fn filler(number: u8) -> ArticleParts {
    let slug = format!("filler-{number:02}");
    ArticleParts {
        body: vec![paragraph("Something short.")],
        section: None,
        tags: Vec::new(),
        bylines: vec![Byline { author: id!(AuthorId, 3), role: Role::Author }],
        // Several share an instant, so that pages break ties.
        ..article(100 + number, &slug, &format!("Filler {number}"), 1 + number / 3)
    }
}

fn unpublished(variant: Variant) -> Vec<ArticleParts> {
    let hidden = |number: u8, slug: &str| ArticleParts {
        title: format!("Hidden: {slug}"),
        body: vec![paragraph("Hidden for everybody but the desk.")],
        tags: vec![id!(TagId, 1)],
        citations: vec![Citation { source: id!(SourceId, 1), note: None, link: None }],
        ..article(number, slug, "Hidden", 22)
    };
    let mut all =
        vec![ArticleParts { stage: Stage::Draft, published: None, ..hidden(77, "a-draft-of-both-worlds") }];
    if variant == Variant::B {
        all.extend([
            ArticleParts {
                section: Some(id!(SectionId, 9)),
                bylines: vec![Byline { author: id!(AuthorId, 9), role: Role::Author }],
                provenance: Provenance {
                    responsible_editor: Some(id!(AuthorId, 11)),
                    reviews: vec![Review {
                        reviewer: id!(AuthorId, 12),
                        at: day(20),
                        revision: 1,
                        note: None,
                    }],
                    ..Provenance::default()
                },
                tags: vec![id!(TagId, 9), id!(TagId, 1)],
                citations: vec![Citation { source: id!(SourceId, 9), note: None, link: None }],
                stage: Stage::Draft,
                published: None,
                ..hidden(78, "a-draft")
            },
            ArticleParts {
                section: Some(id!(SectionId, 10)),
                bylines: vec![Byline { author: id!(AuthorId, 13), role: Role::Author }],
                published: Some(long_after()),
                updated: long_after(),
                ..hidden(79, "scheduled")
            },
            ArticleParts { stage: Stage::Withdrawn, ..hidden(80, "withdrawn") },
            ArticleParts { stage: Stage::Draft, published: None, ..hidden(81, OLD_SLUGS[0]) },
            ArticleParts { published: Some(long_after()), updated: long_after(), ..hidden(82, OLD_SLUGS[1]) },
        ]);
    }
    all
}

fn article(number: u8, slug: &str, title: &str, published: u8) -> ArticleParts {
    ArticleParts {
        id: id!(ArticleId, number),
        slug: slug.parse().expect("slug"),
        kind: Kind::Article,
        stage: Stage::Published,
        title: title.into(),
        standfirst: Some(format!("What there is to know: {title}.")),
        hero: None,
        body: Vec::new(),
        section: Some(id!(SectionId, 2)),
        tags: vec![id!(TagId, 1)],
        flags: BTreeSet::new(),
        bylines: vec![Byline { author: id!(AuthorId, 1), role: Role::Author }],
        citations: Vec::new(),
        sources_requirement: Requirement::public(),
        language: "en".parse().expect("tag"),
        provenance: Provenance::default(),
        corrections: Vec::new(),
        canonical: None,
        meta_title: None,
        meta_description: None,
        published: Some(day(published)),
        updated: day(published),
    }
}

fn gate(requirement: Requirement, headline: &str, content: Vec<Block>) -> Block {
    Block::Gate(Gate {
        requirement,
        headline: Some(headline.into()),
        teaser: Some("What is inside, in one line.".into()),
        image: None,
        call_to_action: Some("Become a member".into()),
        content,
    })
}

fn paragraph(text: &str) -> Block {
    Block::Text(Text { spans: vec![Span::plain(text)], ..Text::default() })
}

fn heading(text: &str) -> Block {
    Block::Text(Text { style: Style::H2, spans: vec![Span::plain(text)], ..Text::default() })
}

fn linked(text: &str, to: u8) -> Block {
    let mark = Mark::Article(id!(ArticleId, to));
    Block::Text(Text { spans: vec![Span { text: text.into(), marks: vec![mark] }], ..Text::default() })
}

fn section(number: u8, slug: &str, parent: Option<u8>) -> Section {
    Section {
        id: id!(SectionId, number),
        slug: slug.parse().expect("slug"),
        name: slug.to_owned(),
        description: Some(format!("All about {slug}.")),
        parent: parent.map(|number| id!(SectionId, number)),
        position: i32::from(number),
    }
}

fn author(number: u8, slug: &str, kind: AuthorKind) -> Author {
    Author {
        id: id!(AuthorId, number),
        slug: slug.parse().expect("slug"),
        name: slug.to_owned(),
        kind,
        bio: Some(format!("Who {slug} is.")),
        beat: Some("Harbours and canals".into()),
        portrait: None,
        website: None,
        support: Some("https://support.example/".parse().expect("href")),
    }
}

fn persona(editor: u8) -> AuthorKind {
    AuthorKind::Persona { disclosure: "An AI persona.".into(), responsible_editor: id!(AuthorId, editor) }
}

fn authors() -> Vec<Author> {
    vec![
        author(1, "quay-watcher", persona(2)),
        author(2, "mara-lindqvist", AuthorKind::Human),
        author(3, "the-newsroom", AuthorKind::Organisation),
    ]
}

/// Those whom only unpublished articles name: who signs them, the editor of the persona among these, who answers for an
/// article, who reviewed one; and one whom nothing names.
fn hidden_authors() -> Vec<Author> {
    vec![
        author(9, "embargoed-persona", persona(10)),
        author(10, "embargoed-editor", AuthorKind::Human),
        author(11, "embargoed-answerer", AuthorKind::Human),
        author(12, "embargoed-reviewer", AuthorKind::Human),
        author(13, "scheduled-signer", AuthorKind::Human),
        author(14, "a-newcomer", AuthorKind::Human),
    ]
}

fn tag(number: u8, slug: &str, name: &str) -> Tag {
    Tag { id: id!(TagId, number), slug: slug.parse().expect("slug"), name: name.into(), description: None }
}

fn source(number: u8, title: &str, kind: SourceKind) -> Source {
    Source {
        id: id!(SourceId, number),
        title: title.into(),
        publisher: "The harbour authority".into(),
        kind,
        language: "nl".parse().expect("tag"),
        date: Some("2026-09".into()),
    }
}

fn tier(number: u8, slug: &str, monthly: i64) -> Tier {
    Tier {
        id: id!(TierId, number),
        slug: slug.parse().expect("slug"),
        name: slug.to_owned(),
        description: None,
        benefits: vec!["Every article".into()],
        price: Some(Price { currency: "EUR".into(), monthly: Some(monthly), yearly: Some(monthly * 10) }),
        grants: BTreeSet::new(),
        active: true,
    }
}
