//! `/v1/policy`.

pub(super) mod get;
pub(super) mod put;
pub(super) mod versions;

use super::answer::personal;
use super::dto::PolicyDto;
use crate::error::{Code, Problem};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};

/// A policy with its number as `ETag`, which the next change is sent with as `If-Match`.
fn versioned(policy: &PolicyDto) -> HttpResponse {
    let mut response = personal(StatusCode::OK, policy);
    if let Ok(etag) = format!("\"{}\"", policy.version).parse() {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// The version that a change was made from; `None` for `*`, which is whatever there is (RFC 9110, section 13.1.1).
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        let detail = "Say which version you have changed: If-Match with the ETag of GET /v1/policy.";
        return Err(Problem::new(Code::PreconditionRequired, detail).about("If-Match"));
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let number = number.and_then(|number| number.parse().ok());
    number.map(Some).ok_or_else(|| {
        Problem::new(Code::PreconditionFailed, "If-Match is the ETag of one version, such as \"3\".")
            .about("If-Match")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_change_names_its_version() {
        let read = |value: &str| {
            let request = TestRequest::put().insert_header((header::IF_MATCH, value)).to_http_request();
            if_match(request.headers()).map_err(|problem| problem.code())
        };
        assert_eq!(read("\"3\""), Ok(Some(3)));
        assert_eq!(read("*"), Ok(None));
        for wrong in ["3", "W/\"3\"", "\"x\"", "\"1\", \"2\""] {
            assert_eq!(read(wrong), Err(Code::PreconditionFailed), "{wrong}");
        }
        let bare = TestRequest::put().to_http_request();
        let problem = if_match(bare.headers()).expect_err("none");
        assert_eq!(problem.code(), Code::PreconditionRequired);
    }
}
