//! Institutions: libraries, universities and companies whose people read by where they are.

use crate::id::InstitutionId;
use crate::viewer::{Entitlement, Entitlements};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// An institution whose people read together, by the addresses that they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Institution {
    /// Its identifier, never reused.
    pub id: InstitutionId,
    /// What it is called: 1 to [`MAX_NAME`] bytes.
    pub name: String,
    /// Its networks in CIDR notation (RFC 4632): 1 to [`MAX_NETWORKS`].
    pub networks: Vec<IpNet>,
    /// What whoever comes from there holds.
    pub entitlements: BTreeSet<Entitlement>,
    /// Whether it reads at present.
    pub active: bool,
}

/// The longest name, in bytes.
pub const MAX_NAME: usize = 200;
/// The most networks of one institution.
pub const MAX_NETWORKS: usize = 100;
/// The most institutions; all of them are read at once.
pub const MAX_INSTITUTIONS: usize = 1_000;

/// What is wrong with an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstitutionError {
    /// The name is empty, too long, or holds control characters.
    #[error("name: must have 1 to {MAX_NAME} bytes and no control characters")]
    Name,
    /// There is no network, or there are too many.
    #[error("networks: must be 1 to {MAX_NETWORKS}")]
    Networks,
    /// A network that holds everybody.
    #[error("networks[{0}]: holds too many addresses; at most a /8, or a /16 of IPv6")]
    Everybody(usize),
    /// An entitlement that no reader can hold, or none at all.
    #[error("entitlements: must name what readers can hold")]
    Entitlements,
}

impl Institution {
    /// Checks what must hold of every institution.
    ///
    /// # Errors
    /// [`InstitutionError`] names the field.
    pub fn check(&self) -> Result<(), InstitutionError> {
        if !(1..=MAX_NAME).contains(&self.name.len())
            || self.name.trim().is_empty()
            || self.name.chars().any(char::is_control)
        {
            return Err(InstitutionError::Name);
        }
        if !(1..=MAX_NETWORKS).contains(&self.networks.len()) {
            return Err(InstitutionError::Networks);
        }
        let is_everybody = |network: &IpNet| match network {
            IpNet::V4(network) => network.prefix_len() < 8,
            IpNet::V6(network) => network.prefix_len() < 16,
        };
        if let Some(at) = self.networks.iter().position(is_everybody) {
            return Err(InstitutionError::Everybody(at));
        }
        let can_be_held = |one: &Entitlement| !matches!(one, Entitlement::Staff | Entitlement::Unknown(_));
        if self.entitlements.is_empty() || !self.entitlements.iter().all(can_be_held) {
            return Err(InstitutionError::Entitlements);
        }
        Ok(())
    }

    /// Whether whoever comes from this address reads by it.
    #[must_use]
    pub fn covers(&self, address: IpAddr) -> bool {
        self.active && self.networks.iter().any(|network| network.contains(&address))
    }

    /// What whoever comes from there holds.
    #[must_use]
    pub fn holdings(&self) -> Entitlements {
        self.entitlements.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn library() -> Institution {
        Institution {
            id: InstitutionId::new(Timestamp::EPOCH, [1; 10]),
            name: "The town's library".into(),
            networks: vec!["192.0.2.0/24".parse().expect("a network")],
            entitlements: BTreeSet::from([Entitlement::Member]),
            active: true,
        }
    }

    #[test]
    fn an_institution_covers_its_networks_while_it_is_active() {
        let address = |text: &str| text.parse().expect("an address");
        assert!(library().covers(address("192.0.2.7")));
        assert!(!library().covers(address("198.51.100.7")));
        assert!(!Institution { active: false, ..library() }.covers(address("192.0.2.7")));
    }

    #[test]
    fn a_fault_is_named() {
        assert_eq!(library().check(), Ok(()));
        let networks = |text: &str| vec![text.parse().expect("a network")];
        for (wrong, fault) in [
            (Institution { name: " ".into(), ..library() }, InstitutionError::Name),
            (Institution { networks: Vec::new(), ..library() }, InstitutionError::Networks),
            (Institution { networks: networks("0.0.0.0/0"), ..library() }, InstitutionError::Everybody(0)),
            (Institution { networks: networks("::/0"), ..library() }, InstitutionError::Everybody(0)),
            (Institution { entitlements: BTreeSet::new(), ..library() }, InstitutionError::Entitlements),
            (
                Institution { entitlements: BTreeSet::from([Entitlement::Staff]), ..library() },
                InstitutionError::Entitlements,
            ),
        ] {
            assert_eq!(wrong.check(), Err(fault));
        }
    }
}
