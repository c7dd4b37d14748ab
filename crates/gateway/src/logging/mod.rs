//! One line a request, for whoever runs the server.
//!
//! A line says what was asked and how it went, never by whom: no token, no address of a person, nothing of
//! the query string. The request's id stands on every other line that is written while it is answered. It is
//! not sent to the client, because two answers to one question must not differ.

mod format;
mod lines;

pub use format::{Beginning, Json};
pub use lines::{Lines, LinesGuard};

use crate::auth::{START_OF_A_KEY, without_secret};
use crate::clock::{Chance, ChanceError, SystemClock};
use crate::config::LogFormat;
use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use masthead_domain::clock::Clock;
use std::cell::Cell;
use std::fmt::{self, Display};
use std::future::poll_fn;
use std::io::Write;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::Level;

/// The longest part of a path that is written: that of a slug.
const MAX_SEGMENT: usize = masthead_domain::slug::MAX_SLUG;

/// The number of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u64);

thread_local! {
    static CURRENT: Cell<Option<RequestId>> = const { Cell::new(None) };
}

impl RequestId {
    /// That of the request on which this thread works at the moment.
    fn current() -> Option<Self> {
        CURRENT.get()
    }

    /// Makes it the current one for as long as the guard is there.
    fn enter(self) -> Entered {
        Entered(CURRENT.replace(Some(self)))
    }

    /// Does something, with this id on whatever is logged meanwhile.
    async fn during<F: Future>(self, doing: F) -> F::Output {
        let mut doing = pin!(doing);
        poll_fn(|context| {
            let _entered = self.enter();
            doing.as_mut().poll(context)
        })
        .await
    }
}

/// What is done for the current request in a task of its own, with the request's id on whatever it logs.
pub(crate) fn for_this_request<F: Future>(doing: F) -> impl Future<Output = F::Output> {
    let id = RequestId::current();
    async move {
        match id {
            Some(id) => id.during(doing).await,
            None => doing.await,
        }
    }
}

impl Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Gives back the one before.
struct Entered(Option<RequestId>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Numbers the requests and writes their lines. Clones share the numbers.
#[derive(Clone, Debug)]
pub struct RequestLog {
    next: Arc<AtomicU64>,
    lines: Lines,
    format: LogFormat,
}

impl RequestLog {
    /// A log whose numbers start at random, so that ids of two runs or two nodes do not meet.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new(chance: &dyn Chance, lines: Lines, format: LogFormat) -> Result<Self, ChanceError> {
        let mut start = [0; 8];
        chance.fill(&mut start)?;
        Ok(Self { next: Arc::new(AtomicU64::new(u64::from_be_bytes(start))), lines, format })
    }

    /// Middleware that must lie around all others, so that it sees what is sent.
    ///
    /// # Errors
    /// Those of the middleware inside, after they were written down.
    pub async fn observe(
        self,
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let id = RequestId(self.next.fetch_add(1, Ordering::Relaxed));
        let (method, path) = (request.method().clone(), without_secret(request.path()).into_owned());
        let start = now();
        let outcome = id.during(next.call(request)).await;
        if tracing::enabled!(Level::INFO) {
            let us = u64::try_from(now().duration_since(start).as_micros()).unwrap_or(u64::MAX);
            let (status, bytes) = match &outcome {
                Ok(response) => (response.status(), length(response.response().body().size())),
                Err(error) => (error.as_response_error().status_code(), None),
            };
            let (path, status) = (Shown(&path), status.as_u16());
            let (now, bytes) = (SystemClock.now(), Bytes(bytes));
            self.lines.add(|text| {
                // A vector takes whatever is written to it.
                let _ = match self.format {
                    LogFormat::Text => writeln!(
                        text,
                        "{now} request={id}  INFO {method} {path} status={status} us={us} bytes={bytes}"
                    ),
                    LogFormat::Json => writeln!(
                        text,
                        r#"{{"timestamp":"{now}","level":"INFO","request":"{id}","method":"{method}","path":"{path}","status":{status},"us":{us},"bytes":{bytes}}}"#
                    ),
                };
            });
        }
        outcome
    }
}

/// How many bytes; `null` when nobody knew.
struct Bytes(Option<u64>);

impl Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(bytes) => bytes.fmt(f),
            None => f.write_str("null"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a duration in a log decides nothing")]
fn now() -> Instant {
    Instant::now()
}

/// How many bytes the body has; `None` when it is sent as it is made.
const fn length(size: BodySize) -> Option<u64> {
    match size {
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::Stream => None,
    }
}

/// A path as it may stand in a log. A part that could be anything but a name of ours (an e-mail address, a token, a line
/// break) is replaced.
struct Shown<'a>(&'a str);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "";
        for (place, part) in self.0.split('/').enumerate() {
            if place > 0 {
                f.write_str("/")?;
            }
            let is_token = before == "unsubscribe";
            f.write_str(if is_a_name(part) && !is_token { part } else { "…" })?;
            before = part;
        }
        Ok(())
    }
}

fn is_a_name(part: &str) -> bool {
    // No name of ours has capitals; codes and tokens have.
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
    part.len() <= MAX_SEGMENT && part.bytes().all(plain) && !part.contains(START_OF_A_KEY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;
    use crate::error::{Problem, problems};
    use actix_web::http::header;
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpResponse, test, web};
    use lines::tests::Kept;
    use serde_json::Value;

    /// Sends the requests to a small application and returns what was logged, and the header fields that
    /// were sent.
    async fn logged(paths: &[&str]) -> (Vec<Value>, Vec<String>) {
        let kept = Kept::default();
        let (lines, written) = Lines::to(kept.clone(), LogFormat::Json).expect("a thread");
        let logs = tracing_subscriber::fmt().event_format(Json).with_writer(lines.clone()).finish();
        let guard = tracing::subscriber::set_default(logs);
        let log = RequestLog::new(&SystemChance, lines, LogFormat::Json).expect("chance");
        let app = test::init_service(
            App::new()
                .route("/v1/{name}", web::get().to(async || HttpResponse::Ok().body("12345")))
                .route(
                    "/broken",
                    web::get().to(async || {
                        tracing::error!("the store failed");
                        Err::<HttpResponse, _>(Problem::internal())
                    }),
                )
                .route(
                    "/beside",
                    web::get().to(async || {
                        let beside = for_this_request(async { tracing::error!("the store failed") });
                        actix_web::rt::spawn(beside).await.expect("it runs");
                        HttpResponse::Ok().finish()
                    }),
                )
                .wrap(from_fn(problems))
                .wrap(from_fn(move |request, next| log.clone().observe(request, next))),
        )
        .await;
        let mut names = Vec::new();
        for path in paths {
            let request = test::TestRequest::with_uri(path)
                .insert_header((header::AUTHORIZATION, "Bearer eyJsecret"))
                .to_request();
            let response = test::call_service(&app, request).await;
            names.extend(response.headers().keys().map(ToString::to_string));
        }
        drop((guard, written));
        (kept.text().lines().map(|line| serde_json::from_str(line).expect("json")).collect(), names)
    }

    #[actix_web::test]
    async fn a_request_is_one_line() {
        let (lines, _) = logged(&["/v1/articles?limit=5"]).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["method"], "GET");
        assert_eq!(lines[0]["path"], "/v1/articles");
        assert_eq!(lines[0]["status"], 200);
        assert_eq!(lines[0]["bytes"], 5);
        assert!(lines[0]["us"].is_u64());
    }

    #[actix_web::test]
    async fn what_happens_on_the_way_has_the_id_of_its_request_and_the_client_does_not() {
        let (lines, names) = logged(&["/broken", "/v1/articles", "/beside"]).await;
        assert_eq!(lines.len(), 5);
        let id = |line: usize| lines[line]["request"].as_str().expect("an id").to_owned();
        assert_eq!(id(0), id(1));
        assert_ne!(id(1), id(2));
        assert_eq!(id(3), id(4), "in a task of its own");
        assert_eq!(lines[1]["status"], 500);
        assert!(!names.iter().any(|name| name.contains("id")), "{names:?}");
    }

    #[actix_web::test]
    async fn no_line_holds_a_token_or_an_address() {
        let (lines, _) = logged(&[
            "/v1/me?access_token=eyJsecret",
            "/v1/eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln",
            "/v1/mh_live_0123456789ab_5ec2e7",
            "/v1/reader@paper.example",
            "/v1/reader%40paper.example",
            "/v1/a%0Ab",
            "/v1/unsubscribe/secret",
            "/feeds/private/secret/articles.rss",
            "/feeds/%70rivate/mh_fd_secret/articles.rss",
        ])
        .await;
        assert_eq!(lines.len(), 9);
        for line in lines {
            let line = line.to_string();
            for secret in ["eyJ", "mh_live", "reader", "paper.example", "%0A", "secret"] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }

    #[::core::prelude::v1::test]
    fn names_are_shown_and_nothing_else() {
        let shown = |path: &str| Shown(path).to_string();
        assert_eq!(shown("/v1/articles/the-river_2/sources"), "/v1/articles/the-river_2/sources");
        assert_eq!(shown("/.well-known/jwks.json"), "/.well-known/jwks.json");
        assert_eq!(shown("/"), "/");
        assert_eq!(shown(&format!("/v1/{}", "x".repeat(192))), "/v1/…");
        assert_eq!(shown("/v1/xeyJ/a;b/é"), "/v1/…/…/…");
    }
}
