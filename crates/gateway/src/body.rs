//! Bodies of requests: bounded in length and in time, and JSON read strictly.

use crate::error::{Code, Problem, cut, quote};
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may take to send a file.
const FILE_TIMEOUT: Duration = Duration::from_secs(60);

/// The bytes of a JSON body, at most.
const JSON_BYTES: usize = 256 * 1024;

/// The bytes of a form, at most.
const FORM_BYTES: usize = 16 * 1024;

/// Reads a whole body.
///
/// # Errors
/// A problem when it is longer than `limit` bytes, does not end, or comes too slowly.
pub async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<BytesMut, Problem> {
    read_within(request, payload, limit, BODY_TIMEOUT).await
}

async fn read_within(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
    time: Duration,
) -> Result<BytesMut, Problem> {
    let too_large = || Problem::new(Code::PayloadTooLarge, format!("The body has more than {limit} bytes."));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    let whole = async {
        while let Some(piece) = payload.next().await {
            let piece = piece.map_err(|_| Problem::new(Code::InvalidRequest, "The body does not end."))?;
            if body.len() + piece.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&piece);
        }
        Ok(())
    };
    tokio::time::timeout(time, whole)
        .await
        .unwrap_or_else(|_| Err(Problem::new(Code::InvalidRequest, "The body comes too slowly.")))?;
    Ok(body)
}

/// The media type of the body, without its parameters, in lower case.
pub fn media_type(request: &HttpRequest) -> String {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// Reads what a form sends, still encoded.
///
/// # Errors
/// A problem when it is sent as something else, is too long, or does not end in time.
pub async fn form(request: &HttpRequest, payload: Payload) -> Result<BytesMut, Problem> {
    const FORM: &str = "application/x-www-form-urlencoded";
    if media_type(request) != FORM {
        return Err(Problem::new(Code::UnsupportedMediaType, format!("Send the body as {FORM}."))
            .about("Content-Type"));
    }
    read(request, payload, FORM_BYTES).await
}

/// Reads a table (RFC 4180) of at most so many bytes.
///
/// # Errors
/// A problem when it is sent as something else, is too long, or does not end in time.
pub async fn csv(request: &HttpRequest, payload: Payload, limit: usize) -> Result<BytesMut, Problem> {
    if media_type(request) != "text/csv" {
        return Err(
            Problem::new(Code::UnsupportedMediaType, "Send the body as text/csv.").about("Content-Type")
        );
    }
    read_within(request, payload, limit, FILE_TIMEOUT).await
}

/// Reads a JSON object. Only `application/json` is taken: no page of another site can send that without asking first.
///
/// # Errors
/// A problem that names the field that is wrong or not known.
pub async fn json<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, Problem> {
    if media_type(request) != "application/json" {
        return Err(Problem::new(Code::UnsupportedMediaType, "Send the body as application/json."));
    }
    object(&read(request, payload, JSON_BYTES).await?)
}

/// Reads a JSON object that is here already.
///
/// # Errors
/// As [`json`].
pub fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // A struct would also be read from an array, by position.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Problem::new(Code::InvalidRequest, "The body is a JSON object."));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let (path, reason) = (error.path().to_string(), error.inner().to_string());
        let named = |fault: &str| reason.strip_prefix(fault).and_then(|rest| rest.split('`').next());
        if let Some(name) = named("unknown field `") {
            // The path leads to the field, where there is one.
            return Problem::unknown_parameter(if path.ends_with(name) { &path } else { name });
        }
        if let Some(name) = named("missing field `") {
            let place = if matches!(path.as_str(), "" | "." | "?") {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            return Problem::invalid_parameter(&place, format!("{place}: is missing."));
        }
        match path.as_str() {
            "" | "." | "?" => {
                Problem::new(Code::InvalidRequest, format!("The body cannot be read: {}.", cut(&reason)))
            }
            path => Problem::invalid_parameter(path, format!("{}: {}.", quote(path), cut(&reason))),
        }
    })?;
    deserializer
        .end()
        .map_err(|_| Problem::new(Code::InvalidRequest, "Something stands behind the JSON object."))?;
    Ok(value)
}
