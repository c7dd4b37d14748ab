//! Members as a table: CSV (RFC 4180) with the columns of Ghost's members export.

mod cells;
mod import;
mod quoting;
mod read;
mod write;

pub use import::{Options, Summary, import};
pub use write::export;

/// The columns of an export, in their order. An import takes any of them in any order.
const COLUMNS: [&str; 11] = [
    "id",
    "email",
    "name",
    "note",
    "subscribed_to_emails",
    "complimentary_plan",
    "stripe_customer_id",
    "created_at",
    "deleted_at",
    "labels",
    "tiers",
];

/// The longest file that is taken over the network, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The most rows of a file.
pub const MAX_ROWS: usize = 200_000;
