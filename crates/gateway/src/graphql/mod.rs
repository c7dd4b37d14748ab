//! The publication over GraphQL, at `/graphql`.
//!
//! [`http`] reads a request and writes its answer, [`guard`] refuses what would cost too much, and the types
//! of the schema render what the use cases give. Nothing here decides what a viewer may see.

mod batch;
pub mod graphiql;
pub mod guard;
pub mod http;
mod schema;
mod session;
mod spending;
mod types;

pub use schema::{Publication, endpoint, sdl};
pub use spending::Spending;
pub use types::{Mutation, Query};
