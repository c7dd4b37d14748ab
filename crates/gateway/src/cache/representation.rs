//! An answer as bytes, with the headers that belong to it.

use super::coding::{Coded, Coding};
use crate::auth::Caller;
use bytes::Bytes;
use masthead_domain::clock::Timestamp;
use masthead_domain::partner::Delivered;
use masthead_domain::viewer::Viewer;
use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

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
    audience: Audience,
    ends: Option<Timestamp>,
    is_coded: bool,
    coded: Option<Arc<Coded>>,
    delivered: Arc<[Delivered]>,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const VARY: HeaderValue = HeaderValue::from_static("Authorization, Accept");
const VARY_CODED: HeaderValue = HeaderValue::from_static("Authorization, Accept, Accept-Encoding");

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
            audience,
            ends: None,
            is_coded: false,
            coded: None,
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

    /// With compressed forms, for whoever accepts them. They are made once each, by [`Self::prepare`].
    #[must_use]
    pub fn with_codings(mut self) -> Self {
        self.is_coded = true;
        self.coded = Coded::is_for(&self.body).then(Arc::default);
        self
    }

    /// The same with one text in the place of another, wherever it stands. It is one client's alone, so nobody compresses it.
    #[must_use]
    pub fn with_instead(&self, from: &str, to: &str) -> Self {
        let replaced = |text: &[u8]| String::from_utf8_lossy(text).replace(from, to);
        let body = replaced(&self.body).into_bytes();
        let link = self.link.as_ref().and_then(|link| HeaderValue::try_from(replaced(link.as_bytes())).ok());
        Self { link, ..Self::new(body, self.content_type.clone(), self.audience) }
    }

    /// As it is sent once and not kept: nobody compresses it for one request.
    #[must_use]
    pub fn for_once(mut self) -> Self {
        self.coded = None;
        self
    }

    /// Kept until this instant, from which on it is no longer true; `None` for as long as its epoch lasts.
    #[must_use]
    pub const fn until(mut self, ends: Option<Timestamp>) -> Self {
        self.ends = ends;
        self
    }

    /// Whether it is still true at this instant.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }

    /// Without its body: as much as it takes to say that it has not changed.
    #[must_use]
    pub fn without_body(&self) -> Self {
        Self { body: Bytes::new(), coded: None, link: None, ..self.clone() }
    }

    /// How much room it takes, in bytes, with its compressed forms.
    #[must_use]
    pub fn size(&self) -> usize {
        let body = self.body.len() * if self.coded.is_some() { 2 } else { 1 };
        body + size_of_val(&*self.delivered)
    }

    /// The compressed form that would answer the request and is still to be made.
    #[must_use]
    pub fn wanting(&self, request: &HttpRequest) -> Option<Coding> {
        let coded = self.coded.as_ref()?;
        Coding::preferred(request).filter(|coding| coded.is_missing(*coding))
    }

    /// Makes a compressed form. It takes milliseconds: not for a worker's thread.
    pub fn prepare(&self, coding: Coding) {
        if let Some(coded) = &self.coded {
            coded.prepare(coding, &self.body);
        }
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

    /// Answers the request: in full, or with 304 when the client has it already.
    #[must_use]
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        if let Some(etag) = self.known_to(request) {
            let mut response = HttpResponse::NotModified();
            self.describe(&mut response, etag);
            return response.finish();
        }
        let coded = self.coded.as_ref().and_then(|coded| {
            let coding = Coding::preferred(request)?;
            Some((coding, coded.ready(coding)?))
        });
        let mut response = HttpResponse::Ok();
        self.describe(&mut response, self.etag_in(coded.map(|(coding, _)| coding)));
        if let Some(link) = &self.link {
            response.insert_header((header::LINK, link.clone()));
        }
        response.insert_header((header::CONTENT_TYPE, self.content_type.clone()));
        match coded {
            Some((coding, body)) => {
                response.insert_header((header::CONTENT_ENCODING, coding.token())).body(body.clone())
            }
            None => response.body(self.body.clone()),
        }
    }

    fn describe(&self, response: &mut HttpResponseBuilder, etag: HeaderValue) {
        response
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, self.audience.cache_control()))
            .insert_header((header::VARY, if self.is_coded { VARY_CODED } else { VARY }));
    }

    /// The ETag in a coding: other bytes have another one (RFC 9110, section 8.8.3.3).
    fn etag_in(&self, coding: Option<Coding>) -> HeaderValue {
        let Some(coding) = coding else { return self.etag.clone() };
        let plain = self.etag.to_str().unwrap_or_default().trim_matches('"');
        HeaderValue::from_str(&format!("\"{plain}-{}\"", coding.token())).unwrap_or(self.etag.clone())
    }

    /// The ETag of what the client has of this answer, in whichever coding: that form is the one which is chosen for it
    /// then (RFC 9110, section 13.1.2). No answer has a `Last-Modified`, here or in a cache on the way: what a viewer may see
    /// changes without the article changing, so a date proves nothing.
    fn known_to(&self, request: &HttpRequest) -> Option<HeaderValue> {
        let codings = Coding::ALL.iter().copied().filter(|_| self.is_coded).map(Some);
        let ours: Vec<_> = std::iter::once(None).chain(codings).map(|coding| self.etag_in(coding)).collect();
        let tags = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
        tags.flat_map(|list| list.split(',')).map(str::trim).find_map(|tag| {
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            if tag == "*" {
                return Some(self.etag.clone());
            }
            ours.iter().find(|etag| etag.as_bytes() == tag.as_bytes()).cloned()
        })
    }

    /// Whether the client has it already.
    #[must_use]
    pub fn is_known_to(&self, request: &HttpRequest) -> bool {
        self.known_to(request).is_some()
    }
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
    fn each_coding_has_an_etag_of_its_own_and_any_of_them_is_known() {
        let answer =
            Representation::json("{} ".repeat(1_000).into_bytes(), Audience::Everybody).with_codings();
        let ask = |accepted: &str, known: &str| {
            let request = TestRequest::get()
                .insert_header((header::ACCEPT_ENCODING, accepted))
                .insert_header((header::IF_NONE_MATCH, known))
                .to_http_request();
            let waits_for = answer.wanting(&request);
            let response = answer.respond(&request);
            let field =
                |name| response.headers().get(name).map(|value| value.to_str().expect("ascii").to_owned());
            (waits_for, response.status(), field(header::ETAG).expect("set"), field(header::CONTENT_ENCODING))
        };
        let (waits_for, _, plain, coding) = ask("br", "");
        assert_eq!((waits_for, coding), (Some(Coding::Brotli), None), "not made yet");
        answer.prepare(Coding::Brotli);
        let (waits_for, status, brotli, coding) = ask("br", "");
        assert_eq!((waits_for, status, coding.as_deref()), (None, StatusCode::OK, Some("br")));
        assert_ne!(plain, brotli);
        for known in [&plain, &brotli] {
            let (_, status, etag, coding) = ask("br", known);
            assert_eq!((status, &etag, coding), (StatusCode::NOT_MODIFIED, known, None));
        }
        assert_eq!(ask("br", &brotli.replace("-br", "-zz")).1, StatusCode::OK);
        let short = Representation::json(b"{}".to_vec(), Audience::Everybody).with_codings();
        let request = TestRequest::get().insert_header((header::ACCEPT_ENCODING, "br")).to_http_request();
        assert_eq!(short.wanting(&request), None);
        let vary = short.respond(&request).headers().get(header::VARY).cloned();
        assert_eq!(vary, Some(VARY_CODED), "whether it is compressed may change");
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
