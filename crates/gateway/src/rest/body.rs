//! The body of a request, read strictly: JSON of the form that the endpoint has, and nothing beside it.

use crate::error::{Code, Problem};
use actix_web::http::header::{ACCEPT, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;

/// Reads the body. The framework takes at most 256 KiB of one.
///
/// # Errors
/// 415 for another media type, 400 with the place of what is wrong.
pub(super) fn json<T: DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, Problem> {
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        let problem = Problem::new(Code::UnsupportedMediaType, "The body is sent as application/json.");
        let accepted = HeaderValue::from_static("application/json");
        return Err(problem.about("Content-Type").with_header(ACCEPT, accepted));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let place = error.path().to_string();
        let fault = error.into_inner();
        match fault.classify() {
            serde_json::error::Category::Data => {
                Problem::invalid_parameter(&place, format!("{place}: {}.", plain(&fault)))
            }
            _ => no_json(&fault),
        }
    })?;
    json.end().map_err(|fault| no_json(&fault))?;
    Ok(read)
}

fn no_json(fault: &serde_json::Error) -> Problem {
    Problem::new(Code::InvalidRequest, format!("The body is not JSON: {fault}."))
}

/// The fault without its line and column, which say less than its place.
fn plain(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    text.rsplit_once(" at line ").map_or_else(|| text.clone(), |(plain, _)| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use masthead_domain::paywall::Policy;

    fn read(body: &str) -> Result<Policy, Problem> {
        let request = TestRequest::post().insert_header(("content-type", "application/json; charset=utf-8"));
        json(&request.to_http_request(), body.as_bytes())
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        assert!(read(r#"{"rules": []}"#).is_ok());
        let problem = read(r#"{"rules": [{"name": "a", "freeBlock": 1}]}"#).expect_err("unknown");
        assert_eq!(problem.code(), Code::InvalidParameter);
        assert_eq!(problem.parameter(), Some("rules[0].freeBlock"));
        for text in ["", "{", r#"{"rules": []} x"#] {
            assert_eq!(read(text).expect_err(text).code(), Code::InvalidRequest, "{text}");
        }
        let request = TestRequest::post().insert_header(("content-type", "text/plain")).to_http_request();
        let problem = json::<Policy>(&request, b"{}").expect_err("another type");
        assert_eq!(problem.code(), Code::UnsupportedMediaType);
    }
}
