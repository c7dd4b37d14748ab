//! What partners cost who ask once a minute whether there is something new.

use crate::load::{CONNECTIONS, median};
use crate::servers::Running;
use crate::syndication::Syndication;
use futures_util::future::join_all;
use reqwest::StatusCode;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PARTNERS: u16 = 1_000;

const FEED: &str = "/feeds/articles.atom";

/// How many times something is measured.
const TURNS: usize = 5;

/// How often each partner asks in a turn: often enough that ticks of ten milliseconds measure it.
const ROUNDS: u32 = 5;

/// In how much time a change is known everywhere, with time to spare.
const UNTIL_KNOWN: Duration = Duration::from_secs(1);

/// What one partner asks, and the status of the answer when nothing is new.
struct Polls {
    requests: Vec<String>,
    status: StatusCode,
}

pub(crate) async fn measure() {
    let syndication = Syndication::start("polls", PARTNERS).await;
    let server = &syndication.server;
    println!("\n{:<54}{:>12}{:>20}", "", "ms of CPU", "share of a core for");
    println!("{:<54}{:>12}{:>20}", "", "per poll", "1,000 polls a minute");

    let feed = conditional(server.address, &syndication.keys).await;
    unchanged("feed of 50, Atom: 304", server, &feed).await;
    let mut costs = Vec::new();
    for turn in 0..TURNS {
        syndication.change_an_old_article(&format!("Edition {turn}")).await;
        tokio::time::sleep(UNTIL_KNOWN).await;
        costs.push(cost(server, &feed, 1).await);
    }
    print("feed of 50, Atom: 304, after a change elsewhere", costs);

    let changes = at_the_end(server.address, &syndication.keys).await;
    unchanged("changes: an empty answer", server, &changes).await;
}

async fn unchanged(name: &str, server: &Running, polls: &Polls) {
    // Warms up.
    cost(server, polls, 1).await;
    let mut costs = Vec::new();
    for _ in 0..TURNS {
        costs.push(cost(server, polls, ROUNDS).await);
    }
    print(name, costs);
}

fn print(name: &str, costs: Vec<f64>) {
    let cost = median(costs);
    println!("{name:<54}{:>12.3}{:>20.4}", cost * 1_000.0, cost * f64::from(PARTNERS) / 60.0);
}

/// The processor time of a poll, in seconds, when every partner asks in each of the rounds.
async fn cost(server: &Running, polls: &Polls, rounds: u32) -> f64 {
    let before = server.cpu_time();
    for _ in 0..rounds {
        poll(server.address, polls).await;
    }
    let taken = server.cpu_time() - before;
    taken.as_secs_f64() / (f64::from(rounds) * polls.requests.len() as f64)
}

/// Every partner asks once, over a connection of its own.
async fn poll(address: SocketAddr, polls: &Polls) {
    let expected = format!("HTTP/1.1 {} ", polls.status.as_u16());
    let (expected, requests) = (&expected, &polls.requests);
    let connections = (0..CONNECTIONS).map(|first| async move {
        for request in requests.iter().skip(first).step_by(CONNECTIONS) {
            let mut stream = TcpStream::connect(address).await.expect("connected");
            stream.set_nodelay(true).expect("set");
            stream.write_all(request.as_bytes()).await.expect("sent");
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.expect("read");
            assert!(answer.starts_with(expected.as_bytes()), "{}", String::from_utf8_lossy(&answer));
        }
    });
    join_all(connections).await;
}

fn request(path: &str, key: &str, condition: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n{condition}connection: close\r\n\r\n"
    )
}

/// Every partner has the feed, and asks for a newer one.
async fn conditional(address: SocketAddr, keys: &[String]) -> Polls {
    let client = reqwest::Client::new();
    let mut requests = Vec::new();
    let mut etags = std::collections::BTreeSet::new();
    for key in keys {
        let ask = client.get(format!("http://{address}{FEED}")).bearer_auth(key);
        let answer = ask.send().await.and_then(reqwest::Response::error_for_status).expect("a feed");
        let etag = answer.headers()["etag"].to_str().expect("text").to_owned();
        answer.bytes().await.expect("a feed");
        requests.push(request(FEED, key, &format!("if-none-match: {etag}\r\n")));
        etags.insert(etag);
    }
    assert_eq!(etags.len(), keys.len(), "each has its own");
    Polls { requests, status: StatusCode::NOT_MODIFIED }
}

/// Every partner has followed the changes to their end.
async fn at_the_end(address: SocketAddr, keys: &[String]) -> Polls {
    let client = reqwest::Client::new();
    let mut requests = Vec::new();
    for key in keys {
        let mut path = "/v1/changes?limit=100".to_owned();
        loop {
            let ask = client.get(format!("http://{address}{path}")).bearer_auth(key);
            let answer = ask.send().await.and_then(reqwest::Response::error_for_status).expect("changes");
            let changes: serde_json::Value = answer.json().await.expect("JSON");
            let next = changes["page"]["next"].as_str().expect("a place");
            path = format!("/v1/changes?limit=100&after={next}");
            if changes["page"]["more"] == false {
                break;
            }
        }
        requests.push(request(&path, key, ""));
    }
    Polls { requests, status: StatusCode::OK }
}
