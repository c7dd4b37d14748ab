//! What the acceptance tests share: a small publication of every shape, and a running server to ask.

pub mod contract;
pub mod people;
pub mod publication;
pub mod server;
pub mod wander;
