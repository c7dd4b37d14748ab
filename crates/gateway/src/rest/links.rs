//! The ways from one page of a list to the next, in the body and as `Link` headers (RFC 8288).

use super::dto::PageDto;
use super::parameters::back;
use crate::operation::cursor::ListName;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use masthead_domain::page::Page;
use url::form_urlencoded;

/// The page's part of an answer.
pub(super) fn page_of<T>(page: &Page<T>, list: ListName) -> PageDto {
    let first = page.rows.first().filter(|_| page.has_previous);
    let last = page.rows.last().filter(|_| page.has_next);
    PageDto {
        next: last.map(|(position, _)| list.encode(position)),
        previous: first.map(|(position, _)| back(&list.encode(position))),
        total: None,
    }
}

/// The same as a header; `None` when there is neither a next nor a previous page.
pub(super) fn link_header(request: &HttpRequest, page: &PageDto) -> Option<HeaderValue> {
    let link = |cursor: &Option<String>, relation: &str| {
        let cursor = cursor.as_deref()?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
            if name != "cursor" {
                query.append_pair(&name, &value);
            }
        }
        let query = query.append_pair("cursor", cursor).finish();
        Some(format!("<{}?{query}>; rel=\"{relation}\"", request.path()))
    };
    let links: Vec<_> =
        [link(&page.next, "next"), link(&page.previous, "prev")].into_iter().flatten().collect();
    HeaderValue::from_str(&links.join(", ")).ok().filter(|_| !links.is_empty())
}
