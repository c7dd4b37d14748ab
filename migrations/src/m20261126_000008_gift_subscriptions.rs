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
            .record("gift_subscription")
            .col(dialect.key("code_hash").unique_key())
            .col(dialect.id("giver_id").null())
            .col(dialect.id("redeemed_by").null())
            // The address that the code is to go to, as long as it is known.
            .col(dialect.key("recipient").null())
            // When it was made, as long as nothing was paid for it.
            .col(big_integer_null("unpaid_since"))
            // From when on its letter may be tried, as long as it is to be sent.
            .col(big_integer_null("letter_due"))
            .take();
        manager.create_table(table).await?;
        for (name, column) in [
            ("gift_subscription_of_giver", "giver_id"),
            ("gift_subscription_of_holder", "redeemed_by"),
            ("gift_subscription_for_recipient", "recipient"),
            ("gift_subscription_unpaid", "unpaid_since"),
            ("gift_subscription_letter", "letter_due"),
        ] {
            manager.create_index(index(name, "gift_subscription", &[column])).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("gift_subscription").to_owned()).await
    }
}
