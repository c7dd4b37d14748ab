//! How fast a request is answered, as a ratio against a bare actix-web server that sends the same bytes.
//!
//!     cargo bench -p masthead-tests --bench http
//!
//! Both servers run in this process with one worker each, and one thread asks over 32 connections. They take turns,
//! so that both meet the same machine; the medians of the turns are printed.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, web};
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
const TURNS: usize = 7;
const TURN: Duration = Duration::from_millis(800);

struct Case {
    name: &'static str,
    path: String,
    asker: Asker,
    /// What is sent, for GraphQL.
    body: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = TestServer::start(Backend::Sqlite, World::HOME).await;
    let case = |name, path: &str, asker| Case { name, path: path.to_owned(), asker, body: None };
    let query =
        format!("{{ article(slug: \"{LOCKS}\") {{ title standfirst bodyHtml access {{ granted }} }} }}");
    let body = Some(serde_json::json!({ "query": query }).to_string());
    let graphql = |name, asker| Case { name, path: "/graphql".to_owned(), asker, body: body.clone() };
    let article = format!("/v1/articles/{LOCKS}");
    println!("{:<34}{:>14}{:>14}{:>8}", "", "masthead r/s", "bare r/s", "ratio");
    for case in [
        case("article by slug, anonymous", &article, Asker::Anonymous),
        case("article by slug, member's token", &article, Asker::Member),
        case("list of 20, anonymous", "/v1/articles?limit=20", Asker::Anonymous),
        case("list of 20, member's token", "/v1/articles?limit=20", Asker::Member),
        graphql("GraphQL article, anonymous", Asker::Anonymous),
        graphql("GraphQL article, member's token", Asker::Member),
    ] {
        measure(&server, &case).await;
    }
    server.stop().await;
}

async fn measure(server: &TestServer, case: &Case) {
    let method = if case.body.is_some() { Method::POST } else { Method::GET };
    let headers = [("content-type", "application/json")];
    let answer = server.ask(method.clone(), case.asker, &case.path, &headers, case.body.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let headers = answer.headers.into_iter().filter(|(name, _)| name != "content-length").collect();
    let bare = bare_server(answer.body, headers);
    let token = server.token(case.asker);
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let body = case.body.as_deref().unwrap_or_default();
    let length = body.len();
    let request = format!(
        "{method} {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{authorization}\r\n{body}",
        case.path
    );
    let ours: SocketAddr = server.base.trim_start_matches("http://").parse().expect("an address");
    let (mut rates, mut bare_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let rate = load(ours, &request).await;
        let bare_rate = load(bare, &request).await;
        // The first turn warms both up.
        if turn > 0 {
            rates.push(rate);
            bare_rates.push(bare_rate);
            ratios.push(rate / bare_rate);
        }
    }
    let (rate, bare_rate, ratio) = (median(rates), median(bare_rates), median(ratios));
    println!("{:<34}{rate:>14.0}{bare_rate:>14.0}{ratio:>8.2}", case.name);
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Asks over all connections for the length of a turn; the answers a second.
async fn load(address: SocketAddr, request: &str) -> f64 {
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    let start = Instant::now();
    let connections = (0..CONNECTIONS).map(|_| ask(address, request.to_owned(), start));
    let answered: Vec<u64> = futures_util::future::join_all(connections).await;
    answered.iter().sum::<u64>() as f64 / start.elapsed().as_secs_f64()
}

async fn ask(address: SocketAddr, request: String, start: Instant) -> u64 {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.set_nodelay(true).expect("set");
    let mut buffer = vec![0; 256 * 1024];
    // The first answer tells how long every answer is.
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut length = 0;
    let expected = loop {
        length += stream.read(&mut buffer[length..]).await.expect("read");
        if let Some(expected) = expected_length(&buffer[..length]) {
            break expected;
        }
    };
    while length < expected {
        length += stream.read(&mut buffer[length..]).await.expect("read");
    }
    let mut answered = 0;
    while start.elapsed() < TURN {
        stream.write_all(request.as_bytes()).await.expect("sent");
        stream.read_exact(&mut buffer[..expected]).await.expect("read");
        answered += 1;
    }
    answered
}

fn expected_length(answer: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(answer);
    let head = text.find("\r\n\r\n")?;
    let field = text[..head].lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head + 4 + field.parse::<usize>().ok()?)
}

/// A server that knows one answer.
fn bare_server(body: String, headers: Vec<(String, String)>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let body = Bytes::from(body);
    let server = HttpServer::new(move || {
        let (body, headers) = (body.clone(), headers.clone());
        App::new().default_service(web::to(move || {
            let mut response = HttpResponse::Ok();
            for (name, value) in &headers {
                response.insert_header((name.as_str(), value.as_str()));
            }
            let response = response.body(body.clone());
            async move { response }
        }))
    });
    tokio::spawn(server.workers(1).tcp_nodelay(true).listen(listener).expect("listening").run());
    address
}
