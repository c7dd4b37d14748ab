//! The golden matrix: one article with every kind of lock, for every viewer, in every form, by REST and by GraphQL.
//! Both surfaces must give the same value, and there is one file for the two. It is read in review; `cargo insta
//! review` shows what a change would do to it.

use masthead_tests::publication::{LOCKS, World, draft_behind_a_lock, publication};
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::{Value, json};
use std::fmt::Write;

masthead_tests::on_both!(
    every_viewer_sees_what_the_matrix_says,
    passes_open_what_the_matrix_says,
    the_article_as_each_viewer_reads_it,
    both_surfaces_show_the_same_article,
    blocks_are_the_portable_body,
);

const ARTICLES: [&str; 5] =
    [LOCKS, "whole-for-members", "opens-with-a-gate", "free-to-read", "a-draft-of-both-worlds"];

pub(crate) fn assert_golden(name: &str, value: &str) {
    insta::with_settings!({ snapshot_path => "../golden", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, value);
    });
}

/// The article with these fields; null when it does not exist for the asker.
async fn by_graphql(server: &TestServer, asker: Asker, slug: &str, fields: &str) -> Value {
    let query = format!("{{ article(slug: \"{slug}\") {{ {fields} }} }}");
    let mut answer = server.graphql(asker, &query).await.json();
    assert_eq!(answer["errors"], Value::Null, "{asker:?} {query}");
    answer["data"]["article"].take()
}

/// The article; null when it does not exist for the asker.
async fn by_rest(server: &TestServer, asker: Asker, slug: &str, form: &str) -> Value {
    let answer = server.get(asker, &format!("/v1/articles/{slug}?body={form}")).await;
    match answer.status {
        200 => answer.json(),
        404 => Value::Null,
        other => panic!("{asker:?} {slug} {form}: {other}"),
    }
}

/// What the matrix says of an article: its locks with their reasons, and the words that are open.
fn line(article: &Value, locks: &Value) -> String {
    if article.is_null() {
        return " absent".to_owned();
    }
    let mut line = String::new();
    for lock in locks.as_array().expect("locks") {
        let reason = lock["access"]["reason"].as_str().expect("a reason").to_lowercase();
        write!(line, " {}={reason}", lock["id"].as_str().expect("an id")).expect("written");
    }
    line + &format!(" words={}", article["words"])
}

async fn every_viewer_sees_what_the_matrix_says(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let mut table = String::new();
    for slug in ARTICLES {
        for asker in Asker::ALL {
            let rest = by_rest(&server, asker, slug, "text").await;
            let fields = "words access { locks { id access { reason } } }";
            let graphql = by_graphql(&server, asker, slug, fields).await;
            let asker = format!("{asker:?}");
            for (surface, line) in [
                ("REST", line(&rest, &rest["locks"])),
                ("GraphQL", line(&graphql, &graphql["access"]["locks"])),
            ] {
                writeln!(table, "{slug:<24}{asker:<12}{surface:<8}{line}").expect("written");
            }
        }
    }
    assert_golden("matrix", &table);
    server.stop().await;
}

/// Adds the lines of one token for every article, as REST and as GraphQL tell.
pub(crate) async fn add_lines(table: &mut String, server: &TestServer, who: &str, token: &str) {
    for slug in ARTICLES.into_iter().chain([DRAFT]) {
        let rest = server.get_as(token, &format!("/v1/articles/{slug}?body=text")).await;
        // 403 where the key is good and the licence behind it is not.
        let is_refused = matches!(rest.status, 401 | 403);
        let rest = if rest.status == 200 { rest.json() } else { Value::Null };
        let fields = "words access { locks { id access { reason } } }";
        let query = json!({ "query": format!("{{ article(slug: \"{slug}\") {{ {fields} }} }}") });
        let answer = server.post(Some(token), "/graphql", &query).await;
        assert_eq!(matches!(answer.status, 401 | 403), is_refused, "{who} {slug}: both surfaces");
        if is_refused {
            writeln!(table, "{slug:<24}{who:<28} refused").expect("written");
            continue;
        }
        let graphql = answer.json()["data"]["article"].take();
        let of_graphql = line(&graphql, &graphql["access"]["locks"]);
        assert_eq!(line(&rest, &rest["locks"]), of_graphql, "{who} {slug}: both surfaces");
        writeln!(table, "{slug:<24}{who:<28}{of_graphql}").expect("written");
    }
}

const DRAFT: &str = "draft-behind-a-lock";

/// Readers for whom single articles were opened: by a meter, by a gift, by a preview link.
async fn passes_open_what_the_matrix_says(backend: Backend) {
    let mut publication = publication(World::HOME);
    publication.articles.push(draft_behind_a_lock("Not yet for readers.", None));
    let server = TestServer::start_with(backend, &publication).await;
    server
        .hold_to(json!({ "meters": [
            { "who": "devices", "limit": 2, "period": "month" },
            { "who": { "holders": "member" }, "limit": 1, "period": "month", "opens": ["tier:patron"] },
        ] }))
        .await;
    let post = async |token: Option<&str>, path: &str, body: &Value| {
        let answer = server.post(token, path, body).await;
        assert!(answer.status < 300, "{path}: {}", answer.body);
        answer.json()
    };
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let redeemed = async |kind: &str, link: &Value| {
        let token = post(None, &format!("/v1/{kind}/redeem"), &json!({ "code": link["code"] })).await;
        text(&token["accessToken"])
    };
    let mut table = String::new();
    let device = text(&post(None, "/v1/devices", &Value::Null).await["accessToken"]);
    add_lines(&mut table, &server, "device", &device).await;
    for slug in [LOCKS, "whole-for-members"] {
        post(Some(&device), &format!("/v1/articles/{slug}/unlock"), &Value::Null).await;
    }
    add_lines(&mut table, &server, "device, two unlocked", &device).await;

    let reader = server.issue(&server.member(1, &["reader"]).await);
    post(Some(&reader), &format!("/v1/articles/{LOCKS}/unlock"), &Value::Null).await;
    add_lines(&mut table, &server, "reader, one unlocked", &reader).await;

    let patron = server.issue(&server.member(2, &["patron"]).await);
    let gift = post(Some(&patron), &format!("/v1/articles/{LOCKS}/gifts"), &Value::Null).await;
    add_lines(&mut table, &server, "gift of a patron", &redeemed("gifts", &gift).await).await;

    let staff = server.token(Asker::Staff);
    let preview = post(staff, &format!("/v1/articles/{DRAFT}/previews"), &Value::Null).await;
    add_lines(&mut table, &server, "preview of the draft", &redeemed("previews", &preview).await).await;
    assert_golden("matrix-passes", &table);
    server.stop().await;
}

async fn the_article_as_each_viewer_reads_it(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for asker in Asker::ALL {
        for (form, of_rest, of_graphql) in [
            ("text", "bodyText", "bodyText"),
            ("html", "bodyHtml", "bodyHtml"),
            ("markdown", "bodyMarkdown", "bodyMarkdown"),
            ("portable", "body", "bodyPortable"),
        ] {
            for slug in ARTICLES {
                let rest = by_rest(&server, asker, slug, form).await[of_rest].take();
                let graphql = by_graphql(&server, asker, slug, of_graphql).await[of_graphql].take();
                assert_eq!(rest, graphql, "{asker:?} {slug} {form}");
                if slug == LOCKS {
                    let body = match &rest {
                        Value::String(text) => text.replace("><", ">\n<"),
                        other => serde_json::to_string_pretty(other).expect("JSON"),
                    };
                    assert_golden(&format!("{form}-{}", format!("{asker:?}").to_lowercase()), &body);
                }
            }
        }
    }
    server.stop().await;
}

/// Everything else of an article that both surfaces have under the same name.
const ARTICLE: &str = "
    id slug url title standfirst summary language published updated words readingMinutes canonical metaTitle
    metaDescription hero { src alt caption credit digitalSourceType width height }
    section { id slug name }
    tags { id slug name description }
    bylines { author { id slug name disclosure } }
    sources { access { granted required } nodes { note url source { id title publisher language date } } }
    provenance { text statement responsibleEditor { id slug name disclosure }
        reviews { at revision note reviewer { id slug name disclosure } } }
    corrections { at text }
    access { granted locks { id access { granted required } } }
";

/// Leaves of `wanted` have to stand in `found` in the same places.
fn assert_within(wanted: &Value, found: &Value, place: &str) {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (name, value) in wanted {
                let there = found.get(name).unwrap_or_else(|| panic!("{place}.{name} is missing"));
                assert_within(value, there, &format!("{place}.{name}"));
            }
        }
        (Value::Array(wanted), Value::Array(found)) => {
            assert_eq!(wanted.len(), found.len(), "{place}");
            for (at, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                assert_within(wanted, found, &format!("{place}[{at}]"));
            }
        }
        _ => assert_eq!(wanted, found, "{place}"),
    }
}

async fn both_surfaces_show_the_same_article(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for slug in ARTICLES {
        for asker in Asker::ALL {
            let mut graphql = by_graphql(&server, asker, slug, ARTICLE).await;
            let rest = by_rest(&server, asker, slug, "none").await;
            let place = format!("{asker:?} {slug}");
            if let Some(article) = graphql.as_object_mut() {
                let access = article.remove("access").expect("access");
                assert_eq!(rest["complete"], access["granted"], "{place}");
                assert_within(&access["locks"], &rest["locks"], &place);
            }
            assert_within(&graphql, &rest, &place);
        }
    }
    server.stop().await;
}

const BLOCKS: &str = "
    __typename
    ... on TextBlock { key text }
    ... on ImageBlock { key image { src alt } }
    ... on QuoteBlock { key text attribution }
    ... on Gate { key headline teaser callToAction image { src }
        access { granted reason required offers { kind tier { slug } } } CONTENT }
";

/// The blocks of a body with types, against the same body as Portable Text.
fn assert_same_blocks(typed: &Value, portable: &Value, place: &str) {
    let (typed, portable) = match (typed, portable) {
        (Value::Null, Value::Null) => return,
        (Value::Array(typed), Value::Array(portable)) => (typed, portable),
        _ => panic!("{place}: {typed} and {portable}"),
    };
    assert_eq!(typed.len(), portable.len(), "{place}");
    for (typed, portable) in typed.iter().zip(portable) {
        let place = format!("{place} {}", portable["_key"]);
        assert_eq!(typed["key"], portable["_key"], "{place}");
        let same = |names: &[&str]| {
            for name in names {
                assert_eq!(typed[name], portable[name], "{place} {name}");
            }
        };
        match (typed["__typename"].as_str(), portable["_type"].as_str()) {
            (Some("TextBlock"), Some("block")) => {
                let spans = portable["children"].as_array().expect("children").iter();
                let text: String = spans.map(|span| span["text"].as_str().expect("text")).collect();
                assert_eq!(typed["text"], text, "{place}");
            }
            (Some("ImageBlock"), Some("image")) => {
                assert_within(&typed["image"], portable, &place);
            }
            (Some("QuoteBlock"), Some("quote")) => same(&["text", "attribution"]),
            (Some("Gate"), Some("gate")) => {
                same(&["headline", "teaser", "callToAction"]);
                assert_within(&typed["image"], &portable["image"], &place);
                let (typed_access, access) = (&typed["access"], &portable["access"]);
                assert_eq!(typed_access["granted"], access["granted"], "{place}");
                assert_eq!(typed_access["required"], access["required"], "{place}");
                let reason = typed_access["reason"].as_str().expect("a reason").to_lowercase();
                assert_eq!(reason, access["reason"].as_str().expect("a reason"), "{place}");
                let offers = |access: &Value| access["offers"].as_array().map(Vec::len);
                assert_eq!(offers(typed_access), offers(access), "{place}");
                assert_same_blocks(&typed["content"], &portable["content"], &place);
            }
            (typed, portable) => panic!("{place}: {typed:?} is {portable:?}"),
        }
    }
}

async fn blocks_are_the_portable_body(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let blocks = (0..3).fold(String::new(), |inside, _| {
        let content = if inside.is_empty() { inside } else { format!("content {{ {inside} }}") };
        BLOCKS.replace("CONTENT", &content)
    });
    for slug in ARTICLES {
        for asker in Asker::ALL {
            let typed = by_graphql(&server, asker, slug, &format!("body {{ {blocks} }}")).await;
            let portable = by_rest(&server, asker, slug, "portable").await;
            assert_same_blocks(&typed["body"], &portable["body"], &format!("{asker:?} {slug}"));
        }
    }
    server.stop().await;
}
