//! What has gone out to partners.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect(manager.get_database_backend());
        let table = Table::create()
            .table("delivery")
            .col(dialect.id("partner_id").not_null())
            .col(dialect.id("article_id").not_null())
            .col(big_integer("first_at"))
            .col(big_integer("last_at"))
            .col(big_integer("updated_at"))
            .col(string("digest"))
            .col(big_integer("editions"))
            // The place of the extent in their order, which is compared.
            .col(big_integer("extent"))
            .col(boolean("has_links"))
            .col(string("surface"))
            .primary_key(Index::create().col("partner_id").col("article_id"))
            .take();
        manager.create_table(table).await?;
        let of_article = index("delivery_of_article", "delivery", &["article_id", "partner_id"]);
        manager.create_index(of_article).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("delivery").to_owned()).await
    }
}
