//! Gift subscriptions. A code is kept as its hash, so that nobody who reads the database can redeem it.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect(manager.get_database_backend());
        let table = dialect
            .record("voucher")
            .col(dialect.key("code_hash").unique_key())
            .col(dialect.id("giver_id").null())
            .col(dialect.id("redeemed_by").null())
            // When it was made, as long as nothing was paid for it.
            .col(big_integer_null("unpaid_since"))
            .take();
        manager.create_table(table).await?;
        for (name, column) in [
            ("voucher_of_giver", "giver_id"),
            ("voucher_of_holder", "redeemed_by"),
            ("voucher_unpaid", "unpaid_since"),
        ] {
            manager.create_index(index(name, "voucher", &[column])).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("voucher").to_owned()).await
    }
}
