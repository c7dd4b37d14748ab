//! The first schema: the publication, its shelves, and the change log.

use crate::dialect::{Dialect, index};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer, string, text};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in Dialect(manager.get_database_backend()).tables() {
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

impl Dialect {
    fn tables(&self) -> Vec<TableCreateStatement> {
        vec![
            self.named("section")
                .col(self.key("shelf"))
                .col(self.id("parent_id").null())
                .col(integer("position"))
                .take(),
            self.named("author").col(self.key("shelf")).col(self.id("editor_id").null()).take(),
            self.named("tag").col(self.key("shelf")).take(),
            self.named("tier"),
            self.record("source").col(self.key("shelf")).take(),
            self.article("publication").col(big_integer("published_at")).take(),
            self.article("draft"),
            self.article_slug(),
            self.shelf(),
            self.change(),
        ]
    }

    /// `publication` and `draft` are apart so that a reader's query cannot meet a draft.
    fn article(&self, name: &'static str) -> TableCreateStatement {
        Table::create()
            .table(name)
            .col(self.id("article_id").not_null().primary_key())
            .col(big_integer("version"))
            .col(self.key("slug"))
            .col(self.id("section_id").null())
            .col(text("document"))
            .col(string("fingerprint"))
            .take()
    }

    /// Every slug that an article has or had. A slug that was given up stays with its article when another takes it:
    /// should the other be a draft, readers must still be led to the first.
    fn article_slug(&self) -> TableCreateStatement {
        Table::create()
            .table("article_slug")
            .col(self.key("slug"))
            .col(self.id("article_id").not_null())
            .col(big_integer_null("retired_at"))
            .primary_key(Index::create().col("slug").col("article_id"))
            .take()
    }

    /// An article stands on the shelf of the whole publication and on those of its sections, tags, authors, sources
    /// and language; every list is a range of one shelf.
    fn shelf(&self) -> TableCreateStatement {
        let mut table = Table::create();
        table
            .table("shelf")
            .col(self.id("article_id").not_null())
            .col(self.key("name"))
            .col(string("stage"))
            .col(big_integer("version"))
            .col(big_integer("published_at"))
            .col(big_integer("updated_at"))
            .col(boolean("is_withdrawn"))
            .primary_key(Index::create().col("article_id").col("name"));
        if self.0 == DbBackend::Sqlite {
            // The rows of an article lie together, and there is one tree less to keep.
            table.extra("WITHOUT ROWID");
        }
        table
    }

    fn change(&self) -> TableCreateStatement {
        Table::create()
            .table("change")
            .col(big_integer("sequence").primary_key().auto_increment())
            .col(string("subject_kind"))
            .col(self.id("subject_id").not_null())
            .col(string("kind"))
            .col(big_integer("version"))
            .col(big_integer("at"))
            .take()
    }
}

fn indexes() -> Vec<IndexCreateStatement> {
    // The columns after `article_id` are read and not searched: a page of a list is answered by the index alone.
    let by_published = ["stage", "name", "published_at", "article_id", "updated_at", "version"];
    let by_updated = ["stage", "name", "updated_at", "article_id", "published_at", "version"];
    vec![
        index("shelf_by_published", "shelf", &by_published),
        index("shelf_by_updated", "shelf", &by_updated),
        index("publication_by_published", "publication", &["published_at"]),
        index("publication_by_section", "publication", &["section_id"]),
        index("author_by_editor", "author", &["editor_id"]),
        index("draft_by_section", "draft", &["section_id"]),
        index("article_slug_of_article", "article_slug", &["article_id"]),
        // Only one article has a slug now.
        index("article_slug_current", "article_slug", &["slug"])
            .unique()
            .and_where(Expr::col("retired_at").is_null())
            .take(),
    ]
}
