//! `/v1/articles`.

pub(super) mod get;
pub(super) mod list;
pub(super) mod related;
pub(super) mod sources;
