//! What opens articles beside what members have: unlocks of the meter, gifts, preview links, passes for some time,
//! institutions.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 5] = ["institution", "pass", "preview", "gift", "unlock"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(&Dialect(manager.get_database_backend())) {
            manager.create_table(table).await?;
        }
        manager.create_index(index("gift_of_giver", "gift", &["giver", "id"])).await
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
        // The key counts an article once a period.
        Table::create()
            .table("unlock")
            .col(dialect.key("holder"))
            .col(big_integer("period_start"))
            .col(dialect.id("article_id").not_null())
            .col(big_integer("at"))
            .primary_key(Index::create().col("holder").col("period_start").col("article_id"))
            .take(),
        // A code is kept as its hash, so that nobody who reads the database can use it.
        link(dialect, "gift")
            .col(dialect.key("giver"))
            .col(big_integer("uses"))
            .col(big_integer("used"))
            .take(),
        Table::create()
            .table("pass")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.key("code_hash").unique_key())
            .col(text("entitlements"))
            .col(big_integer("from_at"))
            .col(big_integer("until_at"))
            .col(big_integer("uses"))
            .col(big_integer("used"))
            .col(string("made_by"))
            .col(big_integer("created_at"))
            .col(big_integer_null("revoked_at"))
            .take(),
        dialect.record("institution"),
        link(dialect, "preview").col(big_integer("article_version")).col(string("made_by")).take(),
    ]
}

/// What a link to one article has.
fn link(dialect: &Dialect, name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(dialect.id("id").not_null().primary_key())
        .col(dialect.id("article_id").not_null())
        .col(dialect.key("code_hash").unique_key())
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("revoked_at"))
        .take()
}
