//! Partners, keys, how much of a day's quota is used, and what the staff has done.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, string_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 4] = ["audit", "partner_usage", "api_key", "partner"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(&Dialect(manager.get_database_backend())) {
            manager.create_table(table).await?;
        }
        manager.create_index(index("api_key_of_partner", "api_key", &["partner_id", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn tables(dialect: &Dialect) -> Vec<TableCreateStatement> {
    vec![
        dialect.record("partner"),
        Table::create()
            .table("api_key")
            .col(dialect.id("id").not_null().primary_key())
            // A key of a partner has no role, and one of a program has no partner.
            .col(dialect.id("partner_id").null())
            .col(string_null("role"))
            .col(string("name"))
            .col(dialect.key("prefix").unique_key())
            .col(string("secret_hash"))
            .col(string("scopes"))
            .col(big_integer("created_at"))
            .col(big_integer_null("expires_at"))
            .col(big_integer_null("revoked_at"))
            .col(big_integer_null("used_at"))
            .take(),
        Table::create()
            .table("partner_usage")
            .col(dialect.id("partner_id").not_null())
            .col(big_integer("day"))
            .col(big_integer("requests"))
            .primary_key(Index::create().col("partner_id").col("day"))
            .take(),
        Table::create()
            .table("audit")
            .col(big_integer("sequence").primary_key().auto_increment())
            .col(big_integer("at"))
            .col(string("actor"))
            .col(string("action"))
            .col(string("subject"))
            .take(),
    ]
}
