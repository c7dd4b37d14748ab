//! Reading the cells of a row. One that cannot be read names its table, column and row.

use crate::error::StoreError;
use masthead_domain::clock::Timestamp;
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;

/// A row of a table, with its id.
pub(crate) struct Row<'r> {
    cells: &'r QueryResult,
    table: &'static str,
    pub(crate) id: Uuid,
}

impl<'r> Row<'r> {
    /// Takes a row whose id stands in `key`.
    pub(crate) fn new(
        cells: &'r QueryResult,
        table: &'static str,
        key: &'static str,
    ) -> Result<Self, StoreError> {
        let nameless = Self { cells, table, id: Uuid::nil() };
        let id = nameless.get(key)?;
        Ok(Self { id, ..nameless })
    }

    /// The value of a column.
    pub(crate) fn get<T: TryGetable>(&self, column: &'static str) -> Result<T, StoreError> {
        // The driver's own words may quote the value.
        let wrong = |_| self.corrupt(column, "not of the column's type");
        self.cells.try_get("", column).map_err(wrong)
    }

    /// The value of a column that holds the text of something.
    pub(crate) fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        self.get::<String>(column)?.parse().map_err(|error: T::Err| self.corrupt(column, error))
    }

    /// The value of a column that holds a small number.
    pub(crate) fn number(&self, column: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.get::<i64>(column)?).map_err(|error| self.corrupt(column, error))
    }

    /// The value of a column that holds an instant.
    pub(crate) fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::try_from(self.get::<i64>(column)?).map_err(|error| self.corrupt(column, error))
    }

    /// The value of a column that holds an instant or nothing.
    pub(crate) fn optional_instant(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = self.get(column)?;
        micros
            .map(|micros| Timestamp::try_from(micros).map_err(|error| self.corrupt(column, error)))
            .transpose()
    }

    /// When something was ended, if it was. An instant that cannot be read was one all the same.
    pub(crate) fn ended(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = self.get(column)?;
        Ok(micros.map(|micros| Timestamp::try_from(micros).unwrap_or(Timestamp::EPOCH)))
    }

    /// Says what is wrong with a column; `fault` must not quote it.
    pub(crate) fn corrupt(&self, column: &'static str, fault: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt { table: self.table, column, id: self.id, fault: fault.to_string() }
    }
}
