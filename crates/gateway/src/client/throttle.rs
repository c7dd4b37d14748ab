//! How often one client may do a thing that costs something. Each node counts for itself.

use super::address::network;
use super::counters::{Counters, Name, UsedUp};
use crate::error::Problem;
use ipnet::IpNet;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

/// How often one client may do a thing.
pub struct Throttle {
    counters: Arc<Counters>,
    things: &'static str,
    most: NonZeroU32,
    /// Addresses in these networks are not counted.
    exempt: Arc<[IpNet]>,
}

impl Throttle {
    /// So many within the time of the counters, all at once or one by one. Each kind of `things` is counted by itself, and
    /// named to whoever asks for too many.
    #[must_use]
    pub const fn new(
        counters: Arc<Counters>,
        things: &'static str,
        most: NonZeroU32,
        exempt: Arc<[IpNet]>,
    ) -> Self {
        Self { counters, things, most, exempt }
    }

    /// Counts one more of an address.
    ///
    /// # Errors
    /// A problem that says when to come again.
    pub fn count(&self, address: IpAddr) -> Result<(), Problem> {
        if self.exempt.iter().any(|exempt| exempt.contains(&address)) {
            return Ok(());
        }
        self.take(self.counters.name(self.things, &network(address).octets()))
    }

    /// Counts one more of somebody who is signed in.
    ///
    /// # Errors
    /// A problem that says when to come again.
    pub fn count_somebody(&self, kind: &str, id: &[u8]) -> Result<(), Problem> {
        self.take(self.counters.name(&format!("{} of {kind}", self.things), id))
    }

    fn take(&self, name: Name) -> Result<(), Problem> {
        let taken = self.counters.take(name, self.most);
        taken.map(|_| ()).map_err(|UsedUp { wait, .. }| Problem::rate_limited(self.things, wait))
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
        let throttle = Throttle::new(
            Arc::clone(&counters),
            "thing",
            most,
            ["198.51.100.0/24".parse().expect("a network")].into(),
        );
        let client: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..7 {
            throttle.count(client).expect("let in");
        }
        let problem = throttle.count(client).expect_err("too often");
        let (_, wait) = &problem.headers()[0];
        assert_eq!(wait, "9", "a seventh of a minute, rounded up");
        throttle.count("192.0.2.2".parse().expect("an address")).expect("somebody else");
        throttle.count_somebody("member", b"one").expect("somebody who is signed in there");
        let exempt: IpAddr = "198.51.100.7".parse().expect("an address");
        assert!((0..20).all(|_| throttle.count(exempt).is_ok()));
        Throttle::new(counters, "another thing", most, [].into()).count(client).expect("another thing");
        hands.go_on(9_000);
        throttle.count(client).expect("let in again");
        throttle.count(client).expect_err("once");
    }
}
