//! Bodies in each of the forms that Ghost has kept them in.

use super::{lexical, paragraph, post, staff, view, with_posts};
use serde_json::{Value, json};

async fn body(given: &Value) -> String {
    let (store, summary) = with_posts(&[post("p", given)]).await;
    let view = view(&store, &staff(), "p").await.expect("a view");
    format!("{:#?}\n\n{summary}", view.body)
}

fn item(children: &Value) -> Value {
    json!({"type": "listitem", "children": children})
}

fn text(text: &str, format: u64) -> Value {
    json!({"type": "text", "text": text, "format": format})
}

#[tokio::test]
async fn lexical_text_lists_and_marks() {
    let nested =
        item(&json!([{"type": "list", "listType": "number", "children": [item(&json!([text("b", 0)]))]}]));
    let list =
        json!({"type": "list", "listType": "bullet", "children": [item(&json!([text("a", 0)])), nested]});
    let inline = json!({"type": "paragraph", "children": [
        text("all ", 1 | 2 | 4 | 8 | 16 | 32 | 64), text("high", 128), {"type": "linebreak"},
        {"type": "link", "url": "__GHOST_URL__/p/", "children": [text("itself", 1)]},
        {"type": "autolink", "url": "https://e.org", "children": [text("auto", 0)]},
        {"type": "link", "url": "javascript:alert(1)", "children": [text(" bad", 0)]},
        {"type": "at-link", "children": []}, {"type": "zwnj", "text": ""}, {"type": "tk", "text": "TK"},
    ]});
    let heading = json!({"type": "heading", "tag": "h5", "children": [text("five", 0)]});
    insta::assert_snapshot!(body(&json!({"lexical": lexical(&json!([inline, list, heading]))})).await);
}

#[tokio::test]
async fn cards_that_the_real_exports_lack() {
    let cards = json!([
        {"type": "video", "src": "__GHOST_URL__/v.mp4", "fileName": "v.mp4", "caption": "<p>A <b>film</b></p>"},
        {"type": "header", "header": "Big", "subheader": "<span>Small</span>", "buttonText": "Go",
            "buttonUrl": "/go", "backgroundImageSrc": "/bg.jpg"},
        {"type": "signup", "header": "Join us", "subheader": "now"},
        {"type": "product", "productTitle": "Book", "productDescription": "<p>Good.</p>", "productImageSrc": "/b.jpg",
            "productButton": "Buy", "productUrl": "https://e.org/b"},
        {"type": "call-to-action", "textValue": "<p>Do it</p>", "buttonText": "Now", "buttonUrl": "https://e.org",
            "sponsorLabel": "<p>SPONSORED</p>", "imageUrl": "/c.jpg"},
        {"type": "transistor"},
        {"type": "embed", "url": "https://x.com/a/status/1", "embedType": "twitter", "html": "<blockquote></blockquote>",
            "metadata": {"provider_name": "X", "title": "T"}, "caption": "c"},
        {"type": "embed", "url": "", "html": "<iframe src='https://player.vimeo.com/1'></iframe>"},
        {"type": "bookmark", "url": "javascript:x", "metadata": {"title": "bad"}},
        {"type": "image", "src": "data:image/png;base64,AAAA"},
        {"type": "image", "src": "/i.jpg", "alt": " a ", "href": "https://e.org", "caption": ""},
        {"type": "poll", "question": "Yes & no?", "children": [{"type": "x", "text": "maybe"}]},
        {"type": "widget", "html": "<b onclick='x'>w</b><script>alert(1)</script><img src='__GHOST_URL__/w.png'>"},
        {"type": "empty"},
        {"type": "markdown", "markdown": "one\ntwo\n\n| a |\n|---|\n| b |\n\n<script>x</script>"},
    ]);
    insta::assert_snapshot!(body(&json!({"lexical": lexical(&cards)})).await);
}

#[tokio::test]
async fn mobiledoc() {
    let document = json!({
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}], ["mention", "@ada", {}]],
        "cards": [
            ["card-markdown", {"markdown": "*m*"}], ["image", {"src": "__GHOST_URL__/i.jpg", "caption": "c"}],
            ["paywall", {}], ["code", {"code": "x = 1", "language": "py"}], ["hr", {}], ["html", {"html": "<p>h</p>"}],
        ],
        "markups": [["strong"], ["a", ["rel", "x", "href", "https://e.org/"]], ["em"], ["mark"]],
        "sections": [
            [1, "h1", [[0, [], 0, "Head"]]],
            [1, "p", [[0, [0], 0, "bold "], [0, [1], 1, "both"], [0, [], 1, " bold"], [1, [], 0, 0], [0, [2], 1, "em"], [1, [], 0, 1], [0, [3], 1, "m"]]],
            [10, 0], [2, "/p.png"],
            [10, 2],
            [3, "ol", [[[0, [], 0, "one"]], [[0, [], 0, "two"]]]],
            [1, "aside", [[0, [], 0, "said"]]],
            [10, 1], [10, 3], [10, 4], [10, 5],
        ],
    });
    let given =
        json!({"mobiledoc": document.to_string(), "visibility": "members", "html": "<p>not this</p>"});
    insta::assert_snapshot!(body(&given).await);
}

#[tokio::test]
async fn lexical_comes_before_mobiledoc_and_that_before_html() {
    let former = json!({"version": "0.3.1", "atoms": [], "cards": [], "markups": [], "sections": [[1, "p", [[0, [], 0, "former"]]]]});
    let (former, present) = (former.to_string(), lexical(&json!([paragraph("present")])));
    for (given, expected) in [
        (json!({"lexical": present, "mobiledoc": former, "html": "<p>old</p>"}), "present"),
        (json!({"lexical": null, "mobiledoc": former, "html": "<p>old</p>"}), "former"),
        (json!({"lexical": "", "mobiledoc": "", "html": "<p>old</p>"}), "old"),
    ] {
        let shown = body(&given).await;
        let found =
            ["present", "former", "old"].into_iter().filter(|word| shown.contains(&format!("{word:?}")));
        assert_eq!(found.collect::<Vec<_>>(), [expected], "{shown}");
    }
}

#[tokio::test]
async fn no_script_survives_in_any_form() {
    let evil = "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><animate onbegin=alert(1)>\
        </svg><a href='javascript:alert(1)'>x</a><iframe src='javascript:alert(1)'></iframe>\
        <table><tr><td onclick=alert(1)>t</td></tr></table><math href='javascript:alert(1)'>m</math>";
    let former = json!({"version": "0.3.1", "atoms": [], "cards": [["html", {"html": evil}]], "markups": [], "sections": [[10, 0]]});
    for given in [
        json!({"html": evil}),
        json!({"mobiledoc": former.to_string()}),
        json!({"lexical": lexical(&json!([
            {"type": "html", "html": evil}, {"type": "markdown", "markdown": evil}, {"type": "new", "html": evil},
            {"type": "callout", "calloutText": evil}, {"type": "toggle", "heading": evil, "content": evil},
            {"type": "image", "src": "javascript:alert(1)", "caption": evil}, {"type": "new", "text": evil},
            {"type": "button", "buttonText": evil, "buttonUrl": "javascript:alert(1)"},
            {"type": "embed", "url": "javascript:alert(1)", "html": evil},
        ]))}),
    ] {
        let (store, _) = with_posts(&[post("p", &given)]).await;
        let body = format!("{:?}", view(&store, &staff(), "p").await.expect("a view").body);
        for bad in ["alert(1)", "javascript:", "<script", "<svg", "<math", "<iframe", "onclick", "onerror"] {
            assert!(!body.contains(bad), "{bad} in {body}");
        }
    }
}
