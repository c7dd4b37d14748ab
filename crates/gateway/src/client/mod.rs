//! Clients as the network shows them: where a request comes from, and how often one may ask.

mod address;
mod counters;
mod sender;
mod throttle;
mod waiting;

pub use address::{Proxies, network};
#[cfg(test)]
pub(crate) use counters::tests as fixed;
pub use counters::{Counters, Name, Share, UsedUp};
pub use sender::Client;
pub use throttle::Throttle;
pub use waiting::{Seat, Waiting};
