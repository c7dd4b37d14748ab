//! `/v1/sections`.

pub(super) mod get;
pub(super) mod list;
