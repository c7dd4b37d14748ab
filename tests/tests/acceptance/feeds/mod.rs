//! Feeds over HTTP: what each viewer gets in each format, archives, and how they are answered.

mod archives;
mod delays;
pub(crate) mod documents;
mod filters;
mod golden;
mod http;
mod private;
mod readers;

use crate::two_worlds::id;
use feed_rs::model::Feed;
use masthead_tests::publication::{LOCKS, Publication, World, publication};
use masthead_tests::server::{Answer, TestServer};

pub(crate) const FORMATS: [&str; 4] = ["rss", "atom", "json", "ninjs"];

/// Feeds of everything: of what is there, hidden and absent; pages, archives, and parameters that are wrong.
pub(crate) fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    let scopes = [
        "articles",
        "sections/world",
        "sections/embargoed-section",
        "sections/empty-section",
        "authors/quay-watcher",
        "authors/embargoed-persona",
        "tags/ports",
        "tags/embargoed-topic",
        "tags/nothing",
    ];
    let ids = [("sections", "sec"), ("authors", "aut"), ("tags", "tag")]
        .into_iter()
        .flat_map(|(list, kind)| [2, 9].map(|number| format!("{list}/{}", id(kind, number))));
    for scope in scopes.map(str::to_owned).into_iter().chain(ids) {
        for format in FORMATS {
            paths.push(format!("/feeds/{scope}.{format}"));
        }
    }
    for list in ["articles", "sections/harbours", "authors/quay-watcher", "tags/ports"] {
        for query in
            ["limit=2", "limit=0", "cursor=nonsense", "archive=2026-10", "archive=2026-10-20", "archive=x"]
        {
            paths.push(format!("/feeds/{list}.atom?{query}"));
        }
    }
    for path in [
        "/feeds/sections/world.json?below=false",
        "/feeds/sections/world.json?below=false&archive=2026-10",
        "/feeds/articles.rss?archive=2026-10-20T12",
        "/feeds/articles.rss?archive=2026-10-20T12:00",
        "/feeds/articles.rss?archive=2031-01",
        "/feeds/articles.rss?archive=2030-01",
        "/feeds/filters/fil_0199a17d4e0071018101010101010101.rss?limit=2&cursor=nonsense&archive=2026-10",
        "/feeds/filters/nonsense.atom",
        "/feeds/articles.xml",
        "/feeds/articles",
        "/feeds/style.css",
    ] {
        paths.push(path.to_owned());
    }
    paths
}

/// The article with every kind of lock, alone in its section, and one that it links to.
fn one_article() -> Publication {
    let mut publication = publication(World::HOME);
    publication.articles.retain(|article| [LOCKS, "free-to-read"].contains(&article.slug().as_str()));
    publication
}

/// What an independent parser reads.
fn parsed(answer: &Answer) -> Feed {
    assert_eq!(answer.status, 200, "{}", answer.body);
    feed_rs::parser::parse(answer.body.as_bytes())
        .unwrap_or_else(|error| panic!("{error} in {}", answer.body))
}

/// The link with this relation in the answer's header, as a path of the server.
fn link(answer: &Answer, relation: &str) -> Option<String> {
    let header = answer.header("link");
    let ending = format!(">; rel=\"{relation}\"");
    let link = header.split(", ").find_map(|link| link.strip_suffix(&ending)?.strip_prefix('<'))?;
    let path = link.strip_prefix("https://paper.example").expect("a link of the publication");
    Some(path.to_owned())
}

/// Asks, for whoever has this token.
async fn get(server: &TestServer, token: Option<&str>, path: &str) -> Answer {
    server.send(token, reqwest::Method::GET, path, &[], None).await
}
