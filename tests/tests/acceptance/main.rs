//! Black-box tests over HTTP, each on SQLite and on PostgreSQL.

mod bearers;
mod contract;
mod explain;
mod generated;
mod gifts;
mod graphql;
mod graphql_http;
mod graphql_leaks;
mod groups;
mod issuers;
mod leaks;
mod limits;
mod matrix;
mod members;
mod membership;
mod meter;
mod pages;
mod partners;
mod passes;
mod payments;
mod policy;
mod previews;
mod rest;
mod standings;
mod tiers;
mod two_worlds;
