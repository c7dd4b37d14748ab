//! The header fields that tell a client what it has left (draft-ietf-httpapi-ratelimit-headers-10).

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::fmt::{Display, Write};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What a client has left by one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// The policy's name.
    pub policy: &'static str,
    /// How many requests there are in all.
    pub quota: u32,
    /// In how many seconds.
    pub window: i64,
    /// How many are left.
    pub left: u32,
    /// In how many seconds there are all of them again.
    pub whole_in: i64,
}

/// Tells what is left by these policies, unless a shared cache may keep the answer: what one client has left is wrong for
/// whoever is given the answer next. Every error is one that no cache keeps.
pub(super) fn tell(headers: &mut HeaderMap, remaining: impl Iterator<Item = Remaining> + Clone) {
    if remaining.clone().next().is_none() || !is_for_one_client(headers) {
        return;
    }
    let policies = remaining.clone().map(|Remaining { policy, quota, window, .. }| {
        std::fmt::from_fn(move |f| write!(f, r#""{policy}";q={quota};w={window}"#))
    });
    let limits = remaining.map(|Remaining { policy, left, whole_in, .. }| {
        std::fmt::from_fn(move |f| write!(f, r#""{policy}";r={left};t={whole_in}"#))
    });
    for (name, value) in [(POLICY, list(policies)), (LIMIT, list(limits))] {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
}

/// The members of a list (RFC 9651, section 3.1).
fn list(members: impl Iterator<Item = impl Display>) -> Option<HeaderValue> {
    let mut text = String::with_capacity(64);
    for member in members {
        let separator = if text.is_empty() { "" } else { ", " };
        write!(text, "{separator}{member}").ok()?;
    }
    HeaderValue::try_from(text).ok()
}

fn is_for_one_client(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CACHE_CONTROL).filter_map(|value| value.to_str().ok());
    values.any(|value| value.split(',').any(|word| matches!(word.trim(), "no-store" | "private")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUESTS: Remaining =
        Remaining { policy: "requests", quota: 60, window: 60, left: 58, whole_in: 2 };
    const DAILY: Remaining =
        Remaining { policy: "daily", quota: 1_000, window: 86_400, left: 999, whole_in: 300 };

    fn told(cache_control: &'static str, remaining: &[Remaining]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        if !cache_control.is_empty() {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
        }
        tell(&mut headers, remaining.iter().copied());
        let fields = [POLICY, LIMIT].map(|name| headers.get(name).cloned());
        fields.into_iter().flatten().map(|value| value.to_str().expect("text").to_owned()).collect()
    }

    #[test]
    fn every_policy_is_a_member_of_one_list() {
        assert_eq!(
            told("private, no-cache", &[REQUESTS]),
            [r#""requests";q=60;w=60"#, r#""requests";r=58;t=2"#]
        );
        assert_eq!(
            told("no-store", &[REQUESTS, DAILY]),
            [
                r#""requests";q=60;w=60, "daily";q=1000;w=86400"#,
                r#""requests";r=58;t=2, "daily";r=999;t=300"#
            ]
        );
        assert_eq!(told("no-store", &[]), [""; 0]);
    }

    #[test]
    fn what_a_shared_cache_may_keep_tells_nobody_what_another_has_left() {
        for shared in ["public, no-cache", "public, max-age=3600", "max-age=60", "no-cache", ""] {
            assert_eq!(told(shared, &[REQUESTS]), [""; 0], "{shared}");
        }
        for own in ["no-store", "private", "no-cache, private", "no-cache,no-store"] {
            assert_eq!(told(own, &[REQUESTS]).len(), 2, "{own}");
        }
    }
}
