//! Members, what they have, their sessions, and the paywall's policy.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, string_null, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 7] =
    ["policy", "session", "newsletter_subscription", "contribution", "subscription", "member", "newsletter"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(&Dialect(manager.get_database_backend())) {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
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
        dialect.named("newsletter"),
        dialect
            .record("member")
            .col(dialect.key("email").unique_key())
            .col(string("status"))
            .col(big_integer("created_at"))
            .take(),
        dialect
            .record("subscription")
            .col(dialect.id("member_id").not_null())
            .col(string_null("provider_reference").unique_key())
            .take(),
        dialect
            .record("contribution")
            .col(dialect.id("member_id").null())
            .col(string_null("provider_reference").unique_key())
            .take(),
        Table::create()
            .table("newsletter_subscription")
            .col(dialect.id("member_id").not_null())
            .col(dialect.id("newsletter_id").not_null())
            .col(big_integer("confirmed_at"))
            .primary_key(Index::create().col("member_id").col("newsletter_id"))
            .take(),
        Table::create()
            .table("session")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.id("member_id").not_null())
            .col(string("label"))
            .col(big_integer("created_at"))
            .col(big_integer("used_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("revoked_at"))
            .take(),
        Table::create()
            .table("policy")
            .col(big_integer("version").primary_key())
            .col(text("content"))
            .col(big_integer("saved_at"))
            .col(string("saved_by"))
            .take(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("member_by_creation", "member", &["created_at", "id"]),
        index("subscription_of_member", "subscription", &["member_id"]),
        index("contribution_of_member", "contribution", &["member_id"]),
        index(
            "newsletter_subscription_of_newsletter",
            "newsletter_subscription",
            &["newsletter_id", "member_id"],
        ),
        index("session_of_member", "session", &["member_id", "created_at"]),
    ]
}
