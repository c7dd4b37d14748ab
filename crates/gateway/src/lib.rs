//! Masthead's gateway: the publication over REST and GraphQL, each answer cut to its token.

pub mod auth;
pub mod cache;
pub mod clock;
pub mod error;
pub mod graphql;
pub mod import;
pub mod operation;
pub mod render;
pub mod rest;
pub mod server;
pub mod site;
pub mod state;
