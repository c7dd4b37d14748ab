//! `/v1/articles`.

pub(super) mod get;
pub(super) mod give;
pub(super) mod json_ld;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod related;
pub(super) mod sources;
pub(super) mod unlock;
