//! Following the publication: what has changed for a partner or for the staff since a place that they know.
//!
//! The change log alone cannot tell a partner that. Licences change, delays pass, sections move, and most of what the log
//! holds is none of the partner's business. So a partner that follows has a ledger of its own: one row for each article that
//! it ever could hold, with the latest that happened to it, numbered by a count of its own. A request first brings the ledger up
//! to date (`update`, in `step`s) and then reads it (`ledger`). The staff, for whom everything exists, reads the log itself (`log`).

mod follower;
mod ledger;
mod log;
#[cfg(test)]
mod plans;
mod sections;
mod step;
mod update;

pub use ledger::{LedgerPlace, Notices};
pub use log::LogPage;
pub use update::{Followed, Pace};
