//! How often one client may do a thing. Each node counts for itself.

use crate::error::Problem;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use masthead_domain::clock::Clock;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// How many clients are counted at the same time.
const MOST_CLIENTS: usize = 100_000;

/// How often one client may do a thing.
pub struct Throttle {
    clients: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Ticks, NoOpMiddleware<Duration>>,
    ticks: Ticks,
}

impl Throttle {
    /// So many in this time, all at once or one by one.
    ///
    /// # Panics
    /// When the time is nothing.
    #[must_use]
    pub fn new(most: NonZeroU32, every: Duration, clock: Arc<dyn Clock>) -> Self {
        let ticks = Ticks(clock);
        let pace = every.checked_div(most.get()).and_then(Quota::with_period);
        let quota = pace.expect("some time").allow_burst(most);
        Self { clients: RateLimiter::hashmap_with_clock(quota, ticks.clone()), ticks }
    }

    /// Counts one more of this client.
    ///
    /// # Errors
    /// A problem that says when to come again. When more clients are under way than can be counted, new ones are
    /// refused.
    pub fn count(&self, client: IpAddr) -> Result<(), Problem> {
        if self.clients.len() >= MOST_CLIENTS {
            self.clients.retain_recent();
            if self.clients.len() >= MOST_CLIENTS {
                return Err(Problem::rate_limited(Duration::from_secs(60)));
            }
        }
        self.clients.check_key(&network(client)).map_err(|until| {
            // Rounded up, so that whoever waits as long as they are told is let in.
            Problem::rate_limited(until.wait_time_from(self.ticks.now()) + Duration::from_millis(999))
        })
    }
}

/// What counts as one client: an address, or the network of 2^64 addresses that one IPv6 connection has.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// Our clock, as the limiter reads it: the time since 1970.
#[derive(Clone)]
struct Ticks(Arc<dyn Clock>);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().micros()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_domain::clock::Timestamp;
    use std::sync::atomic::{AtomicI64, Ordering};

    struct Hands(AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp::EPOCH.plus_seconds(1_000_000 + self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn a_client_waits_as_long_as_it_is_told() {
        let hands = Arc::new(Hands(AtomicI64::new(0)));
        let most = NonZeroU32::new(3).expect("three");
        let throttle = Throttle::new(most, Duration::from_secs(60), Arc::clone(&hands) as Arc<dyn Clock>);
        let client: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..3 {
            throttle.count(client).expect("let in");
        }
        let problem = throttle.count(client).expect_err("too often");
        let (_, wait) = &problem.headers()[0];
        let wait: i64 = wait.to_str().expect("text").parse().expect("a number");
        assert!((1..=20).contains(&wait), "{wait}");
        throttle.count("192.0.2.2".parse().expect("an address")).expect("somebody else");
        hands.0.store(wait, Ordering::Relaxed);
        throttle.count(client).expect("let in again");
        throttle.count(client).expect_err("once");
    }

    #[test]
    fn one_connection_is_one_client() {
        let network = |text: &str| network(text.parse().expect("an address")).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
