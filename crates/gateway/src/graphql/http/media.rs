//! Which media type an answer has.

use crate::error::{Code, Problem};
use actix_web::http::header::{ACCEPT, HeaderMap, HeaderValue};

/// A media type in which answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status says how the request went.
    GraphQl,
    /// `application/json`: a request that could be read is answered with 200.
    Json,
}

impl Media {
    /// In the order of our own preference.
    const ALL: [Self; 2] = [Self::GraphQl, Self::Json];

    const fn essence(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }

    /// The value of `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    /// Chooses by the `Accept` header (RFC 9110, section 12.5.1): the highest weight wins, then the place in
    /// the list. Without the header everything is accepted.
    ///
    /// # Errors
    /// A problem when the client accepts neither.
    pub fn negotiate(headers: &HeaderMap) -> Result<Self, Problem> {
        let ranges: Vec<_> = headers
            .get_all(ACCEPT)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
            .filter_map(Range::parse)
            .collect();
        if ranges.is_empty() && !headers.contains_key(ACCEPT) {
            return Ok(Self::GraphQl);
        }
        let mut best: Option<(f32, usize, Self)> = None;
        for media in Self::ALL {
            let Some((place, range)) = most_specific(&ranges, media) else { continue };
            let better = best.is_none_or(|(weight, at, _)| {
                range.weight > weight || (range.weight >= weight && place < at)
            });
            if range.weight > 0.0 && better {
                best = Some((range.weight, place, media));
            }
        }
        best.map(|(_, _, media)| media).ok_or_else(|| {
            let [first, second] = Self::ALL.map(Self::essence);
            Problem::new(Code::NotAcceptable, format!("Answers come as {first} or {second}.")).about("Accept")
        })
    }
}

struct Range {
    name: String,
    weight: f32,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = weight.map_or(Some(1.0), |weight| weight.trim().parse().ok())?;
        Some(Self { name, weight })
    }
}

fn most_specific(ranges: &[Range], media: Media) -> Option<(usize, &Range)> {
    [media.essence(), "application/*", "*/*"]
        .into_iter()
        .find_map(|name| ranges.iter().enumerate().find(|(_, range)| range.name == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).expect("a header"));
        Media::negotiate(&headers).ok()
    }

    #[test]
    fn the_client_chooses() {
        assert_eq!(Media::negotiate(&HeaderMap::new()).ok(), Some(Media::GraphQl));
        for (accept, media) in [
            ("application/json", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphQl)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::GraphQl)),
            ("application/json, application/graphql-response+json", Some(Media::Json)),
            ("application/json;q=0.5, application/graphql-response+json;q=0.9", Some(Media::GraphQl)),
            ("*/*", Some(Media::GraphQl)),
            ("application/*", Some(Media::GraphQl)),
            ("text/html, */*;q=0.1", Some(Media::GraphQl)),
            ("*/*, application/graphql-response+json;q=0", Some(Media::Json)),
            ("APPLICATION/JSON; charset=utf-8", Some(Media::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json;q=x", None),
            ("multipart/mixed", None),
            ("", None),
        ] {
            assert_eq!(chosen(accept), media, "{accept}");
        }
    }
}
