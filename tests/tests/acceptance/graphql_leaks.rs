//! What a viewer may not see moves nothing in a GraphQL answer and stands in none.

use masthead_tests::publication::{LOCKS, OLD_SLUGS, Variant, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    no_answer_holds_what_its_token_may_not_read,
    nothing_hidden_moves_an_answer,
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
         canonical metaTitle metaDescription bodyPortable bodyHtml bodyText bodyMarkdown body {{ {body} }} \
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
        OLD_SLUGS[0],
        OLD_SLUGS[1],
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
        "{ sections { slug parent { slug } path { slug } children { slug } } }",
        "{ authors(last: 20) { totalCount nodes { slug responsibleEditor { slug } } pageInfo { startCursor } } }",
        "{ section(slug: \"embargoed-section\") { id } author(slug: \"embargoed-editor\") { id } }",
        "{ articles(first: 5, filter: { section: \"scheduled-section\" }) { totalCount nodes { slug } } }",
        "{ articles(first: 5, filter: { author: \"scheduled-signer\" }) { totalCount nodes { slug } } }",
        "{ authors(first: 10) { nodes { slug articles(first: 3) { totalCount nodes { slug bodyText } } } } }",
        "{ tags(first: 50) { nodes { slug articles(first: 3) { totalCount nodes { slug title } } } } }",
        "{ tag(slug: \"embargoed-topic\") { id name } tiers { slug price { monthly } } }",
        "{ a: article(slug: \"a-draft\") { title } b: article(slug: \"every-kind-of-lock\") { title bodyText } }",
        "{ authors(first: 20) { nodes { slug articles(last: 20) { totalCount nodes { slug bodyText } } } } }",
        "{ tags(last: 50) { nodes { slug name articles(first: 20) { totalCount nodes { slug } } } pageInfo { startCursor } } }",
        "{ tag(slug: \"ports\") { articles(last: 50, order: UPDATED_DESCENDING) { totalCount nodes { slug updated } } } }",
        "{ articles(first: 40) { nodes { slug related(first: 3) { slug summary } } } }",
        "{ articles(first: 50, filter: {publishedSince: \"2026-10-15T00:00:00Z\"}) { totalCount nodes { slug } } }",
        "{ articles(first: 5, filter: {status: DRAFT}) { nodes { id } } }",
        "{ articles(first: 500) { nodes { slug } } }",
        "{ articles { nodes { slug } } }",
        "{ article(slug: \"every-kind-of-lock\") { locked secret } }",
    ] {
        queries.push((query.to_owned(), json!({})));
    }
    for slug in [LOCKS, "free-to-read", "a-draft", "scheduled"] {
        let through = "articles(first: 20) { totalCount nodes { slug words bodyText } }";
        queries.push((
            format!(
                "{{ article(slug: \"{slug}\") {{ section {{ {through} }} tags {{ {through} }} \
                 sources {{ nodes {{ source {{ id {through} }} }} }} bylines {{ author {{ {through} }} }} }} }}"
            ),
            json!({}),
        ));
    }
    for number in 9..=14 {
        let author = masthead_domain::id::AuthorId::new(masthead_tests::publication::day(1), [number; 10]);
        let section = masthead_domain::id::SectionId::new(masthead_tests::publication::day(1), [number; 10]);
        queries.push((
            format!(
                "{{ nodes(ids: [\"{author}\", \"{section}\"]) {{ id }} author(id: \"{author}\") {{ slug }} \
                 section(id: \"{section}\") {{ slug }} }}"
            ),
            json!({}),
        ));
    }
    for number in [1, 2, 9, 50] {
        let source = masthead_domain::id::SourceId::new(masthead_tests::publication::day(1), [number; 10]);
        let list = "totalCount nodes { slug }";
        queries.push((
            format!(
                "{{ source(id: \"{source}\") {{ title articles(first: 50) {{ {list} }} }} node(id: \"{source}\") {{ id }} \
                 articles(first: 9, filter: {{source: \"{source}\"}}) {{ {list} }} }}"
            ),
            json!({}),
        ));
    }
    queries
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
    there.stop().await;
    for (asker, there) in [
        (Asker::Subscriber, World { for_subscribers: Variant::A, ..World::all(Variant::B) }),
        (Asker::Member, World { for_patrons: Variant::B, unpublished: Variant::B, ..World::HOME }),
    ] {
        let there = TestServer::start(backend, there).await;
        for (query, variables) in queries() {
            let (a, b) = (
                ask(&here, asker, &query, variables.clone()).await,
                ask(&there, asker, &query, variables).await,
            );
            assert_eq!(a, b, "{asker:?} {query}");
        }
        there.stop().await;
    }
    here.stop().await;
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
