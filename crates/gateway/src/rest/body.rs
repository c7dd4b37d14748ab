//! Bodies of requests: bounded, of one media type, and read strictly.

use crate::error::{Code, Problem};
use crate::graphql::http::read;
use crate::operation::partner::BasedOn;
use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_TYPE, IF_MATCH};
use actix_web::web::{BytesMut, Payload};
use serde::de::DeserializeOwned;

/// The longest body, in bytes.
const MOST: usize = 64 * 1024;

/// Reads a JSON document. A field that is not known, or has another type, is named.
pub(super) async fn json<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, Problem> {
    let body = of_type(request, payload, "application/json").await?;
    let mut reader = serde_json::Deserializer::from_slice(&body);
    let wrong = |path: &str, error: &serde_json::Error| {
        let is_data = error.classify() == serde_json::error::Category::Data;
        let field = if is_data && !matches!(path, "" | ".") { path } else { "body" };
        let fault = if is_data {
            error.to_string()
        } else {
            format!("is no JSON document: line {}, column {}", error.line(), error.column())
        };
        Problem::invalid_parameter(field, format!("{field}: {fault}."))
    };
    let read: T = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| wrong(&error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| wrong("", &error))?;
    Ok(read)
}

/// Reads a body that must be of this media type.
pub(super) async fn of_type(
    request: &HttpRequest,
    payload: Payload,
    wanted: &'static str,
) -> Result<BytesMut, Problem> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    if !given.eq_ignore_ascii_case(wanted) {
        let problem = Problem::new(Code::UnsupportedMediaType, format!("The body is sent as {wanted}."));
        return Err(problem.about("Content-Type"));
    }
    read(request, payload, MOST).await
}

/// The state on which a change is based; `None` when the request does not say (RFC 9110, section 13.1.1).
pub(super) fn based_on(request: &HttpRequest) -> Result<Option<BasedOn>, Problem> {
    let Some(value) = request.headers().get(IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Some(BasedOn::Any));
    }
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let version = version.and_then(|text| text.parse().ok()).map(BasedOn::Version);
    let unknown = || {
        Problem::new(Code::PreconditionFailed, "If-Match names no state of it. Read it again.")
            .about("If-Match")
    };
    version.map(Some).ok_or_else(unknown)
}

/// The same, where it has to be said.
pub(super) fn must_be_based(request: &HttpRequest) -> Result<BasedOn, Problem> {
    based_on(request)?.ok_or_else(|| {
        let detail =
            "Send the ETag of what is to be replaced as If-Match, or * to replace whatever there is.";
        Problem::new(Code::PreconditionRequired, detail).about("If-Match")
    })
}
