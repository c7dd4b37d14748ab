//! Why an export cannot be taken in. Nothing has been written when the file is at fault.

use super::scan::{MAX_VALUE, ScanError};
use masthead_persistence::StoreError;
use std::fmt;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Why an import ended without having come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not JSON.
    #[error("not JSON: {reason}, at {place}")]
    NotJson {
        /// What is wrong.
        reason: String,
        /// Where.
        place: Place,
    },
    /// The file ends in the middle.
    #[error("the file is cut off: it ends at {place}, in the middle of {within}")]
    Truncated {
        /// Where it ends.
        place: Place,
        /// What it ends in.
        within: String,
    },
    /// The file is JSON and no export of Ghost.
    #[error("not an export of Ghost: {reason}")]
    NotGhost {
        /// What is missing.
        reason: &'static str,
    },
    /// An export of a version whose locks we do not know for certain.
    #[error("an export of Ghost {found}; versions 5 and 6 are known")]
    Version {
        /// The version that the file names.
        found: String,
    },
    /// A record that cannot be taken in.
    #[error("{record}: {reason}, at {place}")]
    Record {
        /// Which.
        record: Box<Record>,
        /// What is wrong with it.
        reason: String,
        /// Where it begins, or where in it the fault lies.
        place: Place,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread of the import has stopped without an answer.
    #[error("the import has stopped early because of a fault in this program")]
    Stopped,
}

/// A row of the export, by its table, its number from zero, its id and its slug.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The table.
    pub table: String,
    /// Its place in the table, from zero.
    pub row: usize,
    /// Its id, where it can be read.
    pub id: Option<String>,
    /// Its slug, where it has one.
    pub slug: Option<String>,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(200).collect() };
        write!(f, "{}[{}]", shown(&self.table), self.row)?;
        match (&self.id, &self.slug) {
            (Some(id), Some(slug)) => write!(f, " (id {}, slug {})", shown(id), shown(slug)),
            (Some(id), None) => write!(f, " (id {})", shown(id)),
            (None, Some(slug)) => write!(f, " (slug {})", shown(slug)),
            (None, None) => Ok(()),
        }
    }
}

/// A place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In bytes from the beginning.
    pub offset: u64,
    /// The line, from one.
    pub line: u64,
    /// The column in bytes, from one.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {} (byte {})", self.line, self.column, self.offset)
    }
}

impl Place {
    /// Finds line and column of an offset by reading the file once more. A file that cannot be read again
    /// counts as one line.
    pub(super) fn locate(path: &Path, offset: u64) -> Self {
        let mut place = Self { offset, line: 1, column: 1 };
        let bytes = std::fs::File::open(path).map(|file| BufReader::new(file).take(offset).bytes());
        let Ok(bytes) = bytes else { return Self { column: offset + 1, ..place } };
        for byte in bytes.map_while(Result::ok) {
            place.column += 1;
            if byte == b'\n' {
                place.line += 1;
                place.column = 1;
            }
        }
        place
    }
}

impl ImportError {
    pub(super) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    /// The error for a scan that stopped, in a table or outside of any.
    pub(super) fn scan(path: &Path, error: ScanError, within: &str) -> Self {
        let within = || if within.is_empty() { "the file".to_owned() } else { format!("`{within}`") };
        match error {
            ScanError::Io(source) => Self::read(path, source),
            ScanError::Syntax { offset, expected } => Self::NotJson {
                reason: format!("{expected} was expected in {}", within()),
                place: Place::locate(path, offset),
            },
            ScanError::Truncated { offset } => {
                Self::Truncated { place: Place::locate(path, offset), within: within() }
            }
            ScanError::TooLong { offset } => Self::NotJson {
                reason: format!("a value in {} is longer than {} MiB", within(), MAX_VALUE >> 20),
                place: Place::locate(path, offset),
            },
        }
    }

    /// The error for a row that is not JSON or not of the form that its table has.
    pub(super) fn row(
        path: &Path,
        table: &str,
        row: usize,
        offset: u64,
        text: &[u8],
        error: &serde_json::Error,
    ) -> Self {
        let before: usize =
            text.split_inclusive(|b| *b == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
        let within = before + error.column().saturating_sub(1);
        Self::record(path, Record::name(table, row, text), reason(error), offset + within as u64)
    }

    /// The error for a record that is at fault.
    pub(super) fn record(path: &Path, record: Record, reason: String, offset: u64) -> Self {
        Self::Record { record: Box::new(record), reason, place: Place::locate(path, offset) }
    }
}

impl Record {
    /// Reads from the text of a row what it is called.
    pub(super) fn name(table: &str, row: usize, text: &[u8]) -> Self {
        let word = |value: Option<serde_json::Value>| match value? {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let name: Option<super::tables::Name> = serde_json::from_slice(text).ok();
        let (id, slug) = name.map_or((None, None), |name| (word(name.id), word(name.slug)));
        Self { table: table.to_owned(), row, id, slug }
    }
}

/// The message without the place, which is that of the row alone.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}
