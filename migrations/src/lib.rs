//! The schema of the publication's database, step by step, up and down, on SQLite and PostgreSQL.
//!
//! Conventions: an id is the sixteen bytes of a UUID (a blob on SQLite, `uuid` on PostgreSQL); a time is a BIGINT
//! of microseconds since the Unix epoch in UTC; what is only ever moved in and out is JSON in a text column.

pub use sea_orm_migration::MigratorTrait;
pub use sea_orm_migration::migrator::Migration;
use sea_orm_migration::prelude::*;

mod dialect;
mod m20261124_000001_publication;
mod m20261125_000002_members;
mod m20261125_000003_sign_in;
mod m20261125_000004_passes;
mod m20261125_000005_payments;
mod m20261125_000006_partners;
mod m20261125_000007_staff;
mod m20261126_000008_gift_subscriptions;
mod m20261126_000009_groups;
mod m20261126_000010_idempotency;
mod m20261126_000011_own_sections;
mod m20261126_000012_delta;
mod m20261126_000013_deliveries;
mod m20261126_000014_own_feeds;

/// All steps, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_publication::Migration),
            Box::new(m20261125_000002_members::Migration),
            Box::new(m20261125_000003_sign_in::Migration),
            Box::new(m20261125_000004_passes::Migration),
            Box::new(m20261125_000005_payments::Migration),
            Box::new(m20261125_000006_partners::Migration),
            Box::new(m20261125_000007_staff::Migration),
            Box::new(m20261126_000008_gift_subscriptions::Migration),
            Box::new(m20261126_000009_groups::Migration),
            Box::new(m20261126_000010_idempotency::Migration),
            Box::new(m20261126_000011_own_sections::Migration),
            Box::new(m20261126_000012_delta::Migration),
            Box::new(m20261126_000013_deliveries::Migration),
            Box::new(m20261126_000014_own_feeds::Migration),
        ]
    }
}
