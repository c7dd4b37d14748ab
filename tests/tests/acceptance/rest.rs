//! What holds of REST answers beside their contents.

use masthead_tests::contract::{Operation, for_readers};
use masthead_tests::publication::{LOCKS, World, publication};
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::Value;

masthead_tests::on_both!(
    what_is_asked_wrongly_is_named,
    an_etag_answers_whoever_has_the_same_bytes,
    head_is_get_without_the_body,
    a_query_string_has_few_parameters,
    a_cursor_that_was_changed_is_refused,
    the_api_is_for_reading,
    caches_are_told_the_truth,
    an_old_slug_leads_to_the_new_one,
    a_page_of_articles_costs_a_constant_number_of_statements,
    what_is_related_is_bounded,
    the_document_names_every_route,
);

async fn what_is_asked_wrongly_is_named(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (path, code, parameter) in [
        ("/v1/articles?colour=red", "unknown_parameter", "colour"),
        ("/v1/articles?limit=0", "invalid_parameter", "limit"),
        ("/v1/articles?limit=101", "invalid_parameter", "limit"),
        ("/v1/articles?limit=ten", "invalid_parameter", "limit"),
        ("/v1/articles?tag=", "invalid_parameter", "tag"),
        ("/v1/articles?tag=ports&tag=budgets", "invalid_parameter", "tag"),
        ("/v1/articles?order=title", "invalid_parameter", "order"),
        ("/v1/articles?language=not_a_tag", "invalid_parameter", "language"),
        ("/v1/articles?publishedSince=yesterday", "invalid_parameter", "publishedSince"),
        ("/v1/articles?status=draft", "unknown_parameter", "status"),
        ("/v1/articles?source=tag_00000000000000000000000000000000", "invalid_parameter", "source"),
        ("/v1/articles/free-to-read?body=pdf", "invalid_parameter", "body"),
        ("/v1/sections?limit=1", "unknown_parameter", "limit"),
        ("/v1/me?access_token=x", "unknown_parameter", "access_token"),
    ] {
        let answer = server.get(Asker::Anonymous, path).await;
        let problem = answer.json();
        assert_eq!(answer.status, 400, "{path}: {problem}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        assert_eq!((&problem["code"], &problem["parameter"]), (&code.into(), &parameter.into()), "{path}");
    }
    server.stop().await;
}

async fn a_query_string_has_few_parameters(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let parameters = |number: usize| (0..number).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
    for (number, code) in [(32, "unknown_parameter"), (33, "invalid_request"), (5_000, "invalid_request")] {
        let answer = server.get(Asker::Anonymous, &format!("/v1/articles?{}", parameters(number))).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &code.into()), "{number}");
    }
    server.stop().await;
}

async fn a_cursor_that_was_changed_is_refused(backend: Backend) {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let server = TestServer::start(backend, World::HOME).await;
    for list in ["authors", "tags"] {
        let page = server.get(Asker::Anonymous, &format!("/v1/{list}?limit=1")).await.json();
        let cursor = page["page"]["next"].as_str().expect("a second page");
        for tail in [&b"\0"[..], b"\0a", b" ", "ä".as_bytes()] {
            let mut bytes = URL_SAFE_NO_PAD.decode(cursor).expect("base64");
            bytes.extend_from_slice(tail);
            let path = format!("/v1/{list}?cursor={}", URL_SAFE_NO_PAD.encode(bytes));
            let answer = server.get(Asker::Anonymous, &path).await;
            assert_eq!((answer.status, &answer.json()["code"]), (400, &"invalid_cursor".into()), "{tail:?}");
        }
    }
    server.stop().await;
}

async fn an_etag_answers_whoever_has_the_same_bytes(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let path = format!("/v1/articles/{LOCKS}");
    for asker in Asker::ALL {
        let etag = server.get(asker, &path).await.header("etag").to_owned();
        let again = server.get_with(asker, &path, &[("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{asker:?}");
        assert_eq!(again.header("etag"), etag);
        for other in Asker::ALL {
            if other != asker {
                let answer = server.get_with(other, &path, &[("if-none-match", &etag)]).await;
                assert_eq!(answer.status, 200, "{other:?} with the ETag of {asker:?}");
            }
        }
    }
    server.stop().await;
}

async fn head_is_get_without_the_body(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for path in ["/v1/articles", "/v1/articles/free-to-read", "/v1/articles/nothing", "/v1/tiers"] {
        let get = server.get(Asker::Member, path).await;
        let head = server.ask(Method::HEAD, Asker::Member, path, &[], None).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.headers, get.headers, "{path}");
    }
    server.stop().await;
}

async fn the_api_is_for_reading(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = server.ask(method.clone(), Asker::Staff, "/v1/articles/free-to-read", &[], None).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
        for path in [
            "/healthz",
            "/readyz",
            "/.well-known/jwks.json",
            "/graphiql",
            "/graphiql/page.js",
            "/docs/",
            "/openapi/v1.json",
        ] {
            let answer = server.ask(method.clone(), Asker::Staff, path, &[], None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method} {path}");
            assert_eq!(answer.json()["code"], "method_not_allowed", "{method} {path}");
        }
        assert_eq!(server.ask(method.clone(), Asker::Staff, "/nothing", &[], None).await.status, 404);
    }
    server.stop().await;
}

async fn caches_are_told_the_truth(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for path in
        ["/v1/articles", "/v1/articles/free-to-read", "/v1/sections", "/v1/authors", "/v1/tags", "/v1/tiers"]
    {
        for asker in Asker::ALL {
            let answer = server.get(asker, path).await;
            let expected = if asker == Asker::Anonymous { "public, no-cache" } else { "private, no-cache" };
            assert_eq!(answer.header("cache-control"), expected, "{asker:?} {path}");
            assert!(answer.header("vary").contains("Authorization"), "{asker:?} {path}");
        }
    }
    assert_eq!(server.get(Asker::Member, "/v1/me").await.header("cache-control"), "no-store");
    assert_eq!(server.get(Asker::Member, "/v1/nothing").await.header("cache-control"), "no-store");
    server.stop().await;
}

async fn an_old_slug_leads_to_the_new_one(backend: Backend) {
    use masthead_domain::clock::Clock;
    let server = TestServer::start(backend, World::HOME).await;
    let mut work = server.store.begin(masthead_gateway::clock::SystemClock.now()).await.expect("work");
    let renamed = masthead_tests::publication::free_under_another_slug("free-under-another-slug");
    work.put_articles(&[renamed]).await.expect("put");
    work.commit().await.expect("committed");

    for (below, query) in [("", "?body=text"), ("/sources", ""), ("/related", "?limit=3")] {
        let old = server.get(Asker::Anonymous, &format!("/v1/articles/free-to-read{below}{query}")).await;
        let location = format!("/v1/articles/free-under-another-slug{below}{query}");
        assert_eq!((old.status, old.header("location")), (308, location.as_str()));
        assert_eq!(old.header("cache-control"), "no-store");
        assert_eq!(server.get(Asker::Anonymous, &location).await.status, 200);
    }
    server.stop().await;
}

async fn a_page_of_articles_costs_a_constant_number_of_statements(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (path, most) in [
        ("/v1/articles?limit=1", 9),
        ("/v1/articles?limit=100", 9),
        ("/v1/articles?section=world&tag=ports&limit=50", 10),
        ("/v1/articles/every-kind-of-lock", 9),
        ("/v1/authors?limit=100", 2),
        ("/v1/sections", 1),
    ] {
        // The watch looks at the log five times a second; the least of several tries is the request's own.
        let mut cost = u64::MAX;
        for attempt in 0..4 {
            let before = server.store.queries();
            // A header that no cache keys on would hit the kept answer; another parameter order does not.
            let path = format!("{path}{}order=-published", if path.contains('?') { "&" } else { "?" });
            let path = if path.contains("/v1/articles?") {
                format!("{path}&body={}", ["none", "html", "text", "portable"][attempt])
            } else {
                path.replace("order=-published", "")
            };
            server
                .get([Asker::Anonymous, Asker::Subscriber, Asker::Member, Asker::Patron][attempt], &path)
                .await;
            cost = cost.min(server.store.queries() - before);
        }
        assert!((1..=most).contains(&cost), "{path}: {cost} statements");
    }
    server.stop().await;
}

async fn what_is_related_is_bounded(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let path = format!("/v1/articles/{LOCKS}/related");
    let related = server.get(Asker::Anonymous, &format!("{path}?limit=2")).await.json();
    assert_eq!(related["data"].as_array().map(Vec::len), Some(2), "{related}");
    for (query, code, parameter) in [
        ("limit=0", "invalid_parameter", "limit"),
        ("limit=101", "invalid_parameter", "limit"),
        ("limit=x", "invalid_parameter", "limit"),
        ("limit=1&limit=2", "invalid_parameter", "limit"),
        ("cursor=x", "unknown_parameter", "cursor"),
        ("order=published", "unknown_parameter", "order"),
        ("first=2", "unknown_parameter", "first"),
    ] {
        let answer = server.get(Asker::Anonymous, &format!("{path}?{query}")).await;
        let problem = answer.json();
        assert_eq!((answer.status, &problem["code"]), (400, &code.into()), "{query}: {problem}");
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    for rows in [0, 101, -1] {
        let query = format!("{{ article(slug: \"free-to-read\") {{ related(first: {rows}) {{ id }} }} }}");
        let answer = server.graphql(Asker::Anonymous, &query).await.json();
        assert_eq!(answer["data"]["article"]["related"], Value::Null, "{rows}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_PARAMETER", "{rows}: {answer}");
    }
    for arguments in ["", "(first: 2, after: \"x\")", "(last: 2)"] {
        let query = format!("{{ article(slug: \"free-to-read\") {{ related{arguments} {{ id }} }} }}");
        let answer = server.graphql(Asker::Anonymous, &query).await;
        assert_eq!(answer.status, 400, "{arguments}: {}", answer.body);
    }
    server.stop().await;
}

async fn the_document_names_every_route(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let article = &publication(World::HOME).articles[0];
    let source = "src_0199a17d4e007101810101010101010101";
    // Which spans sitemaps have is told by their index.
    let index = server.get(Asker::Anonymous, "/sitemap.xml").await.body;
    let (_, rest) = index.split_once("?since=").expect("a sitemap");
    let since = rest.split(['&', '<']).next().expect("an instant");
    for Operation { path, .. } in for_readers(&document) {
        let real = path
            .replace("{article}", article.slug().as_str())
            .replace("{section}", "harbours")
            .replace("{author}", "quay-watcher")
            .replace("{tag}", "ports")
            .replace("{tier}", "patron")
            .replace("{source}", source)
            .replace("{format}", "atom");
        let real = match path {
            "/v1/access" => format!("{real}?url=free-to-read"),
            "/sitemaps/articles.xml" | "/sitemaps/pages.xml" => format!("{real}?since={since}"),
            _ => real,
        };
        let answer = server.get(Asker::Anonymous, &real).await;
        // There is no such source, no page, and nothing of the last two days.
        let is_absent =
            path.contains("{source}") || ["/sitemaps/news.xml", "/sitemaps/pages.xml"].contains(&path);
        let expected = if is_absent { 404 } else { 200 };
        assert_eq!(answer.status, expected, "{path}");
    }
    server.stop().await;
}
