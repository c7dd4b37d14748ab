//! How often one may ask: by credential for whoever is signed in, by address for everybody else.

mod addresses;
mod credentials;
mod fields;

use masthead_gateway::config::{LimitConfig, PerMinute};
use masthead_tests::publication::{World, publication};
use masthead_tests::server::{Answer, Backend, TestServer};
use reqwest::Method;
use sfv::{BareItem, List, ListEntry, Parser};
use std::collections::BTreeMap;

fn per_minute(number: u32) -> PerMinute {
    PerMinute::new(number).expect("it can be set")
}

/// A server with these limits.
async fn running(backend: Backend, tune: impl FnOnce(&mut LimitConfig)) -> TestServer {
    TestServer::start_tuned(backend, &publication(World::HOME), |config| tune(&mut config.limits)).await
}

/// The same with its clock stopped: nobody is given anything back before time goes on.
async fn server(backend: Backend, tune: impl FnOnce(&mut LimitConfig)) -> TestServer {
    let server = running(backend, tune).await;
    server.stop_the_clock();
    server
}

/// The members of a header field, by their names, each with its parameters.
pub(super) fn members(answer: &Answer, field: &str) -> BTreeMap<String, BTreeMap<String, i64>> {
    let text = answer.header(field);
    let list: List = Parser::new(text).parse().unwrap_or_else(|error| panic!("{error} in {text:?}"));
    let member = |entry: &ListEntry| {
        let ListEntry::Item(item) = entry else { panic!("a list in {text}") };
        let BareItem::String(name) = &item.bare_item else { panic!("{text} names no policy") };
        let parameter = |(key, value): (&_, &BareItem)| {
            let BareItem::Integer(number) = value else { panic!("{key:?} is no number in {text}") };
            (ToString::to_string(key), i64::from(*number))
        };
        (name.as_str().to_owned(), item.params.iter().map(parameter).collect())
    };
    list.iter().map(member).collect()
}

/// How many requests are left of the minute, by the answer's header; `None` when it does not say.
fn left(answer: &Answer) -> Option<i64> {
    Some(members(answer, "ratelimit").get("requests")?["r"])
}

/// That the answer is a refusal of the right form. Returns how many seconds it says to wait.
fn turned_away(answer: &Answer) -> i64 {
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json()["code"], "rate_limited");
    assert!(answer.json()["instance"].is_string(), "{answer:?}");
    assert_eq!(left(answer), Some(0));
    answer.header("retry-after").parse().expect("seconds")
}

/// Asks without a token, with header fields.
async fn get(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.send(None, Method::GET, path, headers, None).await
}
