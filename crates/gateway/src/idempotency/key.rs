//! The header field `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07, section 2.1).

use crate::error::{Code, Problem};
use actix_web::http::header::{HeaderMap, HeaderName};
use sfv::{BareItem, Item, Parser};

/// The field's name, as it is looked up.
pub(crate) const FIELD: HeaderName = HeaderName::from_static("idempotency-key");

/// The field's name, as it is written.
pub(crate) const NAME: &str = "Idempotency-Key";

/// The most characters of a key.
const MOST: usize = 255;

/// A key that a client has chosen. Not for logs: whoever has it and the secret can read the answer.
pub(crate) struct Key(String);

impl Key {
    /// The key of a request, if it brings one: a string as structured fields write it (RFC 9651, section 3.3.3), or the same
    /// without its quotes, as many clients send it.
    ///
    /// # Errors
    /// A problem that names the field when it is none or several.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let mut values = headers.get_all(FIELD);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(invalid("Send one Idempotency-Key."));
        }
        let key = value.to_str().ok().and_then(read).ok_or_else(|| {
            invalid("An Idempotency-Key is a string of 1 to 255 visible ASCII characters, such as \"8e03978e-40d5\".")
        })?;
        Ok(Some(Self(key)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The answer to a key where none is taken.
pub(crate) fn not_taken() -> Problem {
    Problem::new(Code::IdempotencyKeyNotTaken, "This takes no Idempotency-Key. Leave it out.").about(NAME)
}

fn read(value: &str) -> Option<String> {
    let value = value.trim_matches(' ');
    let key = if value.starts_with('"') { quoted(value)? } else { bare(value)? };
    ((1..=MOST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())).then_some(key)
}

fn quoted(value: &str) -> Option<String> {
    let Item { bare_item, params } = Parser::new(value).parse().ok()?;
    match bare_item {
        BareItem::String(text) if params.is_empty() => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// What has a comma may be two keys that a proxy has joined, and what has a quote inside is broken.
fn bare(value: &str) -> Option<String> {
    (!value.contains([',', '"'])).then(|| value.to_owned())
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::IdempotencyKeyInvalid, detail).about(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn key(values: &[&str]) -> Result<Option<String>, Code> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FIELD, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        Key::of(&headers).map(|key| key.map(|Key(key)| key)).map_err(|problem| {
            assert_eq!(problem.parameter(), Some(NAME));
            problem.code()
        })
    }

    #[test]
    fn a_key_is_a_string_with_quotes_or_without() {
        let good = |key: &str| Ok(Some(key.to_owned()));
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&["\"8e03978e-40d5-43e8\""]), good("8e03978e-40d5-43e8"));
        assert_eq!(key(&["8e03978e-40d5-43e8"]), good("8e03978e-40d5-43e8"));
        assert_eq!(key(&["  \"a\" "]), good("a"));
        assert_eq!(key(&[r#""a\"b\\c""#]), good(r#"a"b\c"#));
        assert_eq!(key(&["a;b=c"]), good("a;b=c"));
        for length in [1, 255] {
            assert_eq!(key(&[&"k".repeat(length)]), good(&"k".repeat(length)));
            assert_eq!(key(&[&format!("\"{}\"", "k".repeat(length))]), good(&"k".repeat(length)));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = "k".repeat(256);
        for wrong in [
            "",
            "\"\"",
            "\"",
            "\"a",
            "a\"",
            "\"a\"b",
            "\"a\", \"b\"",
            "a,b",
            "a b",
            "\"a b\"",
            "\"a\";x=1",
            r#""a\n""#,
            "a\tb",
            "k\u{e9}y",
            &long,
            &format!("\"{long}\""),
        ] {
            assert_eq!(key(&[wrong]), Err(Code::IdempotencyKeyInvalid), "{wrong}");
        }
        assert_eq!(key(&["a", "a"]), Err(Code::IdempotencyKeyInvalid));
    }
}
