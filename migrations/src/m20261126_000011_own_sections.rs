//! The shelves of sections without those below them, filled with what there is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let digits = match manager.get_database_backend() {
            DbBackend::Sqlite => "lower(hex(article.section_id))",
            _ => "replace(article.section_id::text, '-', '')",
        };
        for table in ["publication", "draft"] {
            let fill = format!(
                "INSERT INTO shelf
                   (article_id, name, stage, version, published_at, updated_at, is_withdrawn)
                 SELECT shelf.article_id,
                   CASE shelf.name WHEN 'all' THEN '' ELSE 'page ' END || 'own-section:' || {digits},
                   shelf.stage, shelf.version, shelf.published_at, shelf.updated_at, shelf.is_withdrawn
                 FROM {table} AS article JOIN shelf ON shelf.article_id = article.article_id
                 WHERE shelf.name IN ('all', 'page all') AND article.section_id IS NOT NULL
                 ON CONFLICT DO NOTHING"
            );
            manager.get_connection().execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let empty = "DELETE FROM shelf WHERE name LIKE 'own-section:%' OR name LIKE 'page own-section:%'";
        manager.get_connection().execute_unprepared(empty).await?;
        Ok(())
    }
}
