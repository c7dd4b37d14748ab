//! `/v1/tags`.

pub(super) mod get;
pub(super) mod list;
