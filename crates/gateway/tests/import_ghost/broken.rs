//! Files that cannot be taken in: one clear error, and nothing written.

use super::{export, file, import, lexical, now, paragraph, post, real, store};
use masthead_gateway::import::ghost::ImportError;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The error for a file; nothing has been written.
async fn error(text: impl AsRef<[u8]>) -> ImportError {
    let store = store().await;
    let before = store.glance(None, &Default::default(), now()).await.expect("a horizon");
    let error = import(Some(&store), file(text).path()).await.expect_err("an error");
    assert_eq!(
        store.glance(None, &Default::default(), now()).await.expect("a horizon"),
        before,
        "nothing is written"
    );
    error
}

fn some_posts(broken: &Value) -> String {
    let good = post("good", &json!({"lexical": lexical(&json!([paragraph("x")]))}));
    export(&json!({"posts": [good, broken], "posts_tags": []})).to_string()
}

#[tokio::test]
async fn a_file_that_is_none() {
    let missing = import(None, std::path::Path::new("no-such-file.json")).await.expect_err("an error");
    assert!(missing.to_string().starts_with("cannot read no-such-file.json: No such file"), "{missing}");
}

#[tokio::test]
async fn not_json_not_ghost_or_another_version() {
    for (text, message) in [
        ("", "the file is cut off: it ends at line 1, column 1 (byte 0), in the middle of the file"),
        ("<rss/>", "not JSON: an object was expected in the file, at line 1, column 1 (byte 0)"),
        ("[]", "not JSON: an object was expected in the file, at line 1, column 1 (byte 0)"),
        ("{}", "not an export of Ghost: `meta` with a `version` is missing"),
        ("{\"a\":1,\n \"b\" 2}", "not JSON: a colon was expected in the file, at line 2, column 6 (byte 13)"),
        ("{\"meta\":{\"version\":\"6.1.0\"}}", "not an export of Ghost: `data` is missing"),
        ("{\"db\":[]}", "not an export of Ghost: `meta` with a `version` is missing"),
        ("{\"db\":[{},{}]}", "not an export of Ghost: it holds more than one database"),
        (
            "{\"meta\":{\"version\":\"4.9.1\"},\"data\":{}}",
            "an export of Ghost 4.9.1; versions 5 and 6 are known",
        ),
        (
            "{\"meta\":{\"version\":\"7.0\"},\"data\":{}}",
            "an export of Ghost 7.0; versions 5 and 6 are known",
        ),
        (
            "{\"meta\":{\"version\":\"6.1\"},\"data\":{}} x",
            "not JSON: the end was expected in the file, at line 1, column 38 (byte 37)",
        ),
        (
            "{\"meta\":{\"version\":\"6.1\"},\"data\":{\"posts\":[{\"id\":\"a\",}]}}",
            "posts[0]: trailing comma, at line 1, column 54 (byte 53)",
        ),
        (
            "{\"meta\":{\"version\":\"6.1\"},\"data\":{\"posts\":[{\"id\":\"a\"} {}]}}",
            "not JSON: a comma or a closing bracket was expected in `posts`, at line 1, column 55 (byte 54)",
        ),
    ] {
        assert_eq!(error(text).await.to_string(), message, "{text}");
    }
}

#[tokio::test]
async fn a_file_that_is_cut_off_anywhere() {
    let whole = std::fs::read(real("edge-cases.json")).expect("a file");
    for length in [1, 50, 4_000, 300_000, 700_000, whole.len() - 3] {
        let error = error(&whole[..length]).await;
        assert!(
            matches!(error, ImportError::Truncated { place, .. } if place.offset == length as u64),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_record_that_is_broken_is_named_with_its_place() {
    for (given, reason) in [
        (
            json!({"lexical": "{\"root\":"}),
            "lexical is not JSON: EOF while parsing a value at line 1 column 8",
        ),
        (json!({"lexical": "{}"}), "lexical: has no root with children"),
        (json!({"mobiledoc": "nonsense"}), "mobiledoc is not JSON: expected ident at line 1 column 2"),
        (json!({"mobiledoc": "{\"version\":\"0.2.0\"}"}), "mobiledoc: its version is `0.2.0`; 0.3 is known"),
        (
            json!({"mobiledoc": "{\"version\":\"0.3.1\",\"sections\":[[10,4]],\"cards\":[]}"}),
            "mobiledoc: cards has no entry 4, which a section points to",
        ),
        (json!({"html": 4}), "html: is no text"),
        (json!({"published_at": "yesterday"}), "not a date and time such as 2026-11-22 21:53:08"),
        (json!({"title": ["a"]}), "invalid type: sequence, expected a string"),
        (
            json!({"html": "<masthead-gate>x</masthead-gate>"}),
            "masthead-gate: `requires` is missing or empty",
        ),
    ] {
        let text = some_posts(&post("broken", &given));
        let error = error(&text).await;
        let message = error.to_string();
        let ImportError::Record { record, reason: found, place } = error else { panic!("{error}") };
        assert_eq!(found, reason);
        assert_eq!((record.table.as_str(), record.row, record.slug.as_deref()), ("posts", 1, Some("broken")));
        let start = text.rfind("{\"created_at\"").expect("the second post");
        let within = start as u64..text.len() as u64;
        assert!(within.contains(&place.offset) && place.line == 1, "{place} {start}");
        assert!(
            message.starts_with("posts[1] (id 6b03644f3ad07032") && message.contains(reason),
            "{message}"
        );
    }
}

#[tokio::test]
async fn the_line_of_a_fault_is_counted() {
    let good = post("good", &json!({}));
    let text = export(&json!({"posts": [good], "tags": [{"id": "t", "name": 4}]}));
    let pretty = serde_json::to_string_pretty(&text).expect("text");
    let ImportError::Record { record, place, .. } = error(&pretty).await else { panic!("a record") };
    let line = pretty.lines().nth(usize::try_from(place.line).expect("small") - 1).expect("a line");
    assert_eq!((record.table.as_str(), line.trim()), ("tags", "\"name\": 4"));
}

#[tokio::test]
async fn the_first_record_at_fault_is_named() {
    let posts: Vec<_> = (0..40).map(|n| post(&format!("p{n}"), &json!({"lexical": "{"}))).collect();
    let error = error(export(&json!({"posts": posts})).to_string()).await;
    assert!(error.to_string().starts_with("posts[0]"), "{error}");
}

fn dry(text: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let result = runtime.block_on(import(None, file(text).path()));
    assert!(!matches!(result, Err(ImportError::Stopped)), "a panic");
}

/// Any JSON, with the words of Ghost in it.
fn json_value() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "paywall",
        "html",
        "paragraph",
        "text",
        "list",
        "listitem",
        "link",
        "callout",
        "gallery",
        "image",
        "embed",
        "<!--members-only-->",
        "<!--kg-gated-block:begin",
        "__GHOST_URL__/x/",
        "<p>a</p><script>",
        "0.3.1",
        "what",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "type",
        "children",
        "text",
        "format",
        "url",
        "tag",
        "html",
        "visibility",
        "web",
        "nonMember",
        "src",
        "memberSegment",
        "images",
        "content",
        "heading",
        "metadata",
        "calloutText",
        "title",
        "markdown",
    ]);
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let entries = prop::collection::vec((keys.clone(), inner.clone()), 0..6);
        let object = entries.prop_map(|entries| {
            Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        });
        prop_oneof![prop::collection::vec(inner, 0..5).prop_map(Value::from), object]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_end_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        dry(&bytes);
        dry(&[b"{\"meta\":{\"version\":\"6.1\"},\"data\":{\"posts\":[".as_slice(), &bytes].concat());
    }

    #[test]
    fn any_body_ends_without_a_panic(children in prop::collection::vec(json_value(), 0..5), card in json_value()) {
        let document = json!({"root": {"children": children}}).to_string();
        let sections = json!([[1, "p", [[0, [0], 1, "a"], card]], [10, 0], [3, "ul", [[card]]]]);
        let former = json!({
            "version": "0.3.1", "markups": [["a", ["href", card]]], "atoms": [card], "sections": sections,
            "cards": [["html", card], card],
        });
        let html = children.iter().map(Value::to_string).collect::<String>();
        for given in [json!({"lexical": document}), json!({"mobiledoc": former.to_string()}), json!({"html": html})] {
            dry(export(&json!({"posts": [post("any", &given)]})).to_string().as_bytes());
        }
    }

    #[test]
    fn any_damage_to_a_real_export_ends_without_a_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = std::fs::read(real("edge-cases.json")).expect("a file");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        dry(&bytes);
    }

    #[test]
    fn any_row_of_any_table_ends_without_a_panic(row in json_value(), tie in json_value()) {
        let names = ["posts_meta", "users", "tags", "products", "benefits", "settings", "posts_tags", "other"];
        for name in names {
            let good = post("good", &json!({}));
            dry(export(&json!({"posts": [good], name: [row, tie]})).to_string().as_bytes());
        }
    }
}
