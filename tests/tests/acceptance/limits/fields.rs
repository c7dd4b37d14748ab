//! What the header fields tell, and what they do not tell.

use super::{left, members, per_minute, turned_away};
use crate::partners::{enter, everything};
use crate::two_worlds;
use masthead_domain::viewer::Licence;
use masthead_tests::publication::{Variant, World, publication};
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;

masthead_tests::on_both!(
    the_day_and_the_minute_are_told_together,
    pages_of_other_origins_can_read_them,
    nothing_hidden_moves_a_limit,
);

async fn the_day_and_the_minute_are_told_together(backend: Backend) {
    let server = super::server(backend, |limits| limits.credential_per_minute = per_minute(5)).await;
    let key = enter(&server, Licence { daily_quota: Some(2), ..everything() }).await;
    let both = |answer: &masthead_tests::server::Answer| {
        let (policies, limits) = (members(answer, "ratelimit-policy"), members(answer, "ratelimit"));
        assert_eq!(policies.keys().collect::<Vec<_>>(), limits.keys().collect::<Vec<_>>(), "{answer:?}");
        assert_eq!(policies["daily"], [("q".into(), 2), ("w".into(), 86_400)].into());
        assert_eq!(policies["requests"], [("q".into(), 5), ("w".into(), 60)].into());
        (limits["requests"]["r"], limits["daily"]["r"])
    };
    let list = server.get_as(&key, "/v1/articles?limit=1").await;
    assert_eq!((list.status, both(&list)), (200, (4, 1)));
    assert_eq!(members(&server.get_as(&key, "/v1/tags").await, "ratelimit").len(), 1, "no article");
    let absent = server.get_as(&key, "/v1/articles/nothing").await;
    assert_eq!((absent.status, both(&absent)), (404, (2, 0)));
    let over = server.get_as(&key, "/v1/articles?limit=1").await;
    assert_eq!((over.status, both(&over)), (429, (1, 0)), "the day is used up, the minute is not");
    let day: i64 = over.header("retry-after").parse().expect("seconds");
    assert_eq!(members(&over, "ratelimit")["daily"]["t"], day);
    let query = serde_json::json!({ "query": "{ tags(first: 1) { nodes { id } } }" });
    let graphql = server.post(Some(&key), "/graphql", &query).await;
    assert_eq!((graphql.status, both(&graphql)), (429, (0, 0)));
    assert_eq!(turned_away(&server.get_as(&key, "/v1/articles?limit=1").await), 12);
    server.stop().await;
}

async fn pages_of_other_origins_can_read_them(backend: Backend) {
    const PAGE: &str = "https://paper.example";
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        config.cors.origins = Some(vec![PAGE.parse().expect("an origin")]);
        config.limits.anonymous_per_minute = per_minute(1);
    })
    .await;
    server.stop_the_clock();
    let preflight = [
        ("origin", PAGE),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization"),
    ];
    for _ in 0..3 {
        let asked = server.send(None, Method::OPTIONS, "/v1/tags", &preflight, None).await;
        assert_eq!(asked.status, 200, "what a browser asks before it asks is not counted");
    }
    let page = [("origin", PAGE)];
    assert_eq!(super::get(&server, "/v1/tags", &page).await.status, 200);
    let over = super::get(&server, "/v1/tags", &page).await;
    turned_away(&over);
    assert_eq!(over.header("access-control-allow-origin"), PAGE);
    let exposed = over.header("access-control-expose-headers").to_lowercase();
    for field in ["ratelimit", "ratelimit-policy", "retry-after"] {
        assert!(exposed.split(", ").any(|one| one == field), "{field} in {exposed}");
    }
    server.stop().await;
}

/// Nobody learns from what is left whether there is something that they may not see.
async fn nothing_hidden_moves_a_limit(backend: Backend) {
    let paths = two_worlds::paths();
    let few = u32::try_from(paths.len() / 2).expect("a number");
    let tune = |config: &mut masthead_gateway::config::Config| {
        config.limits.anonymous_per_minute = per_minute(few);
        config.limits.credential_per_minute = per_minute(few);
    };
    let here = TestServer::start_tuned(backend, &publication(World::HOME), tune).await;
    let there = TestServer::start_tuned(backend, &publication(World::all(Variant::B)), tune).await;
    here.stop_the_clock();
    there.stop_the_clock();
    // A token is looked into only while the address can pay, so its bearer comes first.
    for asker in [Asker::Nobody, Asker::Anonymous] {
        let (mut let_in, mut refused) = (Vec::new(), 0);
        for path in &paths {
            let (a, b) = (here.get(asker, path).await, there.get(asker, path).await);
            let told = |answer: &masthead_tests::server::Answer| {
                let field = |name| answer.header(name).to_owned();
                (answer.status, field("ratelimit-policy"), field("ratelimit"), field("retry-after"))
            };
            assert_eq!(told(&a), told(&b), "{asker:?} {path}");
            match left(&a) {
                _ if a.status == 429 => refused += 1,
                left => let_in.extend(left),
            }
        }
        assert!(let_in.len() > 20 && refused > 20, "{asker:?} {let_in:?} {refused}");
        assert!(let_in.is_sorted_by(|before, after| before > after), "each request takes one: {let_in:?}");
    }
    here.stop().await;
    there.stop().await;
}
