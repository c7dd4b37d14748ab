//! GraphQL.

pub mod guard;
