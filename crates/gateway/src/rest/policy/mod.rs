//! `/v1/policy`.

pub(super) mod get;
pub(super) mod put;
pub(super) mod versions;
