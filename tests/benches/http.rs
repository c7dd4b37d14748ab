//! How fast a request is answered, as a ratio against a bare actix-web server that sends the same bytes.
//!
//!     cargo bench -p masthead-tests --bench http
//!
//! Both servers run in processes of their own with one worker each: Masthead as `masthead serve` starts it, built
//! for release as this benchmark is, and one thread here asks over 32 connections. The servers take turns, so that
//! both meet the same machine; the medians of the turns are printed. Takes about a minute and a half.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, web};
use masthead_persistence::{Store, StoreOptions};
use masthead_tests::publication::{LOCKS, World, publication};
use masthead_tests::server::fill;
use reqwest::Method;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
const TURNS: usize = 7;
const TURN: Duration = Duration::from_millis(800);

/// What a server says when it listens.
const LISTENING: &str = "listening on http://";

struct Case {
    name: &'static str,
    path: String,
    /// The token; empty for the anonymous.
    token: String,
    /// What is sent, for GraphQL.
    body: Option<String>,
}

/// This program is the servers as well: its processes are told what to be.
fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("serve" | "token" | "member") => runtime().block_on(masthead_gateway::cli::run()),
        Some("bare") => runtime().block_on(bare_server()),
        _ => runtime().block_on(measure_all()),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

async fn measure_all() -> ExitCode {
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite://{}", directory.path().join("masthead.db").display());
    let store = Store::connect(&StoreOptions::new(url)).await.expect("connected");
    store.migrate().await.expect("migrated");
    fill(&store, &publication(World::HOME)).await;
    store.close().await.expect("closed");

    let server = Running::start(&["serve", "--listen", "127.0.0.1:0"], directory.path(), "");
    // What the member holds is looked up, as for every reader who has signed in.
    let reader = "reader@paper.example";
    told(&["member", "add", reader, "--tier", "patron"], directory.path());
    let member = told(&["token", "mint", "--member", reader], directory.path());

    let case =
        |name, path: &str, token: &str| Case { name, path: path.into(), token: token.into(), body: None };
    let query =
        format!("{{ article(slug: \"{LOCKS}\") {{ title standfirst bodyHtml access {{ granted }} }} }}");
    let body = Some(serde_json::json!({ "query": query }).to_string());
    let graphql = |name, token: &str| Case { body: body.clone(), ..case(name, "/graphql", token) };
    let article = format!("/v1/articles/{LOCKS}");
    println!("{:<34}{:>14}{:>14}{:>8}", "", "masthead r/s", "bare r/s", "ratio");
    for case in [
        case("article by slug, anonymous", &article, ""),
        case("article by slug, member's token", &article, &member),
        case("list of 20, anonymous", "/v1/articles?limit=20", ""),
        case("list of 20, member's token", "/v1/articles?limit=20", &member),
        graphql("GraphQL article, anonymous", ""),
        graphql("GraphQL article, member's token", &member),
    ] {
        measure(server.address, &case, directory.path()).await;
    }
    ExitCode::SUCCESS
}

/// This program, to be run as something else, away from the settings of whoever measures.
fn program(words: &[&str], directory: &Path) -> Command {
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(this);
    command.args(words).current_dir(directory).env_clear();
    command.env("MASTHEAD_DATA_DIR", directory).env("MASTHEAD_WORKERS", "1");
    // One address and one token ask for everything here.
    command.env("MASTHEAD_LIMITS__ANONYMOUS_PER_MINUTE", "0");
    command.env("MASTHEAD_LIMITS__CREDENTIAL_PER_MINUTE", "0");
    command
}

/// The last line that a command prints.
fn told(words: &[&str], directory: &Path) -> String {
    let output = program(words, directory).output().expect("it runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().last().expect("a line").to_owned()
}

/// A server in a process of its own. It ends with its owner.
struct Running {
    process: Child,
    address: SocketAddr,
}

impl Running {
    fn start(words: &[&str], directory: &Path, input: &str) -> Self {
        let mut command = program(words, directory);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("it starts");
        let mut stdin = process.stdin.take().expect("an input");
        stdin.write_all(input.as_bytes()).expect("written");
        drop(stdin);
        let lines = BufReader::new(process.stdout.take().expect("an output")).lines();
        let mut said = lines.map_while(Result::ok);
        let address = said.find_map(|line| line.strip_prefix(LISTENING)?.parse().ok());
        Self { process, address: address.expect("it listens") }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The answer to a case: header fields without the length and the date, and the body.
async fn answer(server: SocketAddr, method: &Method, case: &Case) -> (Vec<(String, String)>, String) {
    let mut request = reqwest::Client::new().request(method.clone(), format!("http://{server}{}", case.path));
    request = request.header("content-type", "application/json");
    if !case.token.is_empty() {
        request = request.bearer_auth(&case.token);
    }
    let response = request.body(case.body.clone().unwrap_or_default()).send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.text().await.expect("a body");
    assert_eq!(status, 200, "{}: {body}", case.name);
    let headers = headers.iter().filter(|(name, _)| !["content-length", "date"].contains(&name.as_str()));
    let text = |value: &reqwest::header::HeaderValue| value.to_str().expect("text").to_owned();
    (headers.map(|(name, value)| (name.to_string(), text(value))).collect(), body)
}

async fn measure(ours: SocketAddr, case: &Case, directory: &Path) {
    let method = if case.body.is_some() { Method::POST } else { Method::GET };
    let known = serde_json::to_string(&answer(ours, &method, case).await).expect("JSON");
    let bare = Running::start(&["bare"], directory, &known);
    let authorization = if case.token.is_empty() {
        String::new()
    } else {
        format!("authorization: Bearer {}\r\n", case.token)
    };
    let body = case.body.as_deref().unwrap_or_default();
    let length = body.len();
    let request = format!(
        "{method} {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{authorization}\r\n{body}",
        case.path
    );
    let (mut rates, mut bare_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let rate = load(ours, &request).await;
        let bare_rate = load(bare.address, &request).await;
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

/// A server that knows one answer, which it reads from its input.
async fn bare_server() -> ExitCode {
    let known = std::io::read_to_string(std::io::stdin()).expect("an answer");
    let (headers, body): (Vec<(String, String)>, String) = serde_json::from_str(&known).expect("an answer");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let body = Bytes::from(body);
    let server = HttpServer::new(move || {
        let (body, headers) = (body.clone(), headers.clone());
        // It reads what is sent; else the connection would end.
        App::new().default_service(web::to(move |_sent: Bytes| {
            let mut response = HttpResponse::Ok();
            for (name, value) in &headers {
                response.insert_header((name.as_str(), value.as_str()));
            }
            let response = response.body(body.clone());
            async move { response }
        }))
    });
    let server = server.workers(1).tcp_nodelay(true).listen(listener).expect("listening").run();
    println!("{LISTENING}{address}");
    server.await.expect("served");
    ExitCode::SUCCESS
}
