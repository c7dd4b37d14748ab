//! Keys of clients that send a write again. Neither a key nor an answer can be read from it: both need what the client has.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect(manager.get_database_backend());
        let table = Table::create()
            .table("idempotency")
            // A keyed hash of the key and of whose it is.
            .col(dialect.key("name").primary_key())
            .col(dialect.key("holder"))
            // A keyed hash of what was asked.
            .col(dialect.key("fingerprint"))
            // Which of the requests with this key has it; drawn by chance.
            .col(dialect.id("attempt").not_null())
            .col(big_integer("started_at"))
            // Set in the transaction that does what was asked; so as long as it is null, nothing was done.
            .col(big_integer_null("done_at"))
            // The answer, sealed.
            .col(blob_null("answer"))
            .take();
        manager.create_table(table).await?;
        for (name, columns) in [
            ("idempotency_of_holder", ["holder", "started_at"].as_slice()),
            ("idempotency_by_start", &["started_at"]),
        ] {
            manager.create_index(index(name, "idempotency", columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("idempotency").to_owned()).await
    }
}
