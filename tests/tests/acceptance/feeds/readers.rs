//! Feeds in a reader's program: what Python's feedparser makes of them is what REST says.

use super::{get, link};
use crate::partners::{enter, everything};
use masthead_domain::article::{Byline, Kind, Role};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::AuthorId;
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::publication::{Publication, World, another, day, publication};
use masthead_tests::python;
use masthead_tests::server::{Answer, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_reader_finds_what_rest_says,
    a_licence_without_texts_gives_none,
    a_broken_feed_is_found_out,
);

const ODD: &str = "A <b>bold</b> & \"quoted\" ]]> \u{0}\u{b}\u{fffe}title\r\nwith \u{1f600} &amp; <script>alert(1)</script>";

/// The formats that feedparser reads, and what it calls them.
const READ: [(&str, &str); 2] = [("rss", "rss20"), ("atom", "atom10")];

/// The feeds, and the lists over REST that hold the same articles.
const FEEDS: [(&str, &str, &str); 4] = [
    ("articles", "?limit=100", ""),
    ("sections/world", "?limit=100", "&section=world"),
    (
        "articles",
        "?archive=2026-09",
        "&publishedSince=2026-09-01T00:00:00Z&publishedUntil=2026-10-01T00:00:00Z",
    ),
    (
        "authors/mara-lindqvist",
        "?archive=2026-10",
        "&author=mara-lindqvist&publishedSince=2026-10-01T00:00:00Z&publishedUntil=2026-11-01T00:00:00Z",
    ),
];

/// The publication, with articles of another month, of several authors, in another language, first published elsewhere, and
/// with every kind of character.
fn varied() -> Publication {
    let author = |number: u8, role| Byline { author: AuthorId::new(day(1), [number; 10]), role };
    let september = |day: u8| {
        let at = Timestamp::parse(&format!("2026-09-{day:02}T23:59:59Z")).expect("an instant");
        (Some(at), at)
    };
    let mut publication = publication(World::HOME);
    publication.articles.extend([
        another(90, "of-september", |parts| (parts.published, parts.updated) = september(30)),
        another(91, "of-several", |parts| {
            (parts.published, parts.updated) = september(1);
            parts.bylines = vec![
                author(2, Role::Author),
                author(3, Role::Contributor),
                author(1, Role::Author),
                author(2, Role::Editor),
            ];
            parts.language = "pt-BR".parse().expect("a language");
            parts.canonical = Some("https://other.example/first?a=1&b=2".parse().expect("an address"));
        }),
        another(92, "of-every-character", |parts| {
            parts.title = ODD.into();
            parts.standfirst = Some(ODD.into());
        }),
        another(93, "a-page", |parts| parts.kind = Kind::Page),
    ]);
    publication
}

/// What feedparser makes of answers.
async fn read(answers: &[Answer]) -> Vec<Value> {
    let asked = answers.iter().map(|answer| {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let headers: serde_json::Map<_, _> =
            answer.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        json!({ "headers": headers, "body": answer.body })
    });
    match python::run("feeds.py", &asked.collect()).await {
        Value::Array(read) => read,
        other => panic!("{other}"),
    }
}

/// The characters of a text that an XML document may hold, with single spaces.
fn plain(text: &Value) -> String {
    let text = text.as_str().unwrap_or_else(|| panic!("no text: {text}"));
    let allowed: String = text.chars().filter(|c| !['\u{0}', '\u{b}', '\u{fffe}'].contains(c)).collect();
    allowed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a reader sees of HTML. A feed adds the way to the article to a gate that is shut, which is left out here.
fn seen(html: &str) -> String {
    let html = scraper::Html::parse_fragment(html);
    let mut seen = Vec::new();
    for node in html.tree.root().descendants() {
        let mut around = node.ancestors().filter_map(scraper::ElementRef::wrap);
        let is_added = around.any(|element| element.value().classes().any(|class| class == "gate-continue"));
        if let Some(text) = node.value().as_text().filter(|_| !is_added) {
            seen.extend(text.split_whitespace().map(str::to_owned));
        }
    }
    seen.join(" ")
}

/// Who made an article, by REST: the publication in the place of a persona, and of nobody.
fn authors(article: &Value) -> Vec<&str> {
    let mut names = Vec::new();
    for byline in article["bylines"].as_array().expect("bylines") {
        let author = &byline["author"];
        let is_persona = author["kind"] == "persona";
        let name = if is_persona { "Masthead" } else { author["name"].as_str().expect("a name") };
        if (byline["role"] == "author" || byline["role"] == "contributor") && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { vec!["Masthead"] } else { names }
}

/// Whether an entry says what REST says of an article, whole.
fn assert_same(entry: &Value, article: &Value, format: &str, what: &str) {
    let id = article["id"].as_str().expect("an id");
    assert_eq!(entry["id"], format!("tag:paper.example,2026-01-01:{id}"), "{what}");
    let what = &format!("{what} {id}");
    assert_eq!(plain(&entry["title"]), plain(&article["title"]), "{what}");
    assert_eq!(entry["link"], article["url"], "{what}");
    let canonical = if article["canonical"].is_null() { &article["url"] } else { &article["canonical"] };
    for (relation, address) in [("alternate", &article["url"]), ("canonical", canonical)] {
        let links: Vec<_> = entry["links"].as_array().expect("links").iter().collect();
        let of_kind: Vec<_> =
            links.iter().filter(|link| link["rel"] == relation).map(|link| &link["href"]).collect();
        assert_eq!(of_kind, [address], "{what}");
    }
    assert_eq!(entry["published"], article["published"], "{what}");
    let corrections = article["corrections"].as_array().expect("corrections").iter().map(|one| &one["at"]);
    let changes: Vec<_> =
        corrections.chain([&article["updated"]]).map(|at| at.as_str().expect("an instant")).collect();
    assert_eq!(entry["updated"].as_str(), changes.iter().max().copied(), "{what}");
    assert_eq!(entry["authors"], json!(authors(article)), "{what}");
    let section = article["section"].get("name").into_iter();
    let tags = article["tags"].as_array().expect("tags").iter().map(|tag| &tag["name"]);
    assert_eq!(entry["tags"], json!(section.chain(tags).collect::<Vec<_>>()), "{what}");
    assert_eq!(entry["rights"], article["attribution"], "{what}");
    // What RSS calls a description is HTML.
    let shown = |text: &str| if format == "rss" { seen(text) } else { plain(&text.into()) };
    let summary = entry["summary"].as_str().map(shown);
    let expected = article["summary"].as_str().map(|summary| plain(&summary.into()));
    assert_eq!(summary, expected, "{what}");
}

async fn a_reader_finds_what_rest_says(backend: Backend) {
    let server = TestServer::start_with(backend, &varied()).await;
    let key = enter(&server, everything()).await;
    let mut compared = 0;
    for token in [None, Some(key.as_str())] {
        for (scope, query, filter) in FEEDS {
            let list = get(&server, token, &format!("/v1/articles?limit=100{filter}")).await.json();
            let mut articles = Vec::new();
            for row in list["data"].as_array().expect("rows") {
                let path = format!("/v1/articles/{}?body=html", row["slug"].as_str().expect("a slug"));
                articles.push(get(&server, token, &path).await.json());
            }
            let mut answers = Vec::new();
            for (format, _) in READ {
                answers.push(get(&server, token, &format!("/feeds/{scope}.{format}{query}")).await);
            }
            for (((format, version), answer), feed) in READ.iter().zip(&answers).zip(read(&answers).await) {
                let what = &format!("{token:?} {scope}{query} {format}");
                assert_eq!((&feed["bozo"], &feed["fault"]), (&json!(false), &Value::Null), "{what}");
                assert_eq!(feed["version"], *version, "{what}");
                for relation in ["self", "prev-archive", "next-archive", "current"] {
                    let links = feed["links"].as_array().expect("links").iter();
                    let mut links = links.filter(|link| link["rel"] == relation).map(|link| &link["href"]);
                    let expected =
                        link(answer, relation).map(|path| json!(format!("https://paper.example{path}")));
                    assert_eq!(links.next(), expected.as_ref(), "{what} {relation}");
                }
                let entries = feed["entries"].as_array().expect("entries");
                assert_eq!(entries.len(), articles.len(), "{what}");
                for (entry, article) in entries.iter().zip(&articles) {
                    assert_same(entry, article, format, what);
                    let [content] = entry["content"].as_array().expect("contents").as_slice() else {
                        panic!("{what}: {entry}")
                    };
                    let (content, body) = (content.as_str().expect("HTML"), &article["bodyHtml"]);
                    let (content, body) = (seen(content), seen(body.as_str().expect("HTML")));
                    assert!(!body.is_empty() && content.contains(&body), "{what}: {content} has not {body}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 150, "{compared}");
    server.stop().await;
}

async fn a_licence_without_texts_gives_none(backend: Backend) {
    for extent in [Extent::Headline, Extent::Teaser] {
        let server = TestServer::start_with(backend, &varied()).await;
        let key = enter(&server, Licence { extent, ..everything() }).await;
        let list = get(&server, Some(&key), "/v1/articles?limit=100").await.json();
        let mut answers = Vec::new();
        for (format, _) in READ {
            answers.push(get(&server, Some(&key), &format!("/feeds/articles.{format}?limit=100")).await);
        }
        for feed in read(&answers).await {
            assert_eq!(feed["bozo"], false, "{}", feed["fault"]);
            let entries = feed["entries"].as_array().expect("entries").iter();
            assert_eq!(entries.len(), list["data"].as_array().expect("rows").len());
            for (entry, row) in entries.zip(list["data"].as_array().expect("rows")) {
                assert_eq!(entry["link"], row["url"], "{extent:?}");
                let content = entry["content"][0].as_str().expect("what is said in its place");
                assert!(content.contains("Continue reading") && !content.contains("Hidden for"), "{content}");
                let words = row["words"].as_u64().expect("a number");
                assert_eq!(words, 0, "{extent:?}: there is no text");
                assert_eq!(entry["summary"].is_null(), row["summary"].is_null(), "{extent:?}: {entry}");
            }
        }
        server.stop().await;
    }
}

/// What is asserted above is something that a reader tells.
async fn a_broken_feed_is_found_out(backend: Backend) {
    let server = TestServer::start_with(backend, &varied()).await;
    for (format, _) in READ {
        let whole = get(&server, None, &format!("/feeds/articles.{format}")).await;
        let breaks: [fn(&mut Answer); 4] = [
            |answer| answer.body = answer.body.replace("&amp;", "&"),
            |answer| answer.body.truncate(answer.body.len() / 2),
            |answer| answer.body = answer.body.replacen("<title>", "<title>\u{b}", 1),
            |answer| answer.headers = vec![("content-type".into(), "text/plain".into())],
        ];
        let mut broken = vec![whole.clone()];
        broken.extend(breaks.map(|harm| {
            let mut answer = whole.clone();
            harm(&mut answer);
            answer
        }));
        let bozo: Vec<_> = read(&broken).await.iter().map(|feed| feed["bozo"].clone()).collect();
        assert_eq!(bozo, [false, true, true, true, true], "{format}");
    }
    server.stop().await;
}
