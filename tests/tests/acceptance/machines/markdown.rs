//! An article as Markdown, and `/llms.txt`.

use super::server;
use crate::matrix::assert_golden;
use crate::two_worlds::article_id;
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use masthead_domain::article::{
    Block, Callout, CalloutTone, Code, Decorator, ListItem, Mark, Quote, Span, Style, Text,
};
use masthead_tests::publication::{LOCKS, Variant, World, another, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use std::collections::BTreeSet;

masthead_tests::on_both!(
    text_is_no_markup,
    a_page_of_markdown_is_asked_for_by_its_type,
    each_viewer_s_page,
    nothing_hidden_moves_a_page_of_markdown,
    a_model_is_told_what_there_is,
);

const MARKDOWN: (&str, &str) = ("accept", "text/markdown");

async fn page(server: &TestServer, asker: Asker, slug: &str) -> Answer {
    server.get_with(asker, &format!("/v1/articles/{slug}"), &[MARKDOWN]).await
}

const NASTY: [&str; 22] = [
    "# No heading",
    "- no item\n- nor this",
    "1. no number\n2) nor this",
    "> no quote",
    "***",
    "---",
    "a\n===",
    "    no listing",
    "```\nno fence\n```",
    "<script>alert(1)</script>",
    "<!-- no comment -->",
    "[no](link) ![no](picture)",
    "[no]: https://evil.example",
    "&lt;no entity&gt; &#60;",
    "| a | b |\n| - | - |\n| 1 | 2 |",
    "a | b\n:- | -:",
    "*no* _stress_ **at** __all__ ~~here~~ `nor code`",
    "ends with a backslash\\",
    "[ ] no task",
    "[^1] no note",
    "!\u{a0}\t tabs \u{2028} and breaks",
    "\\* escaped by hand",
];

fn text(text: &str) -> Text {
    Text { spans: vec![Span::plain(text)], ..Text::default() }
}

/// Every nasty text, as every kind of block.
fn nasty() -> Vec<Block> {
    let list = |level, numbered| Some(ListItem { level, numbered });
    let mut body = Vec::new();
    for nasty in NASTY {
        body.push(Block::Text(text(nasty)));
        body.push(Block::Text(Text { style: Style::H2, ..text(nasty) }));
        body.push(Block::Text(Text { style: Style::Blockquote, ..text(nasty) }));
        for item in [list(1, false), list(2, true), list(3, false), list(1, true)] {
            body.push(Block::Text(Text { list: item, ..text(nasty) }));
        }
        body.push(Block::Quote(Quote { text: nasty.into(), attribution: Some(nasty.into()) }));
        body.push(Block::Code(Code { code: nasty.into(), language: Some("ru`st".into()) }));
        let marks = vec![Mark::Decorator(Decorator::Strong)];
        let spans = vec![Span { text: nasty.into(), marks }, Span::plain(nasty)];
        let inner = Block::Text(Text { spans, ..Text::default() });
        body.push(Block::Callout(Callout {
            tone: CalloutTone::Note,
            title: Some(nasty.into()),
            content: vec![inner, Block::Divider],
        }));
    }
    body
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// What a reader of Markdown makes of it: the words, and the kinds of elements.
fn read(markdown: &str) -> (Vec<String>, BTreeSet<&'static str>) {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    let arena = Arena::new();
    let (mut text, mut kinds) = (String::new(), BTreeSet::new());
    for node in parse_document(&arena, markdown, &options).descendants() {
        kinds.insert(match &node.data().value {
            NodeValue::Text(words) => {
                text.push_str(words);
                continue;
            }
            NodeValue::CodeBlock(code) => {
                text.push(' ');
                text.push_str(&code.literal);
                "code"
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => {
                text.push('\n');
                continue;
            }
            NodeValue::Document => continue,
            NodeValue::Paragraph => {
                text.push(' ');
                continue;
            }
            NodeValue::Heading(_) => {
                text.push(' ');
                "heading"
            }
            NodeValue::BlockQuote => "quote",
            NodeValue::List(_) => "list",
            NodeValue::Item(_) => "item",
            NodeValue::Strong => "strong",
            NodeValue::ThematicBreak => "divider",
            other => panic!("{other:?} in {markdown}"),
        });
    }
    (words(&text), kinds)
}

async fn text_is_no_markup(backend: Backend) {
    let mut publication = publication(World::HOME);
    publication.articles = vec![another(90, "nasty", |parts| parts.body = nasty())];
    let server = TestServer::start_with(backend, &publication).await;
    let ask = async |form: &str| {
        let answer = server.get(Asker::Anonymous, &format!("/v1/articles/nasty?body={form}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let markdown = ask("markdown").await["bodyMarkdown"].as_str().expect("text").to_owned();
    let (read, kinds) = read(&markdown);
    let mut expected = Vec::new();
    for nasty in NASTY {
        let once = words(nasty);
        // A strong run and a plain one stand together without a space; their last and first word are one.
        let joined = words(&format!("{nasty}{nasty}"));
        let times = |count| std::iter::repeat_n(once.clone(), count).flatten();
        expected.extend(times(11).chain(joined));
    }
    assert_eq!(read, expected);
    assert_eq!(kinds, BTreeSet::from(["code", "divider", "heading", "item", "list", "quote", "strong"]));
    let query = "{ article(slug: \"nasty\") { bodyMarkdown } }";
    let graphql = server.graphql(Asker::Anonymous, query).await.json();
    assert_eq!(graphql["data"]["article"]["bodyMarkdown"], markdown);
    server.stop().await;
}

async fn a_page_of_markdown_is_asked_for_by_its_type(backend: Backend) {
    let off = TestServer::start(backend, World::HOME).await;
    let asked = page(&off, Asker::Anonymous, LOCKS).await;
    assert_eq!(asked.header("content-type"), "application/json", "off by default");
    off.stop().await;
    let server = server(backend, Vec::new()).await;
    let path = format!("/v1/articles/{LOCKS}");
    for again in ["", "again"] {
        let markdown = page(&server, Asker::Anonymous, LOCKS).await;
        assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8", "{again}");
        assert!(markdown.headers.contains(&("vary".into(), "Authorization, Accept".into())), "{markdown:?}");
        assert!(markdown.body.starts_with("# Every kind of lock\n\n"), "{}", markdown.body);
        let json = server.get(Asker::Anonymous, &path).await;
        assert_eq!(json.header("content-type"), "application/json", "{again}");
        assert_ne!(json.header("etag"), markdown.header("etag"));
        let known = [MARKDOWN, ("if-none-match", markdown.header("etag"))];
        assert_eq!(server.get_with(Asker::Anonymous, &path, &known).await.status, 304);
        let known = [MARKDOWN, ("if-none-match", json.header("etag"))];
        assert_eq!(server.get_with(Asker::Anonymous, &path, &known).await.status, 200);
    }
    assert_eq!(
        page(&server, Asker::Anonymous, "nothing").await.header("content-type"),
        "application/problem+json"
    );
    assert_eq!(page(&server, Asker::Member, LOCKS).await.header("cache-control"), "private, no-cache");
    server.stop().await;
}

async fn each_viewer_s_page(backend: Backend) {
    let server = server(backend, Vec::new()).await;
    for (asker, name) in [(Asker::Anonymous, "anonymous"), (Asker::Patron, "patron")] {
        let page = page(&server, asker, LOCKS).await.body;
        assert_eq!(page.contains("archive.example"), asker == Asker::Patron, "links of sources: {page}");
        assert_golden(&format!("markdown-page-{name}"), &page);
    }
    server.stop().await;
}

async fn nothing_hidden_moves_a_page_of_markdown(backend: Backend) {
    let for_subscribers = World { for_subscribers: Variant::A, ..World::all(Variant::B) };
    let for_members = World { for_patrons: Variant::B, unpublished: Variant::B, ..World::HOME };
    for (asker, other) in [
        (Asker::Anonymous, World::all(Variant::B)),
        (Asker::Subscriber, for_subscribers),
        (Asker::Member, for_members),
    ] {
        let enabled = async |world| {
            TestServer::start_tuned(backend, &publication(world), |config| config.machines.enabled = true)
                .await
        };
        let (here, there) = (enabled(World::HOME).await, enabled(other).await);
        let slugs =
            [LOCKS, "whole-for-members", "free-to-read", "a-draft", "scheduled", "withdrawn", "nothing"];
        let ids = [1, 2, 3, 50, 51].map(article_id);
        for again in ["", ", again"] {
            for slug in slugs.into_iter().chain(ids.iter().map(String::as_str)) {
                let (a, b) = (page(&here, asker, slug).await, page(&there, asker, slug).await);
                assert_eq!(a, b, "{asker:?} {slug}{again}");
            }
            let (a, b) = (here.get(asker, "/llms.txt").await, there.get(asker, "/llms.txt").await);
            assert_eq!((a.status, &a), (200, &b), "{asker:?}{again}");
        }
        let (a, b) = (page(&here, Asker::Staff, LOCKS).await, page(&there, Asker::Staff, LOCKS).await);
        assert_ne!(a, b, "who may see the difference does");
        here.stop().await;
        there.stop().await;
    }
}

async fn a_model_is_told_what_there_is(backend: Backend) {
    let server = server(backend, Vec::new()).await;
    let told = server.get(Asker::Anonymous, "/llms.txt").await;
    assert_eq!(told.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(told.header("cache-control"), "public, no-cache");
    assert!(told.body.starts_with("# Masthead\n\n> "), "{}", told.body);
    assert!(
        told.body.contains("- [Terms for machines](https://paper.example/terms-for-machines)"),
        "{}",
        told.body
    );
    let links = told.body.split("](https://paper.example").skip(1).filter_map(|rest| rest.split(')').next());
    let feeds: Vec<_> = links.filter(|link| link.starts_with("/feeds/")).collect();
    assert!(feeds.len() > 4 && feeds.contains(&"/feeds/sections/world.rss"), "{feeds:?}");
    for feed in feeds {
        assert_eq!(server.get(Asker::Anonymous, feed).await.status, 200, "{feed}");
    }
    assert_eq!(server.get(Asker::Staff, "/llms.txt").await.body, told.body, "it is the same for everybody");
    assert_eq!(server.get(Asker::Anonymous, "/llms.txt?x=1").await.status, 400);
    server.stop().await;
}
