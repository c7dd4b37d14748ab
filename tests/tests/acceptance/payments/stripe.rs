//! Stripe in the test's own process: it takes the form of a checkout and answers with a page.

use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What was asked of it: the first line, the credential, the key that makes it one attempt, and the form.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) credential: String,
    pub(super) idempotency_key: String,
    pub(super) form: BTreeMap<String, String>,
}

impl Asked {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.form.get(name).map(String::as_str)
    }
}

/// How it behaves.
#[derive(Clone, Debug)]
pub(super) enum Mood {
    /// It answers with this status and body.
    Answers(&'static str, String),
    /// It says nothing.
    Hangs,
    /// It answers with a page as soon as it may.
    Waits(Arc<Semaphore>),
}

pub(super) struct FakeStripe {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    mood: Arc<Mutex<Mood>>,
}

/// The page that it sends payers to.
pub(super) const PAGE: &str = "https://checkout.stripe.example/c/pay/cs_1";

fn page() -> String {
    json!({ "id": "cs_1", "object": "checkout.session", "url": PAGE }).to_string()
}

impl FakeStripe {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let this = Self {
            url: format!("http://{}", listener.local_addr().expect("an address")),
            asked: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Answers("200 OK", page()))),
        };
        let (asked, mood) = (Arc::clone(&this.asked), Arc::clone(&this.mood));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&asked), Arc::clone(&mood)));
            }
        });
        this
    }

    pub(super) fn feel(&self, mood: Mood) {
        *self.mood.lock().expect("unpoisoned") = mood;
    }

    pub(super) fn mood(&self) -> Mood {
        self.mood.lock().expect("unpoisoned").clone()
    }

    /// What was asked last; nothing when nothing was.
    pub(super) fn last(&self) -> Option<Asked> {
        self.asked.lock().expect("unpoisoned").last().cloned()
    }

    pub(super) fn count(&self) -> usize {
        self.asked.lock().expect("unpoisoned").len()
    }
}

async fn serve(mut stream: TcpStream, asked: Arc<Mutex<Vec<Asked>>>, mood: Arc<Mutex<Mood>>) {
    let mut request = String::new();
    let mut piece = [0; 1_024];
    let (head, body) = loop {
        if let Some((head, body)) = request.split_once("\r\n\r\n")
            && body.len() >= header(head, "content-length").parse().unwrap_or(0)
        {
            break (head, body);
        }
        match stream.read(&mut piece).await {
            Ok(length) if length > 0 => {
                request.push_str(std::str::from_utf8(&piece[..length]).expect("a form is ASCII"));
            }
            _ => return,
        }
    };
    let form = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let line = head.lines().next().unwrap_or_default().to_owned();
    let (credential, idempotency_key) = (header(head, "authorization"), header(head, "idempotency-key"));
    asked.lock().expect("unpoisoned").push(Asked { line, credential, idempotency_key, form });
    let mood = mood.lock().expect("unpoisoned").clone();
    let (status, body) = match mood {
        Mood::Hangs => return tokio::time::sleep(Duration::from_secs(60)).await,
        Mood::Waits(may) => {
            may.acquire().await.expect("open").forget();
            ("200 OK", page())
        }
        Mood::Answers(status, body) => (status, body),
    };
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    // Whoever finds the answer too long does not read it all.
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn header(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut found =
        lines.filter(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    found.next_back().unwrap_or_default().to_owned()
}
