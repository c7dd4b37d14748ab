//! Articles and viewers of every shape.

use masthead_domain::article::{
    ArticleParts, Block, Byline, Callout, CalloutTone, Citation, Code, Decorator, Embed, EmbedKind, Gate,
    Html, Kind, ListItem, Mark, Provenance, Quote, Role, Span, Stage, Style, Text,
};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, AuthorId, SectionId, SourceId, TagId, TierId};
use masthead_domain::image::Image;
use masthead_domain::paywall::{Policy, Requirement, Surroundings};
use masthead_domain::tier::{Price, Tier};
use masthead_domain::viewer::Entitlement;
use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

mod policies;
mod viewers;

pub(crate) use policies::{any_policy, held};
pub(crate) use viewers::any_viewer;

/// Stands in every locked text, attribute and link of a marked article. Fits into a host name.
pub(crate) const SECRET: &str = "k-secret";

/// When the articles are looked at, in seconds since the epoch.
const NOW: i64 = 1_800_000_000;

/// The age that rules ask about, in seconds.
const AGE: i64 = 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::try_from(seconds * 1_000_000).expect("in range")
}

pub(crate) fn article_id(number: u8) -> ArticleId {
    ArticleId::new(at(1_700_000_000), [number; 10])
}

pub(crate) fn section_id(number: u8) -> SectionId {
    SectionId::new(at(0), [number; 10])
}

/// Under a policy. One tier of two is on offer; one of three linked articles exists; section 2 stands below section 1.
pub(crate) fn under(policy: &Policy) -> Surroundings {
    let tier = |slug: &str, active| Tier {
        id: TierId::new(at(0), [1; 10]),
        slug: slug.parse().expect("slug"),
        name: slug.to_owned(),
        description: None,
        benefits: Vec::new(),
        price: Some(Price { currency: "EUR".into(), monthly: Some(500), yearly: None }),
        grants: BTreeSet::new(),
        active,
    };
    Surroundings {
        now: at(NOW),
        links: Arc::new(HashMap::from([(article_id(1), "exists".parse().expect("slug"))])),
        tiers: Arc::from([Arc::new(tier("patron", true)), Arc::new(tier("old", false))]),
        parents: Arc::new(HashMap::from([(section_id(2), Some(section_id(1))), (section_id(1), None)])),
        policy: Arc::new(policy.clone()),
    }
}

pub(crate) fn any_entitlement() -> impl Strategy<Value = Entitlement> + Clone {
    prop_oneof![
        Just(Entitlement::Subscriber),
        Just(Entitlement::Member),
        Just(Entitlement::Tier("patron".parse().expect("slug"))),
        Just(Entitlement::Tier("old".parse().expect("slug"))),
        Just(Entitlement::Staff),
        Just(Entitlement::from("invented")),
    ]
}

fn any_requirement() -> impl Strategy<Value = Requirement> {
    prop_oneof![
        1 => Just(Requirement::public()),
        4 => prop::collection::vec(any_entitlement(), 0..3).prop_map(Requirement::any_of),
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z ,.\n]{0,60}", "[\\PC]{0,20}"]
}

fn any_mark() -> impl Strategy<Value = Mark> {
    prop_oneof![
        Just(Mark::Decorator(Decorator::Strong)),
        Just(Mark::Decorator(Decorator::Em)),
        Just(Mark::Link("https://example.org/a".parse().expect("valid"))),
        (0..3_u8).prop_map(|number| Mark::Article(article_id(number))),
    ]
}

fn any_text() -> impl Strategy<Value = Block> {
    let span =
        (words(), prop::collection::vec(any_mark(), 0..3)).prop_map(|(text, marks)| Span { text, marks });
    let style = prop_oneof![Just(Style::Normal), Just(Style::H2), Just(Style::Blockquote)];
    let list =
        prop::option::of((any::<bool>(), 1..4_u8).prop_map(|(numbered, level)| ListItem { numbered, level }));
    (style, list, prop::collection::vec(span, 0..4))
        .prop_map(|(style, list, spans)| Block::Text(Text { style, list, spans }))
}

fn any_image() -> impl Strategy<Value = Image> {
    (words(), prop::option::of(words())).prop_map(|(alt, caption)| Image {
        caption,
        ..Image::new("/images/a.jpg".parse().expect("valid"), alt)
    })
}

pub(crate) fn any_block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        4 => any_text(),
        1 => any_image().prop_map(Block::Image),
        1 => words().prop_map(|title| Block::Embed(Embed {
            kind: EmbedKind::Video,
            url: "https://example.org/v".parse().expect("valid"),
            title: Some(title), description: None, provider: None, caption: None,
        })),
        1 => (words(), prop::option::of(words()))
            .prop_map(|(text, attribution)| Block::Quote(Quote { text, attribution })),
        1 => words().prop_map(|code| Block::Code(Code { code, language: None })),
        1 => Just(Block::Divider),
        1 => words().prop_map(|html| Block::Html(Html { html })),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let content = prop::collection::vec(inner, 1..5);
        let callout = (content.clone(), prop::option::of(words()))
            .prop_map(|(content, title)| Block::Callout(Callout { tone: CalloutTone::Note, title, content }));
        let gate = (any_requirement(), prop::option::of(words()), prop::option::of(any_image()), content)
            .prop_map(|(requirement, teaser, image, content)| {
                Block::Gate(Gate {
                    requirement,
                    headline: None,
                    teaser,
                    image,
                    call_to_action: None,
                    content,
                })
            });
        prop_oneof![1 => callout, 3 => gate]
    })
}

fn any_citation() -> impl Strategy<Value = Citation> {
    let link = prop_oneof![Just(None), Just(Some("https://archive.example/1".parse().expect("valid")))];
    (0..3_u8, prop::option::of(words()), link).prop_map(|(number, note, link)| Citation {
        source: SourceId::new(at(0), [number; 10]),
        note,
        link,
    })
}

pub(crate) fn any_article() -> impl Strategy<Value = ArticleParts> {
    let body = prop::collection::vec(any_block(), 0..8);
    let citations = prop::collection::vec(any_citation(), 0..4);
    let shelves = (prop::option::of(1..4_u8), 0..3_u8, any::<bool>(), any::<bool>(), -3..3_i64);
    (body, citations, any_requirement(), prop::option::of(words()), shelves).prop_map(
        |(body, citations, sources_requirement, standfirst, (section, tag, flagged, page, age))| {
            ArticleParts {
                id: article_id(9),
                slug: "an-article".parse().expect("slug"),
                kind: if page && flagged { Kind::Page } else { Kind::Article },
                stage: Stage::Published,
                title: "An article".into(),
                standfirst,
                hero: None,
                body,
                section: section.map(section_id),
                tags: vec![TagId::new(at(0), [tag; 10])],
                flags: flagged.then(|| "breaking".parse().expect("slug")).into_iter().collect(),
                bylines: vec![Byline { author: AuthorId::new(at(0), [0; 10]), role: Role::Author }],
                citations,
                sources_requirement,
                language: "en".parse().expect("tag"),
                provenance: Provenance::default(),
                corrections: Vec::new(),
                canonical: None,
                meta_title: None,
                meta_description: None,
                // Around the age that rules ask about, to the second.
                published: Some(at(NOW - AGE + age)),
                updated: at(NOW),
            }
        },
    )
}

/// Puts [`SECRET`] into every text and attribute of the block itself, not of what it holds.
pub(crate) fn mark(block: &mut Block) {
    let secret = || SECRET.to_owned();
    match block {
        Block::Text(text) => text.spans.push(Span::plain(secret())),
        Block::Image(image) => {
            image.src = format!("/images/{SECRET}.jpg").parse().expect("valid");
            image.alt = secret();
            image.credit = Some(secret());
        }
        Block::Embed(embed) => {
            embed.url = format!("https://{SECRET}.example/").parse().expect("valid");
            embed.title = Some(secret());
        }
        Block::Quote(quote) => quote.text = secret(),
        Block::Callout(callout) => callout.title = Some(secret()),
        Block::Code(code) => code.code = secret(),
        Block::Divider => {}
        Block::Html(html) => html.html = secret(),
        Block::Gate(gate) => {
            gate.headline = Some(secret());
            gate.teaser = Some(secret());
            gate.call_to_action = Some(secret());
        }
    }
}
