//! GraphQL says what REST says, and no more: two worlds, secrets, statements, bombs.

use masthead_tests::publication::{LOCKS, Variant, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    rest_and_graphql_say_the_same,
    no_answer_holds_what_its_token_may_not_read,
    nothing_hidden_moves_an_answer,
    lists_in_lists_cost_a_constant_number_of_statements,
    bombs_are_refused,
    a_node_that_is_hidden_is_absent,
    an_article_that_is_kept_ready_belongs_to_its_class,
);

async fn ask(server: &TestServer, asker: Asker, query: &str, variables: Value) -> Answer {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let headers = [("content-type", "application/json"), ("accept", "application/graphql-response+json")];
    server.ask(Method::POST, asker, "/graphql", &headers, Some(body)).await
}

const ACCESS: &str = "access { granted reason required offers { kind } }";

/// Everything that can be asked of an article.
fn everything() -> String {
    let leaf = "__typename ... on TextBlock { key style text spans { text marks { kind href articleId } } } \
        ... on ImageBlock { key image { src alt caption } } ... on QuoteBlock { key text attribution } \
        ... on HtmlBlock { key html } ... on CodeBlock { key code } ... on EmbedBlock { key url title }";
    let gate = |content: &str| {
        format!("... on Gate {{ key headline teaser callToAction {ACCESS} content {{ {content} }} }}")
    };
    let body = format!("{leaf} {}", gate(&format!("{leaf} {}", gate(leaf))));
    format!(
        "id slug url kind status title standfirst summary language published updated words readingMinutes \
         canonical metaTitle metaDescription bodyPortable bodyHtml bodyText body {{ {body} }} \
         access {{ granted locks {{ id {ACCESS} }} }} hero {{ src alt caption digitalSourceType }} \
         section {{ slug path {{ slug }} children {{ slug }} }} tags {{ slug }} \
         bylines {{ role author {{ slug kind disclosure responsibleEditor {{ slug }} }} }} \
         sources {{ {ACCESS} nodes {{ note url source {{ id title publisher }} }} }} \
         provenance {{ text statement responsibleEditor {{ slug }} reviews {{ at revision reviewer {{ slug }} }} }} \
         corrections {{ at text }} related(first: 5) {{ slug title summary bodyText sources {{ nodes {{ url }} }} }}"
    )
}

fn queries() -> Vec<(String, Value)> {
    let all = everything();
    let article = format!("query($slug: String) {{ article(slug: $slug) {{ {all} }} }}");
    let mut queries: Vec<(String, Value)> = [
        LOCKS,
        "whole-for-members",
        "opens-with-a-gate",
        "free-to-read",
        "a-draft",
        "a-draft-of-both-worlds",
        "scheduled",
        "withdrawn",
        "no-such-article",
    ]
    .map(|slug| (article.clone(), json!({ "slug": slug })))
    .into();
    for list in [
        "articles(first: 8)",
        "articles(first: 8, filter: { tag: \"ports\" })",
        "articles(first: 8, filter: { tag: \"embargoed-topic\" })",
        "articles(last: 8, filter: { section: \"world\" }, order: UPDATED_ASCENDING)",
        "articles(first: 8, filter: { author: \"quay-watcher\" })",
    ] {
        let row = "slug title summary words bodyText bodyHtml sources { nodes { url source { title } } }";
        let page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount";
        queries.push((format!("{{ {list} {{ edges {{ cursor node {{ {row} }} }} {page} }} }}"), json!({})));
    }
    for query in [
        "{ sections { slug articles(first: 3) { totalCount nodes { slug bodyText } } } }",
        "{ authors(first: 10) { nodes { slug articles(first: 3) { totalCount nodes { slug bodyText } } } } }",
        "{ tags(first: 50) { nodes { slug articles(first: 3) { totalCount nodes { slug title } } } } }",
        "{ tag(slug: \"embargoed-topic\") { id name } tiers { slug price { monthly } } }",
        "{ a: article(slug: \"a-draft\") { title } b: article(slug: \"every-kind-of-lock\") { title bodyText } }",
        "{ articles(first: 500) { nodes { slug } } }",
        "{ articles { nodes { slug } } }",
        "{ article(slug: \"every-kind-of-lock\") { locked secret } }",
    ] {
        queries.push((query.to_owned(), json!({})));
    }
    queries
}

async fn rest_and_graphql_say_the_same(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let query = "query($slug: String) { article(slug: $slug) { \
        title words bodyText bodyHtml bodyPortable sources { nodes { url } } access { granted } } }";
    for slug in [LOCKS, "whole-for-members", "opens-with-a-gate", "free-to-read"] {
        for asker in Asker::ALL {
            let answer = ask(&server, asker, query, json!({ "slug": slug })).await.json();
            let graphql = &answer["data"]["article"];
            for (form, rest_field, graphql_field) in [
                ("text", "bodyText", "bodyText"),
                ("html", "bodyHtml", "bodyHtml"),
                ("portable", "body", "bodyPortable"),
            ] {
                let rest = server.get(asker, &format!("/v1/articles/{slug}?body={form}")).await.json();
                assert_eq!(rest[rest_field], graphql[graphql_field], "{asker:?} {slug} as {form}: {answer}");
                assert_eq!(rest["words"], graphql["words"], "{asker:?} {slug}");
                assert_eq!(rest["complete"], graphql["access"]["granted"], "{asker:?} {slug}");
                let urls = |nodes: &Value| {
                    let nodes = nodes.as_array().expect("nodes");
                    nodes.iter().map(|node| node["url"].clone()).collect::<Vec<_>>()
                };
                assert_eq!(
                    urls(&rest["sources"]["nodes"]),
                    urls(&graphql["sources"]["nodes"]),
                    "{asker:?} {slug}"
                );
            }
        }
    }
    server.stop().await;
}

async fn no_answer_holds_what_its_token_may_not_read(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    for asker in Asker::ALL {
        for (query, variables) in queries() {
            let answer = ask(&server, asker, &query, variables).await;
            super::leaks::assert_no_secret(asker, &query, &answer);
        }
    }
    server.stop().await;
}

async fn nothing_hidden_moves_an_answer(backend: Backend) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start(backend, World::all(Variant::B)).await;
    for round in 0..2 {
        for (query, variables) in queries() {
            let asker = Asker::Anonymous;
            let (a, b) = (
                ask(&here, asker, &query, variables.clone()).await,
                ask(&there, asker, &query, variables).await,
            );
            assert_eq!(a, b, "round {round}: {query}");
        }
    }
    here.stop().await;
    there.stop().await;
    let here = TestServer::start(backend, World::HOME).await;
    let there = World { for_subscribers: Variant::A, ..World::all(Variant::B) };
    let there = TestServer::start(backend, there).await;
    for (query, variables) in queries() {
        let asker = Asker::Subscriber;
        let (a, b) =
            (ask(&here, asker, &query, variables.clone()).await, ask(&there, asker, &query, variables).await);
        assert_eq!(a, b, "{query}");
    }
    here.stop().await;
    there.stop().await;
}

async fn lists_in_lists_cost_a_constant_number_of_statements(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (few, many) in [
        (
            "{ articles(first: 2) { nodes { slug } } }",
            "{ articles(first: 34) { nodes { slug tags { slug } section { name } bylines { author { name } } sources { nodes { source { title } } } bodyText } } }",
        ),
        (
            "{ authors(first: 1) { nodes { articles(first: 1) { nodes { slug } } } } }",
            "{ authors(first: 3) { nodes { articles(first: 20) { nodes { slug } } } } }",
        ),
        (
            "{ articles(first: 1) { nodes { related(first: 1) { slug } } } }",
            "{ articles(first: 30) { nodes { related(first: 3) { slug } } } }",
        ),
    ] {
        let mut costs = Vec::new();
        for query in [few, many] {
            let mut least = u64::MAX;
            for attempt in 0..4 {
                let before = server.store.queries();
                // Another alias is another document, which is not kept ready.
                let query = query.replacen("{ ", &format!("{{ x{attempt}: "), 1);
                let answer = ask(&server, Asker::Anonymous, &query, json!({})).await;
                assert!(answer.json()["errors"].is_null(), "{query}: {}", answer.body);
                least = least.min(server.store.queries() - before);
            }
            costs.push(least);
        }
        assert!(costs[1] <= costs[0] + 3, "{costs:?} statements for {few} and {many}");
    }
    server.stop().await;
}

async fn bombs_are_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let deep = format!("{{ article(id: {}1{}) {{ id }} }}", "[".repeat(2_000), "]".repeat(2_000));
    let mut wide = "{ ...F0 }".to_owned();
    for level in 0..23 {
        wide += &format!(" fragment F{level} on Query {{ ...F{} ...F{} }}", level + 1, level + 1);
    }
    wide += " fragment F23 on Query { __typename }";
    let costly =
        "{ articles(first: 100) { nodes { related(first: 100) { related(first: 100) { bodyHtml } } } } }";
    for bomb in [deep.as_str(), &wide, costly] {
        let answer = ask(&server, Asker::Anonymous, bomb, json!({})).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        let code = answer.json()["errors"][0]["extensions"]["code"].as_str().expect("a code").to_owned();
        assert!(["QUERY_TOO_DEEP", "QUERY_TOO_COMPLEX"].contains(&code.as_str()), "{code}");
    }
    assert_eq!(server.get(Asker::Anonymous, "/healthz").await.status, 200, "it lives");
    server.stop().await;
}

async fn a_node_that_is_hidden_is_absent(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    let ids: Vec<_> = [77, 78, 79, 80, 99].map(super::two_worlds::article_id).into();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Article { title bodyText } } }";
    let answer = ask(&server, Asker::Patron, query, json!({ "ids": ids })).await.json();
    assert_eq!(answer["data"]["nodes"], json!([null, null, null, null, null]), "{answer}");
    let staff = ask(&server, Asker::Staff, query, json!({ "ids": ids })).await.json();
    assert_eq!(
        staff["data"]["nodes"].as_array().expect("nodes").iter().filter(|node| !node.is_null()).count(),
        4
    );
    server.stop().await;
}

async fn an_article_that_is_kept_ready_belongs_to_its_class(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let query = format!("{{ viewer {{ kind entitlements }} article(slug: \"{LOCKS}\") {{ bodyText }} }}");
    let bare = format!("{{ article(slug: \"{LOCKS}\") {{ bodyText }} }}");
    for asker in Asker::ALL.into_iter().rev() {
        for query in [&query, &bare, &bare] {
            let answer = ask(&server, asker, query, json!({})).await;
            super::leaks::assert_no_secret(asker, query, &answer);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
    server.stop().await;
}
