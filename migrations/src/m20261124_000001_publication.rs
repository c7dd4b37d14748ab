//! The first schema: the publication, its shelves, and the change log.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, string, text, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "change",
            "shelf",
            "article_slug",
            "draft",
            "publication",
            "tier",
            "tag",
            "source",
            "author",
            "section",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        named("section").col(uuid_null("parent_id")).col(integer("position")).to_owned(),
        named("author").to_owned(),
        named("tag").col(string("shelf")).to_owned(),
        named("tier").to_owned(),
        record("source").col(string("shelf")).to_owned(),
        article("publication").col(big_integer("published_at")).to_owned(),
        article("draft").col(string("stage")).col(big_integer_null("published_at")).to_owned(),
        Table::create()
            .table("article_slug")
            .col(string("slug").primary_key())
            .col(uuid("article_id"))
            .col(boolean("is_current"))
            .to_owned(),
        shelf(),
        change(),
    ]
}

/// What every record has: an id, the record as JSON, and a hash of it to see whether a write changes anything.
fn record(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(uuid("id").primary_key())
        .col(big_integer("version"))
        .col(text("content"))
        .col(string("fingerprint"))
        .to_owned()
}

fn named(name: &'static str) -> TableCreateStatement {
    record(name).col(string("slug").unique_key()).to_owned()
}

/// `publication` and `draft` are apart so that a reader's query cannot meet a draft.
fn article(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(uuid("article_id").primary_key())
        .col(big_integer("version"))
        .col(string("slug"))
        .col(uuid_null("section_id"))
        .col(big_integer("updated_at"))
        .col(text("document"))
        .col(string("fingerprint"))
        .to_owned()
}

/// An article stands on the shelf of the whole publication and on those of its sections, tags, authors, sources
/// and language; every list is a range of one shelf.
fn shelf() -> TableCreateStatement {
    Table::create()
        .table("shelf")
        .col(string("stage"))
        .col(string("name"))
        .col(uuid("article_id"))
        .col(big_integer("version"))
        .col(big_integer("published_at"))
        .col(big_integer("updated_at"))
        .col(boolean("is_withdrawn"))
        .primary_key(Index::create().col("stage").col("name").col("article_id"))
        .to_owned()
}

fn change() -> TableCreateStatement {
    Table::create()
        .table("change")
        .col(big_integer("sequence").primary_key().auto_increment())
        .col(string("subject_kind"))
        .col(uuid("subject_id"))
        .col(string("kind"))
        .col(big_integer("version"))
        .col(big_integer("at"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("shelf_by_published", "shelf", &["stage", "name", "published_at", "article_id"]),
        index("shelf_by_updated", "shelf", &["stage", "name", "updated_at", "article_id"]),
        index("shelf_of_article", "shelf", &["article_id"]),
        index("publication_by_published", "publication", &["published_at"]),
        index("publication_by_section", "publication", &["section_id"]),
        index("draft_by_section", "draft", &["section_id"]),
        index("article_slug_of_article", "article_slug", &["article_id"]),
        index("change_of_subject", "change", &["subject_id"]),
    ]
}
