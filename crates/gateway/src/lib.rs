//! Masthead's gateway: the publication over REST and GraphQL, each answer cut to its token.

pub mod render;
pub mod site;
