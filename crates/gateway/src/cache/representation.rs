//! An answer as bytes, with the headers that belong to it.

use crate::auth::Caller;
use bytes::Bytes;
use masthead_domain::clock::Timestamp;
use masthead_domain::partner::Delivered;
use masthead_domain::viewer::Viewer;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use actix_web::http::header::{self, HeaderMap, HeaderValue, HttpDate};
use actix_web::{HttpRequest, HttpResponse};

/// For whom an answer was made, which is what caches on the way may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Asked without a credential: a shared cache may keep it, and asks before each use whether it is
    /// still true, so that a withdrawal holds at once.
    Everybody,
    /// Made for whoever has a preview link: nobody may keep it.
    Nobody,
    /// Asked with a credential: only the client itself may keep it, and asks before each use.
    Credential,
}

impl Audience {
    /// The audience of an answer to this caller.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        match &*caller.viewer {
            Viewer::Preview(_) => Self::Nobody,
            _ if caller.has_credential() => Self::Credential,
            _ => Self::Everybody,
        }
    }

    const fn cache_control(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Everybody => "public, no-cache",
            Self::Nobody => "no-store",
            Self::Credential => "private, no-cache",
        })
    }
}

/// An answer as bytes, with the headers that belong to it.
#[derive(Clone, Debug)]
pub struct Representation {
    body: Bytes,
    etag: HeaderValue,
    content_type: HeaderValue,
    link: Option<HeaderValue>,
    last_modified: Option<Timestamp>,
    audience: Audience,
    delivered: Arc<[Delivered]>,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const VARY: HeaderValue = HeaderValue::from_static("Authorization, Accept");

impl Representation {
    /// A JSON answer.
    #[must_use]
    pub fn json(body: Vec<u8>, audience: Audience) -> Self {
        Self::new(body, JSON, audience)
    }

    /// An answer of any type. Its ETag is a hash of the bytes, so two viewers have the same ETag exactly
    /// when they have the same bytes (RFC 9110, section 8.8.3).
    #[must_use]
    pub fn new(body: Vec<u8>, content_type: HeaderValue, audience: Audience) -> Self {
        let etag = Self::etag_of(&body);
        Self {
            body: body.into(),
            etag,
            content_type,
            link: None,
            last_modified: None,
            audience,
            delivered: Arc::default(),
        }
    }

    /// The ETag of these bytes.
    #[must_use]
    pub fn etag_of(body: &[u8]) -> HeaderValue {
        let hash = blake3::hash(body).to_hex();
        HeaderValue::from_str(&format!("\"{}\"", &hash[..32])).unwrap_or(HeaderValue::from_static("\"\""))
    }

    /// With a `Link` header (RFC 8288).
    #[must_use]
    pub fn with_link(mut self, link: Option<HeaderValue>) -> Self {
        self.link = link;
        self
    }

    /// With a `Last-Modified` header.
    #[must_use]
    pub fn with_last_modified(mut self, at: Timestamp) -> Self {
        self.last_modified = Some(at);
        self
    }

    /// With what of articles goes out to a partner with it.
    #[must_use]
    pub fn with_delivered(mut self, delivered: Arc<[Delivered]>) -> Self {
        self.delivered = delivered;
        self
    }

    /// What of articles goes out to a partner with it.
    #[must_use]
    pub fn delivered(&self) -> &[Delivered] {
        &self.delivered
    }

    /// The bytes.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// Its media type.
    #[must_use]
    pub const fn content_type(&self) -> &HeaderValue {
        &self.content_type
    }

    /// Answers the request: in full, or with 304 when the client has these bytes already.
    #[must_use]
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let unchanged = self.is_known_to(request.headers());
        let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((header::ETAG, self.etag.clone()))
            .insert_header((header::CACHE_CONTROL, self.audience.cache_control()))
            .insert_header((header::VARY, VARY));
        if let Some(at) = self.last_modified {
            response.insert_header((header::LAST_MODIFIED, http_date(at)));
        }
        if unchanged {
            return response.finish();
        }
        if let Some(link) = &self.link {
            response.insert_header((header::LINK, link.clone()));
        }
        response.insert_header((header::CONTENT_TYPE, self.content_type.clone())).body(self.body.clone())
    }

    /// RFC 9110, section 13.1.2. `If-Modified-Since` is not looked at: what a viewer may see can change
    /// without the article changing, so a date proves nothing.
    fn is_known_to(&self, headers: &HeaderMap) -> bool {
        let tags = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
        tags.flat_map(|list| list.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == self.etag.as_bytes())
    }
}

fn http_date(at: Timestamp) -> HttpDate {
    let seconds = u64::try_from(at.seconds()).unwrap_or(0);
    HttpDate::from(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::StatusCode;
    use actix_web::test::TestRequest;

    fn status(etags: &str) -> StatusCode {
        let answer = Representation::json(b"{}".to_vec(), Audience::Everybody);
        let etag = answer.etag.to_str().expect("ascii").to_owned();
        let request = TestRequest::get().insert_header((header::IF_NONE_MATCH, etags.replace("SAME", &etag)));
        answer.respond(&request.to_http_request()).status()
    }

    #[test]
    fn only_the_same_bytes_are_not_sent_again() {
        assert_eq!(status("SAME"), StatusCode::NOT_MODIFIED);
        assert_eq!(status("\"other\", W/SAME"), StatusCode::NOT_MODIFIED);
        assert_eq!(status("*"), StatusCode::NOT_MODIFIED);
        assert_eq!(status("\"other\""), StatusCode::OK);
        assert_eq!(status(""), StatusCode::OK);
    }

    #[test]
    fn a_credential_makes_an_answer_private() {
        let request = TestRequest::get().to_http_request();
        let header_of = |audience| {
            let response = Representation::json(b"{}".to_vec(), audience).respond(&request);
            response.headers().get(header::CACHE_CONTROL).expect("set").to_str().expect("ascii").to_owned()
        };
        assert_eq!(header_of(Audience::Everybody), "public, no-cache");
        assert_eq!(header_of(Audience::Credential), "private, no-cache");
    }
}
