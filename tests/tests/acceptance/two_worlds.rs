//! Two databases that differ only in what a viewer may not see must answer every request of this viewer with the
//! same bytes.

use masthead_tests::contract::{Operation, for_readers};
use masthead_tests::publication::{LOCKS, OLD_SLUGS, Variant, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};

masthead_tests::on_both!(
    nothing_hidden_moves_an_answer_to_the_anonymous,
    nothing_hidden_moves_an_answer_to_a_subscriber,
    nothing_hidden_moves_an_answer_to_a_member,
    every_route_and_parameter_is_asked_for,
    the_worlds_do_differ,
);

/// Every kind of request, on things that are there, hidden, and absent.
pub(crate) fn paths() -> Vec<String> {
    let hidden = ["a-draft", "a-draft-of-both-worlds", "scheduled", "withdrawn", "no-such-article"];
    let ids = [77, 78, 79, 80, 81, 82, 99].map(article_id);
    let mut paths: Vec<String> = Vec::new();
    let everything = [LOCKS, "whole-for-members", "opens-with-a-gate", "free-to-read"];
    for article in everything.iter().copied().chain(OLD_SLUGS).chain(hidden).map(str::to_owned).chain(ids) {
        for below in [
            "",
            "?body=html",
            "?body=text",
            "?body=markdown",
            "?body=none",
            "?body=nonsense",
            "/json-ld",
            "/sources",
            "/related",
            "/related?limit=2",
        ] {
            paths.push(format!("/v1/articles/{article}{below}"));
        }
    }
    for filter in [
        "",
        "?limit=100&total=true",
        "?limit=100&body=portable",
        "?limit=100&body=html",
        "?limit=100&body=text",
        "?limit=100&body=markdown",
        "?tag=ports&total=true",
        "?tag=embargoed-topic&total=true",
        "?section=world&total=true",
        "?section=harbours&order=updated",
        "?author=quay-watcher&total=true",
        "?order=-updated",
        "?publishedSince=2026-10-22T00:00:00Z&total=true",
        "?updatedSince=2026-10-22T00:00:00Z&total=true",
        "?publishedSince=2027-01-01T00:00:00Z",
        "?status=draft",
        "?status=scheduled",
        "?kind=page&total=true",
        "?language=en&total=true",
        "?publishedUntil=2026-10-22T00:00:00Z&total=true",
        "?updatedUntil=2026-10-21T12:00:00Z&total=true",
        "?cursor=nonsense",
    ] {
        paths.push(format!("/v1/articles{filter}"));
    }
    for source in [1, 2, 9, 50] {
        paths.push(format!("/v1/sources/{}", id("src", source)));
        paths.push(format!("/v1/articles?source={}&total=true", id("src", source)));
    }
    for tag in ["ports", "budgets", "embargoed-topic", "nothing"] {
        paths.push(format!("/v1/tags/{tag}"));
    }
    paths.push(format!("/v1/tags/{}", id("tag", 9)));
    let sections =
        ["world", "harbours", "embargoed-section", "scheduled-section", "empty-section", "nothing"];
    for section in sections.map(str::to_owned).into_iter().chain([9, 10, 11, 50].map(|n| id("sec", n))) {
        paths.push(format!("/v1/sections/{section}"));
        paths.push(format!("/v1/articles?section={section}&total=true"));
    }
    let authors = [
        "quay-watcher",
        "embargoed-persona",
        "embargoed-editor",
        "embargoed-answerer",
        "embargoed-reviewer",
        "scheduled-signer",
        "a-newcomer",
        "nobody",
    ];
    for author in
        authors.map(str::to_owned).into_iter().chain([9, 10, 11, 12, 13, 14, 50].map(|n| id("aut", n)))
    {
        paths.push(format!("/v1/authors/{author}"));
        paths.push(format!("/v1/articles?author={author}&total=true"));
    }
    paths.extend(crate::feeds::paths());
    for path in [
        "/v1/tags?limit=100",
        "/v1/tags?limit=1&cursor=nonsense",
        "/v1/sections",
        "/v1/authors",
        "/v1/authors?limit=1",
        "/v1/authors?limit=2",
        "/v1/authors?limit=100",
        "/v1/authors?cursor=nonsense",
        "/v1/authors/quay-watcher",
        "/sitemap.xml",
        "/sitemaps/articles.xml",
        "/sitemaps/articles.xml?since=2026-10-20T12:00:00Z",
        "/sitemaps/articles.xml?since=2026-10-20T12:00:00Z&until=2026-10-22T12:00:00Z",
        "/sitemaps/articles.xml?since=2026-10-20T12:00:00Z&until=2026-10-21T00:00:00Z",
        "/sitemaps/articles.xml?since=2026-10-21T00:00:00Z",
        "/sitemaps/pages.xml",
        "/sitemaps/pages.xml?since=2026-01-01T00:00:00Z&until=2099-01-01T00:00:00Z",
        "/sitemaps/news.xml",
        "/v1/tiers",
        "/v1/tiers/patron",
        "/v1/tiers/nothing",
        "/v1/gift-subscriptions?limit=5&cursor=nonsense",
        "/v1/newsletters",
        "/v1/me",
        "/v1/me/profile",
        "/v1/me/sessions",
        "/v1/me/export",
        "/v1/access",
        "/v1/access?url=every-kind-of-lock,whole-for-members,free-to-read,a-draft,scheduled,withdrawn,nothing",
        "/v1/gifts",
        "/v1/gifts?limit=5&cursor=nonsense",
        "/v1/policy",
        "/v1/policy/versions?limit=5&cursor=nonsense",
        "/v1/institutions",
        "/v1/auth/token",
        "/v1/partners?limit=1&cursor=nonsense",
        "/v1/partners/par_0199a17d4e0071018101010101010101",
        "/v1/partners/par_0199a17d4e0071018101010101010101/licence",
        "/v1/partners/par_0199a17d4e0071018101010101010101/keys",
        "/v1/partners/par_0199a17d4e0071018101010101010101/keys/key_0199a17d4e0071018101010101010101",
        "/v1/groups?limit=1&cursor=nonsense",
        "/v1/groups/grp_0199a17d4e0071018101010101010101",
        "/v1/groups/grp_0199a17d4e0071018101010101010101/seats",
        "/v1/groups/grp_0199a17d4e0071018101010101010101/invitations",
        "/v1/me/feeds",
        "/v1/members/mem_0199a17d4e0071018101010101010101/feeds",
        "/v1/partners/par_0199a17d4e0071018101010101010101/filters",
        "/v1/me/groups",
        "/v1/audit?limit=1&cursor=nonsense",
        "/v1/nothing",
        "/llms.txt",
        "/openapi/v1.json",
        "/healthz",
        "/readyz",
    ] {
        paths.push(path.to_owned());
    }
    paths
}

pub(crate) fn id(prefix: &str, number: u8) -> String {
    let id = masthead_domain::id::SourceId::new(masthead_tests::publication::day(1), [number; 10]);
    format!("{prefix}_{}", id.uuid().simple())
}

pub(crate) fn article_id(number: u8) -> String {
    id("art", number)
}

async fn same_in_both(backend: Backend, asker: Asker, other: World) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start(backend, other).await;
    for path in paths() {
        let (a, b) = (here.get(asker, &path).await, there.get(asker, &path).await);
        assert_eq!(a, b, "{asker:?} {path}");
        // Once more, from what is kept ready.
        let (a, b) = (here.get(asker, &path).await, there.get(asker, &path).await);
        assert_eq!(a, b, "{asker:?} {path}, again");
    }
    // A walk through the whole list, cursors included.
    let (mut a, mut b) = ("/v1/articles?limit=7".to_owned(), "/v1/articles?limit=7".to_owned());
    for _ in 0..10 {
        let (left, right) = (here.get(asker, &a).await, there.get(asker, &b).await);
        assert_eq!(left, right, "{asker:?} {a}");
        let next = |answer: &Answer| answer.json()["page"]["next"].as_str().map(str::to_owned);
        let (Some(next_a), Some(next_b)) = (next(&left), next(&right)) else { break };
        (a, b) = (
            format!("/v1/articles?limit=7&cursor={next_a}"),
            format!("/v1/articles?limit=7&cursor={next_b}"),
        );
    }
    here.stop().await;
    there.stop().await;
}

async fn nothing_hidden_moves_an_answer_to_the_anonymous(backend: Backend) {
    same_in_both(backend, Asker::Anonymous, World::all(Variant::B)).await;
}

async fn nothing_hidden_moves_an_answer_to_a_subscriber(backend: Backend) {
    same_in_both(backend, Asker::Subscriber, World { for_subscribers: Variant::A, ..World::all(Variant::B) })
        .await;
}

async fn nothing_hidden_moves_an_answer_to_a_member(backend: Backend) {
    let other = World { for_patrons: Variant::B, unpublished: Variant::B, ..World::HOME };
    same_in_both(backend, Asker::Member, other).await;
}

/// The test of the test: a route or a parameter of the contract that no path asks for is a gap.
async fn every_route_and_parameter_is_asked_for(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let asked: Vec<_> = paths();
    let asked: Vec<_> = asked.iter().map(|path| path.split_once('?').unwrap_or((path, ""))).collect();
    let fits = |template: &str, path: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let alike = |(wanted, found): (&&str, &&str)| {
            wanted == found || wanted.split_once('{').is_some_and(|(before, _)| found.starts_with(before))
        };
        template.len() == path.len() && template.iter().zip(&path).all(alike)
    };
    let operations: Vec<_> = for_readers(&document).collect();
    assert!(operations.len() > 10, "the contract has routes");
    for Operation { path: template, item, .. } in operations {
        let here: Vec<_> = asked.iter().filter(|(path, _)| fits(template, path)).collect();
        assert!(!here.is_empty(), "no path of this test is of the route {template}");
        for parameter in item["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            let given = |query: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
            let is_asked = parameter["in"] != "query" || here.iter().any(|(_, query)| given(query));
            assert!(is_asked, "no path of this test gives {template} the parameter {name}");
        }
    }
    server.stop().await;
}

/// The test of the test: who may see the difference does.
async fn the_worlds_do_differ(backend: Backend) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start(backend, World::all(Variant::B)).await;
    for (asker, path) in [
        (Asker::Subscriber, format!("/v1/articles/{LOCKS}")),
        (Asker::Subscriber, format!("/v1/articles/{LOCKS}/sources")),
        (Asker::Member, "/v1/articles/whole-for-members".to_owned()),
        (Asker::Patron, format!("/v1/articles/{LOCKS}?body=text")),
        (Asker::Subscriber, "/feeds/articles.rss".to_owned()),
        (Asker::Member, "/feeds/articles.ninjs?archive=2026-10".to_owned()),
        (Asker::Staff, "/feeds/tags/embargoed-topic.atom".to_owned()),
        (Asker::Staff, "/v1/articles/a-draft".to_owned()),
        (Asker::Staff, format!("/v1/articles/{}", OLD_SLUGS[0])),
        (Asker::Staff, format!("/v1/articles/{}", OLD_SLUGS[1])),
        (Asker::Staff, "/v1/articles?status=scheduled".to_owned()),
        (Asker::Staff, "/v1/articles?status=withdrawn".to_owned()),
        (Asker::Staff, "/v1/tags".to_owned()),
        (Asker::Staff, "/v1/sections".to_owned()),
        (Asker::Staff, "/v1/sections/world".to_owned()),
        (Asker::Staff, "/v1/authors".to_owned()),
        (Asker::Staff, "/v1/authors/embargoed-editor".to_owned()),
    ] {
        assert_ne!(here.get(asker, &path).await, there.get(asker, &path).await, "{asker:?} {path}");
    }
    here.stop().await;
    there.stop().await;
}
