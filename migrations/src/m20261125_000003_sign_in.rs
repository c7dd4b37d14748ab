//! Signing in: attempts under way, what keeps a session going, what people agreed to, and who asked to be forgotten.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, string, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 4] = ["suppression", "consent", "refresh_token", "sign_in"];

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
        Table::create()
            .table("sign_in")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.key("email"))
            .col(text("wishes"))
            .col(dialect.key("code_hash"))
            .col(dialect.key("link_hash").unique_key())
            .col(integer("tries"))
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("used_at"))
            .take(),
        Table::create()
            .table("refresh_token")
            .col(dialect.id("session_id").not_null().primary_key())
            .col(big_integer("generation"))
            .col(dialect.key("hash"))
            .take(),
        Table::create()
            .table("consent")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.id("member_id").not_null())
            .col(dialect.key("purpose"))
            .col(string("wording"))
            .col(string("source"))
            .col(big_integer("given_at"))
            .col(big_integer("confirmed_at"))
            .col(big_integer_null("withdrawn_at"))
            .take(),
        Table::create()
            .table("suppression")
            .col(dialect.key("hash").primary_key())
            .col(big_integer("at"))
            .take(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("sign_in_of_email", "sign_in", &["email", "created_at"]),
        index("sign_in_by_creation", "sign_in", &["created_at"]),
        index("consent_of_member", "consent", &["member_id", "given_at"]),
    ]
}
