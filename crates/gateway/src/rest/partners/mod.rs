//! `/v1/partners`, for the publisher's staff.

pub(super) mod deliveries;
pub(super) mod filters;
pub(super) mod keys;
pub(super) mod licence;
pub(super) mod list;
pub(super) mod one;
pub(super) mod preview;
