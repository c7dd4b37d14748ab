//! The condition of a change: the version that it was made from (RFC 9110, section 13.1.1).

use crate::error::{Code, Problem};
use actix_web::http::header::{HeaderMap, HeaderValue, IF_MATCH};

/// The version that a change was made from; `None` for `*`, which is whatever there is, and where nothing is said.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(etag) = if_match_etag(headers)? else { return Ok(None) };
    let number = etag.to_str().ok().and_then(|text| text.trim_matches('"').parse().ok());
    number.map(Some).ok_or_else(no_etag)
}

/// The `ETag` of the representation that a change was made from; `None` as for [`if_match`].
pub(super) fn if_match_etag(headers: &HeaderMap) -> Result<Option<HeaderValue>, Problem> {
    let Some(value) = headers.get(IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let opaque = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let is_one = opaque.is_some_and(|opaque| !opaque.is_empty() && !opaque.contains('"'));
    is_one.then(|| HeaderValue::from_str(text).ok()).flatten().map(Some).ok_or_else(no_etag)
}

fn no_etag() -> Problem {
    let detail = "If-Match is the ETag of what is changed, with its quotation marks, such as \"3\".";
    Problem::new(Code::PreconditionFailed, detail).about("If-Match")
}

/// The same, where it has to be said.
pub(super) fn must_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    if headers.contains_key(IF_MATCH) {
        return if_match(headers);
    }
    let detail = "Send the ETag of what is to be replaced as If-Match, or * to replace whatever there is.";
    Err(Problem::new(Code::PreconditionRequired, detail).about("If-Match"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_change_names_its_version() {
        let read = |value: &str| {
            let request = TestRequest::put().insert_header((IF_MATCH, value)).to_http_request();
            must_match(request.headers()).map_err(|problem| problem.code())
        };
        assert_eq!(read("\"3\""), Ok(Some(3)));
        assert_eq!(read("*"), Ok(None));
        for wrong in ["3", "W/\"3\"", "\"x\"", "\"1\", \"2\"", "\"\"", "\""] {
            assert_eq!(read(wrong), Err(Code::PreconditionFailed), "{wrong}");
        }
        let request = TestRequest::patch().insert_header((IF_MATCH, " \"a1\" ")).to_http_request();
        let etag = if_match_etag(request.headers()).expect("an ETag");
        assert_eq!(etag, Some(HeaderValue::from_static("\"a1\"")));
        let bare = TestRequest::put().to_http_request();
        assert_eq!(if_match(bare.headers()), Ok(None));
        let problem = must_match(bare.headers()).expect_err("none");
        assert_eq!(problem.code(), Code::PreconditionRequired);
    }
}
