//! The gateway: everything between a socket and the store.

pub mod auth;
pub mod clock;
pub mod error;
