//! Bodies of requests: bounded in length and in time, and JSON read strictly.

mod distinct;
mod fault;
mod reader;

use self::distinct::Distinct;
use self::reader::Reader;
use crate::error::{Code, Problem};
use crate::limits::still_so;
use crate::state::Gateway;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{BytesMut, Data, Payload};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may take to send a file.
const FILE_TIMEOUT: Duration = Duration::from_secs(60);

/// Within this time, in microseconds, what a token grants counts as what it was when the request began.
const AT_ONCE: i64 = 250_000;

/// The bytes of a JSON body, at most.
pub(crate) const JSON_BYTES: usize = 256 * 1024;

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
    let gateway = request.app_data::<Data<Gateway>>();
    let begun = gateway.map(|gateway| gateway.clock.now());
    tokio::time::timeout(time, whole)
        .await
        .unwrap_or_else(|_| Err(Problem::new(Code::InvalidRequest, "The body comes too slowly.")))?;
    if let (Some(gateway), Some(begun)) = (gateway, begun)
        && gateway.clock.now().micros() - begun.micros() > AT_ONCE
    {
        still_so(gateway, request).await?;
    }
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
    let unreadable = |error| Problem::new(Code::InvalidRequest, format!("This is not JSON: {error}."));
    let json = parse(body).map_err(unreadable)?;
    if !json.is_object() {
        return Err(Problem::new(Code::InvalidRequest, "This is not a JSON object."));
    }
    value("", json)
}

/// Reads JSON in which no object names a field twice.
///
/// # Errors
/// Where it is no JSON, and why.
pub fn parse(text: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(text).map(|Distinct(json)| json)
}

/// Reads what a JSON value says that stands at this place of the body; an empty one is the whole.
///
/// # Errors
/// A problem that names the field that is wrong or not known.
pub fn value<T: DeserializeOwned>(place: &str, json: Value) -> Result<T, Problem> {
    T::deserialize(Reader(json)).map_err(|fault| match place {
        "" => fault.problem(),
        place => fault.inside(place).problem(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_domain::paywall::Policy;

    fn fault(body: &str) -> String {
        let problem = object::<Policy>(body.as_bytes()).expect_err("a fault");
        format!("{} {}: {}", problem.code(), problem.parameter().unwrap_or_default(), problem.detail())
    }

    #[test]
    fn an_array_is_no_object_however_deep_it_lies() {
        assert_eq!(fault("[]"), "invalid_request : This is not a JSON object.");
        for (body, place) in [
            (r#"{"gifts":[5,14,10]}"#, "gifts"),
            (r#"{"rules":[["x"]]}"#, "rules[0]"),
            (r#"{"rules":[{"name":"x","requires":[["member"]]}]}"#, "rules[0].requires"),
            (r#"{"meters":[["devices",3,"month",[]]]}"#, "meters[0]"),
        ] {
            let expected = format!("invalid_parameter {place}: {place}: must be an object, not an array.");
            assert_eq!(fault(body), expected);
        }
    }

    #[test]
    fn a_fault_is_told_in_the_words_of_json() {
        for (body, expected) in [
            (
                r#"{"gifts":{"monthly":-1,"days":1,"uses":1}}"#,
                "gifts.monthly: must be a whole number from 0 to 4294967295, not -1.",
            ),
            (r#"{"gifts":{"monthly":"5","days":1,"uses":1}}"#, "not \"5\"."),
            (r#"{"gifts":{"days":1,"uses":1}}"#, "gifts.monthly: is missing."),
            (
                r#"{"gifts":{"days":1,"uses":1,"monthly":1,"weekly":1}}"#,
                "There is no parameter \"gifts.weekly\" here.",
            ),
            (r#"{"rules":{}}"#, "rules: must be an array, not an object."),
            (
                r#"{"meters":[{"who":"devices","limit":1,"period":"year"}]}"#,
                "must be one of day, week, month, not \"year\".",
            ),
            (
                r#"{"meters":[{"who":7,"limit":1,"period":"day"}]}"#,
                "meters[0].who: must be one of devices, members, holders.",
            ),
        ] {
            assert!(fault(body).ends_with(expected), "{}", fault(body));
        }
    }

    #[test]
    fn what_is_no_json_blames_no_field() {
        for body in [r#"{"gifts":{"monthly":"#, "{} {}", "", r#"{"rules":[],"rules":[]}"#] {
            let fault = fault(body);
            assert!(fault.starts_with("invalid_request : This is not JSON: "), "{fault}");
        }
    }
}
