//! GraphQL.

pub mod guard;
pub mod http;
