//! `/v1/authors`.

pub(super) mod get;
pub(super) mod list;
