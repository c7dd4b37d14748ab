//! Where the two databases differ, and what the tables of several steps have in common.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, text};
use sea_orm_migration::sea_orm::DbBackend;

/// The database that a step is taken on.
pub(crate) struct Dialect(pub(crate) DbBackend);

impl Dialect {
    /// Sixteen bytes that sort as the id does.
    pub(crate) fn id(&self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(name);
        match self.0 {
            DbBackend::Sqlite => column.binary_len(16),
            _ => column.uuid(),
        };
        column.take()
    }

    /// A text of ASCII that is compared byte by byte, whatever the server's locale.
    pub(crate) fn key(&self, name: &'static str) -> ColumnDef {
        let mut column = string(name);
        if self.0 == DbBackend::Postgres {
            column.extra("COLLATE \"C\"");
        }
        column.take()
    }

    /// What every record has: an id, the record as JSON, and a hash of it to see whether a write changes anything.
    pub(crate) fn record(&self, name: &'static str) -> TableCreateStatement {
        Table::create()
            .table(name)
            .col(self.id("id").not_null().primary_key())
            .col(big_integer("version"))
            .col(text("content"))
            .col(string("fingerprint"))
            .take()
    }

    pub(crate) fn named(&self, name: &'static str) -> TableCreateStatement {
        self.record(name).col(self.key("slug").unique_key()).take()
    }
}

/// An index, not unique.
pub(crate) fn index(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}
