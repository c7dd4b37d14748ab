//! The store through its public interface, on SQLite and on PostgreSQL.

mod fixture;
mod scratch;

mod concurrency;
mod connecting;
mod delta;
mod groups;
mod histories;
mod idempotency;
mod ledgers;
mod licences;
mod members;
mod paging;
mod partners;
mod references;
mod schema;
mod sections;
mod sitemaps;
mod statements;
mod visibility;
mod writing;
