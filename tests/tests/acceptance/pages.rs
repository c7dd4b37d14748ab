//! Walking through lists, forward and backward.

use masthead_tests::publication::World;
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::Value;

masthead_tests::on_both!(
    a_walk_meets_every_article_once_in_order,
    a_walk_back_is_the_walk_forward_reversed,
    a_cursor_belongs_to_its_list,
    the_link_header_leads_on,
);

fn slugs(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().expect("data");
    data.iter().map(|article| article["slug"].as_str().expect("a slug").to_owned()).collect()
}

async fn walk(server: &TestServer, list: &str, limit: u32) -> (Vec<String>, Option<String>) {
    let (mut seen, mut cursor, mut back) = (Vec::new(), String::new(), None);
    loop {
        let page = server.get(Asker::Anonymous, &format!("{list}&limit={limit}{cursor}")).await.json();
        seen.extend(slugs(&page));
        if let Some(previous) = page["page"]["previous"].as_str() {
            back = Some(previous.to_owned());
        }
        match page["page"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (seen, back),
        }
    }
}

const LISTS: [&str; 6] = [
    "/v1/articles?order=-published",
    "/v1/articles?order=published",
    "/v1/articles?order=-updated",
    "/v1/articles?order=updated",
    "/v1/articles?author=the-newsroom",
    "/v1/articles?section=world&order=published",
];

async fn a_walk_meets_every_article_once_in_order(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for list in LISTS {
        let whole = server.get(Asker::Anonymous, &format!("{list}&limit=100&total=true")).await.json();
        let expected = slugs(&whole);
        assert_eq!(whole["page"]["total"], expected.len(), "{list}");
        for limit in [1, 2, 7, 33] {
            assert_eq!(walk(&server, list, limit).await.0, expected, "{list} by {limit}");
        }
    }
    server.stop().await;
}

async fn a_walk_back_is_the_walk_forward_reversed(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for list in LISTS {
        let (forward, last) = walk(&server, list, 4).await;
        let (mut behind, mut cursor) = (Vec::new(), last);
        while let Some(previous) = cursor {
            let page =
                server.get(Asker::Anonymous, &format!("{list}&limit=4&cursor={previous}")).await.json();
            behind.splice(0..0, slugs(&page));
            cursor = page["page"]["previous"].as_str().map(str::to_owned);
        }
        assert_eq!(behind[..], forward[..behind.len()], "{list}");
        assert!(forward.len() - behind.len() <= 4, "{list}: all but the last page");
    }
    server.stop().await;
}

async fn a_cursor_belongs_to_its_list(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let page = server.get(Asker::Anonymous, "/v1/articles?limit=3").await.json();
    let next = page["page"]["next"].as_str().expect("a next page").to_owned();
    for list in ["/v1/articles?order=published&", "/v1/articles?tag=ports&", "/v1/authors?", "/v1/tags?"] {
        let answer = server.get(Asker::Anonymous, &format!("{list}cursor={next}")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &"invalid_cursor".into()), "{list}");
    }
    server.stop().await;
}

async fn the_link_header_leads_on(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let first = server.get(Asker::Anonymous, "/v1/articles?order=updated&limit=3").await;
    let link = first.header("link").to_owned();
    let next =
        link.strip_prefix('<').and_then(|rest| rest.split_once(">; rel=\"next\"")).expect("a next page").0;
    let second = server.get(Asker::Anonymous, next).await;
    assert_eq!(second.status, 200);
    assert!(second.header("link").contains("rel=\"prev\""), "{}", second.header("link"));
    server.stop().await;
}
