//! Documents that others can read: checked by a schema and by a parser that is not ours.

use super::{FORMATS, get, link, one_article, parsed};
use crate::partners::{enter, everything};
use crate::two_worlds::article_id;
use masthead_domain::article::Correction;
use masthead_domain::id::ArticleId;
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::publication::{LOCKS, Variant, World, another, day};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_parser_reads_what_is_there,
    ninjs_fits_its_schema,
    no_text_breaks_a_document,
    a_correction_is_an_update,
    every_address_is_absolute,
    a_persona_is_no_person,
);

/// The standard's schema. It refers to that of GeoJSON by its URL; we write no places, and nothing is fetched.
pub(crate) fn ninjs() -> jsonschema::Validator {
    let text = include_str!("../../../data/ninjs/ninjs-schema_3.1.json");
    let text = text.replace("\"$ref\": \"https://geojson.org/schema/GeoJSON.json#\"", "\"type\": \"object\"");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

pub(crate) fn assert_fits(schema: &jsonschema::Validator, answer: &Answer, what: &str) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.body);
    let faults: Vec<_> = schema
        .iter_errors(&answer.json())
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

async fn a_parser_reads_what_is_there(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    for asker in Asker::ALL {
        let listed = server.get(asker, "/v1/articles?limit=100").await.json();
        let listed = listed["data"].as_array().expect("a list").clone();
        for format in ["rss", "atom", "json"] {
            let answer = server.get(asker, &format!("/feeds/articles.{format}?limit=100")).await;
            let feed = parsed(&answer);
            assert_eq!(feed.title.expect("a title").content, "Masthead");
            assert_eq!(feed.entries.len(), listed.len(), "{asker:?} {format}");
            for (entry, article) in feed.entries.iter().zip(&listed) {
                let id = article["id"].as_str().expect("an id");
                assert_eq!(entry.id, format!("tag:paper.example,2026-01-01:{id}"), "{format}");
                assert_eq!(entry.title.as_ref().expect("a title").content, article["title"], "{format}");
                let published = entry.published.expect("an instant").to_rfc3339();
                assert_eq!(published.replace("+00:00", "Z"), article["published"], "{format}");
                let url = article["url"].as_str().expect("a URL");
                assert!(entry.links.iter().any(|link| link.href == url), "{format}: {:?}", entry.links);
                assert!(!entry.authors.is_empty(), "{format}");
                let text = entry.content.as_ref().and_then(|content| content.body.as_deref());
                let first = article["summary"].as_str().unwrap_or_default();
                let summary = entry.summary.as_ref().map_or("", |summary| summary.content.as_str());
                assert!(text.is_some(), "{format}: every reader gets a text");
                assert_eq!(summary, first, "{format}");
            }
        }
    }
    server.stop().await;
}

async fn ninjs_fits_its_schema(backend: Backend) {
    let schema = ninjs();
    assert!(!schema.is_valid(&json!({ "uri": "tag:x,2026:y", "invented": 1 })), "the schema is strict");
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    for asker in Asker::ALL {
        for scope in ["articles", "sections/world", "authors/the-newsroom", "tags/budgets"] {
            for query in ["", "?limit=3", "?archive=2026-10", "?archive=2025-10"] {
                let path = format!("/feeds/{scope}.ninjs{query}");
                assert_fits(&schema, &server.get(asker, &path).await, &path);
            }
        }
        let document = server.get(asker, "/feeds/articles.ninjs?limit=100").await.json();
        let articles = document["associations"].as_array().expect("articles");
        let kind = |id: u8| {
            let uri = format!("tag:paper.example,2026-01-01:{}", article_id(id));
            let article = articles.iter().find(|article| article["uri"] == *uri).expect("there");
            article["representationType"].as_str().expect("a text").to_owned()
        };
        let opens = asker >= Asker::Member;
        let expected = if opens { "full" } else { "partial" };
        assert_eq!((kind(2).as_str(), kind(3).as_str()), (expected, "full"), "{asker:?}");
    }
    server.stop().await;
    for extent in [Extent::Headline, Extent::Teaser, Extent::FullText] {
        let server = TestServer::start(backend, World::HOME).await;
        let key = enter(&server, Licence { extent, ..everything() }).await;
        let answer = get(&server, Some(&key), "/feeds/articles.ninjs").await;
        assert_fits(&schema, &answer, extent.code());
        let first = &answer.json()["associations"][0];
        let is_full = extent == Extent::FullText;
        assert_eq!(first["bodies"].is_array(), is_full, "{first}");
        assert_eq!(first["usageTerms"], "First in The Paper.");
        server.stop().await;
    }
}

async fn no_text_breaks_a_document(backend: Backend) {
    const TITLE: &str =
        "A <b>bold</b> & \"quoted\" ]]> \u{0}\u{b}\u{fffe}title\r\nwith \u{1f600} <script>alert(1)</script>";
    let mut publication = one_article();
    publication.articles.push(another(90, "every-kind-of-character", |parts| {
        parts.title = TITLE.into();
        parts.standfirst = Some(TITLE.into());
        parts.corrections = vec![Correction { at: parts.updated, text: TITLE.into() }];
    }));
    let server = TestServer::start_with(backend, &publication).await;
    let allowed: String = TITLE.chars().filter(|c| !['\u{0}', '\u{b}', '\u{fffe}'].contains(c)).collect();
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for format in FORMATS {
        let answer = server.get(Asker::Anonymous, &format!("/feeds/articles.{format}")).await;
        if format == "ninjs" {
            assert_fits(&ninjs(), &answer, format);
            continue;
        }
        let feed = parsed(&answer);
        let entry = &feed.entries[0];
        let title = plain(&entry.title.as_ref().expect("a title").content);
        let expected = if format == "json" { plain(TITLE) } else { plain(&allowed) };
        assert_eq!(title, expected, "{format}");
        let text = entry.content.as_ref().and_then(|content| content.body.as_deref()).expect("a text");
        assert!(!text.contains("<script") && !text.contains("<b>"), "{format}: {text}");
        assert!(text.contains("&lt;script&gt;"), "{format}: {text}");
    }
    server.stop().await;
}

async fn a_correction_is_an_update(backend: Backend) {
    let mut publication = one_article();
    publication.articles.push(another(90, "corrected", |parts| {
        parts.corrections = vec![Correction { at: day(27), text: "Nine, not eight.".into() }];
        parts.updated = day(27);
    }));
    let server = TestServer::start_with(backend, &publication).await;
    for format in ["atom", "json"] {
        let feed = parsed(&server.get(Asker::Anonymous, &format!("/feeds/articles.{format}")).await);
        let updated = feed.entries[0].updated.expect("an instant").to_rfc3339();
        assert_eq!(updated, "2026-10-27T12:00:00+00:00", "{format}");
    }
    for format in FORMATS {
        let answer = server.get(Asker::Anonymous, &format!("/feeds/articles.{format}")).await;
        assert!(answer.body.contains("2026-10-27T12:00:00Z"), "{format}");
        assert!(answer.body.contains("Nine, not eight."), "{format}");
        assert_eq!(answer.header("last-modified"), "", "a date proves nothing: a lock changes none");
    }
    server.stop().await;
}

async fn every_address_is_absolute(backend: Backend) {
    let mut publication = one_article();
    publication.articles.push(another(90, "with-markup", |parts| {
        parts.body.push(masthead_domain::article::Block::Html(masthead_domain::article::Html {
            html: "<table><tbody><tr><td><a href=\"/deep\">deep</a></td></tr></tbody></table>".into(),
        }));
    }));
    let server = TestServer::start_with(backend, &publication).await;
    for asker in [Asker::Anonymous, Asker::Staff] {
        for format in ["rss", "atom", "json"] {
            let answer = server.get(asker, &format!("/feeds/articles.{format}")).await;
            let feed = parsed(&answer);
            let texts = feed.entries.iter().filter_map(|entry| entry.content.as_ref()?.body.as_deref());
            let text: String = texts.collect();
            assert!(text.contains("href=\"https://paper.example/deep\""), "{text}");
            for attribute in ["href=\"", "src=\""] {
                for address in text.split(attribute).skip(1) {
                    assert!(address.starts_with("https://"), "{format}: {attribute}{address:.60}");
                }
            }
            let links = feed.entries.iter().flat_map(|entry| &entry.links).chain(&feed.links);
            assert!(
                links.into_iter().all(|link| link.href.starts_with("https://paper.example/")),
                "{format}"
            );
        }
    }
    let answer = server.get(Asker::Anonymous, "/feeds/articles.rss?limit=1").await;
    assert_eq!(link(&answer, "self").as_deref(), Some("/feeds/articles.rss?limit=1"));
    assert!(link(&answer, "next").expect("more").starts_with("/feeds/articles.rss?limit=1&cursor="));
    server.stop().await;
}

async fn a_persona_is_no_person(backend: Backend) {
    let server = TestServer::start_with(backend, &one_article()).await;
    let id = format!("tag:paper.example,2026-01-01:{}", ArticleId::new(day(1), [1; 10]));
    for format in ["rss", "atom", "json"] {
        let answer = server.get(Asker::Anonymous, &format!("/feeds/articles.{format}")).await;
        let feed = parsed(&answer);
        let entry = feed.entries.iter().find(|entry| entry.id == id).expect("there");
        let names: Vec<_> = entry.authors.iter().filter_map(|author| author.name.as_deref()).collect();
        assert_eq!(names, ["Masthead"], "{format}");
        assert!(answer.body.contains("quay-watcher is an AI persona"), "{format}");
        assert!(answer.body.contains("mara-lindqvist"), "{format}: who answers for it");
        assert!(answer.body.contains("trainedAlgorithmicMedia"), "{format}");
    }
    let answer = server.get(Asker::Anonymous, "/feeds/articles.ninjs").await.json();
    let article = answer["associations"].as_array().expect("some").iter().find(|one| one["name"] == LOCKS);
    let article = article.expect("there");
    let people: Vec<_> = article["people"].as_array().expect("some").iter().map(|one| &one["name"]).collect();
    assert_eq!(people, ["mara-lindqvist", "mara-lindqvist"], "as editor, and as responsible");
    assert_eq!(article["by"], "quay-watcher (AI persona), mara-lindqvist");
    server.stop().await;
}
