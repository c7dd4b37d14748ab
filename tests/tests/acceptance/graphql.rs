//! What GraphQL alone has: pages in both directions, nodes, nulls that do not bubble, batched reads. That it shows
//! what REST shows stands in the matrix.

use masthead_tests::publication::{Variant, World, day};
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(
    lists_have_pages_in_both_directions,
    a_page_has_a_size,
    everything_has_a_node,
    hidden_is_null_and_never_bubbles,
    a_list_of_anything_costs_a_constant_number_of_statements,
    fields_stand_in_the_order_of_the_document,
    the_viewer_is_who_the_token_says,
    names_that_are_close_are_not_suggested,
    a_filter_never_widens,
);

async fn data(server: &TestServer, asker: Asker, query: &str) -> Value {
    let answer = server.graphql(asker, query).await.json();
    assert_eq!(answer["errors"], Value::Null, "{asker:?} {query}");
    answer["data"].clone()
}

fn slugs(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["slug"].as_str().expect("a slug").to_owned()).collect()
}

async fn lists_have_pages_in_both_directions(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let fields = "totalCount nodes { slug } edges { cursor node { slug } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    for (list, whole) in [
        ("articles(ARGUMENTS)", "{ articles(first: 100) { nodes { slug } } }"),
        (
            "section(slug: \"harbours\") { articles(order: UPDATED_ASCENDING, ARGUMENTS)",
            "{ section(slug: \"harbours\") { articles(order: UPDATED_ASCENDING, first: 100) { nodes { slug } } } }",
        ),
    ] {
        let nested = list.contains('{');
        let page_of =
            |data: Value| if nested { data["section"]["articles"].clone() } else { data["articles"].clone() };
        let all = slugs(&page_of(data(&server, Asker::Anonymous, whole).await));
        let page = async |arguments: String| {
            let close = if nested { "} }" } else { "}" };
            let query = format!("{{ {} {{ {fields} }} {close}", list.replace("ARGUMENTS", &arguments));
            page_of(data(&server, Asker::Anonymous, &query).await)
        };
        let (mut forward, mut after) = (Vec::new(), String::new());
        loop {
            let found = page(format!("first: 7 {after}")).await;
            assert_eq!(found["totalCount"], json!(all.len()));
            assert_eq!(found["pageInfo"]["hasPreviousPage"], json!(!forward.is_empty()));
            assert_eq!(
                found["pageInfo"]["endCursor"],
                found["edges"].as_array().expect("edges").last().expect("a row")["cursor"]
            );
            forward.extend(slugs(&found));
            after = format!("after: {}", found["pageInfo"]["endCursor"]);
            if found["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        assert_eq!(forward, all, "{list}");
        let (mut backward, mut before) = (Vec::new(), String::new());
        loop {
            let found = page(format!("last: 7 {before}")).await;
            assert_eq!(found["pageInfo"]["hasNextPage"], json!(!backward.is_empty()), "{list}");
            backward.splice(0..0, slugs(&found));
            before = format!("before: {}", found["pageInfo"]["startCursor"]);
            if found["pageInfo"]["hasPreviousPage"] == json!(false) {
                break;
            }
        }
        assert_eq!(backward, all, "{list}");
    }
    for (list, number) in [("authors", 3), ("tags", 2)] {
        let query = format!("{{ {list}(first: 100) {{ nodes {{ slug }} pageInfo {{ hasNextPage }} }} }}");
        assert_eq!(slugs(&data(&server, Asker::Anonymous, &query).await[list]).len(), number, "{list}");
    }
    server.stop().await;
}

async fn a_page_has_a_size(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let cursor = data(&server, Asker::Anonymous, "{ articles(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = cursor["articles"]["pageInfo"]["endCursor"].to_string();
    for (arguments, code) in [
        (String::from("order: UPDATED_DESCENDING"), "INVALID_PARAMETER"),
        ("first: 0".into(), "INVALID_PARAMETER"),
        ("first: 101".into(), "INVALID_PARAMETER"),
        ("first: -1".into(), "INVALID_PARAMETER"),
        ("first: 1, last: 1".into(), "INVALID_PARAMETER"),
        ("first: 1, after: \"nonsense\"".into(), "INVALID_CURSOR"),
        (format!("first: 1, order: UPDATED_DESCENDING, after: {cursor}"), "INVALID_CURSOR"),
        (format!("first: 1, filter: {{tag: \"ports\"}}, after: {cursor}"), "INVALID_CURSOR"),
    ] {
        let query = format!("{{ articles({arguments}) {{ nodes {{ id }} }} tiers {{ slug }} }}");
        let answer = server.graphql(Asker::Anonymous, &query).await.json();
        assert_eq!(answer["data"]["articles"], Value::Null, "{arguments}");
        assert_eq!(answer["data"]["tiers"].as_array().map(Vec::len), Some(2), "a failure hides no neighbour");
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{arguments}: {answer}");
        assert_eq!(answer["errors"][0]["path"], json!(["articles"]));
    }
    server.stop().await;
}

async fn everything_has_a_node(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let query = "{
        articles(first: 2) { nodes { id } } sections { id } tiers { id }
        authors(first: 1) { nodes { id } } tags(first: 1) { nodes { id } }
        article(slug: \"every-kind-of-lock\") { sources { nodes { source { id } } } }
    }";
    let found = data(&server, Asker::Anonymous, query).await;
    let mut ids: Vec<String> = Vec::new();
    fn collect(value: &Value, ids: &mut Vec<String>) {
        match value {
            Value::Object(object) => object.values().for_each(|value| collect(value, ids)),
            Value::Array(list) => list.iter().for_each(|value| collect(value, ids)),
            Value::String(id) => ids.push(id.clone()),
            _ => {}
        }
    }
    collect(&found, &mut ids);
    ids.push("art_00000000000000000000000000000000".into());
    ids.push("nonsense".into());
    ids.push(ids[0].clone());
    let nodes = format!("{{ nodes(ids: {}) {{ id __typename }} }}", json!(ids));
    let nodes = data(&server, Asker::Anonymous, &nodes).await["nodes"].take();
    for (id, node) in ids.iter().zip(nodes.as_array().expect("nodes")) {
        let known = !id.ends_with("00000000000") && id != "nonsense";
        assert_eq!(node["id"].as_str(), known.then_some(id.as_str()));
        let one =
            data(&server, Asker::Anonymous, &format!("{{ node(id: \"{id}\") {{ id __typename }} }}")).await;
        assert_eq!(one["node"], *node);
    }
    let other = format!("{{ node(id: \"{}\") {{ ... on Author {{ name }} }} }}", ids[0]);
    assert_eq!(
        data(&server, Asker::Anonymous, &other).await["node"],
        json!({}),
        "it exists and has no such field"
    );
    let many = format!("{{ nodes(ids: {}) {{ id }} }}", json!(vec!["x"; 101]));
    assert_eq!(
        server.graphql(Asker::Anonymous, &many).await.json()["errors"][0]["extensions"]["parameter"],
        "ids"
    );
    server.stop().await;
}

fn article_id(number: u8) -> String {
    masthead_domain::id::ArticleId::new(day(1), [number; 10]).to_string()
}

async fn hidden_is_null_and_never_bubbles(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    let source = masthead_domain::id::SourceId::new(day(1), [9; 10]);
    let tag = masthead_domain::id::TagId::new(day(1), [9; 10]);
    let hidden = [
        ("article(slug: \"a-draft\") { id }".to_owned(), "article(slug: \"nothing\") { id }"),
        ("article(slug: \"scheduled\") { id }".to_owned(), "article(slug: \"nothing\") { id }"),
        (format!("article(id: \"{}\") {{ id }}", article_id(80)), "article(id: \"nonsense\") { id }"),
        (format!("node(id: \"{}\") {{ id }}", article_id(78)), "node(id: \"art_nonsense\") { id }"),
        (format!("node(id: \"{source}\") {{ id }}"), "node(id: \"src_nonsense\") { id }"),
        (format!("source(id: \"{source}\") {{ id }}"), "source(id: \"nonsense\") { id }"),
        (format!("tag(id: \"{tag}\") {{ id }}"), "tag(slug: \"nothing\") { id }"),
        ("tag(slug: \"embargoed-topic\") { id }".to_owned(), "tag(slug: \"nothing\") { id }"),
        (
            "articles(first: 5, filter: {tag: \"embargoed-topic\"}) { totalCount nodes { id } }".to_owned(),
            "articles(first: 5, filter: {tag: \"nothing\"}) { totalCount nodes { id } }",
        ),
        (
            format!("articles(first: 5, filter: {{source: \"{source}\"}}) {{ totalCount nodes {{ id }} }}"),
            "articles(first: 5, filter: {source: \"src_00000000000000000000000000000000\"}) { totalCount nodes { id } }",
        ),
    ];
    for (there, absent) in hidden {
        for asker in Asker::ALL {
            let ask = |field: &str| format!("{{ found: {field} tiers {{ slug }} }}");
            let (there_answer, absent_answer) = (
                server.graphql(asker, &ask(&there)).await.json(),
                server.graphql(asker, &ask(absent)).await.json(),
            );
            assert_eq!(there_answer["errors"], Value::Null, "{asker:?} {there}");
            if asker == Asker::Staff && !there.starts_with("articles") {
                assert_ne!(there_answer["data"], absent_answer["data"], "staff see {there}");
            } else {
                assert_eq!(there_answer["data"], absent_answer["data"], "{asker:?} {there}");
            }
        }
    }
    server.stop().await;
}

/// What a document costs when nothing of it is kept ready. The watch looks at the log five times a second;
/// the least of several tries is the document's own.
async fn statements(server: &TestServer, query: &str) -> u64 {
    let mut least = u64::MAX;
    for attempt in 0..4 {
        let before = server.store.queries();
        // What reaches the viewer is never kept.
        let query = format!("{} viewer {{ kind }} }} # {attempt}", query.trim_end().trim_end_matches('}'));
        let answer = server.graphql(Asker::Member, &query).await;
        assert_eq!(answer.json()["errors"], Value::Null, "{query}");
        least = least.min(server.store.queries() - before);
    }
    least
}

async fn a_list_of_anything_costs_a_constant_number_of_statements(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (query, most) in [
        ("{ viewer { kind } }", 0),
        ("{ articles(first: ROWS) { nodes { id title } } }", 9),
        (
            "{ articles(first: ROWS) { totalCount nodes { id bylines { author { name } } tags { name } section { name } } } }",
            10,
        ),
        ("{ articles(first: ROWS) { nodes { related(first: 3) { id title } } } }", 18),
        (
            "{ articles(first: ROWS) { nodes { section { articles(first: 3) { totalCount nodes { id } } } } } }",
            18,
        ),
        (
            "{ articles(first: ROWS) { nodes { bylines { author { articles(last: 2) { totalCount nodes { id } } } } } } }",
            18,
        ),
        ("{ articles(first: ROWS) { nodes { tags { articles(first: 2) { nodes { id } } } } } }", 17),
        (
            "{ articles(first: ROWS) { nodes { sources { nodes { source { articles(first: 2) { nodes { id } } } } } } } }",
            17,
        ),
        (
            "{ sections { articles(first: 2) { totalCount nodes { id } } children { articles(first: 2) { nodes { id } } } } }",
            11,
        ),
        (
            "{ a: articles(first: 2) { nodes { id } } b: articles(first: 2, filter: {kind: PAGE}) { nodes { id } } c: articles(last: 2) { nodes { id } } }",
            9,
        ),
    ] {
        let few = statements(&server, &query.replace("ROWS", "2")).await;
        let many = statements(&server, &query.replace("ROWS", "34")).await;
        assert!(few <= most && many <= most, "{query}: {few} and {many} statements");
    }
    server.stop().await;
}

async fn fields_stand_in_the_order_of_the_document(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let query =
        "{ z: articles(first: 1) { nodes { slug id } totalCount } a: __typename m: tiers { slug id } }";
    let answer = server.graphql(Asker::Anonymous, query).await.body;
    let place = |text: &str| answer.find(text).unwrap_or_else(|| panic!("{text} in {answer}"));
    assert!(place("\"z\"") < place("\"a\"") && place("\"a\"") < place("\"m\""), "{answer}");
    assert!(place("\"nodes\"") < place("\"totalCount\""), "{answer}");
    server.stop().await;
}

async fn the_viewer_is_who_the_token_says(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (asker, kind, held) in [
        (Asker::Anonymous, "ANONYMOUS", json!([])),
        (Asker::Nobody, "MEMBER", json!([])),
        (Asker::Patron, "MEMBER", json!(["member", "tier:patron"])),
        (Asker::Staff, "STAFF", json!(["staff"])),
    ] {
        let viewer = data(&server, asker, "{ viewer { kind entitlements expires } }").await["viewer"].take();
        assert_eq!((&viewer["kind"], &viewer["entitlements"]), (&json!(kind), &held), "{asker:?}");
        assert_eq!(viewer["expires"].is_string(), asker != Asker::Anonymous);
    }
    server.stop().await;
}

async fn names_that_are_close_are_not_suggested(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for query in ["{ artcle { id } }", "{ tiers { nam } }", "{ article(slg: \"x\") { id } }"] {
        let answer = server.graphql(Asker::Anonymous, query).await;
        assert_eq!(answer.status, 400);
        assert!(!answer.body.contains("Did you mean"), "{}", answer.body);
    }
    server.stop().await;
}

async fn a_filter_never_widens(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for filter in [
        "{section: null}",
        "{author: null}",
        "{section: \"\"}",
        "{source: \"tag_00000000000000000000000000000000\"}",
        "{language: \"not_a_tag\"}",
        "{publishedSince: null}",
        "{kind: null}",
    ] {
        let query = format!("{{ articles(first: 1, filter: {filter}) {{ nodes {{ id }} }} }}");
        let answer = server.graphql(Asker::Anonymous, &query).await.json();
        assert_eq!(answer["data"]["articles"], Value::Null, "{filter}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_PARAMETER", "{filter}: {answer}");
    }
    let unknown = "{ articles(first: 1, filter: {colour: \"red\"}) { nodes { id } } }";
    assert_eq!(server.graphql(Asker::Anonymous, unknown).await.status, 400);
    let missing =
        json!({"query": "query($s: String) { articles(first: 1, filter: {section: $s}) { nodes { id } } }"});
    let answer = server.graphql_with(Asker::Anonymous, &missing).await.json();
    assert_ne!(answer["errors"], Value::Null, "a variable that is not given: {answer}");
    let status = "{ articles(first: 1, filter: {status: DRAFT}) { nodes { id } } }";
    let beside = "{ a: articles(first: 1) { nodes { id } } \
                    b: articles(first: 2, filter: {status: DRAFT}) { totalCount nodes { id } } }";
    for asker in Asker::ALL {
        let refused = server.graphql(asker, status).await.json()["errors"] != Value::Null;
        assert_eq!(refused, asker != Asker::Staff, "{asker:?}");
        let answer = server.graphql(asker, beside).await.json();
        assert_eq!(answer["data"]["a"]["nodes"].as_array().map(Vec::len), Some(1), "{asker:?}: {answer}");
        assert_eq!(answer["data"]["b"] == Value::Null, asker != Asker::Staff, "{asker:?}: {answer}");
    }
    server.stop().await;
}
