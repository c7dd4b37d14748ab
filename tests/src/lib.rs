//! What the acceptance tests share: a small publication of every shape, a running server to ask, and a mail server.

pub mod contract;
pub mod people;
pub mod postbox;
pub mod publication;
pub mod python;
pub mod server;
pub mod wander;
