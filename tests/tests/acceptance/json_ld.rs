//! An article for search engines says what its page says to the same viewer, and no more.

use crate::matrix::assert_golden;
use crate::partners::{enter, everything};
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::publication::{LOCKS, World, another, publication};
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(
    an_article_for_search_engines_as_each_viewer_has_it,
    its_gates_are_those_of_the_page,
    it_may_stand_in_a_page,
    rest_and_graphql_say_the_same,
    a_licence_without_texts_says_nothing_of_what_is_paid_for,
);

async fn of(server: &TestServer, asker: Asker, slug: &str) -> Value {
    let answer = server.get(asker, &format!("/v1/articles/{slug}/json-ld")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/ld+json");
    answer.json()
}

async fn an_article_for_search_engines_as_each_viewer_has_it(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for asker in [Asker::Anonymous, Asker::Subscriber, Asker::Patron] {
        let document = of(&server, asker, LOCKS).await;
        assert_golden(
            &format!("json-ld-{}", format!("{asker:?}").to_lowercase()),
            &serde_json::to_string_pretty(&document).expect("JSON"),
        );
        // A persona signs it. It is disclosed, and no person.
        let signed = document["author"].as_array().expect("authors");
        assert!(signed.iter().all(|author| author["@type"] == "Organization"), "{document}");
        assert!(
            document["creditText"].as_str().expect("a credit").contains("quay-watcher (An AI persona.)"),
            "{document}"
        );
        let links = document["citation"].as_array().expect("citations").iter();
        let with_link = links.filter(|cited| cited.get("url").is_some()).count();
        assert_eq!(with_link, usize::from(asker != Asker::Anonymous), "{document}");
    }
    let free = of(&server, Asker::Anonymous, "free-to-read").await;
    assert_eq!((&free["isAccessibleForFree"], free.get("hasPart")), (&json!(true), None));
    server.stop().await;
}

/// Every part is named by the class of an element of the page, whoever asks, and none lies in another.
async fn its_gates_are_those_of_the_page(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for asker in Asker::ALL {
        for slug in [LOCKS, "whole-for-members", "opens-with-a-gate"] {
            let document = of(&server, asker, slug).await;
            assert_eq!(document["isAccessibleForFree"], false, "{asker:?} {slug}");
            let page = server.get(asker, &format!("/v1/articles/{slug}?body=html")).await.json();
            let page = scraper::Html::parse_fragment(page["bodyHtml"].as_str().expect("a page"));
            let selector = |part: &Value| {
                let text = part["cssSelector"].as_str().expect("a selector");
                scraper::Selector::parse(text).expect("a selector")
            };
            let parts: Vec<_> = document["hasPart"].as_array().expect("parts").iter().map(selector).collect();
            assert!(!parts.is_empty());
            for part in &parts {
                let found: Vec<_> = page.select(part).collect();
                assert_eq!(found.len(), 1, "{asker:?} {slug} {part:?}");
                assert!(
                    parts.iter().all(|other| found[0].select(other).next().is_none()),
                    "{asker:?} {slug}"
                );
            }
        }
    }
    server.stop().await;
}

async fn it_may_stand_in_a_page(backend: Backend) {
    let mut publication = publication(World::HOME);
    let title = "</script><script>alert(1)</script><!-- & \u{2028}";
    let article = another(90, "breaks-out", |parts| parts.title = title.into());
    publication.articles.push(article);
    let server = TestServer::start_with(backend, &publication).await;
    let answer = server.get(Asker::Anonymous, "/v1/articles/breaks-out/json-ld").await;
    assert!(!answer.body.contains('<'), "{}", answer.body);
    assert_eq!(answer.json()["headline"], title);
    server.stop().await;
}

async fn rest_and_graphql_say_the_same(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for asker in Asker::ALL {
        for slug in [LOCKS, "whole-for-members", "free-to-read"] {
            let query = json!({ "query": format!("{{ article(slug: \"{slug}\") {{ jsonLd }} }}") });
            let answer = server.post(server.token(asker), "/graphql", &query).await.json();
            assert_eq!(
                answer["data"]["article"]["jsonLd"],
                of(&server, asker, slug).await,
                "{asker:?} {slug}"
            );
        }
    }
    server.stop().await;
}

async fn a_licence_without_texts_says_nothing_of_what_is_paid_for(backend: Backend) {
    for extent in [Extent::Headline, Extent::Teaser] {
        let server = TestServer::start(backend, World::HOME).await;
        let key = enter(&server, Licence { extent, ..everything() }).await;
        for slug in [LOCKS, "free-to-read"] {
            let document = server.get_as(&key, &format!("/v1/articles/{slug}/json-ld")).await.json();
            assert_eq!(
                (document.get("isAccessibleForFree"), document.get("hasPart")),
                (None, None),
                "{document}"
            );
        }
        server.stop().await;
    }
}
