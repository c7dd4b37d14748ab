//! Two databases that differ only in what a licence does not cover answer every request of the partner with the same
//! bytes; and what a licence covers is shown as it says, on both surfaces.

use super::{enter, everything, now, section_id, tag_id};
use crate::two_worlds::{article_id, paths};
use masthead_domain::article::{Article, Byline, Citation, Kind, Role};
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{AuthorId, SourceId};
use masthead_domain::section::Section;
use masthead_domain::tag::Tag;
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::publication::{LOCKS, Publication, Variant, World, another, day, publication};
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::Value;
use std::fmt::Write;

masthead_tests::on_both!(
    a_narrow_licence_cannot_tell_the_worlds_apart,
    a_middle_licence_cannot_tell_the_worlds_apart,
    a_wide_licence_cannot_tell_the_worlds_apart,
    who_may_see_the_difference_does,
    a_licence_shows_what_it_says,
);

fn narrow() -> Licence {
    Licence {
        sections: Some([section_id(2)].into()),
        tags: Some([tag_id(1)].into()),
        languages: Some(["en".parse().expect("a language")].into()),
        extent: Extent::Headline,
        source_links: false,
        ..everything()
    }
}

fn middle() -> Licence {
    Licence {
        sections: Some([section_id(1)].into()),
        extent: Extent::Teaser,
        source_links: false,
        ..everything()
    }
}

/// All that is in English and has been out for an hour.
fn wide() -> Licence {
    Licence {
        languages: Some(["en".parse().expect("a language")].into()),
        delay_seconds: 3_600,
        ..everything()
    }
}

/// What none of these licences covers: another language, in a section, by an author, with a tag and on a source that
/// nothing else names; and a page and an article that were published half an hour ago.
fn uncovered() -> Vec<Article> {
    let foreign = |parts: &mut masthead_domain::article::ArticleParts| {
        parts.language = "fr".parse().expect("a language");
        parts.section = Some(section_id(20));
        parts.tags = vec![tag_id(20), tag_id(1)];
        parts.bylines = vec![Byline { author: AuthorId::new(day(1), [20; 10]), role: Role::Author }];
        parts.citations = vec![Citation { source: SourceId::new(day(1), [20; 10]), note: None, link: None }];
    };
    let fresh = |parts: &mut masthead_domain::article::ArticleParts| {
        // In no section: too fresh for the one licence, and in no section of the others.
        parts.section = None;
        parts.published = Some(now().plus_seconds(-1_800));
        parts.updated = now().plus_seconds(-1_800);
    };
    vec![
        another(90, "uncovered-foreign", foreign),
        another(91, "uncovered-fresh", fresh),
        another(92, "uncovered-page", |parts| {
            foreign(parts);
            parts.kind = Kind::Page;
        }),
    ]
}

fn with_uncovered(world: World) -> Publication {
    let mut publication = publication(world);
    publication.articles.extend(uncovered());
    publication.sections.push(Section {
        id: section_id(20),
        slug: "uncovered-section".parse().expect("a slug"),
        name: "Uncovered".into(),
        description: None,
        parent: Some(section_id(3)),
        position: 20,
    });
    publication.tags.push(Tag {
        id: tag_id(20),
        slug: "uncovered-tag".parse().expect("a slug"),
        name: "Uncovered".into(),
        description: None,
    });
    publication.authors.push(Author {
        id: AuthorId::new(day(1), [20; 10]),
        slug: "uncovered-author".parse().expect("a slug"),
        name: "Uncovered".into(),
        kind: AuthorKind::Human,
        bio: None,
        beat: None,
        portrait: None,
        website: None,
        support: None,
    });
    let source = publication.sources[0].clone();
    publication
        .sources
        .push(masthead_domain::source::Source { id: SourceId::new(day(1), [20; 10]), ..source });
    publication
}

fn all_paths() -> Vec<String> {
    let mut paths = paths();
    for article in ["uncovered-foreign", "uncovered-fresh", "uncovered-page"].map(str::to_owned) {
        paths.push(format!("/v1/articles/{article}"));
        paths.push(format!("/v1/articles/{article}/related"));
    }
    for scope in ["sections/uncovered-section", "authors/uncovered-author", "tags/uncovered-tag"] {
        paths.extend(["rss", "atom", "json", "ninjs"].map(|format| format!("/feeds/{scope}.{format}")));
    }
    paths.extend([90, 91, 92].map(|number| format!("/v1/articles/{}", article_id(number))));
    let id = |kind, number| crate::two_worlds::id(kind, number);
    for path in [
        "/v1/sections/uncovered-section".to_owned(),
        "/v1/tags/uncovered-tag".to_owned(),
        "/v1/authors/uncovered-author".to_owned(),
        format!("/v1/sources/{}", id("src", 20)),
        format!("/v1/tags/{}", id("tag", 20)),
        "/v1/articles?tag=uncovered-tag&total=true".to_owned(),
        "/v1/articles?section=uncovered-section&total=true".to_owned(),
        "/v1/articles?author=uncovered-author&total=true".to_owned(),
        "/v1/articles?language=fr&total=true".to_owned(),
        "/v1/articles?kind=page&total=true".to_owned(),
    ] {
        paths.push(path);
    }
    paths
}

/// Everything that GraphQL tells of lists, by ids and by names.
fn queries() -> Vec<String> {
    let ids: Vec<_> = [
        ("art", 90),
        ("art", 91),
        ("art", 92),
        ("art", 3),
        ("sec", 20),
        ("tag", 20),
        ("aut", 20),
        ("src", 20),
    ]
    .map(|(kind, number)| format!("\"{}\"", crate::two_worlds::id(kind, number)))
    .into();
    vec![
        format!("{{ nodes(ids: [{}]) {{ __typename id }} }}", ids.join(", ")),
        "{ articles(first: 100) { totalCount nodes { slug bodyHtml attribution related(first: 5) { slug }
            section { slug articles(first: 3) { totalCount } } tags { slug } bylines { author { slug } }
            sources { nodes { url source { id } } } } pageInfo { endCursor hasNextPage } } }"
            .to_owned(),
        "{ sections { slug children { slug } articles(first: 5) { totalCount nodes { slug } } } }".to_owned(),
        "{ tags(first: 100) { nodes { slug articles(first: 5) { totalCount } } }
           authors(first: 100) { nodes { slug articles(first: 5) { totalCount } } } }"
            .to_owned(),
    ]
}

/// What somebody who follows from zero is told, page by page, but for the instants at which it was.
async fn followed(server: &TestServer, key: &str) -> Vec<Value> {
    let mut pages = Vec::new();
    let mut path = "/v1/changes?limit=3&body=text".to_owned();
    loop {
        let mut page = server.get_as(key, &path).await.json();
        for row in page["data"].as_array_mut().expect("changes") {
            let at = row["at"].take();
            Timestamp::parse(at.as_str().expect("a text")).expect("an instant");
        }
        let next = page["page"]["next"].as_str().expect("a cursor");
        path = format!("/v1/changes?limit=3&body=text&after={next}");
        let more = page["page"]["more"] == true;
        pages.push(page);
        if !more {
            return pages;
        }
    }
}

async fn cannot_tell_apart(backend: Backend, licence: Licence, other: World) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start_with(backend, &with_uncovered(other)).await;
    let (key, same_key) = (enter(&here, licence.clone()).await, enter(&there, licence).await);
    assert_eq!(key, same_key);
    for path in all_paths() {
        for again in ["", ", again"] {
            let (a, b) = (here.get_as(&key, &path).await, there.get_as(&key, &path).await);
            assert_ne!(a.status, 401, "{path}");
            assert_eq!(a, b, "{path}{again}");
        }
    }
    assert_eq!(followed(&here, &key).await, followed(&there, &key).await, "following from zero");
    for query in queries() {
        let body = serde_json::json!({ "query": query }).to_string();
        let ask = async |server: &TestServer| {
            let headers = [("content-type", "application/json")];
            server.send(Some(&key), reqwest::Method::POST, "/graphql", &headers, Some(body.clone())).await
        };
        let (a, b) = (ask(&here).await, ask(&there).await);
        assert!(a.json()["errors"].is_null(), "{}", a.body);
        assert_eq!(a, b, "{query}");
    }
    here.stop().await;
    there.stop().await;
}

async fn a_narrow_licence_cannot_tell_the_worlds_apart(backend: Backend) {
    cannot_tell_apart(backend, narrow(), World::all(Variant::B)).await;
}

async fn a_middle_licence_cannot_tell_the_worlds_apart(backend: Backend) {
    cannot_tell_apart(backend, middle(), World::all(Variant::B)).await;
}

async fn a_wide_licence_cannot_tell_the_worlds_apart(backend: Backend) {
    cannot_tell_apart(backend, wide(), World { unpublished: Variant::B, ..World::HOME }).await;
}

/// The test of the test.
async fn who_may_see_the_difference_does(backend: Backend) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start_with(backend, &with_uncovered(World::all(Variant::B))).await;
    let key = enter(&here, everything()).await;
    enter(&there, everything()).await;
    let mut differ = 0;
    for path in all_paths() {
        differ += usize::from(here.get_as(&key, &path).await != there.get_as(&key, &path).await);
    }
    assert!(differ > 30, "{differ} paths differ for a partner who may take everything");
    assert_ne!(followed(&here, &key).await, followed(&there, &key).await);
    for slug in ["uncovered-foreign", "uncovered-fresh", "uncovered-page"] {
        assert_eq!(there.get_as(&key, &format!("/v1/articles/{slug}")).await.status, 200, "{slug}");
    }
    here.stop().await;
    there.stop().await;
}

fn line(article: &Value, locks: &Value, sources: &Value) -> String {
    let mut line = String::new();
    for lock in locks.as_array().expect("locks") {
        let reason = lock["access"]["reason"].as_str().expect("a reason").to_lowercase();
        write!(line, " {}={reason}", lock["id"].as_str().expect("an id")).expect("written");
    }
    let links = sources.as_array().expect("nodes").iter().filter(|node| !node["url"].is_null()).count();
    let there = |name: &'static str| if article[name].is_null() { "-" } else { name };
    write!(line, " words={} links={links}", article["words"]).expect("written");
    write!(line, " {} {} {}", there("standfirst"), there("hero"), there("metaDescription")).expect("written");
    line + &format!(" {}", article["attribution"])
}

async fn a_licence_shows_what_it_says(backend: Backend) {
    let mut table = String::new();
    for extent in [Extent::Headline, Extent::Teaser, Extent::FullText] {
        for source_links in [false, true] {
            let server = TestServer::start(backend, World::HOME).await;
            let attribution = source_links.then(|| "First in The Paper.".to_owned());
            let key = enter(&server, Licence { extent, source_links, attribution, ..everything() }).await;
            for slug in [LOCKS, "whole-for-members", "free-to-read"] {
                let rest = server.get_as(&key, &format!("/v1/articles/{slug}?body=text")).await;
                assert_eq!(rest.header("cache-control"), "private, no-cache");
                let rest = rest.json();
                let query = format!(
                    "{{ article(slug: \"{slug}\") {{ words standfirst hero {{ src }} metaDescription attribution
                        bodyText access {{ locks {{ id access {{ reason }} }} }} sources {{ nodes {{ url }} }} }} }}"
                );
                let body = serde_json::json!({ "query": query }).to_string();
                let headers = [("content-type", "application/json")];
                let post = reqwest::Method::POST;
                let answer = server.send(Some(&key), post, "/graphql", &headers, Some(body)).await;
                let graphql = answer.json()["data"]["article"].take();
                let by_rest = line(&rest, &rest["locks"], &rest["sources"]["nodes"]);
                assert_eq!(
                    by_rest,
                    line(&graphql, &graphql["access"]["locks"], &graphql["sources"]["nodes"])
                );
                assert_eq!(rest["bodyText"], graphql["bodyText"]);
                if extent < Extent::FullText {
                    assert_eq!(rest["words"], 0, "nothing is measured");
                }
                writeln!(table, "{:<10}{source_links:<6}{slug:<18}{by_rest}", extent.code())
                    .expect("written");
            }
            let anonymous = server.get(Asker::Anonymous, &format!("/v1/articles/{LOCKS}")).await.json();
            assert_eq!(anonymous["attribution"], Value::Null);
            server.stop().await;
        }
    }
    insta::with_settings!({ snapshot_path => "../../golden", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("licences", table);
    });
}
