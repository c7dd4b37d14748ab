//! Asking as fast as it goes.

use crate::servers::Running;
use reqwest::Method;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Over how many connections is asked at the same time.
pub(crate) const CONNECTIONS: usize = 32;

const TURNS: usize = 7;
const TURN: Duration = Duration::from_millis(800);

/// What is asked for.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) path: String,
    /// The token or key; empty for the anonymous.
    pub(crate) token: String,
    /// What is sent, for GraphQL.
    pub(crate) body: Option<String>,
}

impl Case {
    pub(crate) fn new(name: &'static str, path: &str, token: &str) -> Self {
        Self { name, path: path.into(), token: token.into(), body: None }
    }

    fn method(&self) -> Method {
        if self.body.is_some() { Method::POST } else { Method::GET }
    }

    fn request(&self) -> String {
        let authorization = match self.token.as_str() {
            "" => String::new(),
            token => format!("authorization: Bearer {token}\r\n"),
        };
        let body = self.body.as_deref().unwrap_or_default();
        format!(
            "{} {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n{authorization}\r\n{body}",
            self.method(),
            self.path,
            body.len()
        )
    }
}

/// The heading of the figures that [`compare`] prints.
pub(crate) fn heading() {
    println!("\n{:<38}{:>10}{:>14}{:>14}{:>8}", "", "bytes", "masthead r/s", "bare r/s", "ratio");
}

/// The answer to a case: header fields without the length and the date, and the body.
async fn answer(server: SocketAddr, case: &Case) -> (Vec<(String, String)>, String) {
    let mut request = reqwest::Client::new().request(case.method(), format!("http://{server}{}", case.path));
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

/// Asks Masthead and a bare server for the same in turns, and prints the medians.
pub(crate) async fn compare(ours: SocketAddr, case: &Case, directory: &Path) {
    let known = answer(ours, case).await;
    let bare = Running::bare(&known, directory);
    let request = case.request();
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
    println!("{:<38}{:>10}{rate:>14.0}{bare_rate:>14.0}{ratio:>8.2}", case.name, known.1.len());
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
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
    // The first answer tells how long every answer is.
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut buffer = Vec::with_capacity(256 * 1024);
    let expected = loop {
        assert_ne!(stream.read_buf(&mut buffer).await.expect("read"), 0, "the answer breaks off");
        if let Some(expected) = expected_length(&buffer) {
            break expected;
        }
    };
    let read = buffer.len();
    buffer.resize(expected, 0);
    stream.read_exact(&mut buffer[read..]).await.expect("read");
    let mut answered = 0;
    while start.elapsed() < TURN {
        stream.write_all(request.as_bytes()).await.expect("sent");
        stream.read_exact(&mut buffer).await.expect("read");
        answered += 1;
    }
    answered
}

fn expected_length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).expect("text");
    let field = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head + 4 + field.parse::<usize>().ok()?)
}
