//! Black-box tests over HTTP, each on SQLite and on PostgreSQL.

mod contract;
mod generated;
mod graphql;
mod graphql_http;
mod graphql_leaks;
mod leaks;
mod matrix;
mod pages;
mod partners;
mod rest;
mod two_worlds;
