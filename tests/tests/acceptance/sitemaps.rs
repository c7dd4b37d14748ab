//! Sitemaps list what readers can find, each address once, and nothing else.

use masthead_domain::article::ArticleParts;
use masthead_domain::clock::Clock;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{World, another, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use std::collections::BTreeSet;

masthead_tests::on_both!(
    the_sitemaps_of_the_index_list_every_article,
    news_are_those_of_two_days,
    a_sitemap_without_addresses_is_none,
);

/// The texts of the elements with this name.
fn texts(answer: &Answer, element: &str) -> Vec<String> {
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/xml"), "{}", answer.body);
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let parts = answer.body.split(&open).skip(1);
    parts.map(|part| part.split(&close).next().expect("closed").replace("&amp;", "&")).collect()
}

async fn the_sitemaps_of_the_index_list_every_article(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for asker in [Asker::Anonymous, Asker::Patron, Asker::Staff] {
        let index = server.get(asker, "/sitemap.xml").await;
        let mut listed = Vec::new();
        for address in texts(&index, "loc") {
            let path = address.strip_prefix("https://paper.example").expect("on the site").to_owned();
            let sitemap = server.get(asker, &path).await;
            assert_eq!(texts(&sitemap, "loc").len(), texts(&sitemap, "lastmod").len());
            listed.extend(texts(&sitemap, "loc"));
        }
        let mut known = BTreeSet::new();
        for kind in ["article", "page"] {
            let page = server.get(asker, &format!("/v1/articles?limit=100&kind={kind}")).await.json();
            let rows = page["data"].as_array().expect("rows").iter();
            known.extend(rows.map(|row| row["url"].as_str().expect("an address").to_owned()));
        }
        assert_eq!(listed.len(), known.len(), "each once");
        assert_eq!(BTreeSet::from_iter(listed), known);
    }
    let etag = server.get(Asker::Anonymous, "/sitemap.xml").await.header("etag").to_owned();
    let again = server.get_with(Asker::Anonymous, "/sitemap.xml", &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, 304);
    let unknown = server.get(Asker::Anonymous, "/sitemaps/articles.xml?page=1").await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (400, &"unknown_parameter".into()));
    server.stop().await;
}

async fn news_are_those_of_two_days(backend: Backend) {
    let now = SystemClock.now();
    let hours_ago = |hours: i64| {
        move |parts: &mut ArticleParts| {
            let at = now.plus_seconds(-3_600 * hours);
            (parts.published, parts.updated) = (Some(at), at);
        }
    };
    let mut publication = publication(World::HOME);
    publication.articles.push(another(90, "of-today", |parts| {
        hours_ago(1)(parts);
        parts.title = "Rates & <tariffs>".into();
        parts.language = "en-GB".parse().expect("a language");
    }));
    publication.articles.push(another(91, "of-yesterday", hours_ago(40)));
    publication.articles.push(another(92, "of-last-week", hours_ago(60)));
    publication.articles.push(another(93, "of-tomorrow", hours_ago(-24)));
    publication.articles.push(another(94, "of-another-paper", |parts| {
        hours_ago(2)(parts);
        parts.canonical = Some("https://other.example/first".parse().expect("an address"));
    }));
    let server = TestServer::start_with(backend, &publication).await;
    let news = server.get(Asker::Anonymous, "/sitemaps/news.xml").await;
    assert_eq!(texts(&news, "loc"), ["https://paper.example/of-today", "https://paper.example/of-yesterday"]);
    assert_eq!(texts(&news, "news:title")[0], "Rates & &lt;tariffs&gt;");
    assert_eq!(texts(&news, "news:language"), ["en", "en"]);
    assert_eq!(texts(&news, "news:name"), ["Masthead", "Masthead"]);
    // Nothing is written, and time goes on.
    server.later(9 * 3_600);
    let news = server.get(Asker::Anonymous, "/sitemaps/news.xml").await;
    assert_eq!(texts(&news, "loc"), ["https://paper.example/of-today"]);
    server.later(16 * 3_600);
    let news = server.get(Asker::Anonymous, "/sitemaps/news.xml").await;
    assert_eq!(texts(&news, "loc"), ["https://paper.example/of-tomorrow", "https://paper.example/of-today"]);
    server.stop().await;
}

async fn a_sitemap_without_addresses_is_none(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for path in [
        "/sitemaps/news.xml",
        "/sitemaps/articles.xml?since=2099-01-01T00:00:00Z",
        "/sitemaps/articles.xml?since=2026-10-20T11:59:59Z",
        "/sitemaps/articles.xml?since=2026-10-20T12:00:00Z&until=2099-01-01T00:00:00Z",
    ] {
        assert_eq!(server.get(Asker::Anonymous, path).await.status, 404, "{path}");
    }
    assert_eq!(server.get(Asker::Anonymous, "/sitemaps/articles.xml").await.status, 400);
    server.stop().await;
    let mut nothing = publication(World::HOME);
    nothing.articles.clear();
    nothing.earlier.clear();
    let server = TestServer::start_with(backend, &nothing).await;
    assert_eq!(server.get(Asker::Anonymous, "/sitemap.xml").await.status, 404);
    server.stop().await;
}
