//! Groups, their seats, and the invitations to them.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 6] =
    ["group_invitation", "group_shut_out", "group_seat", "group_owner", "group_domain", "member_group"];

const INDEXES: [(&str, &str, &[&str]); 10] = [
    ("member_group_by_status", "member_group", &["status", "id"]),
    ("member_group_by_tier", "member_group", &["tier", "id"]),
    ("group_domain_of_group", "group_domain", &["group_id"]),
    ("group_owner_of_group", "group_owner", &["group_id"]),
    ("group_seat_of_group", "group_seat", &["group_id", "id"]),
    ("group_seat_by_email", "group_seat", &["email"]),
    ("group_invitation_of_group", "group_invitation", &["group_id", "id"]),
    ("group_invitation_by_expiry", "group_invitation", &["expires_at"]),
    ("group_invitation_by_revocation", "group_invitation", &["revoked_at"]),
    ("group_invitation_by_email", "group_invitation", &["email", "group_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(&Dialect(manager.get_database_backend())) {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in INDEXES {
            manager.create_index(index(name, table, columns)).await?;
        }
        // A member has one seat in a group at most.
        let once =
            index("group_seat_of_member", "group_seat", &["member_id", "group_id"]).unique().to_owned();
        manager.create_index(once).await
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
        dialect
            .record("member_group")
            .col(dialect.key("status"))
            .col(dialect.key("tier"))
            .col(big_integer("seats"))
            // How many of them are taken; counted with every seat that comes or goes.
            .col(big_integer("taken").default(0))
            .col(big_integer("starts_at"))
            .col(big_integer_null("lapses_at"))
            .take(),
        // A domain has one group that runs.
        Table::create()
            .table("group_domain")
            .col(dialect.key("domain").primary_key())
            .col(dialect.id("group_id").not_null())
            .take(),
        Table::create()
            .table("group_owner")
            .col(dialect.id("member_id").not_null())
            .col(dialect.id("group_id").not_null())
            .primary_key(Index::create().col("member_id").col("group_id"))
            .take(),
        Table::create()
            .table("group_seat")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.id("group_id").not_null())
            .col(dialect.id("member_id").not_null())
            .col(string("taken_by"))
            .col(dialect.key("email").null())
            .col(big_integer("taken_at"))
            .take(),
        // Whose seat was taken back: they get none by their domain any more.
        Table::create()
            .table("group_shut_out")
            .col(dialect.id("member_id").not_null())
            .col(dialect.id("group_id").not_null())
            .primary_key(Index::create().col("member_id").col("group_id"))
            .take(),
        // A code is kept as its hash, so that nobody who reads the database can use it.
        Table::create()
            .table("group_invitation")
            .col(dialect.id("id").not_null().primary_key())
            .col(dialect.id("group_id").not_null())
            .col(dialect.key("email"))
            .col(dialect.key("code_hash").unique_key())
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("revoked_at"))
            .take(),
    ]
}
