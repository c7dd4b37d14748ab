//! GraphQL over HTTP: what holds of requests and answers beside their contents.

use masthead_gateway::graphql::guard::Limits;
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

masthead_tests::on_both!(
    statuses_follow_the_media_type,
    what_is_no_request_is_refused,
    a_get_is_for_queries_from_our_own_pages,
    documents_are_known_by_their_hash,
    bombs_are_refused,
    caches_are_told_the_truth_about_graphql,
    a_bad_token_gets_a_coded_error,
    what_a_request_costs_is_told,
    what_is_used_up_has_limits,
    a_slow_answer_is_given_up,
);

const BOTH: &str = "application/graphql-response+json, application/json;q=0.9";

async fn post(server: &TestServer, accept: &str, body: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("accept", accept)];
    server.ask(Method::POST, Asker::Anonymous, "/graphql", &headers, Some(body.to_owned())).await
}

fn code(answer: &Answer) -> String {
    answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

async fn statuses_follow_the_media_type(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (body, strict, code_of) in [
        (json!({"query": "{ tiers { name } }"}), 200, ""),
        (json!({"query": "{"}), 400, "INVALID_QUERY"),
        (json!({"query": "{ nothing }"}), 400, "INVALID_QUERY"),
        (json!({"query": "query A { tiers { name } }", "operationName": "B"}), 400, "INVALID_QUERY"),
        (json!({"query": "query($n: Int!) { articles(first: $n) { nodes { id } } }"}), 400, "INVALID_QUERY"),
        (json!({"query": "{ articles { nodes { id } } }"}), 200, "INVALID_PARAMETER"),
    ] {
        for (accept, media, status) in [
            (BOTH, "application/graphql-response+json; charset=utf-8", strict),
            ("application/json", "application/json; charset=utf-8", 200),
        ] {
            let answer = post(&server, accept, &body.to_string()).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (status, media),
                "{body}: {}",
                answer.body
            );
            assert_eq!(code(&answer), code_of, "{body}");
            let executed = strict == 200;
            assert_eq!(answer.json().get("data").is_some(), executed, "{body}: {}", answer.body);
        }
    }
    server.stop().await;
}

async fn what_is_no_request_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let fine = json!({"query": "{ __typename }"}).to_string();
    for accept in [BOTH, "application/json"] {
        for body in ["", "{", "[]", "null", "{}"] {
            let answer = post(&server, accept, body).await;
            assert_eq!((answer.status, code(&answer).as_str()), (400, "INVALID_REQUEST"), "{body}");
        }
        for body in [r#"{"query":1}"#, r#"{"query":"{a}","variables":[]}"#] {
            let answer = post(&server, accept, body).await;
            assert_eq!((answer.status, code(&answer).as_str()), (400, "INVALID_PARAMETER"), "{body}");
        }
        let batch = post(&server, accept, &format!("[{fine},{fine}]")).await;
        assert_eq!(batch.status, 400);
        let large = json!({"query": format!("{{ __typename }} #{}", "x".repeat(200_000))}).to_string();
        let large = post(&server, accept, &large).await;
        assert_eq!((large.status, code(&large).as_str()), (413, "PAYLOAD_TOO_LARGE"));
    }
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let headers = [("content-type", media)];
        let answer = server.ask(Method::POST, Asker::Member, "/graphql", &headers, Some(fine.clone())).await;
        assert_eq!((answer.status, code(&answer).as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"), "{media}");
    }
    let answer = post(&server, "text/html", &fine).await;
    assert_eq!((answer.status, code(&answer).as_str()), (406, "NOT_ACCEPTABLE"));
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = server.ask(method, Asker::Member, "/graphql", &[], None).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"));
    }
    let unknown = json!({"query": "{ __typename }", "colour": "red", "extensions": {"trace": [1]}});
    assert_eq!(post(&server, BOTH, &unknown.to_string()).await.status, 200, "other keys are not looked at");
    server.stop().await;
}

fn query_string(pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new("/graphql?".to_owned());
    query.extend_pairs(pairs);
    query.finish().replacen("/graphql?&", "/graphql?", 1)
}

async fn a_get_is_for_queries_from_our_own_pages(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let proof = [("graphql-require-preflight", "1")];
    let query = query_string(&[
        ("query", "query($n: Int!) { articles(first: $n) { nodes { slug } } }"),
        ("variables", r#"{"n": 2}"#),
    ]);
    let answer = server.get_with(Asker::Anonymous, &query, &proof).await;
    assert_eq!(answer.json()["data"]["articles"]["nodes"].as_array().map(Vec::len), Some(2));
    for headers in
        [&[][..], &[("origin", "https://evil.example")][..], &[("sec-fetch-site", "cross-site")][..]]
    {
        let answer = server.get_with(Asker::Member, &query, headers).await;
        assert_eq!((answer.status, code(&answer).as_str()), (403, "CSRF"), "{headers:?}");
    }
    let mutation = query_string(&[("query", "mutation { nothing }")]);
    let answer = server.get_with(Asker::Staff, &mutation, &proof).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    let several =
        query_string(&[("query", "query A { __typename } mutation B { x }"), ("operationName", "B")]);
    assert_eq!(server.get_with(Asker::Staff, &several, &proof).await.status, 405);

    let head = server.ask(Method::HEAD, Asker::Anonymous, &query, &proof, None).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    server.stop().await;
}

async fn documents_are_known_by_their_hash(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = "{ article(slug: \"every-kind-of-lock\") { bodyText } }";
    let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": SHA256_OF_TEXT}});
    let by_hash = json!({"extensions": extensions});
    let answer = server.graphql_with(Asker::Anonymous, &by_hash).await;
    assert_eq!((answer.status, code(&answer).as_str()), (400, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(answer.json()["errors"][0]["message"], "PersistedQueryNotFound");

    let other = json!({"query": "{ tiers { name } }", "extensions": extensions});
    assert_eq!(
        server.graphql_with(Asker::Anonymous, &other).await.status,
        400,
        "another text under this hash"
    );
    assert_eq!(code(&server.graphql_with(Asker::Anonymous, &by_hash).await), "PERSISTED_QUERY_NOT_FOUND");

    let both = json!({"query": text, "extensions": extensions});
    let member = server.graphql_with(Asker::Member, &both).await;
    assert!(member.body.contains("Hidden for member"), "{}", member.body);
    let anonymous = server.graphql_with(Asker::Anonymous, &by_hash).await;
    assert_eq!(anonymous.status, 200);
    assert!(!anonymous.body.contains("Hidden for"), "the hash brings the text, not its first answer");
    assert_eq!(server.graphql_with(Asker::Member, &by_hash).await, member);
    server.stop().await;
}

const SHA256_OF_TEXT: &str = "ba586388d88246550e2af798ca937500d70a8d3809a815e1a4567a5ce8de623a";

async fn bombs_are_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let nested = format!("{{ node(id: {}1{}) {{ id }} }}", open.repeat(2_000), close.repeat(2_000));
        assert_eq!(code(&server.graphql(Asker::Anonymous, &nested).await), "QUERY_TOO_DEEP", "{open}");
    }
    let mut fan_out = String::from("{ ...F0 }");
    for level in 0..23 {
        let next = level + 1;
        fan_out += &format!(" fragment F{level} on Query {{ ...F{next} ...F{next} }}");
    }
    fan_out += " fragment F23 on Query { __typename }";
    assert_eq!(code(&server.graphql(Asker::Anonymous, &fan_out).await), "QUERY_TOO_COMPLEX");
    let aliases: String = (0..200).map(|n| format!(" a{n}: tiers {{ name }}")).collect();
    let wide = "{ articles(first: 100) { nodes { related(first: 100) { related(first: 100) { id } } } } }";
    let described = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    for query in [format!("{{{aliases} }}"), wide.into(), described.into()] {
        let answer = server.graphql(Asker::Staff, &query).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
        assert!(code(&answer).starts_with("QUERY_TOO_"), "{query}");
    }
    let deep = format!(
        r#"{{"query":"{{__typename}}","variables":{{"x":{}{}}}}}"#,
        "[".repeat(60_000),
        "]".repeat(60_000)
    );
    assert_eq!(post(&server, BOTH, &deep).await.status, 400);
    assert_eq!(server.graphql(Asker::Anonymous, "{ __typename }").await.status, 200, "and it still answers");
    server.stop().await;
}

async fn caches_are_told_the_truth_about_graphql(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let proof = [("graphql-require-preflight", "1")];
    let shared = query_string(&[("query", "{ articles(first: 3) { nodes { title } } }")]);
    let own = query_string(&[("query", "{ viewer { kind expires } }")]);
    let failed = query_string(&[("query", "{ articles { nodes { title } } tiers { name } }")]);
    for asker in Asker::ALL {
        let expected = if asker == Asker::Anonymous { "public, no-cache" } else { "private, no-cache" };
        let answer = server.get_with(asker, &shared, &proof).await;
        assert_eq!(answer.header("cache-control"), expected, "{asker:?}");
        assert!(answer.header("vary").contains("Authorization") && answer.header("vary").contains("Accept"));
        let known = [proof[0], ("if-none-match", answer.header("etag"))];
        assert_eq!(server.get_with(asker, &shared, &known).await.status, 304);
        for path in [&own, &failed] {
            let answer = server.get_with(asker, path, &proof).await;
            assert_eq!(
                (answer.status, answer.header("cache-control")),
                (200, "no-store"),
                "{asker:?} {path}"
            );
        }
        let posted = server.graphql(asker, "{ articles(first: 3) { nodes { title } } }").await;
        assert_eq!((posted.header("cache-control"), posted.header("etag")), ("no-store", ""));
    }
    server.stop().await;
}

async fn a_bad_token_gets_a_coded_error(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let body = json!({"query": "{ __typename }"}).to_string();
    for accept in [BOTH, "application/json"] {
        let headers =
            [("content-type", "application/json"), ("accept", accept), ("authorization", "Bearer nonsense")];
        let answer =
            server.ask(Method::POST, Asker::Anonymous, "/graphql", &headers, Some(body.clone())).await;
        assert_eq!((answer.status, code(&answer).as_str()), (401, "INVALID_TOKEN"));
        assert!(answer.header("www-authenticate").contains("invalid_token"));
    }
    server.stop().await;
}

async fn what_a_request_costs_is_told(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let answer =
        server.graphql(Asker::Anonymous, "{ articles(first: 20) { nodes { id title } } }").await.json();
    assert_eq!(answer["extensions"]["cost"], json!({"requested": 61, "limit": 20_000}));
    assert_eq!(answer["errors"], Value::Null);
    server.stop().await;
}

async fn what_is_used_up_has_limits(backend: Backend) {
    let aliases: String = (0..98).map(|n| format!(" b{n}: bodyHtml")).collect();
    let bodies = format!("{{ articles(first: 100) {{ nodes {{ {aliases} }} }} }}");
    let home = "{ sections { name articles(first: 4) { nodes { title url summary access { granted } } } } }";
    let server = TestServer::start(backend, World::HOME).await;
    assert_eq!(code(&server.graphql(Asker::Anonymous, &bodies).await), "QUERY_TOO_COMPLEX");
    let answer = server.graphql(Asker::Anonymous, home).await.json();
    assert_eq!(answer["errors"], Value::Null, "the README's home page");
    let cost = answer["extensions"]["cost"]["requested"].as_u64();
    assert!(cost.is_some_and(|cost| (50..5_000).contains(&cost)), "{cost:?}");
    server.stop().await;

    let few_rows = Limits { rows: 20, ..Limits::default() };
    let server = TestServer::start_within(backend, &publication(World::HOME), few_rows).await;
    for (query, fits) in [
        ("{ tiers { name } }", true),
        ("{ articles(first: 100) { nodes { id } } }", false),
        ("{ articles(first: 4) { nodes { related(first: 10) { id } } } }", false),
        // Its cost is guessed higher; what counts here is what is there.
        (home, true),
    ] {
        let answer = server.graphql(Asker::Anonymous, query).await;
        assert_eq!(code(&answer), if fits { "" } else { "QUERY_TOO_COMPLEX" }, "{query}: {}", answer.body);
        assert_eq!(answer.json().get("data").is_some(), fits, "a part is no answer: {query}");
    }
    server.stop().await;

    let few_bytes = Limits { answer_bytes: 300, ..Limits::default() };
    let server = TestServer::start_within(backend, &publication(World::HOME), few_bytes).await;
    for (query, fits) in [
        ("{ tiers { name } }", true),
        ("{ article(slug: \"every-kind-of-lock\") { a: bodyHtml b: bodyHtml c: bodyHtml } }", false),
        ("{ article(slug: \"every-kind-of-lock\") { bodyPortable } }", false),
        ("{ articles(first: 50) { nodes { id slug } } }", false),
    ] {
        let answer = server.graphql(Asker::Anonymous, query).await;
        assert_eq!(code(&answer), if fits { "" } else { "QUERY_TOO_COMPLEX" }, "{query}: {}", answer.body);
    }
    server.stop().await;
}

async fn a_slow_answer_is_given_up(backend: Backend) {
    let no_time = Limits { time: Duration::ZERO, ..Limits::default() };
    let server = TestServer::start_within(backend, &publication(World::HOME), no_time).await;
    for accept in [BOTH, "application/json"] {
        let query = json!({"query": "{ articles(first: 10) { nodes { id } } }"}).to_string();
        let answer = post(&server, accept, &query).await;
        assert_eq!((answer.status, code(&answer).as_str()), (503, "TIMEOUT"), "{}", answer.body);
    }
    assert_eq!(server.get(Asker::Anonymous, "/healthz").await.status, 200);
    server.stop().await;
}
