//! One line a request, for whoever runs the server.
//!
//! A line says what was asked and how it went, never by whom: no token, no address of a person, nothing of
//! the query string. The request's id stands on every other line that is written while it is answered. It is
//! not sent to the client, because two answers to one question must not differ.

use crate::auth::START_OF_A_KEY;
use crate::clock::{Chance, ChanceError};
use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::Instrument;

/// The longest part of a path that is written: that of a slug.
const MAX_SEGMENT: usize = masthead_domain::slug::MAX_SLUG;

/// What every JWT starts with: `{"` in base64.
const START_OF_A_JWT: &str = "eyJ";

/// Numbers the requests and writes their lines. Clones share the numbers.
#[derive(Clone, Debug)]
pub struct RequestLog(Arc<AtomicU64>);

impl RequestLog {
    /// A log whose numbers start at random, so that ids of two runs or two nodes do not meet.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new(chance: &dyn Chance) -> Result<Self, ChanceError> {
        let mut start = [0; 8];
        chance.fill(&mut start)?;
        Ok(Self(Arc::new(AtomicU64::new(u64::from_be_bytes(start)))))
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
        let id = format!("{:016x}", self.0.fetch_add(1, Ordering::Relaxed));
        let span = tracing::error_span!("request", id);
        let (method, path) = (request.method().clone(), shown(request.path()));
        let start = now();
        let outcome = next.call(request).instrument(span.clone()).await;
        let us = u64::try_from(now().duration_since(start).as_micros()).unwrap_or(u64::MAX);
        let (status, bytes) = match &outcome {
            Ok(response) => (response.status(), length(response.response().body().size())),
            Err(error) => (error.as_response_error().status_code(), None),
        };
        let status = StatusCode::as_u16(&status);
        span.in_scope(|| tracing::info!(%method, path, status, us, bytes, "answered"));
        outcome
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

/// The path as it may stand in a log. A part that could be anything but a name of ours (an e-mail address, a
/// token, a line break) is replaced.
fn shown(path: &str) -> String {
    let mut shown = String::with_capacity(path.len());
    for (place, part) in path.split('/').enumerate() {
        if place > 0 {
            shown.push('/');
        }
        shown.push_str(if is_a_name(part) { part } else { "…" });
    }
    shown
}

fn is_a_name(part: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    part.len() <= MAX_SEGMENT
        && part.bytes().all(plain)
        && !part.contains(START_OF_A_JWT)
        && !part.contains(START_OF_A_KEY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;
    use crate::error::{Problem, problems};
    use actix_web::http::header;
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpResponse, test, web};
    use serde_json::Value;
    use std::io;
    use std::sync::{Mutex, PoisonError};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Sends the requests to a small application and returns what was logged, and the header fields that
    /// were sent.
    async fn logged(paths: &[&str]) -> (Vec<Value>, Vec<String>) {
        let lines = Lines::default();
        let writer = lines.clone();
        let logs = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let guard = tracing::subscriber::set_default(logs);
        let log = RequestLog::new(&SystemChance).expect("chance");
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
        drop(guard);
        let text = lines.0.lock().expect("lines").clone();
        let text = String::from_utf8(text).expect("text");
        (text.lines().map(|line| serde_json::from_str(line).expect("json")).collect(), names)
    }

    #[actix_web::test]
    async fn a_request_is_one_line() {
        let (lines, _) = logged(&["/v1/articles?limit=5"]).await;
        assert_eq!(lines.len(), 1);
        let fields = &lines[0]["fields"];
        assert_eq!(fields["method"], "GET");
        assert_eq!(fields["path"], "/v1/articles");
        assert_eq!(fields["status"], 200);
        assert_eq!(fields["bytes"], 5);
        assert!(fields["us"].is_u64());
    }

    #[actix_web::test]
    async fn what_happens_on_the_way_has_the_id_of_its_request_and_the_client_does_not() {
        let (lines, names) = logged(&["/broken", "/v1/articles"]).await;
        assert_eq!(lines.len(), 3);
        let id = |line: usize| lines[line]["span"]["id"].as_str().expect("an id").to_owned();
        assert_eq!(id(0), id(1));
        assert_ne!(id(1), id(2));
        assert_eq!(lines[1]["fields"]["status"], 500);
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
        ])
        .await;
        assert_eq!(lines.len(), 6);
        for line in lines {
            let line = line.to_string();
            for secret in ["eyJ", "mh_live", "reader", "paper.example", "%0A", "secret"] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }

    #[::core::prelude::v1::test]
    fn names_are_shown_and_nothing_else() {
        assert_eq!(shown("/v1/articles/the-river_2/sources"), "/v1/articles/the-river_2/sources");
        assert_eq!(shown("/.well-known/jwks.json"), "/.well-known/jwks.json");
        assert_eq!(shown("/"), "/");
        assert_eq!(shown(&format!("/v1/{}", "x".repeat(192))), "/v1/…");
        assert_eq!(shown("/v1/xeyJ/a;b/é"), "/v1/…/…/…");
    }
}
