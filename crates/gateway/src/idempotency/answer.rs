//! Answers as they are kept: sealed, for some of them show a secret that is shown once.

use crate::clock::{Chance, ChanceError};
use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The bytes of a body that is kept, at most.
const MOST: usize = 64 * 1024;

/// The header fields that belong to what was made. What is about the moment (the date, what is left of a limit) is of the
/// request that is answered.
const KEPT: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::CONTENT_DISPOSITION,
    header::CACHE_CONTROL,
    header::VARY,
    header::LOCATION,
    header::ETAG,
    header::LINK,
];

/// An answer that can be given again.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(crate) struct Answer {
    head: Head,
    body: Bytes,
}

#[derive(Deserialize, Serialize)]
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

/// Why an answer is not kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum SealError {
    #[error(transparent)]
    Chance(#[from] ChanceError),
    #[error("the cipher failed")]
    Cipher,
}

impl Answer {
    /// Takes the answer out of a response, which stays as it is; `None` when its body is not there at once, or has more than
    /// 64 KiB.
    pub(crate) fn of(response: HttpResponse) -> (HttpResponse, Option<Self>) {
        let (response, body) = response.into_parts();
        let body = match body.try_into_bytes() {
            Ok(body) => body,
            Err(body) => return (response.set_body(body), None),
        };
        let field = |name: HeaderName| {
            let value = response.headers().get(&name)?.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        };
        let headers = KEPT.into_iter().filter_map(field).collect();
        let head = Head { status: response.status().as_u16(), headers };
        let answer = (body.len() <= MOST).then(|| Self { head, body: body.clone() });
        (response.set_body(BoxBody::new(body)), answer)
    }

    /// The response, once more.
    pub(super) fn respond(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.head.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        for (name, value) in self.head.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.insert_header((name, value));
            }
        }
        response.body(self.body)
    }

    /// Seals it. Only this key opens it, and only for this attempt.
    pub(super) fn seal(
        &self,
        key: &[u8; 32],
        attempt: Uuid,
        chance: &dyn Chance,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        chance.fill(&mut nonce)?;
        let mut text = serde_json::to_vec(&self.head).map_err(|_| SealError::Cipher)?;
        // JSON that is not written for people has no line break.
        text.push(b'\n');
        text.extend_from_slice(&self.body);
        let about = Aad::from(attempt.into_bytes());
        cipher(key)
            .and_then(|cipher| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                cipher.seal_in_place_append_tag(nonce, about, &mut text).ok()
            })
            .ok_or(SealError::Cipher)?;
        Ok([&nonce[..], &text].concat())
    }

    /// Opens what [`Answer::seal`] has sealed; `None` when it was sealed with another key or for another attempt, or is not
    /// whole.
    pub(super) fn open(sealed: &[u8], key: &[u8; 32], attempt: Uuid) -> Option<Self> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let text = cipher(key)?.open_in_place(nonce, Aad::from(attempt.into_bytes()), &mut text).ok()?;
        let end = text.iter().position(|byte| *byte == b'\n')?;
        let head = serde_json::from_slice(&text[..end]).ok()?;
        Some(Self { head, body: Bytes::copy_from_slice(&text[end + 1..]) })
    }
}

/// A key seals a handful of answers at most, each with a nonce drawn by chance, so that none comes twice.
fn cipher(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;
    use actix_web::body::to_bytes;

    const KEY: [u8; 32] = [7; 32];
    const ATTEMPT: Uuid = Uuid::from_u128(5);

    fn made() -> HttpResponse {
        HttpResponse::Created()
            .insert_header((header::LOCATION, "/v1/keys/key_1"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(("ratelimit", "\"requests\";r=1;t=1"))
            .json(serde_json::json!({ "key": "mh_live_secret\n" }))
    }

    fn sealed(answer: &Answer) -> Vec<u8> {
        answer.seal(&KEY, ATTEMPT, &SystemChance).expect("sealed")
    }

    #[actix_web::test]
    async fn an_answer_comes_back_as_it_was_and_the_response_stays() {
        let (response, answer) = Answer::of(made());
        let answer = answer.expect("kept");
        let again = Answer::open(&sealed(&answer), &KEY, ATTEMPT).expect("opened");
        assert_eq!(again, answer);
        let again = again.respond();
        assert_eq!(again.status(), response.status());
        assert!(response.headers().contains_key("ratelimit"));
        assert!(!again.headers().contains_key("ratelimit"), "that is of the moment");
        for name in ["location", "cache-control", "content-type"] {
            assert_eq!(again.headers().get(name), response.headers().get(name), "{name}");
        }
        let (body, again) = (to_bytes(response.into_body()).await, to_bytes(again.into_body()).await);
        let body = body.expect("a body");
        assert_eq!((body.is_empty(), &body), (false, &again.expect("a body")));
    }

    #[actix_web::test]
    async fn what_is_sealed_says_nothing_and_opens_for_its_key_and_attempt_alone() {
        let answer = Answer::of(made()).1.expect("kept");
        let (one, other) = (sealed(&answer), sealed(&answer));
        assert_ne!(one, other, "a nonce is drawn each time");
        assert!(!one.windows(6).any(|part| part == b"secret"));
        assert_eq!(Answer::open(&one, &[8; 32], ATTEMPT), None, "another key");
        assert_eq!(Answer::open(&one, &KEY, Uuid::from_u128(6)), None, "another attempt");
        for place in [0, NONCE_LEN, one.len() - 1] {
            let mut changed = one.clone();
            changed[place] ^= 1;
            assert_eq!(Answer::open(&changed, &KEY, ATTEMPT), None, "{place}");
        }
        for length in [0, 5, NONCE_LEN, NONCE_LEN + 3] {
            assert_eq!(Answer::open(&one[..length], &KEY, ATTEMPT), None, "{length}");
        }
    }

    #[actix_web::test]
    async fn what_is_too_large_is_not_kept() {
        assert!(Answer::of(HttpResponse::Ok().body("x".repeat(MOST))).1.is_some());
        let (response, answer) = Answer::of(HttpResponse::Ok().body("x".repeat(MOST + 1)));
        assert!(answer.is_none());
        assert_eq!(to_bytes(response.into_body()).await.expect("a body").len(), MOST + 1, "and is sent");
    }
}
