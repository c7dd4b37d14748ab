//! Feeds of one's own: members' private feeds, and partners' saved filters.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, string_null, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(&Dialect(manager.get_database_backend())) {
            manager.create_table(table).await?;
        }
        manager.create_index(index("private_feed_of_member", "private_feed", &["member_id", "id"])).await?;
        manager.create_index(index("saved_filter_of_partner", "saved_filter", &["partner_id", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["saved_filter", "private_feed"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn tables(dialect: &Dialect) -> [TableCreateStatement; 2] {
    [
        // The secret of an address is kept as its hash, so that nobody who reads the database can use it.
        Table::create()
            .table("private_feed")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.id("member_id").not_null())
            .col(string_null("name"))
            .col(string("prefix"))
            .col(dialect.key("secret_hash").unique_key())
            .col(big_integer("created_at"))
            .col(big_integer_null("used_at"))
            .col(big_integer_null("revoked_at"))
            .take(),
        Table::create()
            .table("saved_filter")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.id("partner_id").not_null())
            .col(string("name"))
            .col(text("conditions"))
            .col(big_integer("created_at"))
            .take(),
    ]
}
