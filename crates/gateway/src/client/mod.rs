//! Clients as the network shows them: where a request comes from, and how often one may ask.

mod address;
mod limit;

pub use address::Proxies;
pub use limit::Limiter;
