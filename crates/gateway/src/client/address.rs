//! The address of a client, through the proxies that the publisher trusts.

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

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

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
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
}
