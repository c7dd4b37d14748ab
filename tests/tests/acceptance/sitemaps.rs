//! Sitemaps list what readers can find, each address once, and nothing else.

use masthead_domain::article::{ArticleParts, Kind};
use masthead_domain::clock::Clock;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{World, another, publication};
use masthead_tests::python::faults;
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use std::collections::BTreeSet;

masthead_tests::on_both!(
    the_sitemaps_of_the_index_list_every_article,
    news_are_those_of_two_days,
    a_sitemap_without_addresses_is_none,
    every_sitemap_fits_its_schema,
);

const SCHEMA: &str = "sitemap.xsd";

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

async fn every_sitemap_fits_its_schema(backend: Backend) {
    const ODD: &str =
        "A <b>bold</b> & \"quoted\" ]]> \u{0}\u{b}\u{fffe}title\r\nwith \u{1f600} &#0; <!-- --> <?php ?>";
    let mut publication = publication(World::HOME);
    for (number, slug, language) in [(90, "new", "zh-Hant"), (91, "newer", "EN-gb"), (92, "newest", "gsw-CH")]
    {
        publication.articles.push(another(number, slug, |parts| {
            let now = SystemClock.now();
            (parts.published, parts.updated) = (Some(now), now);
            parts.title = ODD.into();
            parts.language = language.parse().expect("a language");
        }));
    }
    publication.articles.push(another(93, "a-page", |parts| {
        parts.kind = Kind::Page;
        parts.title = ODD.into();
    }));
    let server = TestServer::start_tuned(backend, &publication, |config| {
        config.site.name = ODD.into();
        config.site.article_path = "/d%C3%A9j%C3%A0-vu/{slug}?a=1&b='2'".into();
    })
    .await;
    for asker in Asker::ALL {
        let index = server.get(asker, "/sitemap.xml").await;
        assert!(index.body.contains("<sitemapindex "), "{}", index.body);
        let mut paths: Vec<_> = texts(&index, "loc")
            .iter()
            .map(|address| address.strip_prefix("https://paper.example").expect("on the site").to_owned())
            .collect();
        for kind in ["articles", "pages"] {
            assert!(
                paths.iter().any(|path| path.starts_with(&format!("/sitemaps/{kind}.xml?"))),
                "{paths:?}"
            );
        }
        paths.push("/sitemaps/news.xml".into());
        let mut documents = vec![index];
        for path in paths {
            let sitemap = server.get(asker, &path).await;
            assert!(sitemap.body.contains("<urlset "), "{path}: {}", sitemap.body);
            documents.push(sitemap);
        }
        assert_eq!(texts(documents.last().expect("news"), "news:title").len(), 3);
        let bodies: Vec<_> = documents.iter().map(|document| document.body.as_str()).collect();
        for (faults, body) in faults(SCHEMA, &bodies).await.iter().zip(bodies) {
            assert!(faults.is_empty(), "{asker:?}: {faults:#?} in {body}");
        }
    }
    server.stop().await;
}

/// The schema tells what is right from what is nearly so.
#[tokio::test]
async fn a_broken_sitemap_does_not_fit() {
    const NEWS: &str = "<news:news><news:publication><news:name>The Paper</news:name><news:language>en</news:language>\
        </news:publication><news:publication_date>2026-10-20T12:00:00Z</news:publication_date>\
        <news:title>Nine locks</news:title></news:news>";
    let whole = |root: &str, inner: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
             xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">{inner}</{root}>"
        )
    };
    let url = |inner: &str| whole("urlset", &format!("<url>{inner}</url>"));
    let loc = "<loc>https://paper.example/nine-locks</loc>";
    let news = |right: &str, wrong: &str| {
        assert!(NEWS.contains(right));
        url(&format!("{loc}{}", NEWS.replace(right, wrong)))
    };
    let right = [
        url(loc),
        url(&format!("{loc}<lastmod>2026-10-20</lastmod><priority>0.8</priority>")),
        news("Nine", "Nine"),
        news(">en<", ">zh-tw<"),
        whole(
            "sitemapindex",
            &format!("<sitemap>{loc}<lastmod>2026-10-20T12:00:00.5+02:00</lastmod></sitemap>"),
        ),
    ];
    let wrong = [
        whole("urlset", ""),
        whole("sitemapindex", ""),
        whole("sitemapindex", &format!("<url>{loc}</url>")),
        whole("urlset", &format!("<sitemap>{loc}</sitemap>")),
        url("<lastmod>2026-10-20</lastmod>"),
        url(&format!("<lastmod>2026-10-20</lastmod>{loc}")),
        url(&format!("{loc}{loc}")),
        url(&format!("{loc}<surprise/>")),
        url("<loc>/nine-locks</loc>"),
        url("<loc>https://paper.example/nine locks</loc>"),
        url("<loc>https://paper.example/d\u{e9}j\u{e0}</loc>"),
        url(&format!("<loc>https://paper.example/{}</loc>", "a".repeat(2_048))),
        url(&format!("{loc}<lastmod>yesterday</lastmod>")),
        url(&format!("{loc}<lastmod>2026-13-20</lastmod>")),
        url(&format!("{loc}<lastmod>2026-10-20T12:00:00</lastmod>")),
        url(&format!("{loc}<priority>1.1</priority>")),
        news("<news:title>Nine locks</news:title>", ""),
        news("Nine locks", " "),
        news(">en<", ">en-GB<"),
        news("The Paper", ""),
        news("2026-10-20T12:00:00Z", "20 October"),
        url(loc).replace("sitemap/0.9", "sitemap/0.84"),
        url(loc).replace("</urlset>", ""),
        url(&format!("{loc}&nbsp;")),
        url("<loc>https://paper.example/&#0;</loc>"),
    ];
    let documents: Vec<_> = right.iter().chain(&wrong).map(String::as_str).collect();
    for (number, (faults, document)) in faults(SCHEMA, &documents).await.iter().zip(documents).enumerate() {
        assert_eq!(faults.is_empty(), number < right.len(), "{faults:#?} in {document}");
    }
}
