//! `/v1/tiers`.

pub mod list;
pub mod one;
