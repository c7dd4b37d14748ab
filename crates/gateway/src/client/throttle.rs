//! How often one client may do a thing that costs something. Each node counts for itself.

use super::address::network;
use super::counters::{Counters, UsedUp};
use crate::error::Problem;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

/// How often one client may do a thing.
pub struct Throttle {
    counters: Arc<Counters>,
    thing: &'static str,
    most: NonZeroU32,
}

impl Throttle {
    /// So many within the time of the counters, all at once or one by one. Each thing is counted by itself.
    #[must_use]
    pub const fn new(counters: Arc<Counters>, thing: &'static str, most: NonZeroU32) -> Self {
        Self { counters, thing, most }
    }

    /// Counts one more of this client.
    ///
    /// # Errors
    /// A problem that says when to come again.
    pub fn count(&self, client: IpAddr) -> Result<(), Problem> {
        let name = self.counters.name(self.thing, &network(client).octets());
        let taken = self.counters.take(name, self.most);
        taken.map(|_| ()).map_err(|UsedUp { wait, .. }| Problem::rate_limited(wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::counters::tests::{Hands, counters};

    #[test]
    fn a_client_waits_as_long_as_it_is_told() {
        let hands = Hands::new();
        let counters = Arc::new(counters(&hands));
        let most = NonZeroU32::new(7).expect("seven");
        let throttle = Throttle::new(Arc::clone(&counters), "thing", most);
        let client: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..7 {
            throttle.count(client).expect("let in");
        }
        let problem = throttle.count(client).expect_err("too often");
        let (_, wait) = &problem.headers()[0];
        assert_eq!(wait, "9", "a seventh of a minute, rounded up");
        throttle.count("192.0.2.2".parse().expect("an address")).expect("somebody else");
        Throttle::new(counters, "another thing", most).count(client).expect("another thing");
        hands.go_on(9_000);
        throttle.count(client).expect("let in again");
        throttle.count(client).expect_err("once");
    }
}
