//! What members do with their accounts. Every answer is for one person and one moment, so no cache keeps it.

pub(super) mod account;
pub(super) mod auth;
pub(super) mod feeds;
pub(super) mod newsletters;
pub(super) mod sessions;
