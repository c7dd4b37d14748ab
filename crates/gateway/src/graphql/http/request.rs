//! What a client asks, out of a body or a query string.

use crate::body;
use crate::error::{Code, Problem, quote};
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use async_graphql::Variables;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A request as GraphQL over HTTP has it.
#[derive(Debug, Default)]
pub struct Asked {
    /// The text of the document; may be missing when its hash is given.
    pub query: Option<String>,
    /// Which operation of the document is meant.
    pub operation: Option<String>,
    /// The values of its variables.
    pub variables: Variables,
    /// The SHA-256 of the document's text, by which it may be known already.
    pub hash: Option<[u8; 32]>,
}

/// The body of a POST. Other keys are reserved for later versions of the standard and are not looked at.
#[derive(Deserialize)]
struct Body {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation: Option<String>,
    variables: Option<Variables>,
    extensions: Option<Map<String, Value>>,
}

impl Asked {
    /// Reads the body of a POST.
    ///
    /// # Errors
    /// A problem that names the key that is wrong.
    pub fn from_body(body: &[u8]) -> Result<Self, Problem> {
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(invalid("Several requests in one are not taken; send each on its own."));
        }
        Self::new(body::object(body)?)
    }

    /// Reads the query string of a GET.
    ///
    /// # Errors
    /// A problem that names the parameter that is wrong.
    pub fn from_query(query: &str) -> Result<Self, Problem> {
        let mut body = Body { query: None, operation: None, variables: None, extensions: None };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let twice = match name.as_ref() {
                "query" => body.query.replace(value.into_owned()).is_some(),
                "operationName" => body.operation.replace(value.into_owned()).is_some(),
                "variables" => replace_json(&mut body.variables, "variables", &value)?,
                "extensions" => replace_json(&mut body.extensions, "extensions", &value)?,
                _ => false,
            };
            if twice {
                return Err(invalid(format!("{name} stands more than once.")).about(&name));
            }
        }
        Self::new(body)
    }

    fn new(body: Body) -> Result<Self, Problem> {
        let hash = body.extensions.as_ref().and_then(|extensions| extensions.get("persistedQuery"));
        let hash = hash.filter(|value| !value.is_null()).map(persisted_hash).transpose()?;
        if body.query.is_none() && hash.is_none() {
            return Err(invalid("The request has no query.").about("query"));
        }
        Ok(Self {
            query: body.query,
            operation: body.operation.filter(|name| !name.is_empty()),
            variables: body.variables.unwrap_or_default(),
            hash,
        })
    }
}

fn replace_json<T: DeserializeOwned>(
    place: &mut Option<T>,
    name: &'static str,
    text: &str,
) -> Result<bool, Problem> {
    let unreadable = |error| invalid(format!("{name} is not JSON: {error}.")).about(name);
    let value: Option<T> = body::value(name, body::parse(text.as_bytes()).map_err(unreadable)?)?;
    let before = place.is_some();
    *place = value;
    Ok(before)
}

/// `extensions.persistedQuery`: `{"version": 1, "sha256Hash": "64 hexadecimal digits"}`.
fn persisted_hash(value: &Value) -> Result<[u8; 32], Problem> {
    const WHERE: &str = "extensions.persistedQuery";
    if value.get("version").and_then(Value::as_u64) != Some(1) {
        return Err(invalid("extensions.persistedQuery.version is 1.").about(WHERE));
    }
    let hash = value.get("sha256Hash").and_then(Value::as_str).and_then(from_hex);
    hash.ok_or_else(|| {
        invalid("extensions.persistedQuery.sha256Hash has 64 hexadecimal digits.").about(WHERE)
    })
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    blake3::Hash::from_hex(text).ok().map(|hash| *hash.as_bytes())
}

fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(Code::InvalidRequest, detail)
}

/// Only JSON is read: a page of another origin cannot send that without being asked first, as it could with
/// the types that forms have.
///
/// # Errors
/// A problem when the body has another type, charset or coding.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported = |detail: String, field: HeaderName| {
        Problem::new(Code::UnsupportedMediaType, detail).about(field.as_str())
    };
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = sent.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.filter(|part| !part.is_empty()).all(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    if !is_json || !is_utf8 {
        let detail = format!("The body is application/json in UTF-8, not {}.", quote(sent));
        return Err(unsupported(detail, header::CONTENT_TYPE));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(coding) if coding != "identity" => Err(unsupported(
            "The body is sent without a content coding.".to_owned(),
            header::CONTENT_ENCODING,
        )),
        _ => Ok(()),
    }
}

/// The header fields that a page of another origin cannot set without being asked first.
const PREFLIGHT: [&str; 2] = ["graphql-require-preflight", "apollo-require-preflight"];

/// A GET has to prove that no page of another origin made it: by a header field that such a page cannot
/// set without a preflight, or by the browser's own word.
///
/// # Errors
/// A problem that names the header field to send.
pub(super) fn check_origin(request: &HttpRequest) -> Result<(), Problem> {
    let headers = request.headers();
    let set = |name: &&str| headers.get(*name).is_some_and(|value| !value.is_empty());
    let same_site = headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin" || site == "none");
    if PREFLIGHT.iter().any(set) || same_site {
        return Ok(());
    }
    Err(Problem::new(Code::Csrf, "A GET needs the header field GraphQL-Require-Preflight: 1.")
        .about("GraphQL-Require-Preflight"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn refused(body: &str) -> String {
        Asked::from_body(body.as_bytes()).expect_err(body).detail().to_owned()
    }

    #[test]
    fn a_body_is_an_object_with_a_query() {
        let asked =
            Asked::from_body(br#" {"query":"{a}","operationName":"A","variables":{"n":1},"unknown":[1]}"#);
        let asked = asked.expect("a request");
        assert_eq!((asked.query.as_deref(), asked.operation.as_deref()), (Some("{a}"), Some("A")));
        assert_eq!(asked.variables.len(), 1);
        let nulls = br#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#;
        assert!(Asked::from_body(nulls).is_ok());
        assert_eq!(Asked::from_body(br#"{"query":"{a}","operationName":""}"#).expect("ok").operation, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(refused(r#"[{"query":"{a}"}]"#).starts_with("Several requests"));
        for body in ["", "null", "\"{a}\"", "{a}"] {
            assert!(refused(body).starts_with("This is not"), "{body}");
        }
        assert!(refused("{\"query\":").contains("EOF"));
        assert!(refused(r#"{"query":"{a}"} x"#).starts_with("This is not JSON"));
        assert_eq!(refused("{}"), "The request has no query.");
        assert_eq!(refused(r#"{"qeury":"{a}"}"#), "The request has no query.");
        for (body, key) in [
            (r#"{"query":7}"#, "query:"),
            (r#"{"query":"{a}","variables":[1]}"#, "variables:"),
            (r#"{"query":"{a}","variables":"{}"}"#, "variables:"),
            (r#"{"query":"{a}","extensions":["x"]}"#, "extensions:"),
            (r#"{"query":"{a}","operationName":1}"#, "operationName:"),
        ] {
            assert!(refused(body).starts_with(key), "{body}: {}", refused(body));
        }
        assert!(refused(r#"{"query":"{a}","query":"{b}"}"#).contains("stands twice"));
        let deep =
            format!(r#"{{"query":"{{a}}","variables":{{"x":{}1{}}}}}"#, "[".repeat(5_000), "]".repeat(5_000));
        assert!(refused(&deep).contains("recursion limit"));
    }

    #[test]
    fn a_query_string_holds_the_same() {
        let asked = Asked::from_query("query=%7Ba%7D&operationName=&variables=%7B%22n%22%3A1%7D&unknown=1");
        let asked = asked.expect("a request");
        assert_eq!((asked.query.as_deref(), asked.operation), (Some("{a}"), None));
        assert_eq!(asked.variables.len(), 1);
        for (query, name) in [
            ("query=a&query=b", "query"),
            ("query=a&variables=%5B%5D", "variables"),
            ("query=a&variables=x", "variables"),
            ("query=a&extensions=1", "extensions"),
            ("", "query"),
        ] {
            assert_eq!(Asked::from_query(query).expect_err(query).parameter(), Some(name), "{query}");
        }
    }

    #[test]
    fn a_hash_has_64_digits_and_version_1() {
        let hash = "a".repeat(64);
        let body = format!(r#"{{"extensions":{{"persistedQuery":{{"version":1,"sha256Hash":"{hash}"}}}}}}"#);
        assert_eq!(Asked::from_body(body.as_bytes()).expect("ok").hash, Some([0xaa; 32]));
        for bad in [body.replace('1', "2"), body.replace("aa", "zz"), body.replace("aa", "a")] {
            assert!(refused(&bad).starts_with("extensions.persistedQuery"), "{bad}");
        }
        assert!(refused(r#"{"extensions":{"persistedQuery":null}}"#).contains("no query"));
    }

    #[test]
    fn only_json_is_read() {
        let check = |sent: &str| {
            let request = TestRequest::post().insert_header((header::CONTENT_TYPE, sent)).to_http_request();
            check_content_type(request.headers()).is_ok()
        };
        for good in
            ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""]
        {
            assert!(check(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/graphql",
            "text/plain; application/json",
        ] {
            assert!(!check(bad), "{bad}");
        }
        let none = TestRequest::post().to_http_request();
        assert!(check_content_type(none.headers()).is_err());
        let packed = TestRequest::post()
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .insert_header((header::CONTENT_ENCODING, "gzip"));
        assert!(check_content_type(packed.to_http_request().headers()).is_err());
    }

    #[test]
    fn a_get_proves_where_it_comes_from() {
        let check = |name: &'static str, value: &str| {
            check_origin(&TestRequest::get().insert_header((name, value)).to_http_request()).is_ok()
        };
        assert!(check("graphql-require-preflight", "1"));
        assert!(check("apollo-require-preflight", "true"));
        assert!(check("sec-fetch-site", "same-origin"));
        assert!(!check("sec-fetch-site", "cross-site"));
        assert!(!check("sec-fetch-site", "same-site"));
        assert!(!check("graphql-require-preflight", ""));
        assert!(!check("origin", "https://evil.example"));
    }
}
