//! Clients as the network shows them: where a request comes from, and how often one may ask.

mod address;
mod sender;
mod throttle;

pub use address::Proxies;
pub use sender::Client;
pub use throttle::Throttle;
