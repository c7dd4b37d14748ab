//! Masthead's gateway: the publication over REST and GraphQL, each answer cut to its token.

pub mod auth;
pub mod body;
pub mod cache;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod demo;
pub mod error;
pub mod feed;
pub mod graphql;
pub mod idempotency;
pub mod import;
pub mod limits;
pub mod llms;
pub mod logging;
pub mod mail;
pub mod operation;
pub mod payment;
pub mod quota;
mod reading_only;
pub mod render;
pub mod rest;
pub mod rights;
pub mod server;
pub mod site;
pub mod state;
