//! What each partner that follows the publication was told, and how far its ledger has come.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect(manager.get_database_backend());
        let ledger = Table::create()
            .table("delta")
            .col(dialect.id("partner_id").not_null())
            .col(dialect.id("article_id").not_null())
            // Of the latest that happened to the article.
            .col(big_integer("sequence"))
            // The first that the partner was ever told of it.
            .col(big_integer("first_sequence"))
            // When the partner came to hold it, the last time.
            .col(big_integer("entered_sequence"))
            // The last correction since; zero for none.
            .col(big_integer("corrected_sequence"))
            // The version up to which corrections are told.
            .col(big_integer("corrected_version"))
            .col(big_integer("version"))
            // A hash of what the licence showed of it.
            .col(string("terms"))
            .col(string("state"))
            .col(big_integer("at"))
            .primary_key(Index::create().col("partner_id").col("article_id"))
            .take();
        let follower = Table::create()
            .table("delta_follower")
            .col(dialect.id("partner_id").not_null().primary_key())
            // How many times this row was written.
            .col(big_integer("revision"))
            // The last sequence that was given out.
            .col(big_integer("sequence"))
            // The last entry of the change log that was taken in.
            .col(big_integer("log_sequence"))
            .col(big_integer("log_at"))
            // The last place in the order of publication that was taken in.
            .col(big_integer("published_at"))
            .col(dialect.id("published_id").not_null())
            // The last article that was looked at again under another licence; null when none is left.
            .col(dialect.id("checked_id").null())
            // A hash of the licence by which all this is.
            .col(string("licence"))
            // A hash of the sections that it comes to, with those below the ones that it names.
            .col(string("sections"))
            // The latest instant by which anything was taken in.
            .col(big_integer("at"))
            .take();
        manager.create_table(ledger).await?;
        manager.create_table(follower).await?;
        let in_order = index("delta_in_order", "delta", &["partner_id", "sequence"]).unique().take();
        manager.create_index(in_order).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["delta_follower", "delta"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
