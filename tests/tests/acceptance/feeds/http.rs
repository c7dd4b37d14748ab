//! How feeds are asked for and answered.

use super::{FORMATS, get, link, one_article, parsed};
use crate::limits::members;
use crate::partners::{enter, everything};
use masthead_domain::viewer::Licence;
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;

masthead_tests::on_both!(
    what_is_hidden_absent_or_wrong_is_refused,
    a_feed_is_sent_once_and_then_asked_about,
    compressed_forms_have_their_own_tags,
    what_is_unchanged_costs_no_quota,
    what_is_unchanged_is_told_where_there_is_no_room_for_it,
    pages_lead_to_each_other,
    a_section_may_be_read_alone,
    a_feed_costs_a_constant_number_of_statements,
    a_browser_shows_a_feed,
);

async fn what_is_hidden_absent_or_wrong_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::all(masthead_tests::publication::Variant::B)).await;
    for scope in [
        "sections/nothing",
        "sections/embargoed-section",
        "sections/empty-section",
        "sections/No Slug",
        "authors/embargoed-persona",
        "authors/nobody",
        "tags/embargoed-topic",
        "tags/nothing",
    ] {
        for format in FORMATS {
            let answer = get(&server, None, &format!("/feeds/{scope}.{format}")).await;
            assert_eq!((answer.status, &answer.json()["code"]), (404, &"not_found".into()), "{scope}");
        }
    }
    for path in
        ["articles.xml", "articles.RSS", "articles.", "articles", "tags/ports", "tags/ports.html", "x.rss"]
    {
        assert_eq!(get(&server, None, &format!("/feeds/{path}")).await.status, 404, "{path}");
    }
    for (query, code, parameter) in [
        ("limit=0", "invalid_parameter", "limit"),
        ("limit=101", "invalid_parameter", "limit"),
        ("below=false", "unknown_parameter", "below"),
        ("section=world", "unknown_parameter", "section"),
        ("cursor=nonsense", "invalid_cursor", "cursor"),
    ] {
        let problem = get(&server, None, &format!("/feeds/articles.rss?{query}")).await;
        let told = (problem.status, &problem.json()["code"], &problem.json()["parameter"]);
        assert_eq!(told, (400, &code.into(), &parameter.into()), "{query}");
    }
    let problem = get(&server, None, "/feeds/sections/world.rss?below=maybe").await;
    assert_eq!((problem.status, &problem.json()["parameter"]), (400, &"below".into()));
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        for path in ["/feeds/articles.rss", "/feeds/tags/ports.json", "/feeds/style.css"] {
            let answer = server.ask(method.clone(), Asker::Anonymous, path, &[], None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method} {path}");
        }
    }
    server.stop().await;
}

async fn a_feed_is_sent_once_and_then_asked_about(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let types = [
        ("rss", "application/rss+xml; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
        ("json", "application/feed+json"),
        ("ninjs", "application/json"),
    ];
    for (format, media_type) in types {
        let path = format!("/feeds/articles.{format}");
        for (asker, cache) in [(Asker::Anonymous, "public, no-cache"), (Asker::Member, "private, no-cache")] {
            let answer = server.get(asker, &path).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, media_type));
            assert_eq!(answer.header("cache-control"), cache);
            assert_eq!(answer.header("vary"), "Authorization, Accept, Accept-Encoding");
            assert_eq!(link(&answer, "self").as_deref(), Some(path.as_str()));
            let etag = answer.header("etag");
            let again = server.get_with(asker, &path, &[("if-none-match", etag)]).await;
            assert_eq!((again.status, again.header("etag"), again.body.as_str()), (304, etag, ""));
            let head = server.ask(Method::HEAD, asker, &path, &[], None).await;
            assert_eq!((head.status, head.header("etag"), head.body.as_str()), (200, etag, ""));
            assert_eq!(head.header("content-length"), answer.header("content-length"));
        }
        let tag_of_member = server.get(Asker::Member, &path).await.header("etag").to_owned();
        let anonymous = server.get_with(Asker::Anonymous, &path, &[("if-none-match", &tag_of_member)]).await;
        assert_eq!(anonymous.status, 200, "another's tag says nothing");
    }
    server.stop().await;
}

async fn compressed_forms_have_their_own_tags(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let path = "/feeds/articles.rss";
    let ask = async |headers: &[(&str, &str)]| server.get_with(Asker::Anonymous, path, headers).await;
    let length = |answer: &Answer| answer.header("content-length").parse::<usize>().expect("a length");
    let plain = ask(&[]).await;
    assert_eq!(plain.header("content-encoding"), "");
    let mut tags = vec![plain.header("etag").to_owned()];
    for coding in ["gzip", "br"] {
        let coded = ask(&[("accept-encoding", coding)]).await;
        assert_eq!(coded.header("content-encoding"), coding);
        assert!(length(&coded) * 3 < length(&plain), "{coding}: {} of {}", length(&coded), length(&plain));
        assert_eq!(coded.header("vary"), plain.header("vary"));
        let again = ask(&[("accept-encoding", coding)]).await;
        assert_eq!(again.headers, coded.headers);
        tags.push(coded.header("etag").to_owned());
    }
    for (at, tag) in tags.iter().enumerate() {
        assert!(!tags[..at].contains(tag), "{tags:?}");
        for coding in ["gzip", "br", "identity"] {
            let known = ask(&[("accept-encoding", coding), ("if-none-match", tag)]).await;
            assert_eq!((known.status, known.header("etag")), (304, tag.as_str()), "{coding} {tag}");
            assert_eq!(known.header("content-encoding"), "");
        }
    }
    let head = server.ask(Method::HEAD, Asker::Anonymous, path, &[("accept-encoding", "br")], None).await;
    assert_eq!((head.header("content-encoding"), head.header("etag")), ("br", tags[2].as_str()));
    let rest = server.get_with(Asker::Anonymous, "/v1/tiers", &[("accept-encoding", "br")]).await;
    assert_eq!(rest.header("content-encoding"), "");
    server.stop().await;
}

async fn what_is_unchanged_costs_no_quota(backend: Backend) {
    let seconds = crate::partners::now().seconds();
    if seconds.rem_euclid(86_400) > 86_340 {
        tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    }
    let server = TestServer::start(backend, World::HOME).await;
    let key = enter(&server, Licence { daily_quota: Some(2), ..everything() }).await;
    let ask = async |path: &str, tag: &str| {
        server.send(Some(&key), Method::GET, path, &[("if-none-match", tag)], None).await
    };
    let left = |answer: &Answer| members(answer, "ratelimit").get("daily").map(|daily| daily["r"]);
    let first = ask("/feeds/articles.atom", "").await;
    assert_eq!((first.status, left(&first)), (200, Some(1)));
    for _ in 0..3 {
        assert_eq!(ask("/feeds/articles.atom", first.header("etag")).await.status, 304);
    }
    assert_eq!(ask("/feeds/sections/nothing.atom", "").await.status, 404, "nothing was delivered");
    let second = ask("/feeds/articles.rss", "").await;
    assert_eq!((second.status, left(&second)), (200, Some(0)));
    let over = ask("/feeds/articles.rss", "").await;
    assert_eq!((over.status, &over.json()["code"]), (429, &"rate_limited".into()));
    assert_ne!(over.header("retry-after"), "");
    assert_eq!(ask("/feeds/articles.rss", second.header("etag")).await.status, 304, "still");
    server.stop().await;
}

async fn pages_lead_to_each_other(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for format in ["rss", "atom", "json"] {
        let mut path = format!("/feeds/articles.{format}?limit=9");
        let (mut ids, mut pages) = (Vec::new(), Vec::new());
        loop {
            let answer = get(&server, None, &path).await;
            let feed = parsed(&answer);
            assert!(feed.entries.len() <= 9);
            ids.extend(feed.entries.into_iter().map(|entry| entry.id));
            pages.push(path.clone());
            assert_eq!(link(&answer, "self").as_deref(), Some(path.as_str()));
            let Some(next) = link(&answer, "next") else { break };
            assert_ne!(next, path);
            path = next;
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), all, pages.len()), (34, 34, 4), "{format}");
        let last = get(&server, None, &path).await;
        let back = get(&server, None, &link(&last, "prev").expect("a page before")).await;
        let before = get(&server, None, &pages[2]).await;
        assert_eq!(parsed(&back).entries, parsed(&before).entries, "{format}");
        let cursor = path.split_once("cursor=").expect("a cursor").1;
        for other in ["tags/ports", "sections/world", "authors/quay-watcher"] {
            let answer = get(&server, None, &format!("/feeds/{other}.{format}?cursor={cursor}")).await;
            assert_eq!((answer.status, &answer.json()["code"]), (400, &"invalid_cursor".into()), "{other}");
        }
    }
    server.stop().await;
}

async fn a_section_may_be_read_alone(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let count = async |path: &str| parsed(&get(&server, None, path).await).entries.len();
    assert_eq!(count("/feeds/sections/harbours.rss").await, 3);
    assert_eq!(count("/feeds/sections/world.rss").await, 3, "what is below it");
    assert_eq!(count("/feeds/sections/world.rss?below=true").await, 3);
    assert_eq!(count("/feeds/sections/world.rss?below=false").await, 0);
    assert_eq!(count("/feeds/sections/harbours.rss?below=false").await, 3);
    let empty = get(&server, None, "/feeds/sections/world.rss?below=false").await;
    assert_eq!(link(&empty, "self").as_deref(), Some("/feeds/sections/world.rss?below=false"));
    server.stop().await;
}

async fn a_feed_costs_a_constant_number_of_statements(backend: Backend) {
    for (path, most) in [
        ("/feeds/articles.rss?limit=1", 11),
        ("/feeds/articles.rss?limit=100", 11),
        ("/feeds/sections/world.atom", 11),
        ("/feeds/authors/quay-watcher.json", 13),
        ("/feeds/tags/ports.ninjs", 12),
        ("/feeds/articles.atom?archive=2026-10", 15),
    ] {
        // The watch looks at the log five times a second; the least of several tries is the request's own.
        let mut cost = u64::MAX;
        for _ in 0..3 {
            let server = TestServer::start_with(backend, &publication(World::HOME)).await;
            for asker in [Asker::Anonymous, Asker::Subscriber, Asker::Member, Asker::Patron] {
                let before = server.store.queries();
                assert_eq!(server.get(asker, path).await.status, 200);
                cost = cost.min(server.store.queries() - before);
            }
            server.stop().await;
            if cost <= most {
                break;
            }
        }
        assert!((1..=most).contains(&cost), "{path}: {cost} statements");
    }
}

async fn a_browser_shows_a_feed(backend: Backend) {
    let server = TestServer::start_with(backend, &one_article()).await;
    for format in ["rss", "atom"] {
        let body = get(&server, None, &format!("/feeds/articles.{format}")).await.body;
        assert!(body.contains("<?xml-stylesheet type=\"text/css\" href=\"/feeds/style.css\"?>"), "{body}");
    }
    let style = get(&server, None, "/feeds/style.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    server.stop().await;
}

async fn what_is_unchanged_is_told_where_there_is_no_room_for_it(backend: Backend) {
    let tune = |config: &mut masthead_gateway::config::Config| config.cache.bytes = 40 * 1_024;
    let server = TestServer::start_tuned(backend, &publication(World::HOME), tune).await;
    let path = "/feeds/articles.atom";
    let etag = server.get(Asker::Member, path).await.header("etag").to_owned();
    let cost = async |known: &str, status: u16| {
        // The watch looks at the log five times a second; the least of several tries is the request's own.
        let mut cost = u64::MAX;
        for _ in 0..8 {
            let before = server.store.queries();
            let answer = server.get_with(Asker::Member, path, &[("if-none-match", known)]).await;
            cost = cost.min(server.store.queries() - before);
            assert_eq!((answer.status, answer.header("etag")), (status, etag.as_str()));
        }
        cost
    };
    assert!(cost("\"other\"", 200).await > 0, "it is made each time");
    assert_eq!(cost(&etag, 304).await, 0);
    server.stop().await;
}
