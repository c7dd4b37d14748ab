//! The lists of members that the staff asks for: each is a shelf, on which members stand by the creation of their
//! accounts. What a subscription opens, and when, stands beside it.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns of a subscription that lists look at.
const COLUMNS: [&str; 3] = ["tier", "starts_at", "lapses_at"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect(manager.get_database_backend());
        let columns = [
            dialect.key("tier").default("").take(),
            big_integer("starts_at").default(0).take(),
            big_integer_null("lapses_at"),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("subscription").add_column(column).take()).await?;
        }
        let shelf = Table::create()
            .table("member_shelf")
            .col(dialect.key("name"))
            .col(big_integer("created_at"))
            .col(dialect.id("member_id").not_null())
            .primary_key(Index::create().col("name").col("created_at").col("member_id"))
            .take();
        manager.create_table(shelf).await?;
        manager.create_index(index("member_shelf_of_member", "member_shelf", &["member_id"])).await?;
        for statement in fill(dialect.0) {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        // Its order is that of the shelf on which every member stands.
        manager.drop_index(Index::drop().name("member_by_creation").table("member").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index("member_by_creation", "member", &["created_at", "id"])).await?;
        manager.drop_table(Table::drop().table("member_shelf").to_owned()).await?;
        for column in COLUMNS {
            manager.alter_table(Table::alter().table("subscription").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Writes what follows from the rows that are there.
fn fill(backend: DbBackend) -> [String; 2] {
    let is_sqlite = backend == DbBackend::Sqlite;
    let cell = |name: &str| {
        if is_sqlite {
            format!("json_extract(content, '$.{name}')")
        } else {
            format!("(content::json->>'{name}')")
        }
    };
    let number = |name: &str| format!("CAST({} AS BIGINT)", cell(name));
    let subscriptions = format!(
        "UPDATE subscription SET tier = {}, starts_at = {}, lapses_at = {} + {} * 1000000",
        cell("tier"),
        number("starts"),
        number("ends"),
        number("graceSeconds"),
    );
    let (labels, newsletter) = if is_sqlite {
        ("json_each(member.content, '$.labels') AS label", "lower(hex(newsletter_id))")
    } else {
        (
            "json_array_elements_text(member.content::json->'labels') AS label(value)",
            "replace(newsletter_id::text, '-', '')",
        )
    };
    let shelves = format!(
        "INSERT INTO member_shelf (name, created_at, member_id) \
         SELECT 'all', created_at, id FROM member \
         UNION SELECT 'status:' || status, created_at, id FROM member \
         UNION SELECT 'label:' || label.value, created_at, member.id FROM member, {labels} \
         UNION SELECT 'tier:' || subscription.tier, created_at, member.id \
             FROM subscription JOIN member ON member.id = subscription.member_id \
         UNION SELECT 'newsletter:' || {newsletter}, created_at, member.id \
             FROM newsletter_subscription JOIN member ON member.id = newsletter_subscription.member_id"
    );
    [subscriptions, shelves]
}
