//! How often a client may do something, in a bounded room.

use ipnet::Ipv6Net;
use masthead_domain::clock::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Of how many clients is known what they did in the last hour. When there are more, no other is admitted: to let
/// them pass would be no limit.
const CLIENTS: usize = 100_000;

const HOUR: i64 = 3_600;

/// Admits each client so often an hour.
pub struct Limiter {
    limit: u32,
    seen: Mutex<HashMap<IpAddr, Hour>>,
}

struct Hour {
    began: Timestamp,
    admitted: u32,
}

impl Hour {
    fn ends(&self) -> Timestamp {
        self.began.plus_seconds(HOUR)
    }
}

impl Limiter {
    /// A limiter that admits a client so often an hour.
    #[must_use]
    pub fn an_hour(limit: u32) -> Self {
        Self { limit, seen: Mutex::default() }
    }

    /// Counts a request of this client.
    ///
    /// # Errors
    /// After how many seconds it may ask again.
    pub fn admit(&self, client: IpAddr, now: Timestamp) -> Result<(), i64> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let client = household(client);
        if seen.len() >= CLIENTS && !seen.contains_key(&client) {
            seen.retain(|_, hour| now < hour.ends());
            if seen.len() >= CLIENTS {
                return Err(HOUR);
            }
        }
        let hour = seen.entry(client).or_insert(Hour { began: now, admitted: 0 });
        if hour.ends() <= now {
            *hour = Hour { began: now, admitted: 0 };
        }
        if hour.admitted >= self.limit {
            return Err((hour.ends().seconds() - now.seconds()).max(1));
        }
        hour.admitted += 1;
        Ok(())
    }
}

/// One client may have all addresses of an IPv6 network of 64 bits (RFC 4291, section 2.5.4).
fn household(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => Ipv6Net::new(address, 64).map_or(client, |net| net.trunc().addr().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    #[test]
    fn a_client_is_admitted_so_often_an_hour() {
        let limiter = Limiter::an_hour(2);
        let ask = |client: &str, now| limiter.admit(client.parse().expect("an address"), at(now));
        assert_eq!(ask("192.0.2.1", 0), Ok(()));
        assert_eq!(ask("192.0.2.1", 10), Ok(()));
        assert_eq!(ask("192.0.2.1", 20), Err(3_580));
        assert_eq!(ask("192.0.2.2", 20), Ok(()), "another client");
        assert_eq!(ask("192.0.2.1", 3_600), Ok(()), "another hour");
        assert_eq!(ask("2001:db8::1", 0), Ok(()));
        assert_eq!(ask("2001:db8::2", 0), Ok(()));
        assert_eq!(ask("2001:db8::3", 0), Err(3_600), "the same household");
        assert_eq!(ask("2001:db8:0:1::3", 0), Ok(()));
    }

    #[test]
    fn the_room_is_bounded() {
        let limiter = Limiter::an_hour(1);
        for client in 0..CLIENTS {
            let client = std::net::Ipv4Addr::from(u32::try_from(client).expect("small"));
            assert_eq!(limiter.admit(client.into(), at(0)), Ok(()));
        }
        let other = IpAddr::from([203, 0, 113, 1]);
        assert_eq!(limiter.admit(other, at(1)), Err(HOUR));
        assert_eq!(limiter.admit(other, at(HOUR)), Ok(()), "the hours of the others are over");
    }
}
