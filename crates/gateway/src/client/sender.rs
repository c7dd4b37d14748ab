//! Where a request comes from.

use super::Proxies;
use crate::error::cut;
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};
use std::net::IpAddr;

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The address of the network.
    pub address: IpAddr,
    /// The site whose page sent it, when a browser says so.
    pub origin: Option<String>,
    /// What the program calls itself, cut.
    pub agent: String,
}

impl Client {
    /// Reads who sends a request, through the proxies that are trusted.
    #[must_use]
    pub fn of(request: &HttpRequest, proxies: &Proxies) -> Self {
        let text = |name: &HeaderName| {
            let value = request.headers().get_all(name).last();
            value.and_then(|value| value.to_str().ok()).map(str::trim)
        };
        let plain = |text: &str| {
            let plain: String =
                text.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ').collect();
            cut(&plain)
        };
        Self {
            address: proxies.client(request.peer_addr(), request.headers()),
            origin: text(&header::ORIGIN).filter(|origin| *origin != "null").map(plain),
            agent: text(&header::USER_AGENT).map(plain).unwrap_or_default(),
        }
    }

    /// Where a consent came from, in words for the log of consents.
    #[must_use]
    pub fn source(&self) -> String {
        match &self.origin {
            Some(origin) => format!("{origin} {}", self.address),
            None => self.address.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn client(headers: &[(&str, &str)]) -> Client {
        let request = TestRequest::get().peer_addr("192.0.2.1:99".parse().expect("an address"));
        let request = headers.iter().fold(request, |request, header| request.append_header(*header));
        Client::of(&request.to_http_request(), &Proxies::default())
    }

    #[test]
    fn what_a_client_says_of_itself_is_short_and_plain() {
        let long = "x".repeat(1_000);
        let client = client(&[("user-agent", &long), ("origin", "https://paper.example")]);
        assert!(client.agent.len() < 200);
        assert_eq!(client.source(), "https://paper.example 192.0.2.1");
    }
}
