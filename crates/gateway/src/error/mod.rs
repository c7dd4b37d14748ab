//! Errors as clients see them: one table of codes, one shape (RFC 9457), one place where they are rendered.
//!
//! A [`Problem`] is made where the fault is known. What lies behind it (a database, a file, a panic) goes to
//! the log and never into a problem.

mod boundary;
mod code;
mod kinds;

pub use boundary::problems;
pub use code::Code;
pub use kinds::{all_kinds, one_kind};

use crate::clock::ChanceError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use masthead_persistence::StoreError;
use serde::Serialize;
use std::borrow::Cow;
use std::time::Duration;

/// The challenge of an answer to a request that sent no bearer token (RFC 6750, section 3): it names no error.
pub(crate) const BARE_CHALLENGE: &str = r#"Bearer realm="masthead""#;

/// The media type of a problem (RFC 9457, section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// How long a client should wait before it tries again what was not available.
const RETRY_AFTER_SECONDS: u32 = 5;

/// How many faults of one document are told at once.
pub(crate) const MAX_FAULTS: usize = 20;

/// How much of a client's own text is repeated to it.
const MAX_QUOTE: usize = 80;

/// Something that went wrong in a request, as the client may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    parameter: Option<String>,
    terms: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with a sentence about this occurrence: what was wrong, and where.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let headers = match code {
            Code::Unavailable => vec![(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into())],
            _ => Vec::new(),
        };
        Self { code, detail: detail.into(), parameter: None, terms: None, headers }
    }

    /// Nothing here for this viewer. Absent and hidden things get the same words, so there is one
    /// constructor and it takes nothing.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here for you.")
    }

    /// Somebody must ask for this, and nobody does: the request came without a token (RFC 6750, section 3).
    #[must_use]
    pub fn authentication_required() -> Self {
        let challenge = HeaderValue::from_static(BARE_CHALLENGE);
        Self::new(Code::AuthenticationRequired, "This needs a token.")
            .with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// A failure of ours. The cause belongs into the log, not here.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(Code::Internal, "Something failed here. It is not your request.")
    }

    /// A part that we need is away for the moment.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(Code::Unavailable, "The publication cannot be read at the moment. Try again.")
    }

    /// Too many of these were asked for in too short a time. The wait is told in whole seconds, rounded up, so that whoever waits as
    /// long as they are told is let in.
    #[must_use]
    pub fn rate_limited(things: &str, wait: Duration) -> Self {
        let seconds = whole_seconds(wait).max(1);
        let detail = format!("There were too many {things}. Try again in {seconds} seconds.");
        Self::new(Code::RateLimited, detail).with_header(header::RETRY_AFTER, seconds.into())
    }

    /// A parameter, argument or field whose value is not valid.
    #[must_use]
    pub fn invalid_parameter(name: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidParameter, detail).about(name)
    }

    /// Refuses what has faults: one problem that tells the first of them, with the code and the parameter of the first.
    ///
    /// # Errors
    /// The problem, when there are faults.
    pub fn none_of(faults: Vec<Self>) -> Result<(), Self> {
        let more = if faults.len() > MAX_FAULTS { " There are more." } else { "" };
        let told: Vec<_> = faults.iter().take(MAX_FAULTS).map(Self::detail).collect();
        let detail = format!("{}{more}", told.join(" "));
        match faults.into_iter().next() {
            Some(first) => Err(Self { detail: detail.into(), ..first }),
            None => Ok(()),
        }
    }

    /// A parameter that does not exist on this route.
    #[must_use]
    pub fn unknown_parameter(name: &str) -> Self {
        Self::new(Code::UnknownParameter, format!("There is no parameter {} here.", quote(name))).about(name)
    }

    /// Names the parameter, argument or header field that is at fault.
    #[must_use]
    pub fn about(mut self, parameter: &str) -> Self {
        self.parameter = Some(cut(parameter));
        self
    }

    /// Says where the terms are read under which the answer would be another.
    #[must_use]
    pub fn with_terms(mut self, url: &str) -> Self {
        self.terms = Some(url.to_owned());
        self
    }

    /// Adds a header field to the response, such as `Allow` or `WWW-Authenticate`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What went wrong.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The sentence about this occurrence.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The parameter, argument or header field that is at fault.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// Where the terms are read under which the answer would be another.
    #[must_use]
    pub fn terms(&self) -> Option<&str> {
        self.terms.as_deref()
    }

    /// The header fields that belong to it.
    #[must_use]
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The problem as the body of a response. `instance` is the path of the request.
    #[must_use]
    pub fn document<'a>(&'a self, instance: Option<&'a str>) -> ProblemDocument<'a> {
        ProblemDocument {
            kind: self.code.type_uri(),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            instance,
            code: self.code.as_str(),
            parameter: self.parameter(),
            terms: self.terms(),
        }
    }

    /// The whole response.
    ///
    /// No cache may keep it. That holds for 404 too: what is hidden now may be published in the next
    /// second, or may exist for another token, and a cache could not know.
    #[must_use]
    pub fn response(&self, instance: Option<&str>) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        response.insert_header((header::CONTENT_TYPE, PROBLEM_JSON));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        for header in &self.headers {
            response.append_header(header.clone());
        }
        // A struct of texts and a number always serializes.
        response.body(serde_json::to_vec(&self.document(instance)).unwrap_or_default())
    }
}

/// A problem in the form of RFC 9457.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// The kind of problem, as a URI reference relative to the API.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid_parameter")]
    pub kind: &'a str,
    /// A short sentence about the kind.
    #[schema(example = "A parameter is not valid")]
    pub title: &'a str,
    /// The HTTP status of the response.
    #[schema(example = 400)]
    pub status: u16,
    /// A sentence about this occurrence.
    #[schema(example = "limit is a number from 1 to 100, not \"many\".")]
    pub detail: &'a str,
    /// The path of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/v1/articles")]
    pub instance: Option<&'a str>,
    /// The kind of problem in one word, for programs.
    #[schema(value_type = Code, example = "invalid_parameter")]
    pub code: &'a str,
    /// The parameter or header field that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    pub parameter: Option<&'a str>,
    /// Where the terms are read under which a machine may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<&'a str>,
}

/// The boundary where a failure of the store is logged, once. The client learns only whether to try again.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Overtaken) {
            return Self::new(Code::IdempotencyInFlight, "A later request with the same key has taken over.");
        }
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(%error, cause, "the store failed");
        match error {
            StoreError::Unavailable(_) | StoreError::NotMigrated => Self::unavailable(),
            _ => Self::internal(),
        }
    }
}

impl From<ChanceError> for Problem {
    fn from(error: ChanceError) -> Self {
        tracing::error!(%error, "no random bytes");
        Self::internal()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.response(None)
    }
}

/// A time in seconds, rounded up.
#[must_use]
pub const fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + (time.subsec_nanos() > 0) as u64
}

/// A client's own text, in quotes and cut to a length that fits in a sentence.
#[must_use]
pub fn quote(text: &str) -> String {
    format!("{:?}", cut(text))
}

/// A text of the client, cut to a length that may be repeated to it.
#[must_use]
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    async fn body(problem: &Problem) -> String {
        let bytes = to_bytes(problem.response(Some("/v1/articles")).into_body()).await.expect("body");
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    #[actix_web::test]
    async fn a_problem_has_the_form_of_rfc_9457() {
        let problem = Problem::invalid_parameter("limit", "limit is a number from 1 to 100.");
        assert_eq!(
            body(&problem).await,
            concat!(
                r#"{"type":"/problems/invalid_parameter","title":"A parameter is not valid","status":400,"#,
                r#""detail":"limit is a number from 1 to 100.","instance":"/v1/articles","#,
                r#""code":"invalid_parameter","parameter":"limit"}"#
            )
        );
        let response = problem.response(None);
        assert_eq!(response.headers().get("content-type").expect("type"), PROBLEM_JSON);
    }

    #[actix_web::test]
    async fn no_cache_keeps_an_error() {
        for code in Code::ALL {
            let response = Problem::new(*code, "x").response(None);
            assert_eq!(response.headers().get("cache-control").expect("set"), "no-store", "{code}");
        }
    }

    #[actix_web::test]
    async fn what_is_away_says_when_to_come_back() {
        assert_eq!(Problem::unavailable().response(None).headers().get("retry-after").expect("set"), "5");
    }

    #[actix_web::test]
    async fn a_parameter_is_repeated_in_short() {
        let long = "x".repeat(10_000);
        let problem = Problem::unknown_parameter(&long);
        assert!(body(&problem).await.len() < 500);
        assert!(Problem::unknown_parameter("a\"\n").detail().contains(r#""a\"\n""#));
    }
}
