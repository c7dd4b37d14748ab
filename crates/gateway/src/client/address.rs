//! The address of a client, through the proxies that the publisher trusts.

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The proxies whose word about their clients is believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

const FORWARDED_FOR: &str = "x-forwarded-for";

impl Proxies {
    /// Proxies in these networks.
    #[must_use]
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The client's address. Each proxy adds the address of whoever asked it at the end of `X-Forwarded-For`, so the
    /// last one that no trusted proxy has is the client's. Anything before it the client may have written itself.
    #[must_use]
    pub fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> IpAddr {
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        if !self.trusts(peer) {
            return peer;
        }
        let mut client = peer;
        let mut hops: Vec<&str> = Vec::new();
        for value in headers.get_all(FORWARDED_FOR) {
            hops.extend(value.to_str().unwrap_or("").split(','));
        }
        for hop in hops.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
        }
        client
    }

    /// Whether a request came through a proxy that names its client and is not among the trusted.
    #[must_use]
    pub fn overlooks(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
        headers.contains_key(FORWARDED_FOR) && peer.is_none_or(|peer| !self.trusts(peer.ip().to_canonical()))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// What counts as one client: an address, or the network of 2^64 addresses that one IPv6 connection has.
#[must_use]
pub fn network(client: IpAddr) -> Ipv6Addr {
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().expect("a network")]);
        let request = forwarded
            .iter()
            .fold(TestRequest::get(), |request, value| request.append_header((FORWARDED_FOR, *value)));
        let peer = SocketAddr::new(peer.parse().expect("an address"), 1);
        proxies.client(Some(peer), request.to_http_request().headers()).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_a_client_wrote_itself_is_not_believed() {
        assert_eq!(client("10.0.0.1", &["192.0.2.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["192.0.2.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["192.0.2.1, nonsense"]), "10.0.0.1");
    }

    #[test]
    fn a_proxy_that_nobody_named_is_noticed() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().expect("a network")]);
        let overlooks = |peer: &str, header: &str| {
            let request = TestRequest::get().append_header((header, "198.51.100.1")).to_http_request();
            let peer = SocketAddr::new(peer.parse().expect("an address"), 1);
            proxies.overlooks(Some(peer), request.headers())
        };
        assert!(overlooks("172.16.0.1", FORWARDED_FOR));
        assert!(!overlooks("10.0.0.1", FORWARDED_FOR), "it is named");
        assert!(!overlooks("172.16.0.1", "x-other"), "it is no proxy");
    }

    #[test]
    fn one_connection_is_one_client() {
        let network = |text: &str| network(text.parse().expect("an address")).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
        assert_eq!(network("192.0.2.1"), "::ffff:192.0.2.1");
    }
}
