//! Tags, people, tiers, names and dates.

use super::{article, file, import, now, post, real, staff, store, view, with_posts, with_tables};
use masthead_domain::article::{Kind, Status};
use masthead_domain::language::Language;
use masthead_domain::page::{PageRequest, PageSize};
use masthead_domain::viewer::Viewer;
use masthead_gateway::import::ghost::{GhostOptions, Target, import_ghost};
use masthead_gateway::import::progress::Silent;
use masthead_persistence::Store;
use serde_json::json;
use std::sync::Arc;

fn hundred() -> PageRequest {
    PageRequest::first(PageSize::new(100).expect("a size"))
}

async fn tags(store: &Store) -> Vec<String> {
    let page = store.library(&staff(), now()).tags(&hundred()).await.expect("tags");
    page.items().map(|tag| tag.slug.to_string()).collect()
}

#[tokio::test]
async fn the_first_public_tag_is_the_section_and_the_others_are_tags() {
    let (a, b) = (post("a", &json!({})), post("b", &json!({})));
    let tie = |post: &serde_json::Value, tag: &str, order: i64| json!({"id": format!("{tag}{order}"), "post_id": post["id"], "tag_id": tag, "sort_order": order});
    // The ties come before what they tie, and out of their order.
    let (store, summary) = with_tables(&json!({
        "posts_tags": [tie(&a, "news", 2), tie(&a, "energy", 1), tie(&a, "hash", 0), tie(&b, "news", 0),
            tie(&b, "gone", 1), {"id": "x", "post_id": "nowhere", "tag_id": "news"}],
        "tags": [
            {"id": "news", "name": "News", "slug": "news", "visibility": "public", "description": " What is new "},
            {"id": "energy", "name": "Energy", "slug": "energy", "visibility": "public"},
            {"id": "hash", "name": "#desk", "slug": "hash-desk", "visibility": "internal"},
            {"id": "unused", "name": "Unused", "slug": "unused"},
        ],
        "posts": [a, b],
    }))
    .await;
    let sections = store.library(&staff(), now()).sections().await.expect("sections");
    let named: Vec<_> =
        sections.iter().map(|section| (section.slug.as_str(), section.description.as_deref())).collect();
    assert_eq!(named, [("news", Some("What is new")), ("energy", None)]);
    let view = view(&store, &Viewer::Anonymous, "a").await.expect("a");
    assert_eq!(view.section, Some(sections[1].id));
    assert_eq!(view.tags.len(), 1);
    assert_eq!(tags(&store).await, ["news", "unused"]);
    let left_out = summary.notes.all_left_out();
    assert_eq!(left_out["tag that is internal"].examples, ["#desk"]);
    assert_eq!(left_out["row of posts_tags whose tag is not there"].count, 1);
    assert_eq!(left_out["row of posts_tags whose post is not there"].count, 1);
}

#[tokio::test]
async fn users_who_have_signed_are_authors_in_their_order() {
    let p = post("p", &json!({}));
    let user = |id: &str| {
        json!({"id": id, "name": id.to_uppercase(), "slug": id, "password": "SECRET", "email": "e@e.org",
        "bio": "Bio", "website": "https://e.org/me", "profile_image": "__GHOST_URL__/me.jpg", "location": "Here"})
    };
    let tie = |user: &str, order: i64| json!({"id": user, "post_id": p["id"], "author_id": user, "sort_order": order});
    let (store, summary) = with_tables(&json!({
        "users": [user("ada"), user("bob"), user("eve")],
        "posts_authors": [tie("bob", 1), tie("ada", 0), tie("bob", 2), tie("gone", 3)],
        "posts": [p],
    }))
    .await;
    let library_viewer = staff();
    let page = store.library(&library_viewer, now()).authors(&hundred()).await.expect("authors");
    let authors: Vec<_> = page.items().collect();
    assert_eq!(authors.iter().map(|author| author.slug.as_str()).collect::<Vec<_>>(), ["ada", "bob"]);
    assert_eq!(authors[0].website.as_ref().map(|href| href.as_str()), Some("https://e.org/me"));
    assert_eq!(authors[0].portrait.as_ref().map(|image| image.src.as_str()), Some("/me.jpg"));
    let view = view(&store, &Viewer::Anonymous, "p").await.expect("p");
    assert_eq!(
        view.bylines.iter().map(|byline| byline.author).collect::<Vec<_>>(),
        [authors[0].id, authors[1].id]
    );
    let text = format!("{authors:?}{summary}");
    assert!(!text.contains("SECRET") && !text.contains("e@e.org"), "{text}");
    assert_eq!(summary.notes.all_left_out()["user who has signed no post"].examples, ["eve"]);
}

#[tokio::test]
async fn paid_products_are_tiers() {
    let store = store().await;
    import(Some(&store), &real("magazine.json")).await.expect("an import");
    let tiers = store.library(&Viewer::Anonymous, now()).tiers().await.expect("tiers");
    let slugs: Vec<_> = tiers.iter().map(|tier| tier.slug.as_str()).collect();
    assert_eq!(slugs, ["default-product", "reader", "patron"], "the free product is none");
    assert_eq!(tiers[1].benefits, ["No meter", "Source files"]);
    let price = tiers[2].price.as_ref().expect("a price");
    assert_eq!((price.currency.as_str(), price.monthly, price.yearly), ("EUR", Some(1_500), Some(15_000)));
}

#[tokio::test]
async fn slugs_are_kept_or_made_anew() {
    let given = |slug: &str, number: u64| post(slug, &json!({"id": format!("6b03644f3ad07032{number:08x}")}));
    let mut page = given("twice", 5);
    page["type"] = "page".into();
    let nameless = post("x", &json!({"slug": null, "title": "Où va-t-on ?"}));
    let posts = [
        given("twice", 1),
        page,
        given("Été 2026", 3),
        given("art_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b", 4),
        nameless,
    ];
    let (store, summary) = with_posts(&posts).await;
    for (slug, kind) in [
        ("twice", Kind::Article),
        ("twice-2", Kind::Page),
        ("ete-2026", Kind::Article),
        ("art-0192f3c1a7e07c3e9d0b5a4c2f1e6d7b", Kind::Article),
        ("ou-va-t-on", Kind::Article),
    ] {
        assert_eq!(view(&store, &Viewer::Anonymous, slug).await.expect(slug).kind, kind, "{slug}");
    }
    assert_eq!(summary.notes.all_changed()["slug that is taken: with a number at its end"].count, 1);
}

#[tokio::test]
async fn dates_stages_and_languages() {
    let (store, summary) = with_posts(&[
        post(
            "mysql",
            &json!({"published_at": "2026-01-03T08:15:00.000Z", "featured": true, "locale": "PT-br"}),
        ),
        post("later", &json!({"status": "scheduled", "published_at": "2031-01-01 09:00:00"})),
        post("dateless", &json!({"published_at": null, "locale": "no such language"})),
        post("draft", &json!({"status": "draft", "published_at": null, "updated_at": null})),
        post("undated", &json!({"status": "scheduled", "published_at": null})),
        post("strange", &json!({"status": "archived"})),
        post("twice", &json!({"id": "twice"})),
        post("again", &json!({"id": "twice"})),
        post("long", &json!({"title": "é".repeat(1_500)})),
        post("untitled", &json!({"title": " "})),
    ])
    .await;
    let at = |text: &str| Some(masthead_domain::clock::Timestamp::parse(text).expect("valid"));
    let of = async |slug: &str| view(&store, &staff(), slug).await;
    let mysql = of("mysql").await.expect("mysql");
    assert_eq!(
        (mysql.published, mysql.language),
        (at("2026-01-03T08:15:00Z"), "pt-BR".parse::<Language>().expect("tag"))
    );
    let later = of("later").await.expect("later");
    assert_eq!(
        (later.status, later.published, Some(later.updated)),
        (Status::Scheduled, later.published, at("2031-01-01T09:00:00Z"))
    );
    assert_eq!(of("dateless").await.expect("dateless").published, at("2026-01-03T08:15:00Z"));
    assert_eq!(of("draft").await.expect("draft").status, Status::Draft);
    assert_eq!(of("undated").await.expect("undated").status, Status::Draft);
    assert_eq!(of("long").await.expect("long").title.len(), 2_000);
    assert_eq!(of("untitled").await.expect("untitled").title, "(Untitled)");
    assert!(of("strange").await.is_none() && of("again").await.is_none() && of("twice").await.is_some());
    assert_eq!(summary.articles.created, 8);
}

#[tokio::test]
async fn the_bare_form_and_the_site() {
    let html =
        "<a href='__GHOST_URL__/b/'>b</a><a href='__GHOST_URL__/x.pdf'>x</a><img src='__GHOST_URL__/i.jpg'>";
    let posts = [post("a", &json!({"html": html})), post("b", &json!({}))];
    let bare = json!({"data": {"posts": posts, "settings": [{"key": "locale", "value": "de"}, {"key": "secret", "value": "s"}]},
        "meta": {"version": "5.130.1"}});
    let store = store().await;
    let options = GhostOptions { site_url: Some("https://mag.example/".parse().expect("a URL")), now: now() };
    let file = file(bare.to_string());
    import_ghost(Target::Store(&store), file.path(), &options, Arc::new(Silent)).await.expect("an import");
    let view = view(&store, &Viewer::Anonymous, "a").await.expect("a");
    assert_eq!(view.language.as_str(), "de");
    let shown = format!("{:?}", view.body);
    assert!(
        shown.contains("https://mag.example/x.pdf") && shown.contains("https://mag.example/i.jpg"),
        "{shown}"
    );
    assert_eq!(article(&store, &staff(), "a").await.expect("a").linked_articles().len(), 1);
}
