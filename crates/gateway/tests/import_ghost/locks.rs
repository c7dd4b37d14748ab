//! What Ghost's locks mean, where the real exports do not say.

use super::{article, lexical, paragraph, post, reader, staff, tokens, view, with_posts, with_tables};
use masthead_domain::paywall::Reason;
use masthead_domain::viewer::Viewer;
use masthead_persistence::Store;
use serde_json::{Value, json};

async fn seen(store: &Store, viewer: &Viewer, slug: &str) -> Vec<String> {
    tokens(&format!("{:?}", view(store, viewer, slug).await.expect(slug)))
}

fn card(html: &str, everybody: bool, segment: &str) -> Value {
    json!({"type": "html", "html": html, "visibility":
        {"web": {"nonMember": everybody, "memberSegment": segment}, "email": {"memberSegment": ""}}})
}

#[tokio::test]
async fn a_visibility_that_is_not_known_is_for_staff_only() {
    let body = lexical(&json!([paragraph("Locked (k-1).")]));
    let posts = [
        post("filter", &json!({"visibility": "label:vip", "lexical": body})),
        post("none", &json!({"visibility": null, "lexical": body})),
        post("tiers", &json!({"visibility": "tiers", "lexical": body})),
    ];
    let (store, _) = with_posts(&posts).await;
    for slug in ["filter", "none", "tiers"] {
        let view = view(&store, &reader(&["subscriber", "tier:patron"]), slug).await.expect(slug);
        assert_eq!(view.locks[0].access.reason(), Reason::Unavailable);
        assert_eq!(tokens(&format!("{view:?}")), [""; 0]);
        assert_eq!(seen(&store, &staff(), slug).await, ["k-1"]);
    }
}

#[tokio::test]
async fn the_free_product_opens_nothing() {
    let body = lexical(&json!([paragraph("Locked (k-1).")]));
    let locked = post("locked", &json!({"visibility": "tiers", "lexical": body}));
    let (store, _) = with_tables(&json!({
        "products": [
            {"id": "f", "name": "Free", "slug": "free", "type": "free"},
            {"id": "g", "name": "Gold", "slug": "gold", "type": "paid", "currency": "eur", "monthly_price": 500},
        ],
        "posts_products": [
            {"id": "1", "post_id": locked["id"], "product_id": "f", "sort_order": 0},
            {"id": "2", "post_id": locked["id"], "product_id": "gone", "sort_order": 1},
        ],
        "posts": [locked],
    }))
    .await;
    for entitlements in [&["subscriber"][..], &["tier:free"], &["tier:gold"]] {
        assert_eq!(seen(&store, &reader(entitlements), "locked").await, [""; 0], "{entitlements:?}");
    }
}

#[tokio::test]
async fn a_card_in_a_locked_post_needs_both_keys() {
    let body = lexical(&json!([
        paragraph("Free."), card("<p>Paid (k-0)</p>", false, "status:-free"), {"type": "paywall"},
        paragraph("Members (k-1)."), card("<p>Paid (k-2)</p>", false, "status:-free"),
    ]));
    let (store, _) = with_posts(&[post("p", &json!({"visibility": "members", "lexical": body}))]).await;
    assert_eq!(seen(&store, &Viewer::Anonymous, "p").await, [""; 0]);
    assert_eq!(seen(&store, &reader(&["subscriber"]), "p").await, ["k-1"]);
    assert_eq!(seen(&store, &reader(&["member"]), "p").await, ["k-0", "k-1", "k-2"]);
}

#[tokio::test]
async fn a_paywall_inside_markup_locks_what_follows() {
    let walled = "<div><p>Free.</p><!--members-only--><p>Locked (k-1).</p></div>";
    let posts = [
        post(
            "html-card",
            &json!({"visibility": "paid", "lexical": lexical(&json!([
                {"type": "html", "html": walled}, paragraph("Locked (k-2)."),
            ]))}),
        ),
        post("body", &json!({"visibility": "paid", "html": format!("{walled}<p>Locked (k-2).</p>")})),
        post(
            "list",
            &json!({"visibility": "paid", "html":
            "<ul><li>Free.<!--members-only--></li><li>Locked (k-1).</li></ul><p>Locked (k-2).</p>"}),
        ),
        post(
            "callout",
            &json!({"visibility": "paid", "lexical": lexical(&json!([
                paragraph("Free."), {"type": "callout", "calloutText": "Locked (k-1).<!--members-only-->"},
                paragraph("Locked (k-2)."),
            ]))}),
        ),
        post(
            "gated",
            &json!({"visibility": "paid", "lexical": lexical(&json!([
                card("Free.<!--members-only-->Locked (k-1).", true, ""), paragraph("Locked (k-2)."),
            ]))}),
        ),
        post(
            "unknown",
            &json!({"visibility": "paid", "lexical": lexical(&json!([
                paragraph("Free."), {"type": "new", "html": "<!--members-only-->Locked (k-1)."},
                paragraph("Locked (k-2)."),
            ]))}),
        ),
    ];
    let (store, _) = with_posts(&posts).await;
    for slug in ["html-card", "body", "list", "callout", "gated", "unknown"] {
        let stranger = format!("{:?}", view(&store, &Viewer::Anonymous, slug).await.expect(slug));
        assert!(stranger.contains("Free.") && tokens(&stranger).is_empty(), "{slug}: {stranger}");
        assert_eq!(seen(&store, &reader(&["member"]), slug).await, ["k-1", "k-2"], "{slug}");
    }
}

#[tokio::test]
async fn the_marks_in_the_html_of_a_post_are_its_locks() {
    let html = "<p>Free one.</p>
        <!--kg-gated-block:begin nonMember:false memberSegment:\"status:-free\" -->
        <!--kg-card-begin: html-->\n<p>Paid (k-1).</p>\n<!--kg-card-end: html--><!--kg-gated-block:end-->
        <p>Free two.</p><!--kg-gated-block:begin nonMember:false memberSegment:\"status:free,status:-free\" -->
        <p>Any (k-2).</p><!--kg-gated-block:end--><p>Free three.</p>
        <!--kg-gated-block:begin nonMember:false memberSegment:\"\" --><p>Nobody (k-3).</p>";
    let (store, _) = with_posts(&[post("p", &json!({"html": html}))]).await;
    let stranger = format!("{:?}", view(&store, &Viewer::Anonymous, "p").await.expect("a view"));
    assert!(["Free one", "Free two", "Free three"].iter().all(|text| stranger.contains(text)), "{stranger}");
    assert_eq!(tokens(&stranger), [""; 0]);
    assert_eq!(seen(&store, &reader(&["subscriber"]), "p").await, ["k-2"]);
    assert_eq!(seen(&store, &reader(&["member"]), "p").await, ["k-1", "k-2"]);
    assert_eq!(seen(&store, &staff(), "p").await, ["k-1", "k-2", "k-3"]);
}

#[tokio::test]
async fn what_is_only_for_mail_never_comes_in() {
    let body = lexical(&json!([
        paragraph("Web."), {"type": "email", "html": "(k-1)"}, {"type": "email-cta", "html": "(k-2)"},
        {"type": "html", "html": "(k-3)", "visibility": {"showOnWeb": false, "showOnEmail": true, "segment": ""}},
    ]));
    let mail = post("mail", &json!({"status": "published", "lexical": body}));
    let (store, summary) = with_tables(&json!({
        "posts_meta": [{"id": "m", "post_id": mail["id"], "email_only": true}],
        "posts": [post("p", &json!({"lexical": body})), post("sent", &json!({"status": "sent"})), mail],
    }))
    .await;
    assert_eq!(seen(&store, &reader(&["member"]), "p").await, [""; 0]);
    assert_eq!(seen(&store, &staff(), "p").await, ["k-3"]);
    assert!(article(&store, &staff(), "sent").await.is_none());
    assert!(article(&store, &staff(), "mail").await.is_none());
    assert_eq!(summary.notes.all_left_out()["card that Ghost sends by e-mail alone"].count, 2);
}

#[tokio::test]
async fn nothing_that_ghost_derives_from_a_locked_body_is_public() {
    let given = json!({
        "visibility": "paid", "lexical": lexical(&json!([paragraph("(k-1)")])), "html": "<p>(k-1)</p>",
        "plaintext": "(k-1)", "auto_excerpt": "(k-1)", "reading_time": 77, "custom_excerpt": " Public. ",
    });
    let (store, _) = with_posts(&[post("p", &given)]).await;
    let view = view(&store, &Viewer::Anonymous, "p").await.expect("a view");
    assert_eq!(view.standfirst.as_deref(), Some("Public."));
    assert!(!format!("{view:?}").contains("(k-1)") && view.measure.words == 0);
}

#[tokio::test]
async fn an_empty_gate_is_no_gate() {
    let wall = json!({"type": "paywall"});
    let posts = [
        post("empty", &json!({"visibility": "paid", "lexical": lexical(&json!([paragraph(" ")]))})),
        post(
            "last",
            &json!({"visibility": "paid", "lexical": lexical(&json!([paragraph("All free."), wall]))}),
        ),
        post("no-body", &json!({"visibility": "paid"})),
    ];
    let (store, _) = with_posts(&posts).await;
    for slug in ["empty", "last", "no-body"] {
        assert!(view(&store, &Viewer::Anonymous, slug).await.expect(slug).locks.is_empty(), "{slug}");
    }
}
