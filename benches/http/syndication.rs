//! A publication of long articles, and partners who take all of it.

use crate::servers::{Running, directory};
use masthead_domain::article::{Article, Block, Citation, Gate, Mark, Span, Style, Text};
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::{ArticleId, KeyId, PartnerId, SourceId};
use masthead_domain::partner::{ApiKey, Holder, KeyScope, Partner, PartnerStatus};
use masthead_domain::paywall::Requirement;
use masthead_domain::viewer::{Entitlement, Extent, Licence};
use masthead_gateway::clock::SystemClock;
use masthead_persistence::{SecretHash, Store, StoreOptions};
use masthead_tests::publication::{World, another, day, publication};
use masthead_tests::server::fill;
use std::path::PathBuf;

/// How many long articles there are, all newer than the rest.
const ARTICLES: u16 = 60;

/// Paragraphs of a long article, of 30 words each: 900 words in all.
const PARAGRAPHS: usize = 30;

/// A server on such a publication.
pub(crate) struct Syndication {
    pub(crate) server: Running,
    pub(crate) directory: PathBuf,
    /// The server's database, for who writes meanwhile.
    pub(crate) store: Store,
    /// A key of each partner.
    pub(crate) keys: Vec<String>,
}

impl Syndication {
    /// Starts the server, with so many partners. Each has the whole text under terms of its own, so none has bytes that
    /// another has.
    pub(crate) async fn start(part: &str, partners: u16) -> Self {
        let directory = directory(part);
        let url = format!("sqlite://{}", directory.join("masthead.db").display());
        let store = Store::connect(&StoreOptions::new(url)).await.expect("connected");
        store.migrate().await.expect("migrated");
        let mut publication = publication(World::HOME);
        publication.articles.extend((0..ARTICLES).map(|number| long(number, "As it was written")));
        fill(&store, &publication).await;
        let keys = enter(&store, partners).await;
        Self { server: Running::masthead(&directory), directory, store, keys }
    }

    /// Changes an article that is too old for the first document of the feed.
    pub(crate) async fn change_an_old_article(&self, words: &str) {
        let mut work = self.store.begin(SystemClock.now()).await.expect("begun");
        work.put_articles(&[long(0, words)]).await.expect("put");
        work.commit().await.expect("committed");
    }
}

fn bits(number: u16) -> [u8; 10] {
    let mut bits = [201; 10];
    bits[..2].copy_from_slice(&number.to_be_bytes());
    bits
}

/// An article of 900 words with headings, links, a gate and sources. A greater number is newer.
fn long(number: u16, standfirst: &str) -> Article {
    another(90, &format!("long-{number:03}"), |parts| {
        parts.id = ArticleId::new(day(1), bits(number));
        let at = day(24).plus_seconds(i64::from(number) * 600);
        (parts.published, parts.updated) = (Some(at), at);
        parts.standfirst = Some(standfirst.into());
        parts.body = (0..PARAGRAPHS).flat_map(paragraph).collect();
        let gated = parts.body.split_off(PARAGRAPHS / 2);
        parts.body.push(Block::Gate(Gate {
            requirement: Requirement::any_of([Entitlement::Member]),
            headline: Some("The rest of the story".into()),
            teaser: Some("What the harbour master wrote, and who read it.".into()),
            image: None,
            call_to_action: Some("Become a member".into()),
            content: gated,
        }));
        let cite = |source: u8| Citation {
            source: SourceId::new(day(1), [source; 10]),
            note: None,
            link: Some(format!("https://archive.example/{number}/{source}").parse().expect("an address")),
        };
        parts.citations = vec![cite(1), cite(2)];
    })
}

/// A paragraph of 30 words with a link, and a heading before every tenth.
fn paragraph(number: usize) -> Vec<Block> {
    const WORDS: &str = "The lock keepers of the lower canal have counted every vessel since the spring, and what they \
        wrote down differs from the tables that the port authority sent to ";
    let link = Mark::Link("https://paper.example/tables".parse().expect("an address"));
    let spans = vec![Span::plain(WORDS), Span { text: "the ministry".into(), marks: vec![link] }];
    let text = Block::Text(Text { spans, ..Text::default() });
    let heading = || {
        Block::Text(Text {
            style: Style::H2,
            spans: vec![Span::plain(format!("Part {}", number / 10 + 1))],
            ..Text::default()
        })
    };
    if number.is_multiple_of(10) { vec![heading(), text] } else { vec![text] }
}

async fn enter(store: &Store, partners: u16) -> Vec<String> {
    let created: Timestamp = day(1);
    let mut keys = Vec::new();
    let mut work = store.begin(SystemClock.now()).await.expect("begun");
    for number in 0..partners {
        let licence = Licence {
            sections: None,
            tags: None,
            languages: None,
            extent: Extent::FullText,
            source_links: true,
            delay_seconds: 0,
            valid_from: created,
            valid_until: None,
            daily_quota: None,
            attribution: Some(format!("First in The Paper. By courtesy to partner {number}.")),
        };
        let id = PartnerId::new(created, bits(number));
        let partner = Partner {
            id,
            name: format!("Partner {number}"),
            contact: None,
            status: PartnerStatus::Active,
            created,
            licence: Some(licence),
        };
        work.put_partner(&partner).await.expect("put");
        let key = ApiKey {
            id: KeyId::new(created, bits(number)),
            holder: Holder::Partner(id),
            name: "Feed".into(),
            prefix: format!("{number:012x}"),
            scopes: [KeyScope::Read].into(),
            created,
            expires: None,
            revoked: None,
            used: None,
        };
        let text = format!("mh_live_{number:012x}_{number:064x}");
        let hash = SecretHash(*blake3::hash(text.as_bytes()).as_bytes());
        work.add_key(&key, hash).await.expect("added");
        keys.push(text);
    }
    work.commit().await.expect("committed");
    keys
}
