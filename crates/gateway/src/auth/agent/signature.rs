//! What a signature says, and the text that it is of (RFC 9421, sections 2 and 3).

use super::nonces::Nonce;
use super::{Unproven, WasHead};
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{HttpMessage, HttpRequest};
use masthead_domain::clock::Timestamp;
use sfv::{BareItem, Dictionary, FieldType, Item, ListEntry, Parser};
use std::fmt::Write;
use url::Url;

pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("signature");
pub(super) const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const SIGNATURE_AGENT: &str = "signature-agent";

/// What a signature is for.
const TAG: &str = "web-bot-auth";

/// The most of a field that is read, in bytes.
const MAX_FIELD: usize = 4_096;

/// The most that a signature may cover.
const MAX_COMPONENTS: usize = 16;

/// The longest life of a signature, in seconds.
const MAX_SECONDS: i64 = 3_600;

/// By how many seconds the clock of a machine may be ahead of ours.
const LEEWAY: i64 = 30;

/// An address at which clients reach this API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Without a slash at its end.
    url: String,
    authority: String,
    /// What the paths of the API stand below, without a slash at its end.
    path: String,
}

impl Address {
    /// Reads an http or https address; `None` for another, and for one with a query, a fragment or a user.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        let host = url.host_str().filter(|_| is_bare && url.password().is_none())?;
        // The port is left out where it is the usual one (RFC 9421, section 2.2.3).
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let path = url.path().trim_end_matches('/').to_owned();
        Some(Self { url: format!("{}://{authority}{path}", url.scheme()), authority, path })
    }
}

/// The one signature of a request that is for this.
#[derive(Debug)]
pub(super) struct Signed {
    components: Vec<Item>,
    /// The last line of what is signed: what is covered, with the parameters.
    params: String,
    pub(super) signature: Vec<u8>,
    /// Whom `Signature-Agent` names.
    pub(super) agent: Option<String>,
    /// The key's thumbprint (RFC 7638).
    pub(super) key: String,
    created: i64,
    pub(super) expires: i64,
    pub(super) nonce: Option<Nonce>,
}

impl Signed {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Unproven> {
        let inputs: Dictionary = read(&field(headers, SIGNATURE_INPUT.as_str())?)?;
        let mut ours = inputs.iter().filter_map(|(label, entry)| match entry {
            ListEntry::InnerList(list) if text(list.params.get("tag")) == Some(TAG) => Some((label, list)),
            _ => None,
        });
        let (label, input) = ours.next().ok_or(Unproven::Tag)?;
        if ours.next().is_some() {
            return Err(Unproven::Several);
        }
        let signatures: Dictionary = read(&field(headers, SIGNATURE.as_str())?)?;
        let signature = match signatures.get(label.as_str()) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence().ok_or(Unproven::Form)?,
            _ => return Err(Unproven::Form),
        };
        let params = &input.params;
        match params.get("alg") {
            Some(alg) if text(Some(alg)) != Some("ed25519") => return Err(Unproven::Algorithm),
            _ => {}
        }
        let seconds = |name| {
            let given: Option<&BareItem> = params.get(name);
            given.and_then(BareItem::as_integer).map(i64::from).ok_or(Unproven::Form)
        };
        let nonce = match params.get("nonce") {
            Some(nonce) => Some(hash(text(Some(nonce)).ok_or(Unproven::Form)?)),
            None => None,
        };
        let components = covered(&input.items)?;
        Ok(Self {
            agent: agent(headers, &components)?,
            components,
            params: vec![ListEntry::InnerList(input.clone())].serialize().ok_or(Unproven::Form)?,
            signature: signature.to_vec(),
            key: text(params.get("keyid")).ok_or(Unproven::Form)?.to_owned(),
            created: seconds("created")?,
            expires: seconds("expires")?,
            nonce,
        })
    }

    pub(super) fn check_times(&self, now: Timestamp) -> Result<(), Unproven> {
        let now = now.seconds();
        let lives = self.expires.saturating_sub(self.created);
        let is_good =
            self.created <= now + LEEWAY && now < self.expires && (1..=MAX_SECONDS).contains(&lives);
        if is_good { Ok(()) } else { Err(Unproven::Times) }
    }

    /// What was signed, when the request was sent to this address (RFC 9421, section 2.5).
    pub(super) fn base(&self, request: &HttpRequest, address: &Address) -> Result<String, Unproven> {
        let mut base = String::new();
        for component in &self.components {
            let value = value(component, request, address)?;
            let _ = writeln!(base, "{}: {value}", component.serialize());
        }
        let _ = write!(base, "\"@signature-params\": {}", self.params);
        Ok(base)
    }
}

fn hash(nonce: &str) -> Nonce {
    let mut first = Nonce::default();
    first.copy_from_slice(&blake3::hash(nonce.as_bytes()).as_bytes()[..16]);
    first
}

fn text(item: Option<&BareItem>) -> Option<&str> {
    item.and_then(BareItem::as_string).map(|text| text.as_str())
}

/// A structured field (RFC 9651).
fn read<T: FieldType>(field: &str) -> Result<T, Unproven> {
    Parser::new(field).parse().map_err(|_| Unproven::Form)
}

/// The value of a field, its lines joined (RFC 9421, section 2.1).
fn field(headers: &HeaderMap, name: &str) -> Result<String, Unproven> {
    let mut joined = String::new();
    for (at, line) in headers.get_all(name).enumerate() {
        let line = line.to_str().map_err(|_| Unproven::Form)?.trim();
        if joined.len() + line.len() > MAX_FIELD {
            return Err(Unproven::Size);
        }
        joined.push_str(if at == 0 { "" } else { ", " });
        joined.push_str(line);
    }
    if headers.contains_key(name) { Ok(joined) } else { Err(Unproven::Components) }
}

/// What a signature covers: enough to be for this server alone, and nothing twice.
fn covered(items: &[Item]) -> Result<Vec<Item>, Unproven> {
    let is_for_us = |item: &Item| matches!(text(Some(&item.bare_item)), Some("@authority" | "@target-uri"));
    let is_twice = |at: usize| items[..at].contains(&items[at]);
    if items.len() > MAX_COMPONENTS || !items.iter().any(is_for_us) || (0..items.len()).any(is_twice) {
        return Err(Unproven::Components);
    }
    Ok(items.to_vec())
}

/// Whom `Signature-Agent` names, as far as that is signed: a text, or the member of a dictionary that is covered.
fn agent(headers: &HeaderMap, components: &[Item]) -> Result<Option<String>, Unproven> {
    if !headers.contains_key(SIGNATURE_AGENT) {
        return Ok(None);
    }
    let field = field(headers, SIGNATURE_AGENT)?;
    let mut covering = components.iter().filter(|item| text(Some(&item.bare_item)) == Some(SIGNATURE_AGENT));
    let (Some(component), None) = (covering.next(), covering.next()) else {
        return Err(Unproven::Components);
    };
    let named: Item = match text(component.params.get("key")) {
        None => read(&field)?,
        Some(key) => member(&field, key)?,
    };
    text(Some(&named.bare_item)).map(|name| Some(name.to_owned())).ok_or(Unproven::Form)
}

fn member(field: &str, key: &str) -> Result<Item, Unproven> {
    match read::<Dictionary>(field)?.get(key) {
        Some(ListEntry::Item(item)) => Ok(item.clone()),
        _ => Err(Unproven::Components),
    }
}

/// The value of what a signature covers. Of the ways to write a component in another form, only the member of a dictionary
/// is known, which `Signature-Agent` may be.
fn value(component: &Item, request: &HttpRequest, address: &Address) -> Result<String, Unproven> {
    let name = text(Some(&component.bare_item)).ok_or(Unproven::Form)?;
    let uri = request.uri();
    if !component.params.is_empty() {
        let key = text(component.params.get("key")).filter(|_| component.params.len() == 1);
        let key = key.filter(|_| name == SIGNATURE_AGENT).ok_or(Unproven::Components)?;
        return Ok(member(&field(request.headers(), name)?, key)?.serialize());
    }
    Ok(match name {
        "@authority" => address.authority.clone(),
        "@target-uri" => {
            let below = uri.path_and_query().map_or("/", |below| below.as_str());
            format!("{}{below}", address.url)
        }
        "@method" if request.extensions().contains::<WasHead>() => "HEAD".to_owned(),
        "@method" => request.method().as_str().to_owned(),
        "@path" => format!("{}{}", address.path, uri.path()),
        "@query" => format!("?{}", uri.query().unwrap_or_default()),
        derived if derived.starts_with('@') => return Err(Unproven::Components),
        name if name.bytes().any(|byte| byte.is_ascii_uppercase()) => return Err(Unproven::Components),
        // Whoever signs it means the body, and nobody here compares the two (RFC 9530).
        "content-digest" | "repr-digest" => return Err(Unproven::Components),
        name => field(request.headers(), name)?,
    })
}
