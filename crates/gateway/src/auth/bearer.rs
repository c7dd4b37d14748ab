//! The `Authorization` header (RFC 6750).

use super::claims::{SCOPE, TokenError};
use super::private_feed::PresentedFeed;
use crate::error::{BARE_CHALLENGE, Code, Problem};
use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};

/// Whether a request brings a credential at all.
pub(super) fn is_brought(request: &HttpRequest) -> bool {
    request.headers().contains_key(AUTHORIZATION) || PresentedFeed::of_path(request.path()).is_some()
}

/// The private feed whose address a request is for, if it is for one. Such a request brings no other credential.
pub(super) fn feed(request: &HttpRequest) -> Result<Option<PresentedFeed>, Problem> {
    let presented = PresentedFeed::of_path(request.path());
    if presented.is_some() && request.headers().contains_key(AUTHORIZATION) {
        return Err(conflict());
    }
    Ok(presented)
}

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
        return Err(challenge(problem));
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

/// Adds the challenge that names no error.
pub(super) fn challenge(problem: Problem) -> Problem {
    problem.with_header(WWW_AUTHENTICATE, HeaderValue::from_static(BARE_CHALLENGE))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Believed;
    use crate::auth::attacks::{Forge, NOW, at};
    use actix_web::test::TestRequest;
    use masthead_domain::viewer::Viewer;

    fn ask(forge: &Forge, headers: &[&str]) -> Result<Viewer, Problem> {
        let request = headers
            .iter()
            .fold(TestRequest::get(), |request, value| request.append_header((AUTHORIZATION, *value)));
        match forge.service.believed(&request.to_http_request(), at(NOW))? {
            Believed::Described(caller) => Ok((*caller.viewer).clone()),
            other => panic!("{other:?}"),
        }
    }

    fn challenge(problem: &Problem) -> String {
        let (_, value) =
            problem.headers().iter().find(|(name, _)| name == WWW_AUTHENTICATE).expect("a challenge");
        value.to_str().expect("text").to_owned()
    }

    fn staff() -> Viewer {
        Viewer::staff("editor")
    }

    #[test]
    fn no_header_is_anonymous_and_a_good_token_is_its_viewer() {
        let forge = Forge::new();
        assert_eq!(ask(&forge, &[]), Ok(Viewer::Anonymous));
        let token = forge.service.mint(&staff(), 60, at(NOW)).expect("minted");
        for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
            assert_eq!(ask(&forge, &[&format!("{scheme} {token}")]), Ok(staff()), "{scheme}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused_and_never_anonymous() {
        let forge = Forge::new();
        let token = forge.service.mint(&staff(), 60, at(NOW)).expect("minted");
        let (head, tail) = token.split_at(20);
        for value in [
            "Bearer",
            "Bearer ",
            "bearer x",
            "Bearer null",
            "Bearer ..",
            &format!("Bearer {head} {tail}"),
            &format!("Bearer\t{token}"),
            &format!("Bearer \"{token}\""),
            &format!("Bearer {token}\u{e9}"),
        ] {
            let problem = ask(&forge, &[value]).expect_err(value);
            assert_eq!(problem.code(), Code::InvalidToken, "{value}");
        }
        let problem = ask(&forge, &["Bearer x.y.z"]).expect_err("bad");
        assert!(challenge(&problem).starts_with(r#"Bearer realm="masthead", error="invalid_token", "#));
        assert!(!problem.to_string().contains("x.y.z"), "nothing of the token is repeated");
    }

    #[test]
    fn another_scheme_sent_no_token_so_the_challenge_names_no_error() {
        let forge = Forge::new();
        for value in ["Basic dXNlcjpwYXNz", "", "Digest a=\"b\", c=\"d\"", "Bearertoken", "DPoP x"] {
            let problem = ask(&forge, &[value]).expect_err(value);
            assert_eq!(problem.code(), Code::InvalidToken, "{value}");
            assert_eq!(challenge(&problem), BARE_CHALLENGE, "{value}");
        }
    }

    #[test]
    fn two_credentials_are_a_conflict_even_when_both_are_good() {
        let forge = Forge::new();
        let token = forge.service.mint(&staff(), 60, at(NOW)).expect("minted");
        let bearer = format!("Bearer {token}");
        for headers in [
            vec![bearer.as_str(), bearer.as_str()],
            vec![bearer.as_str(), "Basic dXNlcjpwYXNz"],
            vec!["Basic dXNlcjpwYXNz", bearer.as_str()],
            vec![bearer.as_str(), ""],
        ] {
            assert_eq!(ask(&forge, &headers).expect_err("two").code(), Code::CredentialsConflict);
        }
        let joined = format!("{bearer}, {bearer}");
        assert_eq!(ask(&forge, &[&joined]).expect_err("two").code(), Code::CredentialsConflict);
    }

    #[test]
    fn a_token_for_something_else_is_forbidden() {
        let problem = refusal(TokenError::Scope);
        assert_eq!(problem.code().status(), 403);
        assert!(challenge(&problem).contains(r#"error="insufficient_scope""#));
        assert!(challenge(&problem).ends_with(r#"scope="content:read""#));
    }
}
