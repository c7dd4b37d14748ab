//! A licence that waits: an article comes when its time has come, and not before, and what is kept knows it.

use super::get;
use crate::partners::{enter, everything};
use masthead_domain::viewer::Licence;
use masthead_tests::publication::{World, another, publication};
use masthead_tests::server::{Backend, TestServer};
use std::time::Duration;

masthead_tests::on_both!(an_article_comes_when_its_time_has_come);

const DELAY: i64 = 3_600;

async fn an_article_comes_when_its_time_has_come(backend: Backend) {
    let mut publication = publication(World::HOME);
    let server = TestServer::start_with(backend, &publication).await;
    server.stop_the_clock();
    let key = enter(&server, Licence { delay_seconds: DELAY, ..everything() }).await;
    // Ten seconds are left to wait.
    let published = server.now().plus_seconds(10 - DELAY);
    publication.articles = vec![another(90, "still-waiting", |parts| {
        (parts.published, parts.updated) = (Some(published), published);
    })];
    let mut work = server.store.begin(server.now()).await.expect("begun");
    work.put_articles(&publication.articles).await.expect("put");
    work.commit().await.expect("committed");
    let seen = async || tokio::time::sleep(Duration::from_millis(500)).await;
    seen().await;

    let paths = ["/feeds/articles.rss", "/feeds/articles.ninjs", "/v1/articles", "/graphql"];
    let shows = async |path: &str| {
        let answer = match path {
            "/graphql" => {
                let query = serde_json::json!({ "query": "{ articles(first: 50) { nodes { slug } } }" });
                server.post(Some(&key), path, &query).await
            }
            path => get(&server, Some(&key), path).await,
        };
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body.contains("still-waiting")
    };
    for path in paths {
        assert!(!shows(path).await, "{path}: it waits");
    }
    server.later(9);
    seen().await;
    for path in paths {
        // The watch looks at the log five times a second; the least of several tries is the request's own.
        let mut cost = u64::MAX;
        for _ in 0..8 {
            let before = server.store.queries();
            assert!(!shows(path).await, "{path}: it still waits");
            cost = cost.min(server.store.queries() - before);
        }
        assert_eq!(cost, 0, "{path}: it is kept as long as it waits");
    }
    server.later(1);
    for path in paths {
        assert!(shows(path).await, "{path}: its time has come, and nobody has looked at the log since");
    }
    seen().await;
    for path in paths {
        assert!(shows(path).await, "{path}: and stays");
    }
    server.stop().await;
}
