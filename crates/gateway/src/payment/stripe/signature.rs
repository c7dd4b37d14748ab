//! Stripe's signature over an event: `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX…]`, an HMAC-SHA256 of `t.body`.

use crate::payment::NoticeError;
use aws_lc_rs::hmac;
use masthead_domain::clock::Timestamp;
use secrecy::{ExposeSecret, SecretString};

/// How many seconds a signature may lie away from our clock. Stripe's own libraries take five minutes.
const TOLERANCE: i64 = 300;

/// The most signatures that are looked at; Stripe sends one a secret.
const MAX_SIGNATURES: usize = 8;

pub(super) fn verify(
    header: &str,
    body: &[u8],
    secrets: &[SecretString],
    now: Timestamp,
) -> Result<(), NoticeError> {
    let mut signed_at: Option<&str> = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=').ok_or(NoticeError::Unsigned)? {
            ("t", _) if signed_at.is_some() => return Err(NoticeError::Unsigned),
            ("t", seconds) => signed_at = Some(seconds),
            ("v1", hex) if signatures.len() < MAX_SIGNATURES => signatures.extend(unhex(hex)),
            // Older and newer schemes are not for us.
            _ => {}
        }
    }
    let signed_at = signed_at.ok_or(NoticeError::Unsigned)?;
    let seconds: i64 = signed_at.parse().map_err(|_| NoticeError::Unsigned)?;
    if signatures.is_empty() {
        return Err(NoticeError::Unsigned);
    }
    let message = [signed_at.as_bytes(), b".", body].concat();
    let is_genuine = secrets.iter().any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        // The comparison takes the same time wherever they differ.
        signatures.iter().any(|signature| hmac::verify(&key, &message, signature).is_ok())
    });
    if !is_genuine {
        return Err(NoticeError::Forged);
    }
    if now.seconds().abs_diff(seconds) > TOLERANCE.unsigned_abs() {
        return Err(NoticeError::Stale);
    }
    Ok(())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    if text.len() != 64 {
        return None;
    }
    pairs.map(|pair| u8::try_from(digit(&pair[0])? * 16 + digit(&pair[1])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test";
    const AT: i64 = 1_795_000_000;

    fn sign(secret: &str, seconds: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, &[seconds.to_string().as_bytes(), b".", body].concat());
        tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn check(header: &str, body: &[u8]) -> Result<(), NoticeError> {
        let secrets = [SecretString::from("whsec_old"), SecretString::from(SECRET)];
        verify(header, body, &secrets, Timestamp::try_from(AT * 1_000_000).expect("valid"))
    }

    /// The digest was made with `openssl dgst -sha256 -hmac whsec_test` over `1795000000.{"id":"evt_1"}`.
    #[test]
    fn a_signature_made_elsewhere_is_right() {
        let body = br#"{"id":"evt_1"}"#;
        let digest = "9768205fbb644a6a645cdd13f225c6791ed91580e4d16c14b9a8e73cd4ba4393";
        assert_eq!(check(&format!("t={AT},v1={digest}"), body), Ok(()));
    }

    #[test]
    fn one_good_signature_of_several_is_enough_and_any_of_our_secrets_makes_one() {
        let good = sign("whsec_old", AT, b"x");
        assert_eq!(check(&format!("t={AT},v1={},v0=00,v1={good}", "0".repeat(64)), b"x"), Ok(()));
    }

    #[test]
    fn what_is_not_signed_so_is_refused() {
        let good = sign(SECRET, AT, b"x");
        assert_eq!(check(&format!("t={AT},v1={good}"), b"y"), Err(NoticeError::Forged), "another body");
        assert_eq!(check(&format!("t={},v1={good}", AT + 1), b"x"), Err(NoticeError::Forged), "another time");
        let other = sign("whsec_other", AT, b"x");
        assert_eq!(check(&format!("t={AT},v1={other}"), b"x"), Err(NoticeError::Forged));
        for seconds in [AT - 301, AT + 301] {
            let header = format!("t={seconds},v1={}", sign(SECRET, seconds, b"x"));
            assert_eq!(check(&header, b"x"), Err(NoticeError::Stale));
        }
        for header in ["", "t=", "v1=00", "t=x,v1=00", &format!("t={AT}"), &format!("v1={good}")] {
            assert_eq!(check(header, b"x"), Err(NoticeError::Unsigned), "{header}");
        }
        assert_eq!(check(&format!("t={AT},t={AT},v1={good}"), b"x"), Err(NoticeError::Unsigned));
    }
}
