//! The `Authorization` header (RFC 6750).

use super::claims::{SCOPE, TokenError};
use crate::error::{Code, Problem};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};

/// The challenge of an answer to a request that sent no bearer token: it names no error.
const BARE_CHALLENGE: &str = r#"Bearer realm="masthead""#;

/// The bearer token of a request, if it brings one.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(conflict());
    }
    let value = value.to_str().map_err(|_| refusal(TokenError::Form))?.trim_matches(' ');
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        let problem = Problem::new(Code::InvalidToken, "Credentials are sent as Authorization: Bearer.");
        return Err(problem.with_header(WWW_AUTHENTICATE, HeaderValue::from_static(BARE_CHALLENGE)));
    }
    let token = token.trim_start_matches(' ');
    if token.contains(',') {
        // A token has no comma; a proxy that joins two header fields writes one.
        return Err(conflict());
    }
    if token.is_empty() || !token.bytes().all(is_of_a_token) {
        return Err(refusal(TokenError::Form));
    }
    Ok(Some(token))
}

/// The characters of a bearer token (RFC 6750, section 2.1, `b64token`).
const fn is_of_a_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

fn conflict() -> Problem {
    Problem::new(Code::CredentialsConflict, "The request brings more than one credential. Send one.")
        .about("Authorization")
}

/// The answer to a token that is refused.
pub(super) fn refusal(error: TokenError) -> Problem {
    let code = if error == TokenError::Scope { Code::InsufficientScope } else { Code::InvalidToken };
    let mut challenge = format!(r#"{BARE_CHALLENGE}, error="{code}", error_description="{error}""#);
    if error == TokenError::Scope {
        challenge.push_str(&format!(r#", scope="{SCOPE}""#));
    }
    let mut sentence = error.to_string();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence.push('.');
    let problem = Problem::new(code, sentence).about("Authorization");
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => problem.with_header(WWW_AUTHENTICATE, challenge),
        Err(_) => problem,
    }
}
