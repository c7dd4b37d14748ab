//! What payment providers have reported: what it says of what members have, and for some time all that came.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect(manager.get_database_backend());
        let table = Table::create()
            .table("payment_event")
            .col(dialect.key("provider"))
            .col(dialect.key("event_id"))
            .col(dialect.key("customer"))
            .col(big_integer("at"))
            .col(big_integer("received_at"))
            .col(string("kind"))
            // The member whom a checkout names, so that what is known of them can be found.
            .col(dialect.id("member_id").null())
            // The payment that it is about, so that what names no customer can be told to one.
            .col(dialect.key("reference").null())
            // The gift subscription that it pays for.
            .col(dialect.id("gift_subscription_id").null())
            // What it says; null when it says something of a person who was forgotten.
            .col(text_null("report"))
            // Whether its customer is to be known no longer.
            .col(boolean("forgotten"))
            .primary_key(Index::create().col("provider").col("event_id"))
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("payment_event_of_member", "payment_event", &["member_id"])).await?;
        manager
            .create_index(index("payment_event_of_payment", "payment_event", &["provider", "reference"]))
            .await?;
        manager
            .create_index(index(
                "payment_event_of_gift",
                "payment_event",
                &["provider", "gift_subscription_id"],
            ))
            .await?;
        manager
            .create_index(index(
                "payment_event_of_customer",
                "payment_event",
                &["provider", "customer", "at"],
            ))
            .await?;
        // It names people, so it stands apart and goes after some time.
        let deliveries = Table::create()
            .table("payment_delivery")
            .col(dialect.key("provider"))
            .col(dialect.key("event_id"))
            .col(dialect.key("customer"))
            // Whom it names, so that it is found when they are to be forgotten before anything ties their customer to them.
            .col(dialect.key("email").null())
            .col(big_integer("received_at"))
            .col(text("raw"))
            .primary_key(Index::create().col("provider").col("event_id"))
            .take();
        manager.create_table(deliveries).await?;
        manager
            .create_index(index(
                "payment_delivery_of_customer",
                "payment_delivery",
                &["provider", "customer"],
            ))
            .await?;
        manager.create_index(index("payment_delivery_of_email", "payment_delivery", &["email"])).await?;
        manager.create_index(index("payment_delivery_by_age", "payment_delivery", &["received_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("payment_delivery").to_owned()).await?;
        manager.drop_table(Table::drop().table("payment_event").to_owned()).await
    }
}
