//! The two exports that Ghost itself has made.

use super::{article, import, reader, real, staff, store, tokens, view};
use masthead_domain::paywall::{Surroundings, present};
use masthead_domain::viewer::Viewer;
use serde_json::Value;
use std::collections::BTreeMap;

const EXPORTS: [&str; 2] = ["magazine.json", "edge-cases.json"];

fn tables(name: &str) -> Value {
    let text = std::fs::read_to_string(real(name)).expect("an export");
    let mut export: Value = serde_json::from_str(&text).expect("JSON");
    export["db"][0]["data"].take()
}

fn viewers() -> Vec<(&'static str, Viewer)> {
    vec![
        ("anonymous", Viewer::Anonymous),
        ("nobody", reader(&[])),
        ("subscriber", reader(&["subscriber"])),
        ("member", reader(&["member"])),
        ("reader", reader(&["subscriber", "tier:reader"])),
        ("patron", reader(&["tier:patron"])),
        ("staff", staff()),
    ]
}

/// Whether Ghost shows a post with this visibility to a viewer. Our own words for Ghost's rules, on purpose
/// written without a look at the importer.
fn shows(viewer: &str, visibility: &str, tiers: &[&str]) -> bool {
    let pays = matches!(viewer, "member" | "reader" | "patron");
    viewer == "staff"
        || match visibility {
            "public" => true,
            "members" => pays || viewer == "subscriber",
            "paid" => pays,
            "tiers" => tiers.contains(&viewer),
            other => panic!("visibility {other}"),
        }
}

fn shows_card(viewer: &str, card: &Value) -> bool {
    let kind = card["type"].as_str().expect("a type");
    if matches!(kind, "email" | "email-cta") {
        return false;
    }
    let web = &card["visibility"]["web"];
    match (web["nonMember"].as_bool(), web["memberSegment"].as_str().unwrap_or_default()) {
        (None | Some(true), _) => true,
        (Some(false), "status:-free") => shows(viewer, "paid", &[]),
        (Some(false), "status:free,status:-free") => shows(viewer, "members", &[]),
        (Some(false), "") => viewer == "staff",
        (Some(false), other) => panic!("segment {other}"),
    }
}

/// The tokens of a post that Ghost shows to a viewer.
fn expected(viewer: &str, post: &Value, tables: &Value) -> Vec<String> {
    let ties = tables["posts_products"].as_array().expect("rows").iter();
    let products: Vec<_> =
        ties.filter(|tie| tie["post_id"] == post["id"]).map(|tie| &tie["product_id"]).collect();
    let rows = tables["products"].as_array().expect("rows").iter();
    let tiers: Vec<_> = rows.filter(|row| products.contains(&&row["id"])).collect();
    let tiers: Vec<_> = tiers.iter().filter_map(|row| row["slug"].as_str()).collect();
    let is_open = shows(viewer, post["visibility"].as_str().expect("visibility"), &tiers);
    let document: Value = serde_json::from_str(post["lexical"].as_str().expect("lexical")).expect("JSON");
    let nodes = document["root"]["children"].as_array().expect("nodes");
    let wall = nodes.iter().position(|node| node["type"] == "paywall").unwrap_or(0);
    let visible = nodes.iter().enumerate().filter(|(at, _)| is_open || *at < wall).map(|(_, node)| node);
    let shown: String = visible.filter(|node| shows_card(viewer, node)).map(Value::to_string).collect();
    tokens(&shown)
}

#[tokio::test]
async fn every_viewer_sees_exactly_what_ghost_shows() {
    for name in EXPORTS {
        let store = store().await;
        import(Some(&store), &real(name)).await.expect(name);
        let tables = tables(name);
        let mut checked = BTreeMap::<&str, usize>::new();
        for post in tables["posts"].as_array().expect("posts") {
            let (slug, status) =
                (post["slug"].as_str().expect("slug"), post["status"].as_str().expect("status"));
            for (who, viewer) in viewers() {
                let found = view(&store, &viewer, slug).await;
                let exists = status == "published" || (who == "staff" && status != "sent");
                assert_eq!(found.is_some(), exists, "{name} {slug} {who}");
                if let Some(view) = found {
                    let expected = expected(who, post, &tables);
                    assert_eq!(tokens(&format!("{view:?}")), expected, "{name} {slug} {who}");
                    *checked.entry(who).or_default() += expected.len();
                }
            }
        }
        assert_eq!((checked["anonymous"], checked["nobody"]), (0, 0), "no locked sentence is free");
        assert!(checked["subscriber"] > 0 && checked["member"] > checked["subscriber"], "{checked:?}");
    }
}

#[tokio::test]
async fn what_is_locked_cannot_be_told_from_the_view_of_a_stranger() {
    for name in EXPORTS {
        let store = store().await;
        import(Some(&store), &real(name)).await.expect(name);
        for post in tables(name)["posts"].as_array().expect("posts") {
            let slug = post["slug"].as_str().expect("slug");
            let Some(article) = article(&store, &staff(), slug).await else { continue };
            let around = Surroundings {
                now: super::now(),
                links: std::sync::Arc::default(),
                tiers: std::sync::Arc::from([]),
                parents: std::sync::Arc::default(),
                policy: std::sync::Arc::default(),
            };
            if post["status"] == "published" {
                let text = format!("{:?}", present(&article, &Viewer::Anonymous, &around));
                assert!(!text.contains("(k-"), "{name} {slug}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn everything_arrives_once() {
    for (name, articles, sections, authors, tiers) in
        [("magazine.json", 51, 7, 8, 3), ("edge-cases.json", 20, 4, 2, 3)]
    {
        let store = store().await;
        let dry = import(None, &real(name)).await.expect(name);
        let first = import(Some(&store), &real(name)).await.expect(name);
        assert_eq!(first.articles.created, articles, "{name}\n{first}");
        assert_eq!((first.articles.found, dry.articles.found), (articles, articles), "{name}");
        assert_eq!(first.sections.created, sections, "{name}\n{first}");
        assert_eq!(first.authors.created, authors, "{name}\n{first}");
        assert_eq!(first.tiers.created, tiers, "{name}\n{first}");
        assert_eq!(dry.notes, first.notes, "{name}");
        let before = store.glance(None, &Default::default(), super::now()).await.expect("a horizon");
        let second = import(Some(&store), &real(name)).await.expect(name);
        for (kind, first, second) in [
            ("tiers", first.tiers, second.tiers),
            ("sections", first.sections, second.sections),
            ("authors", first.authors, second.authors),
            ("tags", first.tags, second.tags),
            ("articles", first.articles, second.articles),
        ] {
            assert_eq!((second.created, second.updated), (0, 0), "{name} {kind}");
            assert_eq!(second.unchanged, first.found, "{name} {kind}");
        }
        assert_eq!(
            store.glance(None, &Default::default(), super::now()).await.expect("a horizon"),
            before,
            "nothing is logged"
        );
    }
}

#[tokio::test]
async fn an_import_that_was_interrupted_is_completed_by_the_next() {
    let store = store().await;
    let mut half: Value =
        serde_json::from_str(&std::fs::read_to_string(real("magazine.json")).expect("file")).expect("JSON");
    let posts = half["db"][0]["data"]["posts"].as_array_mut().expect("posts");
    posts.truncate(20);
    import(Some(&store), super::file(half.to_string()).path()).await.expect("the first half");
    let summary = import(Some(&store), &real("magazine.json")).await.expect("the whole");
    assert_eq!((summary.articles.unchanged, summary.articles.updated), (20, 0), "{summary}");
    assert_eq!(summary.articles.created, 31);
}

#[tokio::test]
async fn the_summary_says_what_was_changed_and_left_out() {
    let summary = import(None, &real("edge-cases.json")).await.expect("an import");
    insta::assert_snapshot!("edge_cases_summary", summary.to_string());
    let summary = import(None, &real("magazine.json")).await.expect("an import");
    insta::assert_snapshot!("magazine_summary", summary.to_string());
}

#[tokio::test]
async fn every_card_as_a_stranger_sees_it() {
    let store = store().await;
    import(Some(&store), &real("edge-cases.json")).await.expect("an import");
    for slug in ["every-card", "gated-cards-among-free-text", "html-only", "meta-fields"] {
        let view = view(&store, &Viewer::Anonymous, slug).await.expect(slug);
        insta::assert_debug_snapshot!(slug.replace('-', "_"), view);
    }
}

#[tokio::test]
async fn links_between_articles_are_known_as_such() {
    let store = store().await;
    import(Some(&store), &real("magazine.json")).await.expect("an import");
    let mut linked = 0;
    for post in tables("magazine.json")["posts"].as_array().expect("posts") {
        let slug = post["slug"].as_str().expect("slug");
        let article = article(&store, &staff(), slug).await.expect(slug);
        let expected = post["lexical"].as_str().expect("lexical").matches("\"__GHOST_URL__/what-").count();
        assert_eq!(article.linked_articles().is_empty(), expected == 0, "{slug}");
        linked += article.linked_articles().len();
    }
    assert!(linked > 10, "{linked}");
}
